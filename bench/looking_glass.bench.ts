/**
 * The looking glass beside a scripted socat session that does the same, rounds interleaved, all on
 * loopback.
 *
 *     deno task bench:looking_glass [--rounds N]
 *
 * The peer is Debian's socat; the router is an FRR bgpd that the bench starts (Debian's frr), or the
 * recorded one of the tests where that is not installed. Without socat there are no peers.
 */
import { dump } from "js-yaml";
import { defaultConfig } from "../lib/config/load.ts";
import { parsePrefix } from "../lib/ip/prefix.ts";
import { createLookingGlass } from "../lib/looking_glass/create_looking_glass.ts";
import { frr } from "../lib/looking_glass/dialects/frr/frr.ts";
import type { RouterQuery } from "../lib/looking_glass/query.ts";
import { routerCommand } from "../lib/looking_glass/router_command.ts";
import { ScreenText } from "../lib/telnet/screen_text.ts";
import { TelnetMachine } from "../lib/telnet/machine.ts";
import { findProgram } from "../tests/interop/daemon.ts";
import { HOSTILE_COMMAND, HOSTILE_SERVERS } from "../tests/support/hostile_telnet.ts";
import {
  LAB_QUERY,
  labDialect,
  labOptions,
  labServer,
  serveLab,
} from "../tests/support/lab_router.ts";
import { serveTelnet, type TelnetPeer } from "../tests/support/telnet_server.ts";
import { startFrrVty } from "./frr_vty.ts";
import { printRows, type Row } from "./report.ts";
import { manyPaths, routeTable } from "./route_output.ts";
import { runSocat, SocatSession } from "./socat_session.ts";
import { median, StdioSession } from "./stdio_session.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const at = Deno.args.indexOf("--rounds");
const ROUNDS = at < 0 ? 21 : Number(Deno.args[at + 1]);
const HAS_SOCAT = findProgram("socat") !== null;
/** Bytes of JSON for a token, as tests/contract/tools_list_size.ts counts. */
const BYTES_PER_TOKEN = 4.2;
/** What a flood is made of, octets. */
const FLOOD = 11_000_000;
const { signal } = new AbortController();

async function timed(act: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

/** Medians of our milliseconds and the peer's (null: not run), rounds interleaved, one not counted. */
async function interleaved(
  ours: () => Promise<unknown>,
  peer: () => Promise<unknown>,
  rounds = ROUNDS,
): Promise<{ ours: number; peer: number | null }> {
  const taken = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const ms = await timed(ours);
    const peerMs = HAS_SOCAT ? await timed(peer) : null;
    if (round === 0) continue;
    taken.ours.push(ms);
    if (peerMs !== null) taken.peer.push(peerMs);
  }
  return { ours: median(taken.ours), peer: HAS_SOCAT ? median(taken.peer) : null };
}

function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;
}

/** A row of milliseconds that are to stay below a goal. */
function below(
  number: string,
  taken: { ours: number; peer: number | null },
  peer: string,
  goalMs: number,
): Row {
  return {
    number,
    ours: ms(taken.ours),
    peer: taken.peer === null ? "not run (socat)" : `${ms(taken.peer)} (${peer})`,
    ratio: taken.peer === null ? "-" : (taken.ours / taken.peer).toFixed(2),
    goal: `<= ${goalMs} ms`,
    met: taken.ours <= goalMs,
  };
}

/** Sixteen servers that think for a second. */
async function fanOut(): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const answer = async (peer: TelnetPeer) => {
    await peer.sleep(1_000);
    await peer.send("192.0.2.1\r\nend\r\n");
  };
  const labs = await Promise.all(Array.from({ length: 16 }, () => serveLab({ answer })));
  for (const lab of labs) stack.use(lab);
  const servers = labs.map(({ port }) => labServer(port));
  const taken = await interleaved(
    async () => {
      const glass = createLookingGlass(labOptions(servers));
      const outcomes = await glass.askMany(servers, LAB_QUERY, { signal });
      if (outcomes.some(({ answer }) => answer?.complete !== true)) throw new Error("Not answered");
      await glass.stop();
    },
    () => Promise.all(labs.map(({ port }) => runSocat(port, ["show summary", "exit"]))),
    3,
  );
  return [below("16 servers of 1 s each, at once", taken, "16 x socat", 1_600)];
}

/** One route of a real router: from nothing, and in a session that is open. */
async function lookUps(): Promise<Row[]> {
  await using router = await startFrrVty();
  const { port, password, prompt, prefix } = router;
  const login = { username: null, password, password_env: null };
  const server = labServer(port, { login });
  const options = { ...labOptions([server]), dialects: [frr] };
  const query: RouterQuery = { kind: "route", target: parsePrefix(prefix) };
  const ask = async (glass: ReturnType<typeof createLookingGlass>) => {
    const { complete, parsed } = await glass.ask(server, query, { signal, fresh: true });
    const { answer } = parsed;
    if (!complete || answer.kind !== "route" || answer.paths.length === 0) {
      throw new Error("No whole answer");
    }
  };
  const command = `show ip bgp ${prefix}`;
  const cold = await interleaved(
    async () => {
      const glass = createLookingGlass(options);
      await ask(glass);
      await glass.stop();
    },
    () => runSocat(port, [password, "terminal length 0", command, "exit"]),
  );
  const socat = HAS_SOCAT ? new SocatSession(port, prompt) : null;
  await socat?.wait("Password: ");
  await socat?.ask(password);
  await socat?.ask("terminal length 0");
  const glass = createLookingGlass(options);
  const warm = await interleaved(
    () => ask(glass),
    async () => await socat?.ask(command),
    ROUNDS * 5,
  );
  await glass.stop();
  await socat?.close();
  return [
    below(`login and lookup, ${router.what}`, cold, "socat, typed ahead", 15),
    below(`lookup in an open session, ${router.what}`, warm, "socat, waits for the prompt", 5),
  ];
}

/** Telnet, screen and table, in memory, beside plain decoding. */
async function reading(): Promise<Row[]> {
  const octets = new TextEncoder().encode(routeTable(2_000_000).replaceAll("\n", "\r\n"));
  const piece = 16_384;
  const query: RouterQuery = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix };
  const read = () => {
    const machine = new TelnetMachine();
    const screen = new ScreenText();
    let text = "";
    for (let from = 0; from < octets.length; from += piece) {
      screen.write(machine.receive(octets.subarray(from, from + piece)).data);
      text += screen.takeFinished();
    }
    return text;
  };
  const strip = () => Promise.resolve(read());
  const stripAndParse = () => Promise.resolve(frr.parse(query, read(), "text"));
  const plain = () => Promise.resolve(new TextDecoder().decode(octets).split("\r\n"));
  const taken = { strip: [] as number[], all: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const times = [await timed(strip), await timed(stripAndParse), await timed(plain)] as const;
    if (round === 0) continue;
    taken.strip.push(times[0]);
    taken.all.push(times[1]);
    taken.plain.push(times[2]);
  }
  const { answer, complete } = await stripAndParse();
  const rate = (values: readonly number[]) => octets.length / 1_000 / median(values);
  const row = (number: string, ours: number, goal: number | null): Row => ({
    number,
    ours: `${ours.toFixed(0)} MB/s`,
    peer: `${rate(taken.plain).toFixed(0)} MB/s (UTF-8 decoded and split into lines)`,
    ratio: `1/${(rate(taken.plain) / ours).toFixed(0)}`,
    goal: goal === null ? "-" : `>= ${goal} MB/s`,
    met: goal === null ? null : ours >= goal,
  });
  const paths = answer.kind === "table" ? answer.paths.length : 0;
  if (!complete && paths === 0) throw new Error("The table was not read");
  const size = `${(octets.length / 1e6).toFixed(1)} MB`;
  return [
    row(`telnet and screen, table of ${size}`, rate(taken.strip), null),
    row(`and parsed: ${paths} paths`, rate(taken.all), 20),
  ];
}

/** The longest time in which nothing else could run while `act` did, milliseconds. */
async function longestBlock(act: () => Promise<unknown>): Promise<number> {
  let longest = 0, last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await act();
  longest = Math.max(longest, performance.now() - last);
  clearInterval(timer);
  return longest;
}

/** A flood is cut, and the rest of the server goes on meanwhile. */
async function flood(): Promise<Row[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", `${ROOT}deno.json`]
      .concat([`${ROOT}bench/flooding_router.ts`, `${FLOOD}`]),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.stdout.getReader();
  const port = Number(new TextDecoder().decode((await output.read()).value));
  const server = labServer(port);
  const query: RouterQuery = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix };
  const rows: Row[] = [];
  for (const [name, maxBytes] of [["256 KiB", 262_144], ["2 MiB", 2_097_152]] as const) {
    const blocks: number[] = [];
    const cut = async () => {
      const glass = createLookingGlass({ ...labOptions([server]), dialects: [frr] });
      const { complete, reason } = await glass.ask(server, query, { signal, maxBytes });
      if (complete || reason !== "size") throw new Error(`Cut because of ${reason}`);
      await glass.stop();
    };
    const taken = await interleaved(
      async () => blocks.push(await longestBlock(cut)),
      () => runSocat(port, ["show ip bgp 0.0.0.0/0 longer-prefixes"]),
      Math.ceil(ROUNDS / 3),
    );
    const block = median(blocks.slice(1));
    rows.push(
      below(`11 MB flood cut at ${name} and read`, taken, "socat, all of it", 1_000),
      {
        number: `longest block of the event loop, cut at ${name}`,
        // The first round, with code that has never run, is not in the median but may be the worst.
        ours: `${ms(block)} (at worst ${ms(Math.max(...blocks))})`,
        peer: "-",
        ratio: "-",
        goal: "<= 50 ms",
        met: block <= 50,
      },
    );
  }
  await child.stdin.close();
  await output.cancel();
  await child.status;
  return rows;
}

/** How long after its deadline a call ends, whatever the server does. */
async function hostile(): Promise<Row[]> {
  const deadlineMs = 400;
  const command = () => routerCommand(HOSTILE_COMMAND);
  const dialects = [{ ...labDialect, pagingOff: [], command }];
  let worst = { name: "", overMs: -Infinity };
  for (const { name, script, login } of HOSTILE_SERVERS) {
    await using router = await serveTelnet(script);
    const credentials = { username: null, password: null, ...login, password_env: null };
    const server = labServer(router.port, { login: credentials });
    const glass = createLookingGlass({ ...labOptions([server]), dialects });
    const overMs = await timed(() => glass.askMany([server], LAB_QUERY, { signal, deadlineMs })) -
      deadlineMs;
    if (overMs > worst.overMs) worst = { name, overMs };
    await glass.stop();
  }
  return [{
    number: `${HOSTILE_SERVERS.length} hostile servers, the latest after its deadline`,
    ours: `${ms(worst.overMs)} (${worst.name})`,
    peer: "-",
    ratio: "-",
    goal: "<= 250 ms",
    met: worst.overMs <= 250,
  }];
}

/** What a prefix with sixty paths costs a model, asked over stdio of a server with derived flags. */
async function answerSize(): Promise<Row[]> {
  const text = manyPaths(60);
  await using router = await serveTelnet(async (peer) => {
    await peer.send("bench> ");
    for (let line = await peer.readLine(); line !== "exit"; line = await peer.readLine()) {
      const answer = line.startsWith("show ip bgp ") ? text.replaceAll("\n", "\r\n") : "";
      await peer.send(`${line}\r\n${answer}bench> `);
    }
  });
  const folder = await Deno.makeTempDir();
  try {
    const config = `${folder}/config.yaml`;
    const entry = { name: "Bench", host: "127.0.0.1", port: router.port, dialect: "frr" };
    const shipped = defaultConfig().looking_glass.servers.filter(({ enabled }) => enabled);
    const others = shipped.map(({ name }) => ({ name, enabled: false }));
    await Deno.writeTextFile(config, dump({ looking_glass: { servers: [...others, entry] } }));
    const derived = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--allow-read", "--allow-env", `${ROOT}main.ts`, "permissions"]
        .concat(["--config", config, "--format", "mcp"]),
    }).output();
    const { mcpServers } = JSON.parse(new TextDecoder().decode(derived.stdout)) as {
      mcpServers: { netglass: { args: string[] } };
    };
    const session = new StdioSession(mcpServers.netglass.args, folder);
    await session.initialize();
    const tokens = async (detail: string) => {
      const { structuredContent } = await session.request("tools/call", {
        name: "route_lookup",
        arguments: { destination: "192.0.2.0/24", detail },
      }) as { structuredContent: { path_count?: number } | undefined };
      if (structuredContent?.path_count !== 60) throw new Error("Not sixty paths");
      const json = new TextEncoder().encode(JSON.stringify(structuredContent));
      return Math.round(json.length / BYTES_PER_TOKEN);
    };
    const [grouped, full] = [await tokens("grouped"), await tokens("full")];
    await session.close();
    const raw = Math.round(text.length / BYTES_PER_TOKEN);
    const row = (number: string, ours: number, goal: number | null): Row => ({
      number,
      ours: `about ${ours} tokens`,
      peer: `about ${raw} tokens (the router's text)`,
      ratio: (ours / raw).toFixed(2),
      goal: goal === null ? "-" : `<= ${goal}`,
      met: goal === null ? null : ours <= goal,
    });
    return [
      row("answer for a prefix with 60 paths", grouped, 1_500),
      row("the same with detail full, its first page", full, null),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// deno-lint-ignore no-console -- a bench prints
const print = console.log;
print(
  `Medians of interleaved rounds, deno ${Deno.version.deno}, load ${
    Deno.loadavg()[0]?.toFixed(1)
  } before the first\n`,
);
for (const [index, section] of [fanOut, lookUps, reading, flood, hostile, answerSize].entries()) {
  printRows(await section(), index === 0);
}
