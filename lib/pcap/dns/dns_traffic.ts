/**
 * The analyzer of DNS, mDNS and LLMNR: finds their packets in a batch and reads the messages in
 * them, out of datagrams, fragments and TCP.
 *
 * @module
 */
import { type Arena, separateMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { Protocol } from "../dissect/protocol.ts";
import type { Analyzer, PassFacts } from "../pass.ts";
import type { DatagramBatch, WholeDatagram } from "../stream/fragments.ts";
import { DnsStreams } from "./dns_streams.ts";
import { DnsTracker } from "./dns_tracker.ts";
import { type DnsFindings, LIST_KEPT } from "./findings.ts";
import { HostTable } from "./host_table.ts";
import { MessageQueue } from "./message_queue.ts";
import { MessageReader } from "./message_reader.ts";
import type { MessageScan } from "./message_scan.ts";
import { MulticastTally } from "./multicast_tally.ts";
import { NameTable } from "./name_table.ts";
import type { PlacedMessage } from "./placed_message.ts";

const TCP = 6;
const UDP = 17;
const UDP_HEADER_BYTES = 8;
const DNS_PORT = 53;
const MDNS_PORT = 5353;
const LLMNR_PORT = 5355;
const FIN = 1, SYN = 2, RST = 4;
/** Octets of a header (RFC 1035 §4.1.1). */
const HEADER_BYTES = 12;

/** Names that are kept, and their octets. */
const NAMES_MAX = 32_768;
const NAME_OCTETS_MAX = 2_097_152;

/** 1 for the protocols whose packets are looked at. */
const IS_DNS: Uint8Array = new Uint8Array(256);
for (const protocol of [Protocol.dns, Protocol.mdns, Protocol.llmnr]) IS_DNS[protocol] = 1;

/** Addresses in the arena: of a table of protocols, of rows to be written. */
export type DnsPlaces = readonly [protocols: number, rows: number];

/** Compiled code that looks for rows that may matter. */
export interface DnsKernel {
  readonly arena: Arena;
  /** Told once where they lie. */
  bindDnsRows(...places: DnsPlaces): void;
  /** Writes those of the first `count` rows, and says how many they are. */
  collectDns(count: number): number;
}

/** Reads the DNS of a pass. */
export class DnsTraffic implements Analyzer {
  readonly #completed: () => readonly WholeDatagram[];
  readonly #tracker = new DnsTracker();
  readonly #streams = new DnsStreams();
  readonly #mdns = new MulticastTally();
  readonly #llmnr = new MulticastTally();
  readonly #hosts = new HostTable();
  readonly #names = new NameTable(NAMES_MAX, NAME_OCTETS_MAX);
  readonly #reader = new MessageReader();
  readonly #queue = new MessageQueue();
  /** Rows of the batch that may matter. */
  readonly #rows: Int32Array;
  readonly #kernel: DnsKernel | null;
  #packets = 0;
  #reassembled = 0;
  #tcpMessages = 0;
  /** Messages of packets that the flow table had no room for. */
  #withoutFlow = 0;
  /** Time of the last packet that has one. */
  #ns = 0;

  /**
   * `completed` gives the datagrams that fragments of the current batch completed. Compiled code, if
   * there is any, looks for rows, to the same result.
   */
  constructor(completed: () => readonly WholeDatagram[], kernel: DnsKernel | null = null) {
    this.#completed = completed;
    this.#kernel = kernel;
    const memory = kernel?.arena ?? separateMemory;
    // The kernel writes one row more, behind those that it found.
    this.#rows = memory.int32(BATCH_PACKETS + 1);
    const protocols = memory.uint8(IS_DNS.length);
    protocols.set(IS_DNS);
    kernel?.bindDnsRows(protocols.byteOffset, this.#rows.byteOffset);
  }

  addBatch(batch: DatagramBatch): void {
    const { app, l4Protocol, fragment } = batch.dissected;
    const rows = this.#rows;
    const count = this.#kernel?.collectDns(batch.packets.count) ?? collectRows(batch, rows);
    const completed = this.#completed();
    const whole = completed.length === 0 ? completed : completed.filter(isUdp);
    let next = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index] ?? 0;
      const id = app[row] ?? 0;
      if (IS_DNS[id] === 1) this.#addPacket(batch, row, id);
      else if (id !== 0) continue;
      else if (l4Protocol[row] === TCP) {
        if (isDnsPort(batch, row)) this.#addSegment(batch, row);
      } else if (fragment[row] !== 0) {
        if (whole[next]?.row === row) this.#addDatagram(batch, whole[next++]);
      } else if (l4Protocol[row] === UDP && isDnsPort(batch, row)) this.#addOther(batch, row);
    }
  }

  /** What is known after the pass. */
  finish({ lastNs }: Pick<PassFacts, "lastNs">): DnsFindings {
    this.#drain();
    const tracked = this.#tracker.finish(lastNs ?? this.#ns);
    const { notKept } = tracked;
    return {
      ...tracked,
      notKept: { ...notKept, queries: notKept.queries + this.#withoutFlow },
      domains: this.#names.distinct,
      topDomains: this.#names.top(LIST_KEPT),
      ...this.#reader.finish(),
      packets: this.#packets,
      tcp: {
        connections: this.#streams.connections,
        messages: this.#tcpMessages,
        gaps: this.#streams.gaps,
        givenUp: this.#streams.givenUp,
      },
      reassembled: this.#reassembled,
      mdns: this.#mdns.finish(),
      llmnr: this.#llmnr.finish(),
    };
  }

  #addPacket(batch: DatagramBatch, row: number, app: number): void {
    const { packets, dissected } = batch;
    if (dissected.l4Protocol[row] === TCP) {
      this.#packets++;
      this.#addSegment(batch, row);
      return;
    }
    this.#count(app);
    const start = dissected.payloadOffset[row] ?? 0;
    const captured = dissected.payloadCaptured[row] ?? 0;
    const isCut = captured < (dissected.payloadWire[row] ?? 0);
    const frame = packets.firstFrame + row;
    const said = this.#reader.read(packets.bytes, start, start + captured, isCut, frame);
    if (said !== null) this.#addMessage(batch, row, app, said);
  }

  /** A datagram on port 53 whose header cannot be one of DNS. */
  #addOther({ packets, dissected }: DatagramBatch, row: number): void {
    const wire = dissected.payloadWire[row] ?? 0;
    if (wire === 0) return;
    this.#packets++;
    const isCut = (dissected.payloadCaptured[row] ?? 0) < Math.min(wire, HEADER_BYTES);
    this.#reader.addOther(isCut, packets.firstFrame + row);
  }

  #addSegment(batch: DatagramBatch, row: number): void {
    const { packets, dissected, flows } = batch;
    const flow = flows.flow[row] ?? -1;
    const wireLength = dissected.payloadWire[row] ?? 0;
    const start = dissected.payloadOffset[row] ?? -1;
    if (flow < 0 || start < 0) return;
    const flags = dissected.tcpFlags[row] ?? 0;
    this.#streams.add({
      flow,
      direction: flows.direction[row] ?? 0,
      isNew: flows.isNew[row] === 1,
      seq: dissected.seq[row] ?? 0,
      isSyn: (flags & SYN) !== 0,
      isEnd: (flags & (FIN | RST)) !== 0,
      octets: packets.bytes.subarray(start, start + (dissected.payloadCaptured[row] ?? 0)),
      wireLength,
      frame: packets.firstFrame + row,
    }, (octets, frame) => {
      this.#tcpMessages++;
      this.#addOctets(batch, row, Protocol.dns, octets, frame);
    });
  }

  #addDatagram(batch: DatagramBatch, whole: WholeDatagram | undefined): void {
    if (whole === undefined) return;
    const { row, payload } = whole;
    if (payload.length < UDP_HEADER_BYTES) return;
    const srcPort = (payload[0] ?? 0) << 8 | (payload[1] ?? 0);
    const dstPort = (payload[2] ?? 0) << 8 | (payload[3] ?? 0);
    const app = protocolOfPorts(srcPort, dstPort);
    if (app === 0) return;
    this.#reassembled++;
    this.#count(app);
    const length = (payload[4] ?? 0) << 8 | (payload[5] ?? 0);
    const octets = payload.subarray(UDP_HEADER_BYTES, Math.max(UDP_HEADER_BYTES, length));
    this.#addOctets(batch, row, app, octets, batch.packets.firstFrame + row);
  }

  /** Takes a message that was put together, and that came with the packet of `row`. */
  #addOctets(
    batch: DatagramBatch,
    row: number,
    app: number,
    octets: Uint8Array,
    frame: number,
  ): void {
    const said = this.#reader.read(octets, 0, octets.length, false, frame);
    if (said !== null) this.#addMessage(batch, row, app, said);
  }

  /** Takes a message that was read from the packet of `row`, or out of several. */
  #addMessage(batch: DatagramBatch, row: number, app: number, said: MessageScan): void {
    const { packets, flows } = batch;
    if (app === Protocol.dns) {
      if ((flows.flow[row] ?? -1) < 0) {
        this.#withoutFlow++;
        return;
      }
      if (packets.noTime[row] === 0) this.#ns = flows.timeNs[row] ?? 0;
    }
    this.#queue.add(app, said, batch, row, this.#ns);
    if (this.#queue.isFull) this.#drain();
  }

  #drain(): void {
    this.#queue.drain(this.#names, this.#hosts, this.#tracker, this.#take);
  }

  readonly #take = (message: PlacedMessage, app: number): void => {
    if (app === Protocol.dns) this.#tracker.add(message);
    else (app === Protocol.mdns ? this.#mdns : this.#llmnr).add(message);
  };

  #count(app: number): void {
    if (app === Protocol.dns) this.#packets++;
    else if (app === Protocol.mdns) this.#mdns.packets++;
    else this.#llmnr.packets++;
  }
}

/** Writes the rows that may matter to `rows`, and says how many they are. */
function collectRows({ packets, dissected, flows }: DatagramBatch, rows: Int32Array): number {
  const { app, tcpFlags, l4Protocol } = dissected;
  const { isNew } = flows;
  const { count } = packets;
  let found = 0;
  for (let row = 0; row < count; row++) {
    const id = app[row] ?? 0;
    // One test that hardly ever holds: branches that data and ACKs take by turns would cost more.
    const isEdge = ((tcpFlags[row] ?? 0) & (FIN | SYN | RST)) | (isNew[row] ?? 0);
    if (((IS_DNS[id] ?? 0) | isEdge) === 0 && ((l4Protocol[row] ?? 0) ^ UDP | id) !== 0) continue;
    rows[found++] = row;
  }
  return found;
}

function isDnsPort({ dissected }: DatagramBatch, row: number): boolean {
  return dissected.srcPort[row] === DNS_PORT || dissected.dstPort[row] === DNS_PORT;
}

function isUdp(datagram: WholeDatagram): boolean {
  return datagram.protocol === UDP;
}

function protocolOfPorts(srcPort: number, dstPort: number): number {
  for (const [port, protocol] of PORTS) if (srcPort === port || dstPort === port) return protocol;
  return 0;
}

const PORTS: readonly (readonly [port: number, protocol: number])[] = [
  [DNS_PORT, Protocol.dns],
  [MDNS_PORT, Protocol.mdns],
  [LLMNR_PORT, Protocol.llmnr],
];
