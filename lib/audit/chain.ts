/**
 * Links of the chain: a link is a JSON object whose `hash` is SHA-256 over the canonical JSON
 * (RFC 8785) of the rest, and whose `prev` is the hash of the link before. On disk a link is exactly
 * its canonical JSON and a line feed, so that no byte of it can change unseen.
 *
 * @module
 */
import canonicalize from "canonicalize";
import type { AuditEntry, AuditRecord } from "./record.ts";
import { capEvidence, capText } from "./redact.ts";

/** `prev` of the very first link. */
export const ZERO_HASH = "0".repeat(64);

/** What every link has. */
export interface Link {
  readonly v: 1;
  readonly prev: string;
  readonly hash: string;
}

/** SHA-256 as lower-case hexadecimal digits. */
export type Sha256 = (data: string | Uint8Array) => string;

let loading: Promise<Sha256> | undefined;

/** The hash; node:crypto is loaded on first use, for it costs 10 ms of a cold start. */
export function loadSha256(): Promise<Sha256> {
  return loading ??= import("node:crypto").then(({ createHash }) => (data) =>
    createHash("sha256").update(data).digest("hex")
  );
}

/** Completes a link with its hash. */
export function seal<T extends Omit<Link, "hash">>(body: T, sha256: Sha256): T & Link {
  return { ...body, hash: sha256(canonical(body)) };
}

/**
 * The next record of a chain. Texts are cut and made well-formed; arguments that are no JSON are
 * left out and said to be, so that one odd call cannot stop the record.
 */
export function makeRecord(
  entry: AuditEntry,
  place: { readonly seq: number; readonly timeMs: number; readonly prev: string },
  sha256: Sha256,
): AuditRecord {
  return seal({
    v: 1 as const,
    seq: place.seq,
    time: new Date(place.timeMs).toISOString(),
    prev: place.prev,
    event: entry.event,
    call_id: capText(entry.call_id),
    tool: entry.tool === null ? null : capText(entry.tool),
    args: entry.args === null || isCanonical(entry.args) ? entry.args : { value: "[not JSON]" },
    decisions: entry.decisions.map(({ target, effect, rule }) => ({
      target: capText(target),
      effect,
      rule: capText(rule),
    })),
    outcome: entry.outcome === null ? null : capText(entry.outcome),
    duration_ms: entry.duration_ms,
    change: entry.change,
    ...(entry.evidence === undefined ? {} : { evidence: capEvidence(entry.evidence) }),
  }, sha256);
}

function isCanonical(value: object): boolean {
  try {
    canonical(value);
    return true;
  } catch {
    return false;
  }
}

/** The line of a link, without its line feed. */
export function canonical(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("Cannot write an audit link: it is not JSON");
  return text;
}

/** A link that was read, or what is wrong with its line. */
export type ReadLink = { readonly link: Link & Record<string, unknown> } | {
  readonly fault: string;
};

// A byte-order mark must not vanish: it would be a change unseen.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads one line and checks it against its own hash. */
export function readLink(line: Uint8Array, sha256: Sha256): ReadLink {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(line);
    value = JSON.parse(text);
  } catch {
    return { fault: "it is not a line of JSON" };
  }
  if (!isLink(value)) return { fault: "it is not a link of the chain" };
  const { hash, ...body } = value;
  try {
    if (sha256(canonical(body)) !== hash) return { fault: "its hash does not match its contents" };
    if (canonical(value) !== text) return { fault: "it is not in canonical form" };
  } catch {
    return { fault: "it is not in canonical form" };
  }
  return { link: value };
}

function isLink(value: unknown): value is Link & Record<string, unknown> {
  return typeof value === "object" && value !== null && "v" in value && value.v === 1 &&
    "prev" in value && typeof value.prev === "string" &&
    "hash" in value && typeof value.hash === "string";
}

/** True if a link is a record (and not the header of a file). */
export function isRecord(link: Link & Record<string, unknown>): boolean {
  return isSeq(link.seq) && typeof link.event === "string";
}

/** True for a number of a record, one more than which is still exact. */
export function isSeq(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 &&
    value < Number.MAX_SAFE_INTEGER;
}
