/**
 * The section of the demo about BGP: a server of its own becomes a neighbor of a route reflector,
 * and one route goes out, is seen on three PEs, and is taken back.
 */
import type { Client } from "@modelcontextprotocol/client";
import { dump } from "js-yaml";
import { DemoFabric } from "./bgp_fabric.ts";
import {
  type Answer,
  ask,
  connect,
  expect,
  heading,
  type Json,
  say,
  serverArgs,
  show,
  withoutPublicServers,
} from "./stage.ts";

const OURS = "192.168.99.0/24";
/** How long the fabric may take for anything, seconds. */
const PATIENCE_SEC = 10;

/** Starts the fabric and a server, and tells the story. */
export async function bgpSection(folder: string): Promise<void> {
  heading("9. BGP: one route through a reflector to three PEs, and back");
  await using fabric = new DemoFabric();
  const configFile = `${folder}/bgp.yaml`;
  await Deno.mkdir(`${folder}/bgp-audit`);
  await Deno.writeTextFile(configFile, configText(fabric));
  say("   A second server, with this configuration:");
  show((await Deno.readTextFile(configFile)).trim().split("\n"));
  const args = await serverArgs(configFile);
  const flag = args.find((arg) => arg.startsWith("--allow-net=")) ?? "";
  show([flag]);
  expect(
    flag.includes(`127.0.0.1:${fabric.ports.reflector},[::1]:${fabric.ports.neighbour}`),
    "each peer adds its address and port to the flags",
  );
  const client = await connect(args, folder);
  try {
    await lookAround(client);
    const planId = await announce(client, fabric);
    await prove(client, fabric);
    await takeBack(client, fabric, planId);
  } finally {
    await client.close();
  }
  const farewell = await fabric.end();
  say(`\n   The client hangs up. The reflector hears: ${farewell}`);
  expect(
    farewell === "Cease / Administrative Shutdown: netglass: the client closed its connection",
    "the sessions end with their server, and the peer is told why",
  );
}

function configText(fabric: DemoFabric): string {
  const peer = { import_policy: "all", connect_retry_sec: 1 };
  return dump({
    toolsets: ["bgp", "meta"],
    audit: { path: "./bgp-audit" },
    looking_glass: { servers: withoutPublicServers() },
    bgp: {
      enabled: true,
      local_as: 65_099,
      router_id: "10.255.255.1",
      peers: [
        {
          name: "rr1",
          address: "127.0.0.1",
          port: fabric.ports.reflector,
          remote_as: 65_000,
          next_hop: { ipv4: "10.255.255.1" },
          ...peer,
        },
        { name: "ix1", address: "::1", port: fabric.ports.neighbour, remote_as: 65_010, ...peer },
      ],
      originate: {
        enabled: true,
        lab: true,
        allowed_prefixes: [{ prefix: OURS, peers: ["rr1"] }],
        // The neighbor of the reflector shall hear of it.
        communities: [],
      },
    },
  }, { flowLevel: 3 });
}

/** The fabric from inside: peers, and why a path is best. */
async function lookAround(client: Client): Promise<void> {
  const peers = await until(
    async () => await ask(client, "bgp_get_peers", {}),
    ({ data }) => rowsOf(data.peers).every(({ prefixes_received }) => prefixes_received !== 0),
  );
  const states = rowsOf(peers.data.peers).map(({ name, peer_as, state, prefixes_received }) =>
    `${name}: AS ${peer_as}, ${state}, ${prefixes_received} received`
  );
  show(states);
  expect(
    states.join("; ") ===
      "rr1: AS 65000, Established, 3 received; ix1: AS 65010, Established, 1 received",
    "both sessions are up, and the loopbacks of all PEs are there",
  );
  const explained = await ask(client, "bgp_explain", { prefix: "10.0.0.11" });
  expect(
    explained.data.matched === "10.0.0.11/32" && explained.data.path_count === 2,
    "the longest match, and the step of the decision that settled it",
  );
}

/** Refusal, plan, confirmation; gives the id of the plan. */
async function announce(client: Client, fabric: DemoFabric): Promise<unknown> {
  const refused = await ask(client, "bgp_inject_route", { network: "192.168.0.0/16" });
  expect(
    refused.error?.code === "policy.prefix_not_allowed",
    "what the operator has not listed is refused",
  );
  const planned = await ask(client, "bgp_inject_route", {
    network: OURS,
    lifetime_sec: 300,
    reason: "show that the fabric works",
  });
  const { plan_id, confirm_token, exact } = planned.data;
  show(rowsOf(exact).map(({ to, octets }) => `to ${to}: ${octets}`));
  expect(
    planned.data.state === "planned" && fabric.routes(OURS).every(({ route }) => route === null),
    "the first call plans: the octets are known, none has been sent",
  );
  const applied = await ask(client, "bgp_inject_route", { plan_id, confirm_token });
  expect(
    applied.data.success === true && applied.data.state === "announced",
    "confirmed with its token, it is announced: the socket of the peer has taken it",
  );
  const again = await ask(client, "bgp_inject_route", { plan_id, confirm_token });
  expect(again.error !== null, "a plan applies once");
  return plan_id;
}

/** Who sees it, and what is out there. */
async function prove(client: Client, fabric: DemoFabric): Promise<void> {
  const seen = await ask(client, "bgp_propagation", { prefix: OURS, wait_sec: PATIENCE_SEC });
  const [row] = rowsOf(seen.data.seen_by);
  show([`${row?.vantage}: path ${row?.as_path}, since ${row?.since}, ${row?.not_eligible}`]);
  expect(
    row?.as_path === "65010 65000 65099" && row.not_eligible === "as-loop",
    "another neighbor of the reflector sends it back: our own AS is in the path, so it is never used",
  );
  const held = fabric.routes(OURS).map(({ pe, route }) =>
    `${pe}: path ${route?.asPath}, next hop ${route?.nextHop}, LOCAL_PREF ${route?.localPref}`
  );
  show(held);
  expect(
    held.length === 3 &&
      held.every((line) => line.endsWith(": path 65099, next hop 10.255.255.1, LOCAL_PREF 50")),
    "all three PEs have it, with the LOCAL_PREF of the reflector's policy",
  );
  const leases = await ask(client, "bgp_leases", {});
  const [lease] = rowsOf(leases.data.leases);
  say(`   ${lease?.network} until ${lease?.expires_at}: ${lease?.reason}`);
  expect(leases.data.live_count === 1, "what we announce is listed, with its end and its reason");
}

/** The way back, and the record of it. */
async function takeBack(client: Client, fabric: DemoFabric, planId: unknown): Promise<void> {
  const withdrawn = await ask(client, "bgp_withdraw_route", { network: OURS });
  expect(withdrawn.data.success === true, "taking back needs no plan");
  const gone = await ask(client, "bgp_propagation", {
    prefix: OURS,
    expect: "gone",
    wait_sec: PATIENCE_SEC,
  });
  expect(
    gone.data.converged === true && fabric.routes(OURS).every(({ route }) => route === null),
    "it is gone from the neighbor and from all three PEs",
  );
  const record = await ask(client, "audit_log", { plan_id: planId, verify: true });
  const report = record.data.report as { readonly steps: readonly Json[] } | null;
  show(
    (report?.steps ?? []).map(({ time, event, tool, state }) =>
      `${time} ${event} of ${tool}${state === null ? "" : `: ${state}`}`
    ),
  );
  expect(
    report?.steps.at(-1)?.state === "withdrawn",
    "the audit record tells the whole change: plan, confirmation, octets sent, end",
  );
}

function rowsOf(list: unknown): readonly Json[] {
  return (list ?? []) as Json[];
}

/** Asks until the answer is as wanted, or patience is over; gives the last answer. */
async function until(
  question: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  const endMs = performance.now() + PATIENCE_SEC * 1_000;
  for (;;) {
    const answer = await question();
    if (isWanted(answer) || performance.now() > endMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
