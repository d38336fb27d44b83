import assert from "node:assert/strict";
import { clientHello, serverHello, tlsRecords } from "../../../tests/support/app_messages.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import {
  captureOf as bytesOf,
  message,
  type TimedPacket,
  udpPacket,
} from "../../../tests/support/dns_capture.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { ACK, FIN, icmpError, RST, Talk } from "../../../tests/support/talk.ts";
import { InputError } from "../../errors/mod.ts";
import type { Capture } from "../engine/question.ts";
import { askExplain, type ExplainParams } from "./explain.ts";
import type { ExplainAnswer } from "./explain_answer.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const PARAMS: ExplainParams = {
  stream: null,
  packet_number: null,
  endpoints: null,
  protocol: "tcp",
};

async function explained(name: string, params: Partial<ExplainParams>): Promise<ExplainAnswer> {
  const capture = await captureAt(`${FIXTURES}${name}`);
  return await askExplain({ ...PARAMS, ...params }, [capture], UNHURRIED);
}

function explain(packets: readonly TimedPacket[], stream = "tcp:0"): Promise<ExplainAnswer> {
  return askExplain({ ...PARAMS, stream }, [captureOf(bytesOf(packets))], UNHURRIED);
}

/** Stalls as `cause after-before`, in order of time. */
function stallsOf({ stalls }: ExplainAnswer): string[] {
  return [...stalls.longest].sort((a, b) => a.after_frame - b.after_frame)
    .map(({ cause, after_frame, before_frame }) => `${cause} ${after_frame}-${before_frame}`);
}

/** Events as `frame event`. */
function eventsOf({ timeline }: ExplainAnswer): string[] {
  return timeline.map(({ frame, event }) => `${frame} ${event}`);
}

Deno.test("a receiver that does not read holds its sender up until it opens its window", async () => {
  const answer = await explained("real-zerowin.pcap.gz", { stream: "tcp:0" });
  assert.deepEqual(stallsOf(answer), ["zero_window 42-58"]);
  const [stall] = answer.stalls.longest;
  assert.deepEqual(stall?.frames, [43, 48, 50, 52]);
  assert.equal(stall?.waited_for, "server");
  assert.equal(stall?.duration_ms, 5894.678);
  assert.deepEqual(
    [answer.why_slow.cause, answer.why_slow.share, answer.why_slow.confidence],
    ["receiver_window", 0.982134, "high"],
  );
  assert.equal(
    answer.why_slow.explanation,
    "The receiver had no room: 6.2 s, 98 % of the time (longest 5.9 s, between frames 42 and 58: " +
      "the server had closed its window: its application did not read; 4 probes meanwhile).",
  );
  // Frames 42 to 58, and 348 to 349.
  assert.equal(answer.zero_window_ms?.server, 5897.007);
  assert.equal(answer.end?.how, "closed");
  assert.equal(answer.end?.by, "client");
  assert.deepEqual(answer.end?.frames, [366, 367]);
});

Deno.test("a path that goes dark is one stall of repetitions, after a pause of the client", async () => {
  const answer = await explained("real-rtobackoff.pcap", { stream: "tcp:0" });
  assert.deepEqual(stallsOf(answer), ["waiting_for_client 31-32", "retransmission_timeout 45-54"]);
  const [longest] = answer.stalls.longest;
  assert.deepEqual(longest?.frames, [46, 48, 49, 50, 51, 53]);
  assert.equal(longest?.detail, "the client sent again 6 times");
  assert.equal(answer.why_slow.cause, "loss");
  assert.equal(answer.why_slow.share, 0.865758);
  assert.equal(answer.loss?.client.retransmissions, 19);
  assert.equal(answer.path_mtu_suspicion, null);
  assert.equal(answer.end?.how, "open");
});

Deno.test("a SYN that nobody answers is told before anything else", async () => {
  const answer = await explained("real-synblackhole.pcap", { stream: "tcp:0" });
  assert.deepEqual(stallsOf(answer), ["handshake 1-null"]);
  assert.equal(answer.why_slow.cause, "unanswered");
  assert.equal(
    answer.why_slow.explanation,
    "Nobody answered: the SYN was sent 7 times over 7.1 s (frame 1).",
  );
  assert.equal(answer.handshake?.state, "unanswered");
  assert.deepEqual(answer.handshake?.repeated_frames, [2, 3, 4, 5, 6, 7]);
  assert.equal(answer.handshake?.syn_ack, null);
});

Deno.test("keep-alives are no progress: the whole wait is one stall", async () => {
  const answer = await explained("real-keepalive.pcap", { stream: "tcp:0" });
  assert.deepEqual(stallsOf(answer), ["waiting_for_server 5-20", "waiting_for_client 21-22"]);
  assert.deepEqual(answer.stalls.longest[0]?.frames, [6, 9, 11, 14, 16, 18]);
  assert.equal(answer.stalls.longest[1]?.detail, "the server had closed, the client had not yet");
  assert.equal(answer.end?.detail, "both sides closed, the server first");
});

Deno.test("who reset a connection, and after what", async () => {
  const ends = async (stream: string) => {
    const { end } = await explained("real-resets.pcap", { stream });
    return `${end?.by}: ${end?.detail}`;
  };
  assert.equal(
    await ends("tcp:0"),
    "server: the server reset the connection in answer to the SYN, 24.0 µs after frame 1",
  );
  assert.equal(
    await ends("tcp:3"),
    "server: the server reset the connection after data of the client, without a further answer, 34.0 µs after frame 11",
  );
  assert.equal(
    await ends("tcp:5"),
    "server: the server reset the connection for data that came after the server had closed, 37.0 µs after frame 28",
  );
  const refused = await explained("real-resets.pcap", { stream: "tcp:1" });
  assert.equal(
    refused.why_slow.explanation,
    "The server refused the connection: RST 24.0 µs after the SYN (frame 4).",
  );
  const waited = await explained("real-resets.pcap", { stream: "tcp:4" });
  assert.deepEqual(stallsOf(waited), ["waiting_for_server 17-18"]);
});

Deno.test("of ports used again, each connection has its own story and names the others", async () => {
  const answer = await explained("real-portreuse.pcap", { packet_number: 20 });
  assert.equal(answer.stream, "tcp:2");
  assert.deepEqual(answer.same_endpoints, ["tcp:0", "tcp:1", "tcp:3"]);
  assert.equal(answer.why_slow.cause, "none");
  assert.equal(answer.why_slow.explanation, "It was over after 333 µs: nothing held it up.");
  assert.deepEqual(eventsOf(answer), [
    "19 syn",
    "19 first_reused_ports",
    "20 syn_ack",
    "21 established",
    "22 first_data_client",
    "24 first_data_server",
    "26 fin_server",
    "27 reset",
  ]);
  const first = await explained("real-portreuse.pcap", {
    endpoints: ["10.98.0.2:7006", "10.98.0.1:45000"],
  });
  assert.equal(first.stream, "tcp:0");
});

Deno.test("a transfer over a lossy path waited for acknowledgments, as its sender shows", async () => {
  const sender = await explained("real-loss1-snd.pcap.gz", { stream: "tcp:1" });
  assert.equal(sender.why_slow.cause, "congestion");
  assert.equal(sender.why_slow.confidence, "high");
  assert.equal(sender.loss?.client.retransmissions, 37);
  assert.equal(sender.loss?.vantage, "sender");
  assert.deepEqual(stallsOf(sender), ["late_ack 4152-4153"]);
  assert.equal(sender.handshake?.to_server_ms, 20.465);
  assert.equal(sender.rtt_ms.client?.p50, 20.694);
  const receiver = await explained("real-loss1-rcv.pcap.gz", { stream: "tcp:1" });
  assert.equal(receiver.why_slow.confidence, "low");
  assert.equal(receiver.loss?.vantage, "receiver");
  assert.ok(receiver.unknown.some((one) => one.startsWith("What the sender itself saw")));
});

Deno.test("of the mixed capture, just the flows that its generator held up have stalls", async () => {
  const capture = await captureAt(`${FIXTURES}mix-10000.pcap.gz`);
  const { tcp } = await capture.scan();
  const causes: Record<string, number> = {};
  for (let stream = 0; stream < tcp.connections; stream++) {
    const answer = await askExplain({ ...PARAMS, stream: `tcp:${stream}` }, [capture], UNHURRIED);
    if (answer.stalls.count === 0) continue;
    const [{ cause } = { cause: "" }] = answer.stalls.longest;
    const key = `${cause}: ${answer.why_slow.explanation.split(":")[0]}`;
    causes[key] = (causes[key] ?? 0) + answer.stalls.count;
  }
  assert.deepEqual(causes, {
    "zero_window: The receiver had no room": 1,
    "retransmission_timeout: Data was lost and had to be sent again": 5,
    "retransmission_timeout: Data was sent again though it had arrived": 3,
  });
});

const CLIENT = "192.0.2.10", SERVER = "198.51.100.5", RESOLVER = "203.0.113.53";

function lookup(ms: number, port: number, address: string, tookMs: number): TimedPacket[] {
  const asked = message("query", 7, "shop.example");
  const answers = [{ type: "A", name: "shop.example", ttl: 60, data: address }];
  const answered = message("response", 7, "shop.example", { answers });
  return [
    udpPacket(ms, `${CLIENT}:${port}`, `${RESOLVER}:53`, asked),
    udpPacket(ms + tookMs, `${RESOLVER}:53`, `${CLIENT}:${port}`, answered),
  ];
}

Deno.test("the DNS answer, the hellos and the slow answer of the server make one story", async () => {
  const talk = new Talk().open(100, 10);
  talk.say(121, "client", ACK, tlsRecords(clientHello("shop.example")))
    .say(151, "server", ACK, tlsRecords(serverHello()))
    .say(152, "client", ACK, 300)
    .say(162, "server", ACK)
    .say(1652, "server", ACK, 900)
    .say(1653, "client", FIN | ACK)
    .say(1663, "server", FIN | ACK)
    .say(1664, "client", ACK);
  const elsewhere = lookup(10, 4001, "198.51.100.77", 4);
  const answer = await explain([...elsewhere, ...lookup(20, 4000, SERVER, 60), ...talk.packets]);
  assert.deepEqual(answer.dns, {
    name: "shop.example",
    type: "A",
    name_server: RESOLVER,
    asked_by: CLIENT,
    latency_ms: 60,
    queries: 1,
    before_ms: 20,
    frames: [3, 4],
  });
  assert.equal(answer.application?.sni, "shop.example");
  assert.deepEqual(answer.application?.alpn_offered, ["h2", "http/1.1"]);
  assert.equal(answer.application?.version, "TLS 1.3");
  assert.equal(answer.application?.answered_after_ms, 30);
  assert.deepEqual(stallsOf(answer), ["waiting_for_server 11-12"]);
  assert.equal(answer.why_slow.cause, "server");
  assert.deepEqual(answer.responses.slowest_frames, [10, 12]);
  assert.deepEqual(eventsOf(answer), [
    "4 dns_answer",
    "5 syn",
    "6 syn_ack",
    "7 established",
    "8 first_data_client",
    "8 tls_client",
    "9 first_data_server",
    "9 tls_server",
    "11 stall",
    "13 fin_client",
    "14 fin_server",
  ]);
  assert.equal(answer.timeline[0]?.time_relative, -0.02);
  assert.equal(answer.timeline[0]?.detail, `A shop.example answered by ${RESOLVER} in 60.0 ms`);
  assert.deepEqual(answer.unknown, []);
});

Deno.test("a server that never answers leaves a stall to the end of the capture", async () => {
  const talk = new Talk().open(0, 5);
  talk.say(11, "client", ACK, 200).say(16, "server", ACK);
  const other = udpPacket(9016, "192.0.2.1:5000", "192.0.2.2:6000", new Uint8Array(4));
  const answer = await explain([...talk.packets, other]);
  assert.deepEqual(stallsOf(answer), ["waiting_for_server 5-null"]);
  assert.equal(answer.why_slow.milliseconds, 9000);
  assert.equal(answer.end?.how, "open");
});

Deno.test("a server that answers with data the capture lacks is no server that was slow", async () => {
  const talk = new Talk().open(0, 5);
  talk.say(11, "client", ACK, 200)
    .say(500, "server", ACK, 700, { isMissed: true })
    .say(900, "client", ACK);
  const answer = await explain(talk.packets);
  assert.deepEqual(stallsOf(answer), ["capture_gap 4-5"]);
  assert.equal(answer.why_slow.cause, "capture_gap");
});

Deno.test("ICMP that quotes the flow is joined to it, ICMP about another is not", async () => {
  const talk = new Talk().open(0, 5).say(11, "client", ACK, 1400);
  const large = talk.packets.at(-1)?.octets.subarray(0, 28) ?? new Uint8Array();
  const other = Uint8Array.from(large);
  other[21] = 1;
  talk.packets.push(
    icmpError(12, "203.0.113.1", CLIENT, [3, 4, 1280], large),
    icmpError(13, "203.0.113.1", CLIENT, [3, 1, 0], other),
  );
  talk.say(300, "client", ACK, 0, { again: 0 })
    .say(900, "client", ACK, 0, { again: 0 })
    .say(2100, "client", ACK, 0, { again: 0 })
    .say(2101, "client", RST | ACK);
  const answer = await explain(talk.packets);
  assert.deepEqual(answer.icmp_errors, [{
    frame: 5,
    from: "203.0.113.1",
    text: "Destination unreachable (Fragmentation needed)",
    about: "client",
    mtu: 1280,
    quoted_bytes: 1440,
  }]);
  assert.deepEqual(answer.path_mtu_suspicion, {
    from: "client",
    bytes: 1400,
    acked_bytes: 0,
    repeated: 3,
    frames: [7, 8, 9],
  });
  assert.equal(answer.why_slow.cause, "path_mtu");
  assert.equal(answer.why_slow.confidence, "high");
});

Deno.test("large segments that vanish in silence while small ones arrive raise suspicion", async () => {
  const talk = new Talk().open(0, 5);
  talk.say(11, "client", ACK, 200).say(16, "server", ACK)
    .say(20, "server", ACK, 1400)
    .say(300, "server", ACK, 0, { again: 0 })
    .say(900, "server", ACK, 0, { again: 0 })
    .say(2100, "server", ACK, 0, { again: 0 });
  const answer = await explain(talk.packets);
  assert.equal(answer.path_mtu_suspicion?.from, "server");
  assert.equal(answer.path_mtu_suspicion?.repeated, 3);
  assert.equal(answer.why_slow.cause, "path_mtu");
  assert.deepEqual(stallsOf(answer), ["retransmission_timeout 6-null"]);
});

Deno.test("a UDP flow has response times and says when the same was asked again", async () => {
  const [client, server] = ["192.0.2.10:40000", "198.51.100.5:9999"];
  const ask = (ms: number) => udpPacket(ms, client, server, new Uint8Array(40));
  const answerAt = (ms: number) => udpPacket(ms, server, client, new Uint8Array(90));
  const answer = await explain(
    [ask(0), answerAt(30), ask(40), ask(1040), answerAt(1090)],
    "udp:0",
  );
  assert.equal(answer.responses.times_ms?.samples, 2);
  assert.equal(answer.responses.times_ms?.max, 50);
  assert.deepEqual(stallsOf(answer), ["waiting_for_server 3-4"]);
  assert.equal(
    answer.stalls.longest[0]?.detail,
    "the server did not answer: the client asked again",
  );
  assert.deepEqual([answer.end, answer.handshake, answer.loss, answer.limits], [
    null,
    null,
    null,
    null,
  ]);
  const alone = await explain([ask(0), ask(100)], "udp:0");
  assert.match(alone.unknown[0] ?? "", /^One direction only was captured: whether nothing was/);
});

Deno.test("a connection that is older than the capture is told so", async () => {
  const talk = new Talk().open(0, 5).say(20, "client", ACK, 10).say(25, "server", ACK, 10);
  const answer = await explain(talk.packets.slice(3));
  assert.equal(answer.handshake?.state, "no_syn");
  assert.match(answer.unknown[0] ?? "", /^The connection is older than the capture/);
});

Deno.test("what names no flow is refused, with what was wanted and how many there are", async () => {
  const refused = async (params: Partial<ExplainParams>, code: string, text: RegExp) => {
    await assert.rejects(
      explained("real-resets.pcap", params),
      (error) =>
        error instanceof InputError && error.code === code && error.hint !== "" &&
        text.test(error.message),
    );
  };
  await refused({}, "input.stream", /none is named/);
  await refused({ stream: "tcp:6" }, "input.stream", /find tcp:6: .*29 packets are of 6 /);
  await refused({ stream: "ip:1" }, "input.stream", /"ip:1"/);
  await refused({ packet_number: 30 }, "input.packet_number", /packet 30: the capture has 29/);
  await refused(
    { endpoints: ["10.98.0.1:1", "10.98.0.2:2"] },
    "input.endpoints",
    /tcp between 10\.98\.0\.1:1 and 10\.98\.0\.2:2: .* of 6 conversations/,
  );
});

/** Every number of an answer is a number. */
function assertPlain(value: unknown, path = "answer"): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${path} is ${value}`);
  else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) assertPlain(part, `${path}.${name}`);
  }
}

Deno.test("hostile TCP gets a bounded answer for every connection, whatever was cut", async () => {
  for (const [seed, snapLength] of [[1, 65_535], [2, 65_535], [3, 54], [4, 34], [5, 24]] as const) {
    const bytes = hostileTcp({ seed, frames: 1500, connections: 3, snapLength });
    const capture: Capture = captureOf(bytes);
    const { flows, tcp, facts } = await capture.scan();
    const capturedMs = ((facts.lastNs ?? 0) - (facts.firstNs ?? 0)) / 1e6;
    for (let id = 0; id < Math.min(flows.size, 12); id++) {
      const params = { ...PARAMS, packet_number: flows.firstFrame(id) };
      if (flows.stream(id) < 0) continue;
      const answer = await askExplain(params, [capture], UNHURRIED);
      assertPlain(answer);
      assert.equal(answer.first_frame, flows.firstFrame(id));
      if (snapLength > 54) assert.equal(answer.end?.how, tcp.connection(id)?.end);
      assert.ok(answer.timeline.length < 150);
      assert.ok(answer.stalls.longest.length <= 10);
      // Stalls do not overlap.
      const stalledMs = answer.stalls.longest.reduce((sum, one) => sum + one.duration_ms, 0);
      assert.ok(stalledMs <= capturedMs + 1);
      assert.ok(answer.why_slow.share >= 0 && answer.why_slow.share <= 1);
    }
  }
});
