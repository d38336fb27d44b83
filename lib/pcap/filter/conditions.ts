/**
 * Conditions given one by one, made into one filter.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { parseAddressOrNull } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import { type Expression, joined } from "./expression.ts";
import { fieldNamed, nearestFields } from "./field_table.ts";
import { ANY_PACKET, type Conditions } from "./no_conditions.ts";
import { parseDisplayFilter } from "./parse_display.ts";
import { parseFilter } from "./parse_filter.ts";

/** Names of protocols by what runs over them. */
const PROTOCOL_NAMES: ReadonlyMap<string, string> = new Map([
  ["ethernet", "eth"],
  ["https", "tls"],
  ["icmp6", "icmpv6"],
  ["ipv4", "ip"],
]);

/**
 * The filter that all conditions make together.
 * @throws {InputError} `input.filter`, `input.address`, `input.protocol`, `input.range`
 */
export function expressionOf(conditions: Conditions): Expression {
  const terms = conditionTexts(conditions).map(parseDisplayFilter);
  if (conditions.filter !== null) terms.push(parseFilter(conditions.filter));
  return terms.length === 0 ? parseDisplayFilter(ANY_PACKET) : joined("and", terms);
}

function conditionTexts(conditions: Conditions): string[] {
  const { src_ip, dst_ip, protocol, port, first_frame, last_frame, since, until } = conditions;
  const texts: string[] = [];
  assertInOrder("first_frame", first_frame, "last_frame", last_frame);
  assertInOrder("since", since, "until", until);
  if (first_frame !== null) texts.push(`frame.number >= ${first_frame}`);
  if (last_frame !== null) texts.push(`frame.number <= ${last_frame}`);
  if (since !== null) texts.push(`frame.time_relative >= ${secondsText(since)}`);
  if (until !== null) texts.push(`frame.time_relative < ${secondsText(until)}`);
  if (src_ip !== null) texts.push(addressText("src", src_ip));
  if (dst_ip !== null) texts.push(addressText("dst", dst_ip));
  if (protocol !== null) texts.push(protocolText(protocol));
  if (port !== null) {
    texts.push(`tcp.port == ${port} or udp.port == ${port} or sctp.port == ${port}`);
  }
  return texts;
}

/** Refuses a range that ends before it begins: it is a slip, not a question. */
function assertInOrder(from: string, start: number | null, to: string, end: number | null): void {
  if (start === null || end === null || start <= end) return;
  throw new InputError("range", `Cannot filter from ${from} ${start} to ${to} ${end}`, {
    hint: `Give a ${to} that is not below ${from}.`,
  });
}

function secondsText(seconds: number): string {
  return seconds.toFixed(9).replace(/\.?0+$/, "");
}

function addressText(side: "src" | "dst", text: string): string {
  const family = familyOf(text);
  if (family === null) {
    throw new InputError("address", `Cannot filter by ${side}_ip ${JSON.stringify(text)}`, {
      hint: "Give an address or a prefix, for example 192.0.2.10, 192.0.2.0/24 or 2001:db8::/32.",
    });
  }
  return `${family === 4 ? "ip" : "ipv6"}.${side} == ${text}`;
}

function familyOf(text: string): 4 | 6 | null {
  try {
    return text.includes("/")
      ? parsePrefix(text).prefix.family
      : parseAddressOrNull(text)?.family ?? null;
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

function protocolText(text: string): string {
  const lower = text.trim().toLowerCase();
  const field = fieldNamed(PROTOCOL_NAMES.get(lower) ?? lower);
  if (field?.type === "protocol") return field.name;
  const near = nearestFields(lower).filter((name) => !name.includes("."));
  throw new InputError("protocol", `Cannot filter by protocol ${JSON.stringify(text)}`, {
    hint: near.length === 0
      ? "Name a protocol as Wireshark does, for example tcp, udp, icmp, dns, tls, http, arp."
      : `Did you mean ${near.join(", ")}?`,
  });
}
