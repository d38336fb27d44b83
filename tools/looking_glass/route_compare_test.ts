import assert from "node:assert/strict";
import type { RouteServerEntry } from "../../lib/config/config.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { type RouteServer, serveRoutes } from "../../tests/support/route_server.ts";
import { serveTelnet, type TelnetServer } from "../../tests/support/telnet_server.ts";
import { samplePath, sampleView } from "../../tests/support/sample_routes.ts";

/** What FRR prints of paths to 192.0.2.0/24: AS path and communities, the first one best. */
function output(...paths: readonly (readonly [string, string?])[]): string {
  return [
    "BGP routing table entry for 192.0.2.0/24, version 7",
    `Paths: (${paths.length} available, best #1, table default)`,
    "  Not advertised to any peer",
    ...paths.flatMap(([asPath, communities], index) => [
      `  ${asPath}`,
      `    198.51.100.${index} from 198.51.100.${index} (198.51.100.${index})`,
      `      Origin IGP, valid, external${
        index === 0 ? ", best (AS Path)" : ""
      }, rpki validation-state: ${asPath.endsWith("64511") ? "invalid" : "valid"}`,
      ...(communities === undefined ? [] : [`      Community: ${communities}`]),
      "      Last update: Sat Nov 21 10:00:00 2026",
    ]),
    "",
  ].join("\n");
}

/** A server for each output. */
async function serveEach(
  stack: AsyncDisposableStack,
  outputs: readonly string[],
): Promise<RouteServer[]> {
  return await Promise.all(
    outputs.map(async (text) =>
      stack.use(
        await serveRoutes({ answers: (line) => line.startsWith("show") ? text : undefined }),
      )
    ),
  );
}

const entries = (servers: readonly TelnetServer[]): RouteServerEntry[] =>
  servers.map(({ port }, index) => routeServer(port, { name: `RS ${index + 1}`, tags: ["lab"] }));

Deno.test("what vantage points see is compared: origins, paths, prepending, RPKI, communities", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await serveEach(stack, [
    output(["64496 3356 64500", "65535:666 64496:1"], ["64497 64500 64500 64500"]),
    output(["64498 64511"]),
    "% Network not in table\n",
  ]);
  const stage = stack.use(new GlassStage(entries(servers)));
  const answer = await stage.answer("route_compare", { destination: "192.0.2.0/24" });
  assert.equal(
    answer.summary,
    "192.0.2.0/24 is seen by 2 of 3 route servers that answered, from more than one origin: AS64500 and AS64511; 1 without any route; RPKI invalid at 1.",
  );
  assert.deepEqual([answer.success, answer.multiple_origins], [true, true]);
  assert.deepEqual(answer.visibility, {
    asked: 3,
    answered: 3,
    seen: 2,
    covered: 0,
    default_only: 0,
    not_seen: 1,
    in_part: 0,
    share: 2 / 3,
    seen_in_archives: 0,
  });
  assert.deepEqual(
    answer.vantages.map((
      { vantage, state, best_path, rpki, path_count }: Record<string, unknown>,
    ) => [
      vantage,
      state,
      best_path,
      rpki,
      path_count,
    ]),
    [
      ["RS 3", "not_seen", null, [], 0],
      ["RS 1", "seen", "64496 3356 64500", ["valid"], 2],
      ["RS 2", "seen", "64498 64511", ["invalid"], 1],
    ],
  );
  assert.deepEqual(
    answer.prepending.map(({ asn, max_times }: Record<string, unknown>) => [asn, max_times]),
    [
      [64500, 3],
    ],
  );
  assert.deepEqual(
    answer.communities.map((
      { community, meaning }: Record<string, unknown>,
    ) => [community, meaning]),
    [
      ["64496:1", null],
      ["65535:666", "blackhole: discard traffic to this prefix (RFC 7999)"],
    ],
  );
});

Deno.test("format mermaid adds the merged AS graph, on one line since line ends would be escaped", async () => {
  await using stack = new AsyncDisposableStack();
  const servers = await serveEach(stack, [output(["64496 64500"]), output(["64497 64500"])]);
  const stage = stack.use(new GlassStage(entries(servers)));
  const { mermaid } = await stage.answer("route_compare", {
    destination: "192.0.2.0/24",
    format: "mermaid",
  });
  assert.equal(
    mermaid,
    'flowchart LR; v0(["RS 1"]); as64496["AS64496"]; as64500["AS64500"]; v1(["RS 2"]); ' +
      'as64497["AS64497"]; v0 --> as64496; as64496 --> as64500; v1 --> as64497; ' +
      "as64497 --> as64500; classDef origin stroke-width:3px,font-weight:bold; " +
      "classDef neighbor stroke-dasharray:4; class as64500 origin; class as64496,as64497 neighbor",
  );
});

Deno.test("sixteen servers of which five fail: eleven answers and five typed errors, in time", async () => {
  await using stack = new AsyncDisposableStack();
  const good = await serveEach(stack, Array(11).fill(output(["64496 64500"])));
  const silent = stack.use(await serveTelnet((peer) => peer.forever()));
  const tarpit = stack.use(await serveTelnet((peer) => peer.drip("x".repeat(5_000), 200)));
  const resets = stack.use(
    await serveTelnet((peer) => peer.send("Hello\r\n").then(() => peer.reset())),
  );
  const locked = stack.use(await serveRoutes({ password: "right" }));
  const closed = await serveTelnet(() => Promise.resolve());
  await closed[Symbol.asyncDispose]();
  const login = { username: null, password: "wrong", password_env: null };
  const stage = stack.use(
    new GlassStage([
      ...entries(good),
      routeServer(silent.port, { name: "Silent" }),
      routeServer(tarpit.port, { name: "Tarpit" }),
      routeServer(resets.port, { name: "Resets" }),
      routeServer(locked.port, { name: "Locked", login }),
      routeServer(closed.port, { name: "Closed" }),
    ]),
  );
  const startedMs = performance.now();
  const answer = await stage.answer("route_compare", { destination: "192.0.2.0/24", timeout: 1.5 });
  assert.ok(performance.now() - startedMs < 2 * 1_750);
  assert.equal(
    answer.summary,
    "192.0.2.0/24 is seen by 11 of 11 route servers that answered, from AS64500; 5 without a sure answer.",
  );
  assert.equal(answer.success, false);
  const failed = answer.vantages.filter(({ error }: { error?: unknown }) => error !== undefined);
  assert.deepEqual(
    failed.map(({ vantage, error }: { vantage: string; error: { code: string } }) => [
      vantage,
      error.code,
    ]),
    [
      ["Closed", "remote.connect"],
      ["Locked", "remote.login"],
      ["Resets", "remote.login"],
      ["Silent", "remote.timeout"],
      ["Tarpit", "remote.timeout"],
    ],
  );
  assert.ok(JSON.stringify(answer).length < 8_000, `${JSON.stringify(answer).length}`);
});

Deno.test("sixteen servers that differ in everything fit into 8,000 characters", async () => {
  await using stack = new AsyncDisposableStack();
  const outputs = Array.from({ length: 16 }, (_, at) =>
    output(
      ...Array.from({ length: 20 }, (_, path): [string, string] => [
        `${37_000 + at * 20 + path} ${1_299 + path} 3356 ${path % 2 === 0 ? 64_500 : 64_511}`,
        `${37_000 + at * 20 + path}:1 64500:${path}`,
      ]),
    ));
  const stage = stack.use(new GlassStage(entries(await serveEach(stack, outputs))));
  const answer = await stage.answer("route_compare", { destination: "192.0.2.0/24" });
  assert.deepEqual([answer.success, answer.visibility.seen], [true, 16]);
  assert.equal(answer.left_out.as_paths, 314);
  const { length } = JSON.stringify(answer);
  assert.ok(length < 8_000, `${length}`);
});

Deno.test("a table that is refused leaves the route, and says what is missing", async () => {
  await using router = await serveRoutes({
    answers: { "show ip bgp 192.0.2.0/24": output(["64496 64500"]) },
  });
  await using stage = new GlassStage([routeServer(router.port)]);
  const answer = await stage.answer("route_compare", {
    destination: "192.0.2.0/24",
    more_specifics: true,
  });
  const [{ state, complete, missing, path_count }] = answer.vantages;
  assert.deepEqual(
    [answer.success, state, complete, missing, path_count],
    [false, "seen", false, "more-specifics: remote.router_refused", 1],
  );
});

Deno.test("what is too much to ask is refused before anybody is asked", async () => {
  const many = Array.from(
    { length: 17 },
    (_, at) => routeServer(1, { name: `RS ${at}`, tags: ["lab"] }),
  );
  await using stage = new GlassStage(many);
  const errorOf = async (args: Record<string, unknown>) => {
    const { code, message, hint } = await stage.error("route_compare", {
      destination: "192.0.2.0/24",
      ...args,
    });
    return [code, message, hint];
  };
  assert.deepEqual(await errorOf({ servers: ["lab"] }), [
    "input.server",
    "Cannot ask 17 route servers at once: at most 16",
    "Name fewer, or a tag; looking_glass.http_sources answer for hundreds of collectors at once.",
  ]);
  assert.deepEqual(await errorOf({ destination: "0.0.0.0/0", more_specifics: true }), [
    "input.more_specifics",
    "Cannot ask for what lies inside of a /0: it holds too much of the table",
    "Give a prefix of length 8 or more, or leave more_specifics out.",
  ]);
  assert.deepEqual(await errorOf({ archives: "only" }), [
    "input.archives",
    "Cannot ask archives alone: none is enabled",
    "Add looking_glass.http_sources: [routeviews-api, ripestat] to the configuration.",
  ]);
});

Deno.test("archives answer beside route servers and are named; one that fails is told", async () => {
  await using router = await serveRoutes({
    answers: { "show ip bgp 192.0.2.0/24": output(["64496 64500"]) },
  });
  const view = sampleView("RRC00", [samplePath("64497 64500")], { source: "ripestat" });
  await using stage = new GlassStage([routeServer(router.port)], {
    archives: [
      {
        name: "ripestat",
        attribution: "RIPE NCC",
        lookUp: () => Promise.resolve({ views: [view], complete: true, problems: [] }),
      },
      {
        name: "routeviews-api",
        attribution: "Route Views",
        lookUp: () => Promise.reject(new Error("a fault of ours")),
      },
    ],
  });
  const answer = await stage.answer("route_compare", { destination: "192.0.2.0/24" });
  assert.equal(
    answer.summary,
    "192.0.2.0/24 is seen by 1 of 1 route server that answered, and by 1 archived collector, from AS64500; no answer from routeviews-api.",
  );
  assert.equal(answer.success, false);
  assert.deepEqual(
    answer.archives.map(({ name, attribution, collectors, error }: Record<string, unknown>) => [
      name,
      attribution,
      collectors,
      (error as { code: string } | null)?.code ?? null,
    ]),
    [
      ["ripestat", "RIPE NCC", 1, null],
      ["routeviews-api", "Route Views", 0, "bug.internal"],
    ],
  );
  const alone = await stage.answer("route_compare", {
    destination: "192.0.2.0/24",
    archives: "only",
  });
  assert.deepEqual([alone.visibility.asked, alone.visibility.seen_in_archives], [0, 1]);
  const check = await stage.answer("check_announcement", {
    prefix: "192.0.2.0/24",
    expected_origins: [64500],
    archives: "only",
  });
  assert.equal(
    check.summary,
    "192.0.2.0/24 by AS64500: as expected at 1 of 1 vantage points; no answer from routeviews-api.",
  );
});
