/**
 * The records of flows, by id: where they lie, how one is begun and given up, what can be read.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { Arena } from "../arena.ts";
import type { FlowKeys } from "./flow_keys.ts";
import type { EvictedFlows, FlowReader, Side } from "./flow_reader.ts";
import * as layout from "./flow_record.ts";
import { Cold, Count, Hot, HotDouble, Kind, State } from "./flow_record.ts";
import { type HostList, type HostSummary, HostTable } from "./host_table.ts";
import { NumberPool } from "./number_pool.ts";
import { RecordHeap } from "./record_heap.ts";

const TCP = 6, UDP = 17, UDP_LITE = 136;

/** What has to be known of records beside those in the arena, as plain data. */
export interface FlowCounts {
  readonly size: number;
  readonly tcpSize: number;
  readonly poolSize: number;
  readonly evicted: EvictedFlows;
  readonly evictedHosts: HostList | null;
}

/** Records of flows. */
export class FlowRecords implements FlowReader {
  readonly hot: RecordHeap;
  readonly cold: RecordHeap;
  /** IPv6 addresses. */
  readonly pool: RecordHeap;
  /** One more than the flow of each TCP number, 0 if none; every second word. */
  readonly tcpFlows: RecordHeap;
  readonly #poolRows: NumberPool;
  readonly #tcpNumbers: NumberPool;
  /** See {@link Count}. */
  readonly #counts: Int32Array;
  #evictedFlows = 0;
  #evictedPackets = 0;
  #evictedOctets = 0;
  #evictedHosts: HostTable | null = null;
  readonly #address = new Int32Array(4);

  /** Room for `flowsMax` flows, taken as needed, in `arena` if there is one; `counts` are {@link Count}. */
  constructor(
    flowsMax: number,
    arena: Arena | null = null,
    counts: Int32Array = new Int32Array(layout.COUNT_WORDS),
  ) {
    this.#counts = counts;
    this.#poolRows = new NumberPool(counts, Count.pool);
    this.#tcpNumbers = new NumberPool(counts, Count.tcp);
    this.hot = new RecordHeap(layout.HOT_OCTETS, flowsMax, arena);
    this.cold = new RecordHeap(layout.COLD_OCTETS, flowsMax, arena);
    this.pool = new RecordHeap(layout.POOL_OCTETS, flowsMax, arena);
    this.tcpFlows = new RecordHeap(8, flowsMax, arena);
  }

  /** What a thread that shares the arena must {@link FlowRecords.adopt} to read these records. */
  counts(): FlowCounts {
    return {
      size: this.size,
      tcpSize: this.#tcpNumbers.size,
      poolSize: this.#poolRows.size,
      evicted: this.evicted,
      evictedHosts: this.#evictedHosts?.list() ?? null,
    };
  }

  /** Records that lie at the same address of an arena become those of another thread, to be read. */
  adopt({ size, tcpSize, poolSize, evicted, evictedHosts }: FlowCounts): void {
    this.#counts[Count.flows] = size;
    this.#counts[Count.tcp] = tcpSize;
    this.#counts[Count.pool] = poolSize;
    this.ensureCounted();
    this.#evictedFlows = evicted.flows;
    this.#evictedPackets = evicted.packets;
    this.#evictedOctets = evicted.octets;
    this.#evictedHosts = evictedHosts === null ? null : HostTable.of(evictedHosts);
  }

  /** Makes room for all that was given to flows. */
  ensureCounted(): void {
    this.hot.ensure(this.size);
    this.cold.ensure(this.size);
    this.tcpFlows.ensure(this.#tcpNumbers.size);
    this.pool.ensure(this.#poolRows.size);
  }

  get size(): number {
    return this.#counts[Count.flows] ?? 0;
  }

  get opened(): number {
    return this.size + this.#evictedFlows;
  }

  get evicted(): EvictedFlows {
    return {
      flows: this.#evictedFlows,
      packets: this.#evictedPackets,
      octets: this.#evictedOctets,
    };
  }

  get memoryBytes(): number {
    return this.hot.sizeBytes + this.cold.sizeBytes + this.pool.sizeBytes +
      this.tcpFlows.sizeBytes + (this.#evictedHosts?.memoryBytes ?? 0);
  }

  hosts(): HostSummary {
    const hosts = new HostTable();
    if (this.#evictedHosts !== null) hosts.merge(this.#evictedHosts);
    for (let id = 0; id < this.size; id++) hosts.addFlow(this, id);
    return hosts.summary();
  }

  get tcpSize(): number {
    return this.#tcpNumbers.size;
  }

  protocol(id: number): number {
    return this.word(id, Hot.kind) & 0xff;
  }

  addressLength(id: number): 4 | 16 {
    return (this.word(id, Hot.kind) & Kind.ipv6) === 0 ? 4 : 16;
  }

  address(id: number, side: Side): string {
    const bytes = new Uint8Array(16);
    return renderAddress(addressFromBytes(bytes.subarray(0, this.copyAddress(id, side, bytes))));
  }

  copyAddress(id: number, side: Side, target: Uint8Array): 4 | 16 {
    const length = this.copyAddressWords(id, side, this.#address);
    for (let octet = 0; octet < length; octet++) {
      target[octet] = (this.#address[octet >> 2] ?? 0) >> (24 - 8 * (octet & 3));
    }
    return length;
  }

  copyAddressWords(id: number, side: Side, target: Int32Array): 4 | 16 {
    const length = this.addressLength(id);
    if (length === 4) {
      target.fill(0);
      target[0] = this.word(id, Hot.addressA + side);
      return length;
    }
    const start = (this.word(id, Hot.addressA) << layout.POOL_WORDS_LOG2) + side * 4;
    for (let word = 0; word < 4; word++) target[word] = this.pool.i32[start + word] ?? 0;
    return length;
  }

  port(id: number, side: Side): number {
    if ((this.word(id, Hot.kind) & Kind.ports) === 0) return -1;
    const ports = this.word(id, Hot.ports);
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  tenant(id: number): number {
    return this.word(id, Hot.tenant) >>> 0;
  }

  initiator(id: number): Side {
    return (this.word(id, Hot.state) & State.initiatorIsB) === 0 ? 0 : 1;
  }

  packets(id: number, side: Side): number {
    return this.word(id, Hot.packets + side) >>> 0;
  }

  octets(id: number, side: Side): number {
    return this.hot.f64[(id << layout.HOT_DOUBLES_LOG2) + HotDouble.octets + side] ?? 0;
  }

  firstNs(id: number): number {
    return this.cold.f64[id * layout.COLD_DOUBLES] ?? NaN;
  }

  lastNs(id: number): number {
    return this.hot.f64[(id << layout.HOT_DOUBLES_LOG2) + HotDouble.lastNs] ?? NaN;
  }

  firstFrame(id: number): number {
    return this.cold.u32[id * layout.COLD_WORDS + Cold.firstFrame] ?? 0;
  }

  stream(id: number): number {
    return this.cold.i32[id * layout.COLD_WORDS + Cold.stream] ?? -1;
  }

  tcpNumber(id: number): number {
    return this.word(id, Hot.tcp);
  }

  flowOfTcp(tcp: number): number {
    return (this.tcpFlows.i32[tcp * 2] ?? 0) - 1;
  }

  baseSequence(id: number, side: Side): number {
    if ((this.word(id, Hot.state) & (State.baseKnown << side)) === 0) return -1;
    return this.cold.u32[id * layout.COLD_WORDS + Cold.base + side] ?? 0;
  }

  isReused(id: number): boolean {
    return (this.word(id, Hot.state) & State.reused) !== 0;
  }

  /** A word of {@link Hot}. */
  word(id: number, word: number): number {
    return this.hot.i32[(id << layout.HOT_WORDS_LOG2) + word] ?? 0;
  }

  /** Sets bits of {@link State}. */
  mark(id: number, bits: number): void {
    const at = (id << layout.HOT_WORDS_LOG2) + Hot.state;
    this.hot.i32[at] = (this.hot.i32[at] ?? 0) | bits;
  }

  /** Takes in that a packet of flow `id` has the TCP header; true if none before had it. */
  takeHead(id: number): boolean {
    const at = (id << layout.HOT_WORDS_LOG2) + Hot.state;
    const state = this.hot.i32[at] ?? 0;
    this.hot.i32[at] = state & ~State.headless;
    return (state & State.headless) !== 0;
  }

  /** Makes room for one record more; its id. */
  grow(): number {
    this.hot.ensure(this.size + 1);
    this.cold.ensure(this.size + 1);
    return this.#next(Count.flows);
  }

  /** Begins flow `id` with the key in `row`; nothing is counted yet. */
  begin(id: number, keys: FlowKeys, view: DataView, row: number, frame: number): void {
    const kind = keys.kind[row] ?? 0;
    const words = this.hot.i32;
    const record = id << layout.HOT_WORDS_LOG2;
    words.fill(0, record, record + (1 << layout.HOT_WORDS_LOG2));
    words[record + Hot.ports] = keys.ports[row] ?? 0;
    words[record + Hot.kind] = kind;
    words[record + Hot.tenant] = keys.tenant[row] ?? 0;
    words[record + Hot.hash] = keys.hash[row] ?? 0;
    words[record + Hot.tcp] = isTcp(kind) ? this.#numberTcp(id) : -1;
    if ((kind & Kind.ipv6) === 0) {
      words[record + Hot.addressA] = keys.src[row] ?? 0;
      words[record + Hot.addressB] = keys.dst[row] ?? 0;
    } else {
      words[record + Hot.addressA] = this.#poolAddresses(
        view,
        keys.src[row] ?? 0,
        keys.dst[row] ?? 0,
      );
    }
    this.hot.f64[(id << layout.HOT_DOUBLES_LOG2) + HotDouble.lastNs] = NaN;
    this.cold.f64[id * layout.COLD_DOUBLES] = NaN;
    const cold = id * layout.COLD_WORDS;
    this.cold.u32[cold + Cold.firstFrame] = frame;
    this.cold.i32[cold + Cold.stream] = this.#numberStream(kind);
  }

  /** True if the addresses in `row` are those of flow `id` in `direction`; of the same family. */
  isBetween(keys: FlowKeys, view: DataView, row: number, id: number, direction: Side): boolean {
    const src = keys.src[row] ?? 0;
    const dst = keys.dst[row] ?? 0;
    const a = this.word(id, Hot.addressA);
    if (this.addressLength(id) === 4) {
      const b = this.word(id, Hot.addressB);
      return direction === 0 ? a === src && b === dst : a === dst && b === src;
    }
    const start = a << layout.POOL_WORDS_LOG2;
    for (let word = 0; word < 4; word++) {
      const sent = this.pool.i32[start + direction * 4 + word];
      const received = this.pool.i32[start + 4 - direction * 4 + word];
      if (sent !== view.getInt32(src + word * 4)) return false;
      if (received !== view.getInt32(dst + word * 4)) return false;
    }
    return true;
  }

  /** Counts a packet of flow `id`. */
  count(id: number, direction: Side, octets: number): void {
    const packetsAt = (id << layout.HOT_WORDS_LOG2) + Hot.packets + direction;
    const octetsAt = (id << layout.HOT_DOUBLES_LOG2) + HotDouble.octets + direction;
    this.hot.u32[packetsAt] = (this.hot.u32[packetsAt] ?? 0) + 1;
    this.hot.f64[octetsAt] = (this.hot.f64[octetsAt] ?? 0) + octets;
  }

  /** Takes the time of a packet of flow `id` in. */
  addTime(id: number, ns: number): void {
    const last = (id << layout.HOT_DOUBLES_LOG2) + HotDouble.lastNs;
    const first = id * layout.COLD_DOUBLES;
    if (!(ns <= (this.hot.f64[last] ?? NaN))) this.hot.f64[last] = ns;
    if (!(ns >= (this.cold.f64[first] ?? NaN))) this.cold.f64[first] = ns;
  }

  /** Ends flow `id` to make room: keeps its totals, gives up all that it holds. */
  evict(id: number): void {
    this.#evictedHosts ??= new HostTable();
    this.#evictedHosts.addFlow(this, id);
    this.#evictedFlows++;
    this.#counts[Count.isAnyEnded] = 1;
    this.#evictedPackets += this.packets(id, 0) + this.packets(id, 1);
    this.#evictedOctets += this.octets(id, 0) + this.octets(id, 1);
    if (this.addressLength(id) === 16) this.#poolRows.giveBack(this.word(id, Hot.addressA));
    const tcp = this.word(id, Hot.tcp);
    if (tcp < 0) return;
    this.tcpFlows.i32[tcp * 2] = 0;
    this.#tcpNumbers.giveBack(tcp);
  }

  /** The next number of its kind, as tshark counts; UDP-Lite shares those of UDP. */
  #numberStream(kind: number): number {
    if (isTcp(kind)) return this.#next(Count.tcpStreams);
    const protocol = kind & 0xff;
    const isUdp = (kind & Kind.ports) !== 0 && (protocol === UDP || protocol === UDP_LITE);
    return isUdp ? this.#next(Count.udpStreams) : -1;
  }

  /** Counts one more; what the count was. */
  #next(which: number): number {
    const count = this.#counts[which] ?? 0;
    this.#counts[which] = count + 1;
    return count;
  }

  #numberTcp(id: number): number {
    const tcp = this.#tcpNumbers.take();
    this.tcpFlows.ensure(tcp + 1);
    this.tcpFlows.i32[tcp * 2] = id + 1;
    return tcp;
  }

  #poolAddresses(view: DataView, src: number, dst: number): number {
    const at = this.#poolRows.take();
    this.pool.ensure(at + 1);
    const start = at << layout.POOL_WORDS_LOG2;
    for (let word = 0; word < 4; word++) {
      this.pool.i32[start + word] = view.getInt32(src + word * 4);
      this.pool.i32[start + 4 + word] = view.getInt32(dst + word * 4);
    }
    return at;
  }
}

/** True for the kind of TCP flows with ports. */
export function isTcp(kind: number): boolean {
  return (kind & (Kind.ports | 0xff)) === (Kind.ports | TCP);
}
