/**
 * The policy rules of this host (ip-rule(8)): read, put into words, and matched against a packet.
 *
 * @module
 */
import { z } from "zod";
import { type IpAddress, parseAddressOrNull } from "../ip/address.ts";
import { contains, type Prefix, prefixOf } from "../ip/prefix.ts";
import { type Entry, isSet, numberOf, textOf } from "./entry.ts";
import { askIp, type HostDoors } from "./ip_program.ts";
import type { Family } from "./routes.ts";

/** The schema of one rule. */
export const ruleRow = () =>
  z.object({
    priority: z.number(),
    family: z.enum(["ipv4", "ipv6"]),
    selector: z.string().describe("all, or what a packet must be"),
    action: z.string().describe("lookup TABLE, goto PRIORITY, blackhole, prohibit …"),
  });

/** One rule in words. */
export type RuleRow = z.output<ReturnType<typeof ruleRow>>;

/** One rule. */
export interface PolicyRule {
  readonly row: RuleRow;
  readonly isInverted: boolean;
  readonly source: Prefix | null;
  readonly destination: Prefix | null;
  readonly mark: { readonly value: number; readonly mask: number } | null;
  readonly inputInterface: string | null;
  readonly outputInterface: string | null;
  readonly userIds: readonly [number, number] | null;
  /** Selectors that only a packet of a known service or class can meet, in words. */
  readonly traffic: readonly string[];
  readonly action:
    | { readonly kind: "lookup"; readonly table: string }
    /** The table of the VRF that the packet leaves through. */
    | { readonly kind: "vrf" }
    | { readonly kind: "goto"; readonly priority: number }
    | { readonly kind: "end"; readonly type: string };
  /** Routes of this length or shorter do not count. */
  readonly suppressLength: number | null;
}

/** The packet that a rule is matched against. */
export interface RulePacket {
  readonly destination: IpAddress;
  /** null: not chosen yet, which no `from` rule meets. */
  readonly source: IpAddress | null;
  readonly mark: number;
  readonly outputInterface: string | null;
  /** null: not known, which no rule about users meets. */
  readonly userId: number | null;
}

/** Reads the rules of a family, in the order in which they are tried. @throws {Unavailable} as `askIp` */
export async function readRules(doors: HostDoors, family: Family): Promise<readonly PolicyRule[]> {
  if (doors.programs.platform !== "linux") return [];
  const { entries } = await askIp(doors, [family === "ipv4" ? "-4" : "-6", "rule", "show"]);
  return rulesOf(entries, family);
}

/** The rules of a printout. */
export function rulesOf(entries: readonly Entry[], family: Family): readonly PolicyRule[] {
  return entries.flatMap((entry) => {
    const priority = numberOf(entry, "priority");
    return priority === null ? [] : [ruleOf(entry, priority, family)];
  });
}

function ruleOf(entry: Entry, priority: number, family: Family): PolicyRule {
  const markValue = numberOf(entry, "fwmark");
  const [uidFrom, uidTo] = [numberOf(entry, "uid_start"), numberOf(entry, "uid_end")];
  const suppressLength = numberOf(entry, "suppress_prefixlen");
  const isInverted = isSet(entry, "not");
  const action = actionOf(entry);
  const traffic = [
    ...word(entry, "tos"),
    ...word(entry, "ipproto"),
    ...range(entry, "sport"),
    ...range(entry, "dport"),
    ...word(entry, "tun_id"),
  ];
  const selectors = [
    ...ends(entry, "src", "from"),
    ...ends(entry, "dst", "to"),
    ...word(entry, "iif"),
    ...word(entry, "oif"),
    ...(markValue === null ? [] : [
      `fwmark ${textOf(entry, "fwmark") ?? markValue}${
        textOf(entry, "fwmask") === null ? "" : `/${textOf(entry, "fwmask")}`
      }`,
    ]),
    ...(uidFrom === null || uidTo === null ? [] : [`uidrange ${uidFrom}-${uidTo}`]),
    ...traffic,
  ];
  return {
    row: {
      priority,
      family,
      selector: `${isInverted ? "not " : ""}${selectors.join(" ") || "all"}`,
      action: `${sayAction(action)}${
        suppressLength === null ? "" : ` suppress_prefixlength ${suppressLength}`
      }`,
    },
    isInverted,
    source: prefixIn(entry, "src"),
    destination: prefixIn(entry, "dst"),
    mark: markValue === null
      ? null
      : { value: markValue, mask: numberOf(entry, "fwmask") ?? 0xffff_ffff },
    inputInterface: textOf(entry, "iif"),
    outputInterface: textOf(entry, "oif"),
    userIds: uidFrom === null || uidTo === null ? null : [uidFrom, uidTo],
    traffic,
    action,
    suppressLength,
  };
}

function actionOf(entry: Entry): PolicyRule["action"] {
  if (isSet(entry, "l3mdev")) return { kind: "vrf" };
  const target = numberOf(entry, "goto");
  if (target !== null) return { kind: "goto", priority: target };
  const table = textOf(entry, "table");
  if (table !== null) return { kind: "lookup", table };
  return { kind: "end", type: textOf(entry, "action") ?? "unknown" };
}

function sayAction(action: PolicyRule["action"]): string {
  switch (action.kind) {
    case "lookup":
      return `lookup ${action.table}`;
    case "vrf":
      return "lookup the table of the VRF";
    case "goto":
      return `goto ${action.priority}`;
    case "end":
      return action.type;
  }
}

function word(entry: Entry, name: string): readonly string[] {
  const value = textOf(entry, name) ?? numberOf(entry, name);
  return value === null ? [] : [`${name} ${value}`];
}

/** One port is written as `dport`, several as `dport_start` and `dport_end`. */
function range(entry: Entry, name: string): readonly string[] {
  const [from, to] = [numberOf(entry, `${name}_start`), numberOf(entry, `${name}_end`)];
  return from === null || to === null ? word(entry, name) : [`${name} ${from}-${to}`];
}

function ends(entry: Entry, name: string, say: string): readonly string[] {
  const text = textOf(entry, name);
  if (text === null || text === "all") return [];
  const length = numberOf(entry, `${name}len`);
  return [`${say} ${text}${length === null ? "" : `/${length}`}`];
}

function prefixIn(entry: Entry, name: string): Prefix | null {
  const address = parseAddressOrNull(textOf(entry, name) ?? "");
  if (address === null) return null;
  const bits = address.family === 4 ? 32 : 128;
  return prefixOf(address, Math.min(bits, numberOf(entry, `${name}len`) ?? bits));
}

/** True if the rule is for this packet; selectors of a service or class are never met. */
export function matchesRule(rule: PolicyRule, packet: RulePacket): boolean {
  return (isMet(rule, packet) && rule.traffic.length === 0) !== rule.isInverted;
}

/** True if the rule would be for this packet if it were of the right service or class. */
export function dependsOnTraffic(rule: PolicyRule, packet: RulePacket): boolean {
  return rule.traffic.length > 0 && isMet(rule, packet);
}

function isMet(rule: PolicyRule, packet: RulePacket): boolean {
  const { source, destination, mark, userIds } = rule;
  return (source === null || contains(source, packet.source ?? unspecified(source))) &&
    (destination === null || contains(destination, packet.destination)) &&
    (mark === null || (packet.mark & mark.mask) === (mark.value & mark.mask)) &&
    // What this host sends comes in through loopback (ip-rule(8), iif).
    (rule.inputInterface === null || rule.inputInterface === "lo") &&
    (rule.outputInterface === null || rule.outputInterface === packet.outputInterface) &&
    (userIds === null || packet.userId !== null &&
        (userIds[0] <= packet.userId && packet.userId <= userIds[1]));
}

function unspecified({ family }: Prefix): IpAddress {
  return { family, value: 0n, zone: null };
}
