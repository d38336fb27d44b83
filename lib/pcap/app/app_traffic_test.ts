import assert from "node:assert/strict";
import {
  bgpNotification,
  bgpOpen,
  clientHello,
  dhcpMessage,
  ntpPacket,
  quicInitial,
  serverHello,
  tlsRecords,
} from "../../../tests/support/app_messages.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import {
  captureOf,
  tcpPacket,
  type TimedPacket,
  udpPacket,
} from "../../../tests/support/dns_capture.ts";
import { walkPackets } from "../engine/walk.ts";
import { AnalysisKernel } from "../kernel/analysis_kernel.ts";
import type { AppFacts, AppScan } from "./app_facts.ts";
import { AppTraffic } from "./app_traffic.ts";

const SYN = 2, ACK = 16;
const CLIENT = "192.0.2.10:50000";

/** What is read of a capture, with compiled code and without. */
async function scan(packets: readonly TimedPacket[]): Promise<AppScan> {
  const apps = new AppTraffic();
  let compiled: AppTraffic | null = null;
  let kernel: AnalysisKernel | null = null;
  const options = {
    needs: { flows: true },
    maxPackets: 0,
    signal: new AbortController().signal,
  };
  await walkPackets(
    sourceOf(captureOf(packets)),
    options,
    (batch) => {
      kernel ??= new AnalysisKernel(batch.arena ?? assert.fail());
      compiled ??= new AppTraffic(kernel);
      kernel.turnTo(batch);
      compiled.addBatch(batch);
      apps.addBatch(batch);
    },
  );
  assert.deepEqual((compiled ?? new AppTraffic()).finish(), apps.finish());
  return apps.finish();
}

/** Facts of the only flow. */
async function factsOf(packets: readonly TimedPacket[]): Promise<AppFacts | undefined> {
  return (await scan(packets)).byFlow.get(0);
}

/** A connection of which the client sends `asked` and the server `told`, in pieces. */
function connection(
  port: number,
  asked: readonly Uint8Array[],
  told: readonly Uint8Array[],
): TimedPacket[] {
  const server = `198.51.100.1:${port}`;
  const packets = [
    tcpPacket(0, CLIENT, server, 99, SYN),
    tcpPacket(0, server, CLIENT, 499, SYN | ACK),
  ];
  const send = (from: string, to: string, first: number, pieces: readonly Uint8Array[]) => {
    let seq = first;
    for (const piece of pieces) {
      packets.push(tcpPacket(1, from, to, seq, ACK, piece));
      seq += piece.length;
    }
  };
  send(CLIENT, server, 100, asked);
  send(server, CLIENT, 500, told);
  return packets;
}

const ascii = (text: string) => new TextEncoder().encode(text);

Deno.test("a TLS connection is known by name, protocol, version and cipher", async () => {
  const hellos = [tlsRecords(clientHello("www.example.com")), tlsRecords(serverHello("h2"))];
  assert.deepEqual(
    await factsOf(connection(443, [hellos[0] ?? ascii("")], [hellos[1] ?? ascii("")])),
    {
      kind: "tls",
      sni: "www.example.com",
      alpnOffered: ["h2", "http/1.1"],
      alpn: "h2",
      version: "TLS 1.2",
      cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      clientFrame: 3,
      serverFrame: 4,
    },
  );
});

Deno.test("a hello over two segments is read wherever it is cut", async () => {
  const hello = tlsRecords(clientHello("www.example.com", 60));
  for (let cut = 6; cut < hello.length; cut++) {
    const facts = await factsOf(
      connection(443, [hello.subarray(0, cut), hello.subarray(cut)], []),
    );
    assert.equal(facts?.sni, "www.example.com", `cut at ${cut}`);
    assert.equal(facts?.partial, undefined, `cut at ${cut}`);
    assert.equal(facts?.clientFrame, 4, `cut at ${cut}`);
  }
});

Deno.test("a hello over three segments that come out of order is put in order", async () => {
  const hello = tlsRecords(clientHello("www.example.com", 900));
  const packets = connection(443, [
    hello.subarray(0, 300),
    hello.subarray(300, 700),
    hello.subarray(700),
  ], []);
  const [syn, synAck, first, second, third] = packets;
  assert.ok(syn && synAck && first && second && third);
  const facts = await factsOf([syn, synAck, first, third, second]);
  assert.equal(facts?.sni, "www.example.com");
});

Deno.test("a hello whose rest never comes tells what it has, and that it is partial", async () => {
  const hello = tlsRecords(clientHello("www.example.com"));
  const facts = await factsOf(connection(443, [hello.subarray(0, hello.length - 4)], []));
  assert.equal(facts?.sni, "www.example.com");
  assert.equal(facts?.partial, true);
});

Deno.test("HTTP is known by its first request and the first answer", async () => {
  const request = "GET /index.html HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
  const packets = connection(80, [ascii(request), ascii(request.replace("index", "other"))], [
    ascii("HTTP/1.1 200 OK\r\n\r\n"),
    ascii("HTTP/1.1 404 Not Found\r\n\r\n"),
  ]);
  assert.deepEqual(await factsOf(packets), {
    kind: "http",
    version: "HTTP/1.1",
    method: "GET",
    path: "/index.html",
    host: "www.example.com",
    status: 200,
    clientFrame: 3,
    serverFrame: 5,
  });
});

Deno.test("SSH and BGP are known by what both sides say first", async () => {
  assert.deepEqual(
    await factsOf(connection(22, [ascii("SSH-2.0-a\r\n")], [ascii("SSH-2.0-b\r\n")])),
    {
      kind: "ssh",
      clientBanner: "SSH-2.0-a",
      serverBanner: "SSH-2.0-b",
      clientFrame: 3,
      serverFrame: 4,
    },
  );
  assert.deepEqual(
    await factsOf(connection(179, [bgpOpen(65_001)], [bgpOpen(65_002), bgpNotification(2, 2)])),
    {
      kind: "bgp",
      clientAs: 65_001,
      serverAs: 65_002,
      lastMessage: "NOTIFICATION 2/2",
      clientFrame: 3,
      serverFrame: 5,
    },
  );
});

Deno.test("datagrams tell as well: QUIC, DHCP, NTP", async () => {
  const one = (port: number, to: number, data: Uint8Array) =>
    udpPacket(0, `192.0.2.10:${port}`, `198.51.100.1:${to}`, data);
  assert.deepEqual(await factsOf([one(50_000, 443, quicInitial([1, 2], [3]))]), {
    kind: "quic",
    version: "QUICv1",
    destinationId: "0102",
    sourceId: "03",
    clientFrame: 1,
  });
  assert.deepEqual(
    await factsOf([
      one(68, 67, dhcpMessage(1, 1, "printer")),
      one(68, 67, dhcpMessage(1, 3, "printer")),
      udpPacket(1, "198.51.100.1:67", "192.0.2.10:68", dhcpMessage(2, 5, null)),
    ]),
    {
      kind: "dhcp",
      clientMessage: "REQUEST",
      serverMessage: "ACK",
      hostName: "printer",
      clientFrame: 2,
      serverFrame: 3,
    },
  );
  assert.deepEqual(
    await factsOf([
      one(123, 123, ntpPacket(3, 0)),
      udpPacket(1, "198.51.100.1:123", "192.0.2.10:123", ntpPacket(4, 2)),
    ]),
    { kind: "ntp", version: "NTPv4", stratum: 2, clientFrame: 1, serverFrame: 2 },
  );
});

Deno.test("ports used again begin anew: what the first connection said is not the second's", async () => {
  const first = connection(443, [tlsRecords(clientHello("old.example"))], []);
  const again = connection(443, [tlsRecords(clientHello("new.example"))], []).map((packet) => {
    const octets = packet.octets.slice();
    // Other initial sequence numbers.
    octets[24] = 9;
    return { ...packet, ms: packet.ms + 100, octets };
  });
  const { byFlow } = await scan([...first, ...again]);
  assert.deepEqual([...byFlow.values()].map(({ sni }) => sni), ["old.example", "new.example"]);
});

Deno.test("a flow that never says anything known is left alone after a few payloads", async () => {
  const noise = Array.from({ length: 20 }, () => new Uint8Array(50).fill(0x55));
  const hello = tlsRecords(clientHello("late.example"));
  assert.equal(await factsOf(connection(443, [...noise, hello], [])), undefined);
});
