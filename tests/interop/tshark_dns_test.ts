/**
 * Agreement with tshark 4.0 about DNS: which frames have it, what they ask, how long answers took.
 */
import assert from "node:assert/strict";
import { generateCapture } from "../../bench/generate_capture.ts";
import { DnsTraffic } from "../../lib/pcap/dns/dns_traffic.ts";
import { readDnsMessage } from "../../lib/pcap/dns/dns_message.ts";
import type { DnsFindings } from "../../lib/pcap/dns/findings.ts";
import { Protocol } from "../../lib/pcap/dissect/protocol.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import { DatagramAssembler } from "../../lib/pcap/stream/fragments.ts";
import { sourceOf } from "../support/capture_bytes.ts";
import { captureOf, fragmentsOf, message, tcpPacket, udpPacket } from "../support/dns_capture.ts";
import { interopTest, runProgram } from "./daemon.ts";

const PROGRAMS = { programs: ["tshark"] };
const MIX = new URL("../fixtures/captures/mix-10000.pcap.gz", import.meta.url).pathname;

interface Ours {
  /** `frame id name response` of each datagram on port 53. */
  readonly messages: string[];
  readonly findings: DnsFindings;
}

async function ours(path: string): Promise<Ours> {
  const messages: string[] = [];
  const fragments = new DatagramAssembler();
  const dns = new DnsTraffic(() => fragments.completed);
  const options = {
    needs: { flows: true },
    maxPackets: 0,
    signal: new AbortController().signal,
  };
  const source = sourceOf(await Deno.readFile(path));
  const facts = await walkPackets(source, options, (batch) => {
    fragments.addBatch(batch);
    dns.addBatch(batch);
    const { packets, dissected } = batch;
    for (let row = 0; row < packets.count; row++) {
      if (dissected.app[row] !== Protocol.dns || dissected.l4Protocol[row] !== 17) continue;
      const at = dissected.payloadOffset[row] ?? 0;
      const end = at + (dissected.payloadCaptured[row] ?? 0);
      const { facts } = readDnsMessage(packets.bytes.subarray(at, end), false);
      const id = `0x${(facts?.id ?? 0).toString(16).padStart(4, "0")}`;
      const name = facts?.question?.name ?? "";
      messages.push(
        `${packets.firstFrame + row} ${id} ${name} ${facts?.isResponse === true ? 1 : 0}`,
      );
    }
  });
  return { messages, findings: dns.finish(facts) };
}

async function fieldsOf(path: string, filter: string, fields: readonly string[]) {
  const args = ["-n", "-r", path, "-Y", filter, "-T", "fields", "-E", "occurrence=f"];
  const text = await runProgram("tshark", [...args, ...fields.flatMap((name) => ["-e", name])]);
  return text.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

/** Answers and longest waiting time of each server, milliseconds. */
async function serversOfTshark(path: string): Promise<Record<string, [number, number]>> {
  const rows = await fieldsOf(path, "dns.time && !mdns && !llmnr", [
    "ip.src",
    "ipv6.src",
    "dns.time",
  ]);
  const servers: Record<string, [number, number]> = {};
  for (const [v4 = "", v6 = "", time] of rows) {
    const [count, max] = servers[v4 + v6] ?? [0, 0];
    servers[v4 + v6] = [count + 1, Math.max(max, round(Number(time) * 1e3))];
  }
  return servers;
}

function serversOf(findings: DnsFindings): Record<string, [number, number]> {
  return Object.fromEntries(
    findings.servers.filter(({ latency }) => latency !== null)
      .map((
        { server, answers, latency },
      ) => [server, [answers, round((latency?.maxNs ?? 0) / 1e6)]]),
  );
}

function round(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

async function compare(path: string): Promise<DnsFindings> {
  const { messages, findings } = await ours(path);
  const theirs = await fieldsOf(path, "dns && udp.port == 53", [
    "frame.number",
    "dns.id",
    "dns.qry.name",
    "dns.flags.response",
  ]);
  assert.deepEqual(messages, theirs.map((fields) => fields.join(" ")));
  assert.deepEqual(serversOf(findings), await serversOfTshark(path));
  const slow = await fieldsOf(path, "dns.time > 0.1", ["frame.number", "dns.time"]);
  assert.deepEqual(
    findings.slow.map(({ answerFrame, waitedNs }) => [answerFrame, round(waitedNs / 1e6)])
      .sort(([a = 0], [b = 0]) => a - b),
    slow.slice(0, findings.slow.length).map(([frame, time]) => [
      Number(frame),
      round(Number(time) * 1e3),
    ]),
  );
  assert.equal(findings.slowCount, slow.length);
  return findings;
}

interopTest("tshark sees the same DNS in the mixed capture", PROGRAMS, async () => {
  const findings = await compare(MIX);
  assert.deepEqual([findings.queries, findings.responses, findings.slowCount], [47, 43, 2]);
});

interopTest("tshark sees the same DNS in a generated capture", PROGRAMS, async () => {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    const labels = generateCapture({ packets: 20_000, out: path, flows: 200, seed: 11 });
    const { messages, findings } = await ours(path);
    const theirs = await fieldsOf(path, "dns", [
      "frame.number",
      "dns.id",
      "dns.qry.name",
      "dns.flags.response",
    ]);
    assert.deepEqual(messages, theirs.map((fields) => fields.join(" ")));
    assert.equal(findings.queries, labels.dns_query);
    assert.equal(findings.responses, labels.dns_response);
    assert.equal(findings.unmatchedAnswers, 0);
    assert.equal(
      findings.unansweredCount + findings.openAtEnd,
      theirs.length - 2 * theirs.filter(
            ([, , , response]) => response === "1",
          ).length,
    );
  } finally {
    await Deno.remove(path);
  }
});

interopTest("tshark reads the same messages from TCP and from fragments", PROGRAMS, async () => {
  const [client, server] = ["192.0.2.10:50000", "198.51.100.1:53"];
  const framed = (id: number, name: string) => {
    const data = message("query", id, name);
    return [data.length >> 8, data.length & 255, ...data];
  };
  const stream = Uint8Array.from([...framed(1, "a.example"), ...framed(2, "b.example")]);
  const txt = [{ type: "TXT", name: "c.example", data: ["x".repeat(200)] }];
  const big = message("response", 3, "c.example", { answers: txt }, "TXT");
  const [head, tail] = fragmentsOf(udpPacket(40, server, client, big), 64);
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(
      path,
      captureOf([
        tcpPacket(0, client, server, 999, 2),
        tcpPacket(1, client, server, 1000, 16, stream.subarray(0, 40)),
        tcpPacket(2, client, server, 1040, 16, stream.subarray(40)),
        udpPacket(10, client, server, message("query", 3, "c.example", {}, "TXT")),
        head,
        tail,
      ]),
    );
    const { findings } = await ours(path);
    const theirs = await runProgram("tshark", [
      ...["-n", "-r", path, "-Y", "dns", "-T", "fields", "-e", "frame.number", "-e"],
      ...["dns.id", "-e", "dns.time"],
    ]);
    assert.equal(theirs, "2\t0x0001\t\n3\t0x0002\t\n4\t0x0003\t\n6\t0x0003\t0.030000000\n");
    assert.deepEqual([findings.queries, findings.responses], [3, 1]);
    assert.equal(findings.servers[0]?.latency?.maxNs, 30e6);
    assert.equal(findings.tcp.messages, 2);
  } finally {
    await Deno.remove(path);
  }
});
