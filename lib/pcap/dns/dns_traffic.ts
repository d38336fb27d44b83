/**
 * The analyzer of DNS, mDNS and LLMNR: finds their packets in a batch and reads the messages in
 * them, out of datagrams, fragments and TCP.
 *
 * @module
 */
import { separateMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { Protocol } from "../dissect/protocol.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import type { Analyzer, PassFacts } from "../pass.ts";
import type { DatagramBatch, WholeDatagram } from "../stream/fragments.ts";
import type { DnsKernel } from "./dns_kernel.ts";
import { DnsStreams } from "./dns_streams.ts";
import { DnsTracker } from "./dns_tracker.ts";
import { type DnsFindings, LIST_KEPT } from "./findings.ts";
import { HostTable } from "./host_table.ts";
import { MessageQueue, type QueueTables } from "./message_queue.ts";
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

/** Doubles of what is counted: packets of each protocol, messages of packets that the flow table had no room for, the time of the last packet that has one. */
const PACKETS = 0, MDNS_PACKETS = 1, LLMNR_PACKETS = 2, WITHOUT_FLOW = 3, LAST_NS = 4, TALLIES = 5;

/** Reads the DNS of a pass. */
export class DnsTraffic implements Analyzer {
  readonly #completed: () => readonly WholeDatagram[];
  readonly #tracker: DnsTracker;
  readonly #streams = new DnsStreams();
  readonly #mdns = new MulticastTally();
  readonly #llmnr = new MulticastTally();
  readonly #tables: QueueTables;
  readonly #names: NameTable;
  readonly #reader = new MessageReader();
  readonly #queue: MessageQueue;
  readonly #tallies: Float64Array;
  /** Rows of the batch that may matter. */
  readonly #rows: Int32Array;
  readonly #kernel: DnsKernel | null;
  #reassembled = 0;
  #tcpMessages = 0;

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
    this.#tallies = memory.float64(TALLIES);
    this.#queue = new MessageQueue(memory);
    const hosts = new HostTable(memory);
    const names = this.#names = new NameTable(NAMES_MAX, NAME_OCTETS_MAX, memory);
    this.#tables = { names, hosts, kernel };
    this.#tracker = new DnsTracker({ names, hosts }, kernel);
    if (kernel === null) return;
    const protocols = memory.uint8(IS_DNS.length);
    protocols.set(IS_DNS);
    const { keys } = new FlowHash();
    const hashKeys = memory.uint32(keys.length);
    hashKeys.set(keys);
    const [counts, messages, words] = this.#queue.places;
    kernel.bindDnsRows(protocols.byteOffset, this.#rows.byteOffset);
    kernel.bindDnsQueue(counts, messages, words, this.#tallies.byteOffset);
    kernel.bindDnsTables(hashKeys.byteOffset, messages, words);
    kernel.bindDnsHosts(...hosts.places);
    kernel.bindDnsNames(...names.places);
  }

  addBatch(batch: DatagramBatch): void {
    const { packets } = batch;
    const kernel = this.#kernel;
    const rows = this.#rows;
    const count = kernel?.collectDns(packets.count) ?? collectRows(batch, rows);
    const completed = this.#completed();
    const whole = completed.length === 0 ? completed : completed.filter(isUdp);
    let datagram = 0;
    for (let place = 0; place < count; place++) {
      if (kernel !== null) {
        place = kernel.readDns(packets, place, count);
        for (; this.#queue.isFull; place = kernel.readDns(packets, place, count)) this.#drain();
        if (place >= count) break;
      }
      const row = rows[place] ?? 0;
      const isWhole = whole[datagram]?.row === row;
      if (this.#addRow(batch, row, isWhole ? whole[datagram] : undefined)) datagram++;
    }
  }

  /** Takes a row that may matter; true if it completed a datagram that was taken. */
  #addRow(batch: DatagramBatch, row: number, whole: WholeDatagram | undefined): boolean {
    const { app, l4Protocol, fragment } = batch.dissected;
    const id = app[row] ?? 0;
    if (IS_DNS[id] === 1) this.#addPacket(batch, row, id);
    else if (id !== 0) return false;
    else if (l4Protocol[row] === TCP) {
      if (isDnsPort(batch, row)) this.#addSegment(batch, row);
    } else if (fragment[row] !== 0) {
      if (whole === undefined) return false;
      this.#addDatagram(batch, whole);
      return true;
    } else if (l4Protocol[row] === UDP && isDnsPort(batch, row)) this.#addOther(batch, row);
    return false;
  }

  /** What is known after the pass. */
  finish({ lastNs }: Pick<PassFacts, "lastNs">): DnsFindings {
    this.#drain();
    this.#mdns.packets = this.#tally(MDNS_PACKETS);
    this.#llmnr.packets = this.#tally(LLMNR_PACKETS);
    const tracked = this.#tracker.finish(lastNs ?? this.#tally(LAST_NS));
    const { notKept } = tracked;
    return {
      ...tracked,
      notKept: { ...notKept, queries: notKept.queries + this.#tally(WITHOUT_FLOW) },
      domains: this.#names.distinct,
      topDomains: this.#names.top(LIST_KEPT),
      ...this.#reader.finish(),
      packets: this.#tally(PACKETS),
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
      this.#addOne(PACKETS);
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
    this.#addOne(PACKETS);
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

  #addDatagram(batch: DatagramBatch, whole: WholeDatagram): void {
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
        this.#addOne(WITHOUT_FLOW);
        return;
      }
      if (packets.noTime[row] === 0) this.#tallies[LAST_NS] = flows.timeNs[row] ?? 0;
    }
    this.#queue.add(app, said, batch, row, this.#tally(LAST_NS));
    if (this.#queue.isFull) this.#drain();
  }

  #drain(): void {
    this.#queue.drain(this.#tables, this.#take);
  }

  readonly #take = (message: PlacedMessage, app: number): void => {
    if (app === Protocol.dns) this.#tracker.add(message);
    else (app === Protocol.mdns ? this.#mdns : this.#llmnr).add(message);
  };

  /** Counts a packet of a protocol. */
  #count(app: number): void {
    this.#addOne(
      app === Protocol.dns ? PACKETS : app === Protocol.mdns ? MDNS_PACKETS : LLMNR_PACKETS,
    );
  }

  #addOne(tally: number): void {
    this.#tallies[tally] = this.#tally(tally) + 1;
  }

  #tally(tally: number): number {
    return this.#tallies[tally] ?? 0;
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
