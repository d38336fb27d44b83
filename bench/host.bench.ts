/**
 * The host tools on a host with 50,000 routes, 20,000 sockets and 5,000 neighbours, beside `ip` and `ss`.
 *
 *     deno run -A bench/host.bench.ts [rounds]
 */
import { Topology } from "../tests/interop/topology.ts";
import { holdSockets } from "../tests/support/held_sockets.ts";
import type { HostDuel, HostTimes } from "./host_rounds.ts";
import { printRows, type Row } from "./report.ts";

const ROUNDS = Deno.args[0] ?? "9";
const ROUTES = 50_000;
const PAIRS = 10_000;
const NEIGHBORS = 5_000;
const GOAL = 1.5;
const SCRIPT = new URL("host_rounds.ts", import.meta.url).pathname;

const ip = (...words: string[]): readonly string[] => ["ip", ...words];

const DUELS: readonly (HostDuel & { readonly label: string })[] = [
  {
    label: `get_routes, ${ROUTES.toLocaleString("en")} routes`,
    tool: "get_routes",
    args: {},
    peer: [
      ip("-j", "-4", "-d", "route", "show", "table", "all"),
      ip("-j", "-6", "-d", "route", "show", "table", "all"),
      ip("-j", "-4", "rule"),
      ip("-j", "-6", "rule"),
    ],
  },
  {
    label: `get_connections, ${(2 * PAIRS).toLocaleString("en")} sockets`,
    tool: "get_connections",
    args: {},
    peer: [["ss", "-HnOatup"]],
  },
  {
    label: "get_interfaces",
    tool: "get_interfaces",
    args: {},
    peer: [
      ip("-j", "-d", "-s", "link", "show"),
      ip("-j", "addr", "show"),
      ip("-j", "-4", "-d", "route", "show", "exact", "default"),
      ip("-j", "-6", "-d", "route", "show", "exact", "default"),
      ip("-j", "netns", "list"),
    ],
  },
  {
    label: `get_arp_table, ${NEIGHBORS.toLocaleString("en")} neighbours`,
    tool: "get_arp_table",
    args: {},
    peer: [ip("-j", "-s", "neigh", "show", "nud", "all")],
  },
];

await using network = new Topology();
await network.add("host");
await network.ip("host", "link add near type veth peer name far");
await network.ip("host", "link set near up");
await network.exec(
  "host",
  "ip",
  ["-batch", "-"],
  [
    ...manyOf(ROUTES, (a, b, c) => `route add blackhole 10.${a}.${b}.${c}/32 metric 7`),
    ...manyOf(
      NEIGHBORS,
      (a, b, c) => `neigh add 10.9${a}.${b}.${c} lladdr 02:00:00:00:00:01 dev near nud permanent`,
    ),
  ].join("\n"),
);
await using _echo = await holdSockets(network, PAIRS / 2, 7);
await using _discard = await holdSockets(network, PAIRS / 2, 9);
const { stdout } = await network.exec("host", Deno.execPath(), [
  ...["run", "-A", "--quiet", SCRIPT, JSON.stringify(DUELS), ROUNDS],
]);
// The script printed one pair of times for each duel.
const times = JSON.parse(stdout) as HostTimes[];
printRows(DUELS.map(({ label, peer }, index): Row => {
  const { oursMs, peerMs } = times[index] ?? { oursMs: NaN, peerMs: NaN };
  const ratio = oursMs / peerMs;
  return {
    number: label,
    ours: `${oursMs.toFixed(0)} ms`,
    peer: `${peerMs.toFixed(0)} ms (${peer[0]?.[0] ?? ""})`,
    ratio: ratio.toFixed(2),
    goal: `<= ${GOAL}`,
    met: ratio <= GOAL,
  };
}));

function manyOf(count: number, render: (a: number, b: number, c: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => render(i >> 16, (i >> 8) & 255, i & 255));
}
