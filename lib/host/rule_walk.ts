/**
 * Which policy rule and which route decide about a packet: the walk of the kernel (ip-rule(8))
 * repeated over the printed tables, since `ip route get` names neither.
 *
 * @module
 */
import { type IpAddress, parseAddressOrNull } from "../ip/address.ts";
import { contains, prefixOf } from "../ip/prefix.ts";
import { isDeadEnd, lengthOf, type RouteRow } from "./routes.ts";
import {
  dependsOnTraffic,
  matchesRule,
  type PolicyRule,
  type RulePacket,
  type RuleRow,
} from "./rules.ts";

/** What the walk came to. */
export interface Walk {
  /** The rule that decided, or null: none did. */
  readonly rule: RuleRow | null;
  /** The route that decided; null if the rule itself did, or none. */
  readonly route: RouteRow | null;
  /** The end that a rule or route put to it: blackhole, unreachable, prohibit; else null. */
  readonly end: string | null;
  /** Priorities of the rules before it that hold for packets of some service or class only. */
  readonly passedOver: readonly number[];
}

/** Rules are few; a table of `goto` cannot lead backwards, so this many steps suffice. */
const MAX_STEPS = 10_000;

/**
 * Walks `rules` for `packet`. `routes` are those that cover its destination; `vrfTable` is the table
 * of the VRF that it leaves through.
 */
export function walkRules(
  rules: readonly PolicyRule[],
  routes: readonly RouteRow[],
  packet: RulePacket,
  vrfTable: string | null = null,
): Walk {
  const passedOver: number[] = [];
  let index = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const rule = rules[index++];
    if (rule === undefined) break;
    if (dependsOnTraffic(rule, packet)) passedOver.push(rule.row.priority);
    if (!matchesRule(rule, packet)) continue;
    const { action } = rule;
    if (action.kind === "goto") {
      const target = rules.findIndex(({ row }) => row.priority >= action.priority);
      index = target === -1 ? rules.length : Math.max(index, target);
      continue;
    }
    if (action.kind === "end") {
      if (action.type === "nop") continue;
      return { rule: rule.row, route: null, end: action.type, passedOver };
    }
    const table = action.kind === "vrf" ? vrfTable : action.table;
    const route = table === null ? null : bestRoute(routes, table, packet, vrfTable !== null);
    if (route === null || route.type === "throw") continue;
    if (
      rule.suppressLength !== null &&
      lengthOf(route.destination, route.family === "ipv4" ? 32 : 128) <= rule.suppressLength
    ) continue;
    return { rule: rule.row, route, end: isDeadEnd(route.type) ? route.type : null, passedOver };
  }
  return { rule: null, route: null, end: null, passedOver };
}

/** The route of one table: the longest, then the lowest metric, then the first. */
function bestRoute(
  routes: readonly RouteRow[],
  table: string,
  packet: RulePacket,
  isInVrf: boolean,
): RouteRow | null {
  let best: RouteRow | null = null;
  for (const route of routes) {
    if (route.table !== table || !isUsable(route, packet, isInVrf)) continue;
    if (best === null || isBetter(route, best)) best = route;
  }
  return best;
}

function isUsable(route: RouteRow, packet: RulePacket, isInVrf: boolean): boolean {
  if (route.flags?.split(" ").includes("dead") === true || route.tos !== undefined) return false;
  if (route.from !== undefined && !covers(route.from, packet.source)) return false;
  const { outputInterface } = packet;
  // The name of a VRF selects its table; it is no next hop.
  if (outputInterface === null || isInVrf || isDeadEnd(route.type)) return true;
  return route.interface === outputInterface ||
    route.next_hops?.some((hop) => hop.interface === outputInterface) === true;
}

function covers(prefixText: string, source: IpAddress | null): boolean {
  const [text = "", length] = prefixText.split("/");
  const address = parseAddressOrNull(text);
  if (address === null || source === null) return false;
  return contains(prefixOf(address, Number(length ?? (address.family === 4 ? 32 : 128))), source);
}

function isBetter(route: RouteRow, than: RouteRow): boolean {
  const bits = route.family === "ipv4" ? 32 : 128;
  const longer = lengthOf(route.destination, bits) - lengthOf(than.destination, bits);
  if (longer !== 0) return longer > 0;
  return (route.metric ?? 0) < (than.metric ?? 0);
}
