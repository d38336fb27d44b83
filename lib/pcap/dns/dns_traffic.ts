/**
 * The analyzer of DNS, mDNS and LLMNR: finds their packets in a batch and reads the messages in
 * them, out of datagrams, fragments and TCP.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { Tunnel } from "../dissect/columns.ts";
import { Protocol } from "../dissect/protocol.ts";
import type { Analyzer, PassFacts } from "../pass.ts";
import type { DatagramBatch, WholeDatagram } from "../stream/fragments.ts";
import { type DnsFault, readDnsMessage } from "./dns_message.ts";
import { DnsStreams } from "./dns_streams.ts";
import { DnsTracker } from "./dns_tracker.ts";
import { type DnsFindings, keepFrame } from "./findings.ts";
import { MulticastTally } from "./multicast_tally.ts";

const TCP = 6;
const UDP = 17;
const UDP_HEADER_BYTES = 8;
const DNS_PORT = 53;
const MDNS_PORT = 5353;
const LLMNR_PORT = 5355;
const FIN = 1, SYN = 2, RST = 4;
/** Addresses whose text is remembered; past it they are rendered again. */
const ADDRESSES_MAX = 16_384;

/** 1 for the protocols whose packets are looked at. */
const IS_DNS: Uint8Array = new Uint8Array(256);
for (const protocol of [Protocol.dns, Protocol.mdns, Protocol.llmnr]) IS_DNS[protocol] = 1;

const latin1 = new TextDecoder("latin1");

/** A message and the packet that it came with. */
interface Arrival {
  readonly batch: DatagramBatch;
  readonly row: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly transport: "udp" | "tcp";
}

/** Reads the DNS of a pass. */
export class DnsTraffic implements Analyzer {
  readonly #completed: () => readonly WholeDatagram[];
  readonly #tracker = new DnsTracker();
  readonly #streams = new DnsStreams();
  readonly #mdns = new MulticastTally();
  readonly #llmnr = new MulticastTally();
  readonly #addresses = new Map<string, string>();
  readonly #faults: Partial<Record<DnsFault, number>> = {};
  readonly #malformedFrames: number[] = [];
  #malformed = 0;
  #packets = 0;
  #reassembled = 0;
  #tcpMessages = 0;
  #cut = 0;
  /** Time of the last packet that has one. */
  #ns = 0;

  /** `completed` gives the datagrams that fragments of the current batch completed. */
  constructor(completed: () => readonly WholeDatagram[]) {
    this.#completed = completed;
  }

  addBatch(batch: DatagramBatch): void {
    const { app, tcpFlags, l4Protocol, fragment } = batch.dissected;
    const { isNew } = batch.flows;
    const { count } = batch.packets;
    const completed = this.#completed();
    const whole = completed.length === 0 ? completed : completed.filter(isUdp);
    let next = 0;
    for (let row = 0; row < count; row++) {
      const id = app[row] ?? 0;
      // One test that hardly ever holds: branches that data and ACKs take by turns would cost more.
      const isEdge = ((tcpFlags[row] ?? 0) & (FIN | SYN | RST)) | (isNew[row] ?? 0);
      if (((IS_DNS[id] ?? 0) | isEdge) === 0 && ((l4Protocol[row] ?? 0) ^ UDP | id) !== 0) continue;
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
    const tracked = this.#tracker.finish(lastNs ?? this.#ns);
    return {
      ...tracked,
      packets: this.#packets,
      tcp: {
        connections: this.#streams.connections,
        messages: this.#tcpMessages,
        gaps: this.#streams.gaps,
        givenUp: this.#streams.givenUp,
      },
      reassembled: this.#reassembled,
      malformed: {
        count: this.#malformed,
        faults: this.#faults,
        frames: this.#malformedFrames,
      },
      cut: this.#cut,
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
    const octets = packets.bytes.subarray(start, start + captured);
    this.#addMessage(octets, isCut, packets.firstFrame + row, arrivalOf(batch, row, "udp"), app);
  }

  /** A datagram on port 53 whose header cannot be one of DNS. */
  #addOther({ packets, dissected }: DatagramBatch, row: number): void {
    const wire = dissected.payloadWire[row] ?? 0;
    if (wire === 0) return;
    this.#packets++;
    if ((dissected.payloadCaptured[row] ?? 0) < Math.min(wire, 12)) this.#cut++;
    else this.#addFault("header", packets.firstFrame + row);
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
      this.#addMessage(octets, false, frame, arrivalOf(batch, row, "tcp"), Protocol.dns);
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
    const arrival: Arrival = { batch, row, srcPort, dstPort, transport: "udp" };
    this.#addMessage(octets, false, batch.packets.firstFrame + row, arrival, app);
  }

  #addMessage(
    octets: Uint8Array,
    isCut: boolean,
    frame: number,
    arrival: Arrival,
    app: number,
  ): void {
    const reading = readDnsMessage(octets, isCut);
    if (reading.kind === "malformed") this.#addFault(reading.fault, frame);
    const { facts } = reading;
    if (facts === null) {
      if (reading.kind === "cut") this.#cut++;
      return;
    }
    const { batch, row, srcPort, dstPort, transport } = arrival;
    const { dissected, flows, packets } = batch;
    const src = this.#address(batch, dissected.srcOffset[row] ?? 0, row);
    if (app !== Protocol.dns) {
      (app === Protocol.mdns ? this.#mdns : this.#llmnr).add(facts, src);
      return;
    }
    const dst = this.#address(batch, dissected.dstOffset[row] ?? 0, row);
    const [client, server] = facts.isResponse ? [dst, src] : [src, dst];
    const [clientPort, serverPort] = facts.isResponse ? [dstPort, srcPort] : [srcPort, dstPort];
    const kind = dissected.tunnelKind[row];
    if (packets.noTime[row] === 0) this.#ns = flows.timeNs[row] ?? 0;
    this.#tracker.add({
      facts,
      client,
      server: serverPort === DNS_PORT ? server : `${server} port ${serverPort}`,
      clientPort,
      transport,
      tenant: kind === Tunnel.vxlan || kind === Tunnel.geneve ? dissected.tunnelId[row] ?? 0 : 0,
      ns: this.#ns,
      frame,
    });
  }

  #count(app: number): void {
    if (app === Protocol.dns) this.#packets++;
    else if (app === Protocol.mdns) this.#mdns.packets++;
    else this.#llmnr.packets++;
  }

  #addFault(fault: DnsFault, frame: number): void {
    this.#malformed++;
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    keepFrame(this.#malformedFrames, frame);
  }

  #address({ packets, dissected }: DatagramBatch, offset: number, row: number): string {
    const octets = packets.bytes.subarray(offset, offset + (dissected.addressLength[row] ?? 0));
    const key = latin1.decode(octets);
    let text = this.#addresses.get(key);
    if (text === undefined) {
      if (this.#addresses.size >= ADDRESSES_MAX) this.#addresses.clear();
      text = renderAddress(addressFromBytes(octets));
      this.#addresses.set(key, text);
    }
    return text;
  }
}

function arrivalOf(batch: DatagramBatch, row: number, transport: "udp" | "tcp"): Arrival {
  const srcPort = batch.dissected.srcPort[row] ?? -1;
  return { batch, row, srcPort, dstPort: batch.dissected.dstPort[row] ?? -1, transport };
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
