/**
 * The numbers that the README quotes, each beside a peer in the same run, as a ratio.
 * Rounds are interleaved, so that a noisy moment hits both sides.
 */
import { measureToolsList } from "../tests/contract/tools_list_size.ts";
import { defaultConfig } from "../lib/config/load.ts";
import { selectTools } from "../lib/mcp/toolsets.ts";
import { allTools } from "../tools/mod.ts";
import { printRows, type Row } from "./report.ts";
import { median, StdioSession } from "./stdio_session.ts";

const ROUNDS = Number(Deno.args[0] ?? 15);
const ROOT = new URL("../", import.meta.url).pathname;
const EMPTY = [
  "run",
  "--quiet",
  "--no-prompt",
  "--cached-only",
  "--config",
  `${ROOT}deno.json`,
  `${ROOT}bench/empty_server.ts`,
];
const NETGLASS = [
  "run",
  "--quiet",
  "--no-prompt",
  "--cached-only",
  "--config",
  `${ROOT}deno.json`,
  "-P",
  `${ROOT}main.ts`,
];

// A client starts servers in a folder of its own choice, so the bench does not start them in the repository.
const NEUTRAL = await Deno.makeTempDir();

async function startOnce(args: readonly string[]): Promise<{ ms: number; rssMiB: number }> {
  const started = performance.now();
  const session = new StdioSession(args, NEUTRAL);
  await session.initialize();
  await session.request("tools/list", {});
  const ms = performance.now() - started;
  const rssMiB = await session.peakRssMiB();
  await session.close();
  return { ms, rssMiB };
}

async function coldStart(): Promise<Row[]> {
  const ours: { ms: number; rssMiB: number }[] = [];
  const peer: { ms: number; rssMiB: number }[] = [];
  await startOnce(NETGLASS);
  await startOnce(EMPTY);
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await startOnce(NETGLASS));
    peer.push(await startOnce(EMPTY));
  }
  const ms = [median(ours.map((one) => one.ms)), median(peer.map((one) => one.ms))] as const;
  const rss = [
    median(ours.map((one) => one.rssMiB)),
    median(peer.map((one) => one.rssMiB)),
  ] as const;
  return [
    {
      number: "cold start to tools/list",
      ours: `${ms[0].toFixed(0)} ms`,
      peer: `${ms[1].toFixed(0)} ms (SDK, one empty tool)`,
      ratio: (ms[0] / ms[1]).toFixed(2),
      goal: "<= 1.5",
      met: ms[0] / ms[1] <= 1.5,
    },
    {
      number: "peak RSS at idle",
      ours: `${rss[0].toFixed(0)} MiB`,
      peer: `${rss[1].toFixed(0)} MiB (SDK, one empty tool)`,
      ratio: (rss[0] / rss[1]).toFixed(2),
      goal: "<= 1.3",
      met: rss[0] / rss[1] <= 1.3,
    },
  ];
}

async function overhead(): Promise<Row> {
  const ours = new StdioSession(NETGLASS, NEUTRAL);
  const peer = new StdioSession(EMPTY, NEUTRAL);
  await ours.initialize();
  await peer.initialize();
  const call = async (session: StdioSession, name: string, args: Record<string, unknown>) => {
    const started = performance.now();
    await session.request("tools/call", { name, arguments: args });
    return performance.now() - started;
  };
  const oursMs: number[] = [];
  const peerMs: number[] = [];
  for (let round = 0; round < 1_500; round++) {
    // policy_explain of an address does no I/O: what is timed is the pipeline.
    oursMs.push(await call(ours, "policy_explain", { target: "192.0.2.1" }));
    peerMs.push(await call(peer, "nothing", {}));
  }
  await ours.close();
  await peer.close();
  const [a, b] = [median(oursMs.slice(500)), median(peerMs.slice(500))];
  return {
    number: "one call on stdio, median",
    ours: `${a.toFixed(3)} ms`,
    peer: `${b.toFixed(3)} ms (SDK, empty tool)`,
    ratio: `+${(a - b).toFixed(3)} ms`,
    goal: "<= +0.5 ms",
    met: a - b <= 0.5,
  };
}

async function portScan(): Promise<Row> {
  const folder = await Deno.makeTempDir();
  try {
    const config = `${folder}/config.yaml`;
    await Deno.writeTextFile(config, "security:\n  allowed_targets: [127.0.0.0/8]\n");
    const derived = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--allow-read",
        "--allow-env",
        `${ROOT}main.ts`,
        "permissions",
        "--config",
        config,
        "--format",
        "mcp",
      ],
    }).output();
    const entry = JSON.parse(new TextDecoder().decode(derived.stdout)) as {
      mcpServers: { netglass: { args: string[] } };
    };
    const session = new StdioSession(entry.mcpServers.netglass.args, NEUTRAL);
    await session.initialize();
    const ports = Array.from({ length: 1_000 }, (_, index) => index + 1);
    const args = { target: "127.0.0.1", ports, max_concurrent: 64 };
    const scan = async () => {
      const started = performance.now();
      await session.request("tools/call", { name: "batch_port_check", arguments: args });
      return performance.now() - started;
    };
    const nmap = async () => {
      const started = performance.now();
      await new Deno.Command("nmap", {
        args: ["-sT", "-Pn", "-n", "-p1-1000", "127.0.0.1"],
        stdout: "null",
      }).output();
      return performance.now() - started;
    };
    await scan();
    const oursMs: number[] = [];
    const peerMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      oursMs.push(await scan());
      peerMs.push(await nmap());
    }
    await session.close();
    const [a, b] = [median(oursMs), median(peerMs)];
    return {
      number: "batch_port_check, 1,000 loopback ports",
      ours: `${a.toFixed(0)} ms`,
      peer: `${b.toFixed(0)} ms (nmap -sT -Pn -n)`,
      ratio: (a / b).toFixed(2),
      goal: "<= 1.5",
      met: a / b <= 1.5,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function toolsListSize(): Row {
  const { bytes, tokens } = measureToolsList(selectTools(allTools, defaultConfig()));
  return {
    number: "size of tools/list",
    ours: `${bytes} bytes, about ${tokens} tokens`,
    peer: "-",
    ratio: "-",
    goal: "reviewed size + 5 %",
    met: true,
  };
}

const rows = [...await coldStart(), await overhead(), await portScan(), toolsListSize()];
console.log(`Medians of ${ROUNDS} interleaved rounds, deno ${Deno.version.deno}\n`);
printRows(rows);
await Deno.remove(NEUTRAL);
