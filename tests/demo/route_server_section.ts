/** The section of the demo about route servers: recordings of a real FRR, played on loopback. */
import type { Client } from "@modelcontextprotocol/client";
import { type RecordedServer, serveRecording } from "./route_server.ts";
import { type Answer, ask, expect, heading, type Json, say } from "./stage.ts";

/** A row of `route_compare`. */
interface Vantage {
  readonly vantage: string;
  readonly path_count: number;
  readonly origins: readonly string[];
  readonly rpki: readonly string[];
  readonly complete: boolean;
  readonly missing?: string;
}

/** The servers of the section. */
export type Recordings = Awaited<ReturnType<typeof serveRecordings>>;

/**
 * One router, recorded: in text; in JSON, with a pager that cannot be switched off; minutes later;
 * and with a connection that breaks in the middle of the answer.
 */
export async function serveRecordings() {
  return {
    "Demo text": await serveRecording("frr84-all-commands"),
    "Demo paged": await serveRecording("frr84-pager-json-5x20"),
    "Demo later": await serveRecording("frr84-variants"),
    "Demo broken": await serveRecording("frr84-all-commands", { breaksAfter: 700 }),
  } satisfies Record<string, RecordedServer>;
}

/** The best path of a `route_lookup`, which lists only that one. */
function bestOf({ data }: Answer): Json {
  return (data.parsed_routes as Json[] | undefined)?.[0] ?? {};
}

/** Asks the recorded servers. */
export async function routeServerSection(client: Client, recorded: Recordings): Promise<void> {
  heading("8. Route servers: what a real FRR said when it was recorded, played again on loopback");
  const listedServers = await ask(client, "list_servers", {});
  const servers = (listedServers.data.servers ?? []) as { name: string }[];
  expect(
    servers.map(({ name }) => name).join(", ") ===
      "Demo text, Demo paged, Demo later, Demo broken",
    "the four of this demo, and nobody on the internet",
  );
  const looked = await ask(client, "route_lookup", {
    destination: "10.0.0.0/24",
    server: "demo text",
  });
  const best = bestOf(looked);
  say(`   best: next hop ${best.next_hop}, MED ${best.metric}, communities ${best.communities}`);
  expect(
    looked.data.complete === true && looked.data.path_count === 3,
    "logged in, recognised as FRR, asked once: 3 paths, and the answer is whole",
  );
  expect(
    best.as_path === "65001 64496 64499" && best.best_reason === "Older Path" &&
      best.rpki === "valid",
    "the best path with the router's own reason, and its origin validation state",
  );
  const paged = await ask(client, "route_lookup", {
    destination: "10.0.0.0/24",
    server: "demo paged",
  });
  expect(
    bestOf(paged).as_path === "65001 64496 64499" && paged.data.complete === true,
    "as JSON, in pages of five lines that break inside words: the same",
  );
  const fallback = await ask(client, "route_lookup", {
    destination: "8.8.8.8",
    server: "demo text",
  });
  expect(
    fallback.data.match === "default" && fallback.data.prefix === "0.0.0.0/0",
    "an address that only the default route leads to is not called routed",
  );
  const compared = await ask(client, "route_compare", { destination: "10.0.0.0/24" });
  const views = (compared.data.vantages ?? []) as Vantage[];
  for (const { vantage, path_count, origins, rpki, complete, missing } of views) {
    say(
      `   ${vantage}: ${path_count} paths, origins ${origins.join(" and ")}, RPKI ${
        rpki.join(" and ")
      }${complete ? "" : `, cut: ${missing}`}`,
    );
  }
  const viewOf = (name: string) => views.find(({ vantage }) => vantage === name);
  expect(
    viewOf("Demo later")?.origins.join() === "64499,local" &&
      viewOf("Demo later")?.rpki.includes("invalid") === true,
    "minutes later its own AS originates the prefix too, and that is RPKI invalid",
  );
  expect(
    viewOf("Demo broken")?.complete === false && viewOf("Demo broken")?.missing === "reset",
    "half an answer is called half: the connection broke after 700 octets",
  );
  expect(
    compared.data.success === false &&
      String(compared.data.summary).includes("; 1 with part of an answer only;"),
    "the other three are whole; the comparison is not, and its first sentence says so",
  );
  const smuggled = await ask(client, "route_lookup", {
    destination: "10.0.0.0/24\nshow running-config",
    server: "demo text",
  });
  expect(
    smuggled.error?.code === "input.destination",
    "a second command inside of a destination is refused",
  );
  const heard = recorded["Demo text"].heard.slice(1);
  expect(
    heard.join("; ") ===
      "show version; terminal length 0; show ip bgp 10.0.0.0/24; show ip bgp 8.8.8.8",
    "one session, four commands: the comparison used the answer that was a moment old",
  );
}
