/**
 * A name server on loopback that answers as a test tells it to, by UDP and TCP on one port: for
 * answers that no honest server gives.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo } from "node:dgram";
import dnsPacket from "dns-packet";

/** One query as it came. */
export interface ScriptedQuery {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly transport: "udp" | "tcp";
  readonly hasEdns: boolean;
  /** Counts from 1 over both transports. */
  readonly number: number;
}

/** Messages to send back, each as one datagram or one TCP message. */
export type Script = (query: ScriptedQuery) => readonly Uint8Array[];

/** The server; `stop` ends it. */
export interface ScriptedDnsServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly endpoint: string;
  readonly queries: readonly ScriptedQuery[];
  stop(): Promise<void>;
}

/** A reply in wire form with the id and question of `query`. */
export function reply(
  query: ScriptedQuery,
  more: {
    readonly answers?: readonly unknown[];
    readonly authorities?: readonly unknown[];
    readonly rcode?: number;
    readonly flags?: number;
    readonly id?: number;
    readonly name?: string;
  } = {},
): Uint8Array {
  return dnsPacket.encode({
    type: "response",
    id: more.id ?? query.id,
    flags: (more.flags ?? dnsPacket.RECURSION_AVAILABLE) | (more.rcode ?? 0),
    // The type is one that the server has just decoded.
    questions: [{ type: query.type as "A", name: more.name ?? query.name }],
    answers: [...more.answers ?? []] as never,
    authorities: [...more.authorities ?? []] as never,
  });
}

/** Starts a server on an ephemeral port of 127.0.0.1. */
export async function startScriptedDnsServer(script: Script): Promise<ScriptedDnsServer> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const queries: ScriptedQuery[] = [];
  const answer = (bytes: Uint8Array, transport: "udp" | "tcp"): readonly Uint8Array[] => {
    const read = dnsPacket.decode(Buffer.from(bytes));
    const query: ScriptedQuery = {
      id: read.id ?? 0,
      name: read.questions?.[0]?.name ?? "",
      type: read.questions?.[0]?.type ?? "",
      transport,
      hasEdns: (read.additionals?.length ?? 0) > 0,
      number: queries.length + 1,
    };
    queries.push(query);
    return script(query);
  };
  const socket = createSocket("udp4");
  socket.on("message", (bytes: Uint8Array, from: RemoteInfo) => {
    for (const message of answer(bytes, "udp")) {
      socket.send(Buffer.from(message), from.port, from.address);
    }
  });
  await new Promise<void>((resolve) => socket.bind(port, "127.0.0.1", resolve));
  const serving = (async () => {
    for await (const connection of listener) {
      try {
        const buffer = new Uint8Array(1024);
        const count = await connection.read(buffer) ?? 0;
        for (const message of answer(buffer.subarray(2, count), "tcp")) {
          await connection.write(Uint8Array.of(message.length >> 8, message.length & 255));
          await connection.write(message);
        }
      } finally {
        connection.close();
      }
    }
  })();
  return {
    port,
    endpoint: `127.0.0.1:${port}`,
    queries,
    stop: async () => {
      listener.close();
      await serving;
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}
