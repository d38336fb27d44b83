/**
 * Makes captures of any size, the same for the same seed, with labels of what was put in.
 *
 *     deno run -A bench/generate_capture.ts --packets 1000000 --out big.pcap [--snaplen N]
 *       [--flows N] [--seed N] [--payload N]
 *
 * The labels go to `<out>.labels.json`.
 */
import { FrameWriter, type Pair } from "./generated_frames.ts";

/** What to make. */
export interface CaptureWish {
  readonly packets: number;
  readonly out: string;
  readonly snapLength?: number;
  /** TCP connections at the same time. */
  readonly flows?: number;
  readonly seed?: number;
  /** Octets of a full segment, even, at most 1460. */
  readonly payload?: number;
}

/** How often each thing was put in. */
export type Labels = Record<string, number>;

const FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;

/** What a connection does next; a script is a list of these. */
type Step =
  | "syn"
  | "syn_ack"
  | "first_ack"
  | "data"
  | "ack"
  | "lose"
  | "dup_ack"
  | "fast_retransmission"
  | "retransmission"
  | "swap"
  | "zero_window"
  | "probe"
  | "window_update"
  | "wait"
  | "keep_alive"
  | "fin"
  | "fin_back"
  | "last_ack"
  | "rst";

/** Time between two steps of one connection, microseconds, on average. */
const STEP_US = 20_000;

/** Steps of waiting that make a retransmission timeout of 400 ms on average. */
const TIMEOUT: readonly Step[] = Array<Step>(20).fill("wait");

/** What can happen to a connection beside plain data, per thousand rounds. */
const EVENTS: readonly (readonly [number, readonly Step[]])[] = [
  [4, [...TIMEOUT, "retransmission", "ack"]],
  [3, [
    "lose",
    "data",
    "dup_ack",
    "data",
    "dup_ack",
    "data",
    "dup_ack",
    "fast_retransmission",
    "ack",
  ]],
  [3, ["swap", "ack"]],
  [2, ["zero_window", ...TIMEOUT, "probe", "zero_window", "wait", "window_update"]],
  [1, ["ack", ...TIMEOUT, ...TIMEOUT, "keep_alive", "ack"]],
];

class Flow {
  seqClient: number;
  seqServer: number;
  /** What the client has acknowledged. */
  acked: number;
  /** Segment that was lost before the capture. */
  hole = 0;
  script: Step[] = ["syn", "syn_ack", "first_ack"];
  constructor(readonly pair: Pair, random: () => number, public rounds: number) {
    this.seqClient = Math.floor(random() * 2 ** 32);
    this.seqServer = Math.floor(random() * 2 ** 32);
    this.acked = this.seqServer;
  }
}

/** Writes the capture and its labels. */
export function generateCapture(wish: CaptureWish): Labels {
  const { packets, out, snapLength = 262_144, flows: flowCount = 2000, seed = 1, payload = 1460 } =
    wish;
  const random = mulberry32(seed);
  const writer = new FrameWriter(out, snapLength);
  const labels: Labels = { packets };
  const count = (label: string): void => void (labels[label] = (labels[label] ?? 0) + 1);
  const flows = Array.from({ length: flowCount }, () => newFlow(random, count));
  /** Answers on their way: number of the packet after which each is sent. */
  const later: { due: number; send: () => void }[] = [];
  while (writer.packets < packets) {
    writer.clockUs += 1 + Math.floor(random() * 2 * STEP_US / flowCount);
    const [answer] = later;
    if (answer !== undefined && answer.due <= writer.packets) {
      later.shift();
      answer.send();
      continue;
    }
    const kind = random();
    if (kind < 0.02) {
      ask(writer, random, later, count);
      continue;
    }
    const index = Math.floor(random() * flowCount);
    const flow = flows[index];
    if (flow === undefined) continue;
    step(writer, flow, random, count, payload);
    if (flow.script.length === 0) flows[index] = newFlow(random, count);
  }
  writer.close();
  labels.packets = writer.packets;
  labels.wire_bytes = writer.wireBytes;
  return labels;
}

function newPair(random: () => number, serverPort: number): Pair {
  return {
    isV6: random() < 0.25,
    vlan: random() < 0.05 ? 100 + Math.floor(random() * 4) : 0,
    client: 0x10000 + Math.floor(random() * 4096),
    server: 0x20000 + Math.floor(random() * 256),
    clientPort: 32_768 + Math.floor(random() * 28_000),
    serverPort,
  };
}

function newFlow(random: () => number, count: (label: string) => void): Flow {
  count("tcp_flows");
  const flow = new Flow(
    newPair(random, random() < 0.7 ? 443 : 80),
    random,
    5 + Math.floor(random() ** 3 * 400),
  );
  return flow;
}

/** Sends what the script of a connection says next, and writes its next lines. */
function step(
  writer: FrameWriter,
  flow: Flow,
  random: () => number,
  count: (label: string) => void,
  payload: number,
): void {
  const { pair } = flow;
  const now = flow.script.shift();
  const send = (
    fromClient: boolean,
    seq: number,
    ack: number,
    flags: number,
    size = 0,
    window = 501,
  ) => writer.tcp(pair, { fromClient, seq, ack, flags, window, payload: size });
  const server = (seq: number) => send(false, seq, flow.seqClient, ACK | PSH, payload);
  const client = (window = 501) => send(true, flow.seqClient, flow.acked, ACK, 0, window);
  const advance = (): number => {
    const seq = flow.seqServer;
    flow.seqServer = (seq + payload) >>> 0;
    return seq;
  };
  switch (now) {
    case "syn":
      send(true, flow.seqClient, 0, SYN);
      flow.seqClient = (flow.seqClient + 1) >>> 0;
      break;
    case "syn_ack":
      send(false, flow.seqServer, flow.seqClient, SYN | ACK);
      flow.seqServer = flow.acked = (flow.seqServer + 1) >>> 0;
      break;
    case "first_ack":
      client();
      // The request: one small segment of the client, acknowledged by the first data.
      send(true, flow.seqClient, flow.acked, ACK | PSH, 100);
      flow.seqClient = (flow.seqClient + 100) >>> 0;
      break;
    case "data":
      server(advance());
      break;
    case "ack":
      flow.acked = flow.seqServer;
      client();
      break;
    case "lose":
      flow.hole = advance();
      writer.takeIdentification();
      count("lost_before_capture");
      break;
    case "dup_ack":
      client();
      count("dup_ack");
      break;
    case "fast_retransmission":
      server(flow.hole);
      count("fast_retransmission");
      break;
    case "retransmission":
      server((flow.seqServer - payload) >>> 0);
      count("retransmission");
      break;
    case "swap": {
      const first = advance();
      const identification = writer.takeIdentification();
      server(advance());
      writer.giveIdentification(identification);
      server(first);
      count("out_of_order");
      break;
    }
    case "zero_window":
      flow.acked = flow.seqServer;
      client(0);
      count("zero_window");
      break;
    case "probe":
      // One octet beyond the window is what senders probe with; Linux sends none (RFC 9293 §3.8.6.1).
      send(false, (flow.seqServer - 1) >>> 0, flow.seqClient, ACK);
      count("zero_window_probe");
      break;
    case "window_update":
      client();
      count("window_update");
      break;
    case "keep_alive":
      send(false, (flow.seqServer - 1) >>> 0, flow.seqClient, ACK);
      count("keep_alive");
      break;
    case "fin":
      send(false, flow.seqServer, flow.seqClient, FIN | ACK);
      flow.seqServer = flow.acked = (flow.seqServer + 1) >>> 0;
      break;
    case "fin_back":
      send(true, flow.seqClient, flow.acked, FIN | ACK);
      flow.seqClient = (flow.seqClient + 1) >>> 0;
      break;
    case "last_ack":
      send(false, flow.seqServer, flow.seqClient, ACK);
      count("closed");
      break;
    case "rst":
      send(true, flow.seqClient, flow.acked, RST | ACK);
      count("rst");
      break;
  }
  if (flow.script.length > 0 || now === "last_ack" || now === "rst") return;
  flow.script = flow.rounds-- > 0
    ? nextRound(random)
    : random() < 0.1
    ? ["rst"]
    : ["fin", "fin_back", "last_ack"];
}

function nextRound(random: () => number): Step[] {
  const plain: Step[] = ["data", "data", "ack"];
  let chance = random() * 1000;
  for (const [perThousand, event] of EVENTS) {
    chance -= perThousand;
    // A timeout strikes a segment that was sent and not acknowledged.
    if (chance < 0) return event[0] === "wait" ? ["data", ...event] : [...plain, ...event];
  }
  return plain;
}

/** A question that is answered later, or not: DNS, echo, ARP. */
function ask(
  writer: FrameWriter,
  random: () => number,
  later: { due: number; send: () => void }[],
  count: (label: string) => void,
): void {
  const kind = random();
  const due = writer.packets + 1 + Math.floor(random() * 50);
  const answer = (send: () => void) => void later.push({ due, send });
  if (kind < 0.85) {
    const pair = newPair(random, 53);
    const id = Math.floor(random() * 65_536);
    const name = `host${Math.floor(random() * 500)}`;
    writer.udp(pair, true, dnsMessage(id, name, false));
    count("dns_query");
    if (random() < 0.02) count("dns_unanswered");
    else {
      answer(() => {
        writer.udp(pair, false, dnsMessage(id, name, true));
        count("dns_response");
      });
    }
  } else if (kind < 0.95) {
    const pair = newPair(random, 0);
    writer.echo(pair, true, due);
    count("echo_request");
    answer(() => {
      writer.echo(pair, false, due);
      count("echo_reply");
    });
  } else {
    const pair = { ...newPair(random, 0), isV6: false };
    writer.arp(pair, true);
    count("arp_request");
    answer(() => {
      writer.arp(pair, false);
      count("arp_reply");
    });
  }
}

/** A question for the A record of `<name>.example`, or its answer (RFC 1035 §4). */
function dnsMessage(id: number, name: string, isAnswer: boolean): Uint8Array {
  const label = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const header = [id >> 8, id & 255, isAnswer ? 0x81 : 1, isAnswer ? 0x80 : 0];
  const counts = [0, 1, 0, isAnswer ? 1 : 0, 0, 0, 0, 0];
  const question = [...label(name), ...label("example"), 0, 0, 1, 0, 1];
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, id & 255];
  return Uint8Array.from([...header, ...counts, ...question, ...(isAnswer ? record : [])]);
}

/** A small generator of numbers in [0, 1) with 32 bits of state (mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.main) {
  const option = (name: string): string | undefined => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? undefined : Deno.args[at + 1];
  };
  const number = (name: string): Record<string, number> => {
    const text = option(name);
    const key = name === "snaplen" ? "snapLength" : name;
    return text === undefined ? {} : { [key]: Number(text) };
  };
  const out = option("out");
  if (out === undefined) throw new Error("Give --packets N --out FILE");
  const wish = { packets: 1_000_000, ...number("packets"), out };
  const labels = generateCapture({
    ...wish,
    ...number("snaplen"),
    ...number("flows"),
    ...number("seed"),
    ...number("payload"),
  });
  Deno.writeTextFileSync(`${out}.labels.json`, `${JSON.stringify(labels, null, 1)}\n`);
}
