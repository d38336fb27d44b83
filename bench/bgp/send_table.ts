/**
 * Peers that push tables into a receiver, in a process of their own.
 *
 *     deno run -A bench/bgp/send_table.ts --to ADDRESS:PORT [--first-peer N] FILE...
 *
 * One session per file, from 127.0.1.10 + N, as AS 65010 + N. Orders come on stdin, a line each, and
 * each is answered by a line of JSON on stdout when it is done: `send` pushes the files, `push FILE...`
 * others, `stop` closes the connections. The first line says that all are Established.
 */
import { parseArgs } from "node:util";
import { TextLineStream } from "./text_lines.ts";
import { SendingPeer, type SendTimes } from "./sending_peer.ts";
import { peerAs } from "./table.ts";

/** Address that the peer with this index dials from. */
export function peerAddress(peer: number): string {
  return `127.0.${1 + Math.floor(peer / 200)}.${10 + peer % 200}`;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { to: { type: "string" }, "first-peer": { type: "string", default: "0" } },
  });
  const [address = "", port = ""] = (values.to ?? "").split(":");
  const first = Number(values["first-peer"]);
  const open = (_: string, index: number) =>
    SendingPeer.open({
      address,
      port: Number(port),
      localAddress: peerAddress(first + index),
      asn: peerAs(first + index),
      routerId: [10, 9, (first + index) >>> 8, 1 + ((first + index) & 255)],
    });
  const peers = await Promise.all(positionals.map(open));
  console.log(JSON.stringify({ phase: "established", peers: peers.length }));
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const [order, ...named] = line.split(" ");
    if (order === "stop") break;
    const files = order === "send" ? positionals : named;
    const all = await Promise.all(files.map((file) => Deno.readFile(file)));
    console.log(JSON.stringify({ phase: "begin", atMs: Date.now() }));
    const times = await Promise.all(all.map((octets, index) => peers[index]!.send(octets)));
    console.log(JSON.stringify({ phase: "sent", ...slowest(times) }));
  }
  for (const peer of peers) peer.close();
}

function slowest(times: readonly SendTimes[]): SendTimes {
  return {
    writtenMs: Math.max(...times.map(({ writtenMs }) => writtenMs)),
    acknowledgedMs: Math.max(...times.map(({ acknowledgedMs }) => acknowledgedMs)),
  };
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
