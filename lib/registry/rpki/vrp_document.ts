/**
 * The JSON document of validated ROA payloads that rpki-client, Routinator, StayRTR and OctoRPKI
 * write: `{metadata, roas: [{asn, prefix, maxLength, ta, expires}]}`, the AS as `AS64496` or a number.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import { JsonValue } from "../../io/json_value.ts";
import { addressBits } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import { type Vrp, VrpTable } from "../../route/vrp_table.ts";

/** Largest document, octets: three times what all trust anchors give together. */
export const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;
/** Longest work before others have their turn, milliseconds. */
const WORK_MS = 10;
/** Wrong entries after which the document is none of ours. */
const FAULTS_MAX = 1_000;

/** A document that was read. */
export interface VrpDocument {
  readonly table: VrpTable;
  /** When its maker says that it was made, Unix seconds, or null. */
  readonly madeAtSec: number | null;
  /** What was left out, each in one line. */
  readonly problems: readonly string[];
}

/**
 * Reads a document; entries that are wrong or have expired are left out and counted.
 *
 * @throws {RemoteFailure} `remote.answer` if it is another kind of document
 */
export async function readVrpDocument(
  source: string,
  body: Uint8Array,
  clock: Pick<Clock, "now" | "monotonicMs" | "sleep">,
  signal: AbortSignal,
): Promise<VrpDocument> {
  const document = JsonValue.parse(source, body);
  const roas = document.field("roas");
  const entries = roas.value;
  if (!Array.isArray(entries)) throw roas.wrong("an array of payloads");
  const table = new VrpTable();
  const nowSec = clock.now() / 1000;
  let expired = 0, wrong = 0;
  let turnEndsMs = clock.monotonicMs() + WORK_MS;
  for (const [index, entry] of entries.entries()) {
    if (index % 256 === 0 && clock.monotonicMs() > turnEndsMs) {
      await clock.sleep(0, signal);
      turnEndsMs = clock.monotonicMs() + WORK_MS;
    }
    const vrp = readVrp(entry);
    if (vrp === null) wrong++;
    else if (isExpired(entry, nowSec)) expired++;
    else table.add(vrp);
    if (wrong > FAULTS_MAX || (wrong === entries.length && wrong > 0)) {
      throw new RemoteFailure(
        "answer",
        `Cannot use the ROA payloads of "${source}": ${wrong} entries are of another form`,
        {
          hint:
            "Wanted: the JSON of rpki-client or Routinator, {roas: [{asn, prefix, maxLength}]}.",
          detail: { stage: "parse", host: source, field: "roas" },
        },
      );
    }
  }
  return {
    table,
    madeAtSec: madeAt(document),
    problems: [
      ...(wrong === 0 ? [] : [`${wrong} of ${entries.length} entries left out: of another form`]),
      ...(expired === 0 ? [] : [`${expired} of ${entries.length} entries left out: expired`]),
    ],
  };
}

function readVrp(entry: unknown): Vrp | null {
  if (typeof entry !== "object" || entry === null) return null;
  const { asn, prefix: text, maxLength } = entry as Record<string, unknown>;
  if (typeof text !== "string" || (typeof asn !== "string" && typeof asn !== "number")) return null;
  try {
    const { prefix, hostBitsSet } = parsePrefix(text);
    const isLength = typeof maxLength === "number" && Number.isInteger(maxLength) &&
      maxLength >= prefix.length && maxLength <= addressBits(prefix.family);
    if (!isLength || hostBitsSet) return null;
    return { prefix, maxLength, asn: parseAsNumber(String(asn)) };
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** rpki-client says until when the chain of certificates above a payload holds, Unix seconds. */
function isExpired(entry: unknown, nowSec: number): boolean {
  if (typeof entry !== "object" || entry === null || !("expires" in entry)) return false;
  return typeof entry.expires === "number" && entry.expires < nowSec;
}

/** `generated` in Unix seconds (Routinator), or `buildtime` in RFC 3339 (rpki-client). */
function madeAt(document: JsonValue): number | null {
  const metadata = document.field("metadata").value;
  if (typeof metadata !== "object" || metadata === null) return null;
  const { generated, buildtime } = metadata as Record<string, unknown>;
  if (typeof generated === "number" && Number.isFinite(generated)) return Math.floor(generated);
  const ms = typeof buildtime === "string" ? Date.parse(buildtime) : NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
