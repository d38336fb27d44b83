/**
 * What a filter must remember from packet to packet: the time before, stream numbers, the numbers
 * that sequences count from.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import type { PassBatch } from "../pass.ts";
import type { FieldNeed } from "./field.ts";

const TCP = 6, UDP = 17;
const SYN = 0x02, ACK = 0x10;

/** Columns over a batch, filled only as far as the fields of the filter need them. */
export class DerivedColumns {
  /** Number of the packet. */
  readonly frame: Float64Array = new Float64Array(BATCH_PACKETS);
  /** Seconds since the first packet that has a time; NaN without one. */
  readonly relativeSec: Float64Array = new Float64Array(BATCH_PACKETS);
  /** Seconds since the packet before, 0 for the first; NaN without a time. */
  readonly deltaSec: Float64Array = new Float64Array(BATCH_PACKETS);
  /** Number of the UDP flow among UDP flows, -1 if it is none. */
  readonly udpStream: Int32Array = new Int32Array(BATCH_PACKETS);
  /** TCP sequence and acknowledgment numbers from the start of the connection; NaN if it is none. */
  readonly seq: Float64Array = new Float64Array(BATCH_PACKETS);
  readonly ack: Float64Array = new Float64Array(BATCH_PACKETS);
  /** Time of the first packet that has one, nanoseconds from `baseSec`; NaN until then. */
  firstNs = NaN;
  readonly #needs: ReadonlySet<FieldNeed>;
  #previousNs = NaN;
  readonly #udpNumbers = new FlowNumbers(1);
  #udpCount = 0;
  /** Per TCP connection: first sequence number of side A and B, NaN while unknown. */
  readonly #bases = new FlowNumbers(2);

  /** Columns for fields with these needs. */
  constructor(needs: ReadonlySet<FieldNeed>) {
    this.#needs = needs;
  }

  /** Fills the columns for the next batch. Every batch of the capture must come, in order. */
  addBatch(pass: PassBatch): void {
    const { packets, flows } = pass;
    if (Number.isNaN(this.firstNs)) {
      const times = flows.timeNs.subarray(0, packets.count);
      this.firstNs = times.find((ns) => !Number.isNaN(ns)) ?? NaN;
    }
    if (this.#needs.has("frame_number")) this.#addNumbers(pass);
    if (this.#needs.has("relative_time")) this.#addRelativeTimes(pass);
    if (this.#needs.has("previous_time")) this.#addTimes(pass);
    if (this.#needs.has("udp_stream")) this.#addUdpStreams(pass);
    if (this.#needs.has("relative_numbers")) this.#addRelativeNumbers(pass);
  }

  #addNumbers({ packets }: PassBatch): void {
    for (let row = 0; row < packets.count; row++) this.frame[row] = packets.firstFrame + row;
  }

  #addRelativeTimes({ packets, flows }: PassBatch): void {
    for (let row = 0; row < packets.count; row++) {
      const ns = packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN;
      this.relativeSec[row] = (ns - this.firstNs) / 1e9;
    }
  }

  #addTimes({ packets, flows }: PassBatch): void {
    for (let row = 0; row < packets.count; row++) {
      const ns = packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN;
      const delta = Number.isNaN(this.#previousNs) ? ns - ns : ns - this.#previousNs;
      this.deltaSec[row] = delta / 1e9;
      if (!Number.isNaN(ns)) this.#previousNs = ns;
    }
  }

  #addUdpStreams({ packets, flows, dissected }: PassBatch): void {
    for (let row = 0; row < packets.count; row++) {
      const flow = flows.flow[row] ?? -1;
      const isUdp = flow >= 0 && dissected.l4Protocol[row] === UDP &&
        (dissected.srcPort[row] ?? -1) >= 0;
      if (isUdp && flows.isNew[row] === 1) this.#udpNumbers.set(flow, 0, this.#udpCount++);
      this.udpStream[row] = isUdp ? this.#udpNumbers.get(flow, 0) : -1;
    }
  }

  #addRelativeNumbers({ packets, flows, dissected }: PassBatch): void {
    for (let row = 0; row < packets.count; row++) {
      const tcp = flows.tcp[row] ?? -1;
      if (tcp < 0 || dissected.l4Protocol[row] !== TCP) {
        this.seq[row] = NaN;
        this.ack[row] = NaN;
        continue;
      }
      if (flows.isNew[row] !== 0) {
        this.#bases.set(tcp, 0, NaN);
        this.#bases.set(tcp, 1, NaN);
      }
      this.#addSegment(dissected, row, tcp, flows.direction[row] ?? 0);
    }
  }

  #addSegment(dissected: DissectColumns, row: number, tcp: number, own: number): void {
    const other = 1 - own;
    const flags = dissected.tcpFlags[row] ?? 0;
    const seq = dissected.seq[row] ?? 0;
    const ack = dissected.ack[row] ?? 0;
    // Where the start was not seen, counting begins at 1, as Wireshark does it.
    if (Number.isNaN(this.#bases.get(tcp, own))) {
      this.#bases.set(tcp, own, (flags & SYN) !== 0 ? seq : (seq - 1) >>> 0);
    }
    if ((flags & ACK) !== 0 && Number.isNaN(this.#bases.get(tcp, other))) {
      this.#bases.set(tcp, other, (ack - 1) >>> 0);
    }
    this.seq[row] = (seq - this.#bases.get(tcp, own)) >>> 0;
    this.ack[row] = (flags & ACK) === 0 ? 0 : (ack - this.#bases.get(tcp, other)) >>> 0;
  }
}

/** Numbers by dense id, growing as ids come; as many as the flow table has flows at most. */
class FlowNumbers {
  readonly #width: number;
  #values: Float64Array;

  constructor(width: number) {
    this.#width = width;
    this.#values = new Float64Array(1024 * width);
  }

  get(id: number, at: number): number {
    return this.#values[id * this.#width + at] ?? NaN;
  }

  set(id: number, at: number, value: number): void {
    const index = id * this.#width + at;
    if (index >= this.#values.length) {
      const wider = new Float64Array(Math.max(index + 1, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[index] = value;
  }
}
