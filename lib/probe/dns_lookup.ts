/**
 * A lookup as the DNS tools do it: which name is asked (reverse names included), which server a
 * caller means, and where several servers differ.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import type { DnsAnswer, DnsServer } from "../io/dns_exchange.ts";
import { parseAddress } from "../ip/address.ts";
import { reverseName } from "../ip/reverse_name.ts";
import type { JudgedTarget } from "../policy/decision.ts";
import type { DnsRecord } from "../dns_wire/message.ts";

/** The port of DNS (RFC 1035 §4.2). */
const DNS_PORT = 53;

/**
 * Splits `host`, `host:port`, `[v6]:port` and a bare IPv6 address. The host is not judged.
 * Answers null for a port outside 1 to 65535.
 */
export function splitServer(text: string): { host: string; port: number } | null {
  const match = /^\[([^\]]*)\](?::(\d+))?$/.exec(text) ?? /^([^:]*)(?::(\d+))?$/.exec(text);
  if (match === null) return { host: text, port: DNS_PORT };
  const port = match[2] === undefined ? DNS_PORT : Number(match[2]);
  return port >= 1 && port <= 65535 ? { host: match[1] ?? "", port } : null;
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function renderServer(server: Pick<DnsServer, "address" | "port">): string {
  const { address, port } = server;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The name to ask for: the reverse name if the query is an address. */
export function questionName(
  judged: JudgedTarget,
  query: string,
): { name: string; reverse: boolean } {
  if (judged.name !== null) return { name: judged.name, reverse: false };
  const [address] = judged.addresses;
  if (address === undefined) {
    throw new InputError("query", `Cannot look up "${query.slice(0, 80)}": not a name or address`, {
      hint: "Give a name such as www.example.com or an address such as 192.0.2.1.",
    });
  }
  return { name: reverseName(parseAddress(address)), reverse: true };
}

/** Where answers differ, one row per thing, the servers grouped by what they said. */
export interface DnsDifference {
  readonly what: "status" | "records" | "authoritative" | "authenticated";
  readonly groups: readonly { readonly value: string; readonly servers: readonly string[] }[];
}

/**
 * Compares answers to one question. TTLs run down in caches and the order of records means nothing,
 * so neither counts.
 */
export function differencesOf(answers: readonly DnsAnswer[]): readonly DnsDifference[] {
  const usable = answers.filter((answer) => answer.message !== null);
  const rows: [DnsDifference["what"], readonly DnsAnswer[], (answer: DnsAnswer) => string][] = [
    ["status", answers, (answer) => answer.status],
    ["records", usable, (answer) => recordSet(answer.message?.answers ?? [])],
    ["authoritative", usable, (answer) => answer.message?.flags.aa ? "aa" : "not aa"],
    ["authenticated", usable, (answer) => answer.message?.flags.ad ? "ad" : "not ad"],
  ];
  return rows.flatMap(([what, among, say]) => {
    const groups = new Map<string, string[]>();
    for (const answer of among) {
      const value = say(answer);
      const servers = groups.get(value);
      if (servers === undefined) groups.set(value, [answer.server.label]);
      else servers.push(answer.server.label);
    }
    return groups.size < 2
      ? []
      : [{ what, groups: [...groups].map(([value, servers]) => ({ value, servers })) }];
  });
}

/** Signatures differ between servers that sign on the fly, so RRSIG does not count. */
function recordSet(records: readonly DnsRecord[]): string {
  const lines = records.filter((record) => record.type !== "RRSIG").map((record) =>
    `${record.type} ${record.priority === undefined ? "" : `${record.priority} `}${record.value}`
  );
  return lines.length === 0 ? "(none)" : [...new Set(lines)].sort().join("; ");
}
