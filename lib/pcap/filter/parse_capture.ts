/**
 * Reads a pcap-filter (tcpdump) expression into the same tree as a display filter. As there, `and`
 * and `or` bind equally, from the left, and a value without qualifiers takes those before it.
 * Unlike there, what VLAN tags and tunnels carry is seen as well.
 *
 * @module
 */
import { parseAddressOrNull } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import {
  CONSTANTS,
  OFFSETS,
  PORTED,
  PROTOCOL_NUMBERS,
  PROTOCOLS,
  RELATIONS,
  SERVICES,
  SLICED,
} from "./capture_words.ts";
import { type Expression, joined } from "./expression.ts";
import { parseDisplayFilter } from "./parse_display.ts";
import { TokenReader } from "./token_reader.ts";
import type { Token } from "./tokens.ts";

const HINT =
  "Write a pcap-filter such as host 192.0.2.10 and tcp port 443, or a Wireshark display filter such as ip.addr == 192.0.2.10 && tcp.port == 443.";

/** What stands before a value. */
interface Qualifiers {
  readonly protocol: string | null;
  readonly direction: "either" | "src" | "dst" | "both";
  readonly type: "host" | "net" | "port" | "portrange" | "proto" | null;
}

/**
 * The checked tree of a pcap-filter expression.
 * @throws {InputError} `input.filter`, with the column
 */
export function parseCaptureFilter(text: string): Expression {
  return new CaptureParser(text).parse();
}

class CaptureParser {
  readonly #tokens: TokenReader;
  /** Qualifiers of the value before, which a bare value takes over. */
  #last: Qualifiers | null = null;

  constructor(text: string) {
    this.#tokens = new TokenReader(text, { ignoresCase: false, hint: HINT });
  }

  parse(): Expression {
    const expression = this.#expression();
    const rest = this.#tokens.next;
    if (rest.kind !== "end") {
      throw this.#tokens.error(rest, `expected "and", "or" or the end, found "${rest.text}"`);
    }
    return expression;
  }

  #expression(): Expression {
    let left = this.#term();
    for (;;) {
      if (this.#tokens.accept("and", "&&")) left = joined("and", [left, this.#term()]);
      else if (this.#tokens.accept("or", "||")) left = joined("or", [left, this.#term()]);
      else return left;
    }
  }

  #term(): Expression {
    return this.#tokens.nested((token) => {
      this.#tokens.count(token);
      if (this.#tokens.accept("not", "!")) return { kind: "not", term: this.#term() };
      return this.#tokens.accept("(") ? this.#group(token) : this.#primitive();
    });
  }

  #group(open: Token): Expression {
    const expression = this.#expression();
    if (!this.#tokens.accept(")")) throw this.#tokens.error(open, 'the "(" is never closed');
    return expression;
  }

  #primitive(): Expression {
    const token = this.#tokens.next;
    if (token.kind !== "word") {
      throw this.#tokens.error(token, `expected a condition, found "${token.text}"`);
    }
    if (this.#tokens.afterNext?.kind === "slice") return this.#relation();
    if (this.#tokens.accept("len")) return this.#comparison("frame.len");
    if (this.#tokens.accept("less")) return this.#display(`frame.len <= ${this.#number()}`);
    if (this.#tokens.accept("greater")) return this.#display(`frame.len >= ${this.#number()}`);
    if (this.#tokens.accept("broadcast")) return this.#display("eth.dst == ff:ff:ff:ff:ff:ff");
    if (this.#tokens.accept("multicast")) return this.#display("eth.dst[0:1] & 1");
    if (token.text === "gateway" || token.text === "inbound" || token.text === "outbound") {
      throw this.#tokens.error(token, `"${token.text}" cannot be told from a capture`);
    }
    return this.#qualified();
  }

  /** Reads what the primitive means as a display filter. */
  #display(text: string): Expression {
    return parseDisplayFilter(text);
  }

  #qualified(): Expression {
    const start = this.#tokens.next;
    const protocol = this.#protocol();
    if (protocol === "ether" && this.#tokens.accept("broadcast")) {
      return this.#display("eth.dst == ff:ff:ff:ff:ff:ff");
    }
    if (protocol === "ether" && this.#tokens.accept("multicast")) {
      return this.#display("eth.dst[0:1] & 1");
    }
    if (protocol === "vlan" || protocol === "mpls") return this.#tagged(protocol);
    const direction = this.#direction();
    const type = this.#type();
    const isBare = protocol === null && direction === null && type === null;
    if (isBare && this.#last === null) {
      throw this.#tokens.error(start, `expected a condition, found "${start.text}"`);
    }
    if (protocol !== null && direction === null && type === null) {
      return this.#display(PROTOCOLS.get(protocol) ?? protocol);
    }
    const qualifiers = isBare && this.#last !== null
      ? this.#last
      : { protocol, direction: direction ?? "either", type };
    this.#last = qualifiers;
    return this.#valued(qualifiers);
  }

  #protocol(): string | null {
    const { kind, text } = this.#tokens.next;
    const isProtocol = kind === "word" && (PROTOCOLS.get(text) !== undefined || text === "ether");
    if (!isProtocol) return null;
    this.#tokens.take();
    return text;
  }

  /** `vlan` and `mpls` may be followed by the tag that they ask for. */
  #tagged(protocol: "vlan" | "mpls"): Expression {
    const { kind, text } = this.#tokens.next;
    if (kind !== "word" || !/^(?:0x[0-9a-f]{1,5}|\d{1,7})$/i.test(text)) {
      return this.#display(protocol);
    }
    this.#tokens.take();
    return this.#display(`${protocol === "vlan" ? "vlan.id" : "mpls.label"} == ${Number(text)}`);
  }

  #direction(): Qualifiers["direction"] | null {
    const start = this.#tokens.at;
    const first = this.#tokens.accept("src") ? "src" : this.#tokens.accept("dst") ? "dst" : null;
    if (first === null) return null;
    const after = this.#tokens.at;
    const word = this.#tokens.accept("or") ? "either" : this.#tokens.accept("and") ? "both" : null;
    const other = first === "src" ? "dst" : "src";
    if (word !== null && this.#tokens.accept(other) && this.#tokens.at === start + 3) return word;
    this.#tokens.at = after;
    return first;
  }

  #type(): Qualifiers["type"] {
    for (const type of ["host", "net", "portrange", "port", "proto"] as const) {
      if (this.#tokens.accept(type)) return type;
    }
    return null;
  }

  #valued(qualifiers: Qualifiers): Expression {
    const token = this.#tokens.take();
    if (token.kind === "end") throw this.#tokens.error(token, "expected a value, found the end");
    const { protocol } = qualifiers;
    if (qualifiers.type === "proto") return this.#protocolNumber(protocol, token);
    if (qualifiers.type === "port" || qualifiers.type === "portrange") {
      return this.#ports(qualifiers, token);
    }
    if (protocol === "ether") return this.#ether(qualifiers, token);
    return this.#addresses(qualifiers, token);
  }

  #protocolNumber(protocol: string | null, token: Token): Expression {
    const number = PROTOCOL_NUMBERS.get(token.text) ?? numberOf(token.text);
    if (number === null) throw this.#tokens.error(token, "expected a protocol number such as 6");
    if (protocol === "ether") return this.#display(`eth.type == ${number}`);
    if (protocol === "ip") return this.#display(`ip.proto == ${number}`);
    if (protocol === "ip6") return this.#display(`ipv6.nxt == ${number}`);
    return this.#display(`ip.proto == ${number} or ipv6.nxt == ${number}`);
  }

  #ports({ protocol, direction, type }: Qualifiers, token: Token): Expression {
    const [low, high] = type === "port" ? [token.text, token.text] : token.text.split("-");
    const from = this.#port(low ?? "", token);
    const to = this.#port(high ?? "", token);
    if (protocol !== null && !PORTED.includes(protocol)) {
      throw this.#tokens.error(token, `"${protocol}" has no ports`);
    }
    const protocols = protocol === null ? PORTED : [protocol];
    return this.#either(protocols.map((one) => {
      const test = (field: string): string =>
        from === to ? `${one}.${field} == ${from}` : `${one}.${field} in {${from}..${to}}`;
      if (direction === "src") return test("srcport");
      if (direction === "dst") return test("dstport");
      if (direction === "both") return `(${test("srcport")} and ${test("dstport")})`;
      return test("port");
    }));
  }

  #port(text: string, token: Token): number {
    const port = SERVICES.get(text) ?? numberOf(text);
    if (port === null || port > 65_535) {
      throw this.#tokens.error(token, "expected a port such as 443, or a range such as 8000-8080");
    }
    return port;
  }

  #either(conditions: readonly string[]): Expression {
    return this.#display(conditions.join(" or "));
  }

  #ether({ direction }: Qualifiers, token: Token): Expression {
    if (!/^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(token.text)) {
      throw this.#tokens.error(token, "expected a MAC address such as 02:00:00:00:00:01");
    }
    return this.#directed(["eth"], direction, token.text);
  }

  #addresses({ protocol, direction, type }: Qualifiers, token: Token): Expression {
    const value = type === "net" ? this.#net(token) : this.#host(token);
    const isV6 = value.includes(":");
    const wanted = isV6 ? ["ip6"] : ["ip", "arp"];
    const allowed = protocol === null || PORTED.includes(protocol) || protocol === "icmp" ||
        protocol === "icmp6"
      ? wanted
      : wanted.filter((one) => one === protocol);
    if (allowed.length === 0) throw this.#tokens.error(token, `"${protocol}" has no such address`);
    const addresses = this.#directed(
      allowed.map((one) => one === "ip6" ? "ipv6" : one),
      direction,
      value,
    );
    const isLayer = protocol !== null && !wanted.includes(protocol);
    return isLayer
      ? joined("and", [this.#display(PROTOCOLS.get(protocol) ?? protocol), addresses])
      : addresses;
  }

  #directed(layers: readonly string[], direction: string, value: string): Expression {
    return this.#either(layers.map((layer) => {
      const suffix = layer === "arp" ? ".proto_ipv4" : "";
      const src = `${layer}.src${suffix} == ${value}`;
      const dst = `${layer}.dst${suffix} == ${value}`;
      if (direction === "src") return src;
      if (direction === "dst") return dst;
      return direction === "both" ? `(${src} and ${dst})` : `${src} or ${dst}`;
    }));
  }

  #host(token: Token): string {
    if (parseAddressOrNull(token.text) !== null) return token.text;
    if (token.text.includes("/")) return this.#net(token);
    throw this.#tokens.error(token, "expected an address (names are not looked up)");
  }

  #net(token: Token): string {
    try {
      if (token.text.includes("/")) return this.#noHostBits(token);
      if (this.#tokens.accept("mask")) return `${token.text}/${this.#maskLength(token)}`;
      if (parseAddressOrNull(token.text) !== null) return token.text;
    } catch (error) {
      if (!(error instanceof IpSyntaxError)) throw error;
    }
    throw this.#tokens.error(token, "expected a prefix written out, such as 10.0.0.0/8");
  }

  #noHostBits(token: Token): string {
    if (!parsePrefix(token.text).hostBitsSet) return token.text;
    throw this.#tokens.error(token, "the prefix has bits set behind its length");
  }

  #maskLength(address: Token): number {
    const token = this.#tokens.take();
    const mask = parseAddressOrNull(token.text);
    if (parseAddressOrNull(address.text)?.family !== 4 || mask?.family !== 4) {
      throw this.#tokens.error(token, "expected a mask such as 255.255.255.0");
    }
    const zeros = (~mask.value & 0xffffffffn).toString(2).replace(/^0$/, "");
    if (zeros.includes("0")) throw this.#tokens.error(token, "the mask has gaps");
    return 32 - zeros.length;
  }

  #number(): number {
    const token = this.#tokens.take();
    const number = token.kind === "word" ? numberOf(token.text) : null;
    if (number === null) {
      throw this.#tokens.error(token, `expected a number, found "${token.text}"`);
    }
    return number;
  }

  /** `tcp[tcpflags] & (tcp-syn|tcp-ack) != 0` and its like. */
  #relation(): Expression {
    const name = this.#tokens.take();
    const field = SLICED.get(name.text);
    if (field === undefined) {
      throw this.#tokens.error(name, `octets of "${name.text}" cannot be named`);
    }
    const slice = this.#tokens.take();
    const parts = /^([a-z0-9]+)(?::([124]))?$/.exec(slice.text);
    const offset = OFFSETS.get(parts?.[1] ?? "") ?? parts?.[1] ?? "";
    if (!/^\d{1,5}$/.test(offset)) {
      throw this.#tokens.error(
        slice,
        "expected an offset and perhaps a size: [13], [2:2], [tcpflags]",
      );
    }
    const operand = `${field}[${offset}:${parts?.[2] ?? "1"}]`;
    if (!this.#tokens.accept("&")) return this.#comparison(operand);
    const isGroup = this.#tokens.accept("(");
    let mask = this.#constant();
    while (this.#tokens.accept("|")) mask |= this.#constant();
    if (isGroup && !this.#tokens.accept(")")) {
      throw this.#tokens.error(this.#tokens.next, 'expected ")"');
    }
    return this.#comparison(`${operand} & 0x${(mask >>> 0).toString(16)}`);
  }

  #comparison(operand: string): Expression {
    const token = this.#tokens.take();
    const relation = token.kind === "sign" ? RELATIONS.get(token.text) : undefined;
    if (relation === undefined) {
      throw this.#tokens.error(token, `expected a comparison such as != 0, found "${token.text}"`);
    }
    const value = this.#constant();
    const isOctets = operand.endsWith("]");
    return this.#display(`${operand} ${relation} ${isOctets ? `0x${value.toString(16)}` : value}`);
  }

  #constant(): number {
    const known = CONSTANTS.get(this.#tokens.next.text);
    if (known === undefined) return this.#number();
    this.#tokens.take();
    return known;
  }
}

function numberOf(text: string): number | null {
  return /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : null;
}
