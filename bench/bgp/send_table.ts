/**
 * Peers that push tables into a receiver, in a process of their own.
 *
 *     deno run -A bench/bgp/send_table.ts --to ADDRESS:PORT [--first-peer N] [--hold-time SEC] FILE...
 *
 * One session per file, from 127.0.1.10 + N, as AS 65010 + N. Orders come on stdin, a line each, and
 * each is answered by lines of JSON on stdout: `send` pushes the files, `push PEER FILE` another one
 * (both say when they begin and when all is sent), `lose PEER` closes one connection, `silence` tells the
 * longest time since the last push in which a peer heard nothing. The first line says that all are
 * Established; the end of stdin closes all.
 */
import { parseArgs } from "node:util";
import { TextLineStream } from "./text_lines.ts";
import { SendingPeer, type SendTimes } from "./sending_peer.ts";
import { peerAs } from "./table.ts";

/** Address that the peer with this index dials from. */
export function peerAddress(peer: number): string {
  return `127.0.${1 + Math.floor(peer / 200)}.${10 + peer % 200}`;
}

/** Opens the session of the peer with this index. */
export function openPeer(to: string, peer: number, holdTimeSec?: number): Promise<SendingPeer> {
  const [address = "", port = ""] = to.split(":");
  return SendingPeer.open({
    address,
    port: Number(port),
    localAddress: peerAddress(peer),
    asn: peerAs(peer),
    routerId: [10, 9, peer >>> 8, 1 + (peer & 255)],
    ...(holdTimeSec === undefined ? {} : { holdTimeSec }),
  });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      to: { type: "string", default: "" },
      "first-peer": { type: "string", default: "0" },
      "hold-time": { type: "string", default: "180" },
    },
  });
  const first = Number(values["first-peer"]);
  const peers: SendingPeer[] = [];
  // One after the other: BIRD listens with room for eight.
  for (const index of positionals.keys()) {
    peers.push(await openPeer(values.to, first + index, Number(values["hold-time"])));
  }
  answer({ phase: "established", peers: peers.length });
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const [order, peer, file] = line.split(" ");
    if (order === "send") {
      await push(peers.map((one, index) => ({ peer: one, file: positionals[index]! })));
    } else if (order === "push") {
      await push([{ peer: peers[Number(peer)]!, file: file! }]);
    } else if (order === "lose") {
      peers[Number(peer)]!.close();
      answer({ phase: "lost" });
    } else if (order === "silence") {
      answer({
        phase: "silence",
        longestMs: Math.max(...peers.map((one) => one.takeLongestSilenceMs())),
      });
    }
  }
  for (const peer of peers) peer.close();
}

async function push(
  pushes: readonly { readonly peer: SendingPeer; readonly file: string }[],
): Promise<void> {
  const all = await Promise.all(
    pushes.map(async ({ peer, file }) => ({ peer, octets: await Deno.readFile(file) })),
  );
  for (const { peer } of all) peer.takeLongestSilenceMs();
  answer({ phase: "begin" });
  const times = await Promise.all(all.map(({ peer, octets }) => peer.send(octets)));
  answer({ phase: "sent", ...slowest(times) });
}

function slowest(times: readonly SendTimes[]): SendTimes {
  return {
    writtenMs: Math.max(...times.map(({ writtenMs }) => writtenMs)),
    acknowledgedMs: Math.max(...times.map(({ acknowledgedMs }) => acknowledgedMs)),
  };
}

function answer(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
