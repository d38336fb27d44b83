/**
 * BGP communities: standard (RFC 1997), extended (RFC 4360) and large (RFC 8092).
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";
import { TextSyntaxError } from "./syntax_at.ts";
import { WELL_KNOWN_COMMUNITIES } from "./well_known_communities.ts";

/** One community, its parts unsigned numbers. */
export type Community =
  | { readonly kind: "standard"; readonly high: number; readonly low: number }
  | {
    readonly kind: "large";
    readonly global: number;
    readonly local1: number;
    readonly local2: number;
  }
  /** `rt:64500:1` and its like: the administrator is an AS number or an IPv4 address. */
  | {
    readonly kind: "extended";
    readonly type: "rt" | "ro";
    readonly administrator: { readonly asn: number } | { readonly ipv4: string };
    readonly value: number;
  };

const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;
/** ASCII only: other characters have lower case letters of ASCII too. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,30}$/;
const DECIMAL = /^(?:0|[1-9][0-9]{0,9})$/;

const WANTED = 'Write two numbers up to 65535 ("64500:1"), three up to 4294967295 for a large ' +
  'community ("64500:1:2"), "rt:" or "ro:" with an AS number or IPv4 address for an extended one ' +
  '("rt:64500:1"), or a well-known name ("no-export").';

/** Names of the two extended types that can be asked for. */
const EXTENDED_TYPES: ReadonlyMap<string, "rt" | "ro"> = new Map([
  ["rt", "rt"],
  ["target", "rt"],
  ["ro", "ro"],
  ["soo", "ro"],
  ["origin", "ro"],
]);

/** What the origin validation states say (RFC 8097 §2). */
const VALIDATION_MEANINGS: ReadonlyMap<string, string> = new Map([
  ["ovs:valid", "origin validation state: valid (RFC 8097)"],
  ["ovs:not-found", "origin validation state: not found (RFC 8097)"],
  ["ovs:invalid", "origin validation state: invalid (RFC 8097)"],
]);

const VALUE_OF_NAME: ReadonlyMap<string, number> = new Map(
  WELL_KNOWN_COMMUNITIES.flatMap(({ names, value }) => names.map((name) => [name, value] as const)),
);

const MEANING_OF_TEXT: ReadonlyMap<string, string> = new Map(
  WELL_KNOWN_COMMUNITIES.map(({ value, names, meaning, source }) => [
    renderCommunity(standard(value)),
    `${names[0]}: ${meaning} (${source})`,
  ]),
);

/**
 * Reads a community: `64500:1`, `64500:1:2`, `rt:64500:1`, `ro:192.0.2.1:7`, or a well-known name
 * in any case, with hyphens or underscores (`no-export`, `BLACKHOLE`).
 *
 * @throws {InputError} `input.community` with the column
 */
export function parseCommunity(text: string): Community {
  const faultAt: FaultAt = (offset, problem) =>
    new TextSyntaxError("community", "a community", text, { offset, problem, wanted: WANTED });
  const known = NAME.test(text)
    ? VALUE_OF_NAME.get(text.toLowerCase().replaceAll("_", "-"))
    : undefined;
  if (known !== undefined) return standard(known);
  const parts = partsOf(text);
  const type = EXTENDED_TYPES.get(parts[0].text.toLowerCase());
  if (type !== undefined) return readExtended(type, parts, faultAt);
  const [first, second, third] = parts;
  if (second === undefined) throw faultAt(0, `${quoteText(text)} is no well-known name`);
  if (parts[3] !== undefined) throw faultAt(parts[3].offset - 1, "it has more than three parts");
  if (third === undefined) {
    return {
      kind: "standard",
      high: readNumber(first, MAX_16, faultAt),
      low: readNumber(second, MAX_16, faultAt),
    };
  }
  return {
    kind: "large",
    global: readNumber(first, MAX_32, faultAt),
    local1: readNumber(second, MAX_32, faultAt),
    local2: readNumber(third, MAX_32, faultAt),
  };
}

type FaultAt = (offset: number, problem: string) => TextSyntaxError;

/** What stands between two colons, and where. */
interface Part {
  readonly text: string;
  readonly offset: number;
}

function partsOf(text: string): readonly [Part, ...Part[]] {
  // Five parts are one more than any form has: what is behind them need not be looked at.
  const [first = "", ...others] = text.split(":", 5);
  let offset = first.length + 1;
  const parts: [Part, ...Part[]] = [{ text: first, offset: 0 }];
  for (const other of others) {
    parts.push({ text: other, offset });
    offset += other.length + 1;
  }
  return parts;
}

function readNumber({ text, offset }: Part, max: number, faultAt: FaultAt): number {
  if (!DECIMAL.test(text)) {
    throw faultAt(offset, text === "" ? "a number is missing" : `${quoteText(text)} is no number`);
  }
  if (Number(text) > max) throw faultAt(offset, `"${text}" is more than ${max}`);
  return Number(text);
}

/** Two octets of AS number leave four for the value; an address or four octets leave two (RFC 4360 §3, RFC 5668 §2). */
function readExtended(type: "rt" | "ro", parts: readonly Part[], faultAt: FaultAt): Community {
  const [head, who, value, more] = parts;
  if (head === undefined || who === undefined || value === undefined) {
    const last = parts.at(-1);
    throw faultAt((last?.offset ?? 0) + (last?.text.length ?? 0), "a part is missing");
  }
  if (more !== undefined) throw faultAt(more.offset - 1, "it has more than three parts");
  const address = parseAddressOrNull(who.text);
  if (address?.family === 4) {
    const administrator = { ipv4: renderAddress(address) };
    return { kind: "extended", type, administrator, value: readNumber(value, MAX_16, faultAt) };
  }
  const asn = readAdministrator(who, faultAt);
  const max = asn > MAX_16 ? MAX_16 : MAX_32;
  return {
    kind: "extended",
    type,
    administrator: { asn },
    value: readNumber(value, max, faultAt),
  };
}

function readAdministrator({ text, offset }: Part, faultAt: FaultAt): number {
  try {
    return parseAsNumber(text);
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw faultAt(offset, `${quoteText(text)} is neither an AS number nor an IPv4 address`);
  }
}

/** Writes a community in its canonical numeric form: `65535:666`, never a well-known name. */
export function renderCommunity(community: Community): string {
  switch (community.kind) {
    case "standard":
      return `${community.high}:${community.low}`;
    case "large":
      return `${community.global}:${community.local1}:${community.local2}`;
    case "extended": {
      const { type, administrator, value } = community;
      const who = "asn" in administrator ? administrator.asn : administrator.ipv4;
      return `${type}:${who}:${value}`;
    }
  }
}

/**
 * What a community in canonical form says to everybody, or null: what `64500:1`, an extended or a
 * large community says is for the AS in front to tell, and no operator's list is kept here.
 */
export function communityMeaning(text: string): string | null {
  const known = MEANING_OF_TEXT.get(text) ?? VALIDATION_MEANINGS.get(text);
  if (known !== undefined) return known;
  if (text.startsWith("rt:")) return "route target: who may import it (RFC 4360)";
  return text.startsWith("ro:") ? "route origin: where it came in (RFC 4360)" : null;
}

function standard(value: number): Community {
  return { kind: "standard", high: value >>> 16, low: value & MAX_16 };
}
