/** A small DNS server on loopback for the demo: a zone of its own, UDP and TCP on one port. */
import { createSocket } from "node:dgram";
import { Buffer } from "node:buffer";
import { type Answer, decode, encode, type Packet } from "dns-packet";

const AUTHORITATIVE = 0x0400;
const NXDOMAIN = 3;

/** The demo's zone. `.test` is reserved for this (RFC 6761 section 6.2). */
const ZONE: readonly Answer[] = [
  { type: "A", name: "router1.demo.test", ttl: 300, data: "127.0.0.1" },
  { type: "AAAA", name: "router1.demo.test", ttl: 300, data: "::1" },
  { type: "MX", name: "demo.test", ttl: 3600, data: { preference: 10, exchange: "mx.demo.test" } },
  { type: "TXT", name: "demo.test", ttl: 60, data: "v=spf1 -all" },
  // A name that points at a cloud metadata endpoint, as a rebinding attacker would set it up.
  { type: "A", name: "innocent.demo.test", ttl: 1, data: "169.254.169.254" },
];

/** What `query` is answered with. */
export function answerQuery(query: Packet): Buffer {
  const question = query.questions?.[0];
  const name = question?.name.toLowerCase().replace(/\.$/, "") ?? "";
  const known = ZONE.filter((record) => record.name === name);
  return encode({
    type: "response",
    id: query.id ?? 0,
    flags: AUTHORITATIVE | (known.length === 0 ? NXDOMAIN : 0),
    questions: query.questions ?? [],
    answers: known.filter((record) => record.type === question?.type),
  });
}

async function serveTcp(connection: Deno.Conn): Promise<void> {
  try {
    const reader = connection.readable.getReader({ mode: "byob" });
    const lengthBytes = (await reader.read(new Uint8Array(2), { min: 2 })).value;
    const length = lengthBytes === undefined
      ? 0
      : (lengthBytes[0] ?? 0) << 8 | (lengthBytes[1] ?? 0);
    if (length > 0) {
      const message = (await reader.read(new Uint8Array(length), { min: length })).value;
      const answer = answerQuery(decode(Buffer.from(message ?? [])));
      await connection.write(Uint8Array.of(answer.length >> 8, answer.length & 255, ...answer));
    }
  } catch {
    // A client that hangs up in the middle gets no answer.
  } finally {
    connection.close();
  }
}

/** Starts the server on 127.0.0.1; `stop` ends it. */
export async function startDnsServer(): Promise<{ port: number; stop: () => Promise<void> }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const socket = createSocket("udp4");
  socket.on("message", (message, peer) => {
    socket.send(answerQuery(decode(message)), peer.port, peer.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, "127.0.0.1", resolve);
  });
  const accepting = (async () => {
    for await (const connection of listener) serveTcp(connection);
  })();
  return {
    port,
    stop: async () => {
      listener.close();
      await accepting;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}
