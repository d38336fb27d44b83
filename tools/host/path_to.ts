/**
 * `path_to`: what this host would do with a packet to a destination.
 *
 * @module
 */
import { z } from "zod";
import { InputError, RemoteFailure } from "../../lib/errors/mod.ts";
import { requireLinux } from "../../lib/host/ip_program.ts";
import { neighborRow } from "../../lib/host/neighbors.ts";
import { findPath, type Path, VERDICTS } from "../../lib/host/path.ts";
import { routeRow } from "../../lib/host/routes.ts";
import { ruleRow } from "../../lib/host/rules.ts";
import { readSockets, type SocketRow } from "../../lib/host/sockets.ts";
import { HOST_BUDGET_MS } from "../../lib/host/tool_fields.ts";
import {
  type IpAddress,
  isLinkLocalV6,
  parseAddressOrNull,
  renderAddress,
} from "../../lib/ip/address.ts";
import {
  defineTool,
  resolvers,
  run,
  sockets as socketNeed,
  type ToolContext,
} from "../../lib/mcp/define_tool.ts";
import { queryName } from "../../lib/policy/decision.ts";

const MAX_MARK = 4_294_967_295;

/** What limits sockets and cannot be seen: `/proc` is closed to the server. */
const NOT_READ = [
  "ephemeral port range (net.ipv4.ip_local_port_range)",
  "open file limit",
  "firewall rules",
];

const output = () =>
  z.object({
    success: z.boolean(),
    summary: z.string(),
    target: z.string(),
    address: z.string(),
    other_addresses: z.array(z.string()).describe("Further addresses of the name"),
    verdict: z.enum(VERDICTS),
    source_address: z.string().nullable(),
    interface: z.string().nullable(),
    next_hop: z.string().nullable(),
    on_link: z.boolean().describe("The destination is a neighbour itself"),
    rule: ruleRow().nullable(),
    table: z.string().nullable(),
    route: routeRow().nullable(),
    needs_neighbor: z.boolean(),
    neighbor: neighborRow().nullable(),
    mtu_bytes: z.number().nullable().describe("Largest packet, IP header included"),
    links: z.array(z.object({
      interface: z.string(),
      kind: z.string(),
      mtu: z.number().nullable(),
    })).describe("From the interface down"),
    resolvers_asked: z.array(z.string()).nullable().describe("In this order; null: an address"),
    sockets: z.object({
      total: z.number(),
      to_address: z.number(),
      time_wait_to_address: z.number(),
    }).nullable().describe("null unless host.connections is true"),
    not_read: z.array(z.string()).describe("Limits that this server cannot see"),
    findings: z.array(z.string()).describe("What stands in the way, worst first"),
  });

/** Explains the way of a packet. */
export const pathTo = defineTool({
  name: "path_to",
  title: "Explain a packet's way out of this host",
  toolset: "host",
  effect: "observe",
  reach: "open",
  description:
    "What this host would do with a packet: source address, policy rule, table, route, next hop, " +
    "neighbour and MTU, asked of the kernel. Sends nothing but the lookup of a name; what lies " +
    "behind the first hop is for traceroute.",
  input: () =>
    z.strictObject({
      target: z.string().min(1).max(255).describe("Host name or address; fe80::1%eth0 works"),
      source: z.string().min(1).max(64).optional().describe("Address of this host to send from"),
      interface: z.string().min(1).max(15).optional().describe("Interface or VRF to send through"),
      mark: z.int().min(0).max(MAX_MARK).default(0).describe("Firewall mark"),
      family: z.enum(["auto", "ipv4", "ipv6"]).default("auto").describe("Of a name's addresses"),
    }),
  output,
  needs: () => [run("ip"), resolvers, socketNeed],
  // To an address nothing is sent.
  guards: ({ target }) =>
    parseAddressOrNull(target, { zone: true }) === null ? [queryName(target)] : [],
  budget: { ms: (_given, config) => HOST_BUDGET_MS + 4 * config.dns.timeout_ms },
  run: async (given, cx) => {
    requireLinux(cx.io.programs, "explain a path");
    const { chosen, others, isName } = await addressesOf(given.target, given.family, cx);
    const source = given.source === undefined ? null : sourceOf(given.source, chosen);
    const outputInterface = given.interface ?? chosen.zone;
    if (isLinkLocalV6(chosen) && outputInterface === null) {
      throw new InputError("interface", `Cannot find the link of "${given.target}"`, {
        hint: "A link-local address needs its interface: give interface, or fe80::1%eth0.",
      });
    }
    const doors = { programs: cx.io.programs, signal: cx.signal };
    const destination = { ...chosen, zone: null };
    const path = await findPath(doors, { destination, source, mark: given.mark, outputInterface });
    const address = renderAddress(destination);
    const sockets = cx.config.host.connections ? (await readSockets(doors)).sockets : null;
    return {
      success: true,
      summary: say(isName ? `${given.target} (${address})` : address, path),
      target: given.target,
      address,
      other_addresses: others.map(renderAddress),
      verdict: path.verdict,
      source_address: path.sourceAddress,
      interface: path.interface?.name ?? null,
      next_hop: path.nextHop,
      on_link: path.onLink,
      rule: path.rule,
      table: path.table,
      route: path.route,
      needs_neighbor: path.needsNeighbor,
      neighbor: path.neighbor,
      mtu_bytes: path.mtu,
      links: [...path.links],
      resolvers_asked: isName ? [...cx.io.net.resolvers] : null,
      sockets: sockets === null ? null : countSockets(sockets, address),
      not_read: NOT_READ,
      findings: [...path.findings],
    };
  },
});

/** The address that is looked at and the others, which a caller may ask about. */
async function addressesOf(
  target: string,
  family: "auto" | "ipv4" | "ipv6",
  cx: ToolContext,
): Promise<{ chosen: IpAddress; others: readonly IpAddress[]; isName: boolean }> {
  const literal = parseAddressOrNull(target, { zone: true });
  if (literal !== null) return { chosen: literal, others: [], isName: false };
  const { name } = cx.judged(target);
  const found = await cx.io.net.resolveHost(name ?? target, cx.signal);
  const addresses = found.map((text) => parseAddressOrNull(text)).filter((one) => one !== null);
  const [chosen, ...others] = addresses.filter((one) =>
    family === "auto" || one.family === (family === "ipv4" ? 4 : 6)
  );
  if (chosen === undefined) {
    throw new RemoteFailure("dns_nodata", `Cannot find a path to "${target}": it has no address`, {
      hint: "Check the name with dns_lookup, or ask for the other family.",
    });
  }
  return { chosen, others, isName: true };
}

function sourceOf(text: string, destination: IpAddress): IpAddress {
  const source = parseAddressOrNull(text);
  if (source !== null && source.family === destination.family) return source;
  throw new InputError("source", `Cannot send from ${JSON.stringify(text)} to this target`, {
    hint: "Give an address of this host, of the same family as the target's.",
  });
}

const ENDS: Readonly<Record<string, string>> = {
  local: "is this host itself",
  broadcast: "is a broadcast address",
  multicast: "is a multicast group",
  blackhole: "is dropped in silence by a blackhole route",
  unreachable: "is refused as unreachable",
  prohibit: "is refused as prohibited",
  no_route: "has no route",
};

function say(target: string, path: Path): string {
  const rule = path.rule === null ? "" : ` (rule ${path.rule.priority}: ${path.rule.selector})`;
  if (path.verdict !== "send") {
    const where = path.table === null ? "" : `, table ${path.table}`;
    return `${target} ${ENDS[path.verdict]}${where}${rule}`;
  }
  const hop = path.onLink ? "directly" : `via ${path.nextHop}`;
  const first = path.findings[0];
  return `${target} goes ${hop} on ${path.interface?.name ?? "?"} from ${
    path.sourceAddress ?? "no address"
  }, table ${path.table}${rule}, at most ${path.mtu ?? "?"} octets${
    first === undefined ? "" : `; ${first}`
  }`;
}

function countSockets(sockets: readonly SocketRow[], address: string) {
  const there = sockets.filter(({ remote_address }) =>
    remote_address === address || remote_address === `::ffff:${address}`
  );
  return {
    total: sockets.length,
    to_address: there.length,
    time_wait_to_address: there.filter(({ state }) => state === "TIME_WAIT").length,
  };
}
