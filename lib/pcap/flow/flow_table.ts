/**
 * The flow table: which packets belong together, and what each flow adds up to. Every batch is taken
 * in stages, so that the memory of many packets is on its way at the same time.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { BATCH_PACKETS, type PacketBatch } from "../batch.ts";
import { type DissectColumns, Fragment } from "../dissect/columns.ts";
import { Beginning, type FlowColumns } from "./flow_columns.ts";
import { FlowHash } from "./flow_hash.ts";
import { HashIndex, ID_MASK, PROBES_MAX, RECORDS_MAX, slotsFor, TAG_MASK } from "./hash_index.ts";
import { FlowKeys, NO_FLOW } from "./flow_keys.ts";
import type { FlowReader, Side } from "./flow_reader.ts";
import { COUNT_WORDS, Hot, HOT_DOUBLES_LOG2, HOT_WORDS_LOG2, HotDouble } from "./flow_record.ts";
import { Kind, POOL_WORDS_LOG2, State } from "./flow_record.ts";
import { type FlowCounts, FlowRecords, isTcp } from "./flow_records.ts";
import { FragmentTable } from "./fragment_table.ts";
import { FIN, hasTcpHeader, isReuse, RST, SYN, trackTcp } from "./tcp_begin.ts";

/** Most flows that are kept at the same time; then idle ones make room. */
export const FLOWS_MAX = RECORDS_MAX;

/** Addresses of the records of flows, and of {@link Count}; and the most flows. */
export type FlowPlaces = readonly [
  hot: number,
  cold: number,
  pool: number,
  tcpFlows: number,
  counts: number,
  flowsMax: number,
];

/** Compiled code that takes most rows to their flows. */
export interface FlowKernel {
  readonly arena: Arena;
  /** Keys of the batch that the kernel works on, filled by {@link FlowKernel.takeFlows}. */
  readonly keys: FlowKeys;
  /** Told once where the records are. */
  bindRecords(...places: FlowPlaces): void;
  /**
   * Takes rows in from `from` on; the row that needs more than that, or the count of rows. From row 0
   * on it fills the keys first.
   */
  takeFlows(batch: PacketBatch, from: number, slots: Int32Array): number;
}

/** How a flow table is made; every field has a default. */
export interface FlowTableOptions {
  /** Most flows at the same time, 1 to {@link FLOWS_MAX}. */
  readonly flowsMax?: number;
  readonly hash?: FlowHash;
  /** Compiled code that takes most rows, to the same result; bound to the columns of the batches. */
  readonly kernel?: FlowKernel | null;
}

/** Flows by address pair, ports, protocol and tenant. */
export class FlowTable {
  /** The flows, to be read. */
  readonly flows: FlowReader;
  /** Address of the flows in the arena of the kernel, 0 without one. */
  readonly address: number;
  readonly #records: FlowRecords;
  #keys: FlowKeys;
  readonly #index: HashIndex;
  readonly #fragments = new FragmentTable();
  readonly #flowsMax: number;
  /** What {@link FlowTable.#find} said of each row, before any of the batch was taken in. */
  readonly #found = new Int32Array(BATCH_PACKETS);
  readonly #kernel: FlowKernel | null;
  /** True once a flow that {@link FlowTable.#found} may hold is no more what it was. */
  #isStale = false;
  /** Where the search for an idle flow goes on. */
  #hand = 0;
  /** What the touching stage read; kept so that the reads are not taken for useless. */
  #touched = 0;

  /** An empty table. */
  constructor(
    { flowsMax = FLOWS_MAX, hash = new FlowHash(), kernel = null }: FlowTableOptions = {},
  ) {
    if (!(flowsMax >= 1 && flowsMax <= FLOWS_MAX)) {
      throw new RangeError(`Cannot keep ${flowsMax} flows: 1 to ${FLOWS_MAX} are possible`);
    }
    const arena = kernel?.arena ?? null;
    const counts = arena?.int32(COUNT_WORDS) ?? new Int32Array(COUNT_WORDS);
    this.address = arena?.end ?? 0;
    const records = new FlowRecords(flowsMax, arena, counts);
    this.flows = records;
    this.#records = records;
    this.#kernel = kernel;
    this.#keys = kernel?.keys ?? new FlowKeys(hash);
    this.#flowsMax = records.hot.capacityMax;
    const room = arena?.int32(slotsFor(arena.recordsMax + 1)) ?? null;
    this.#index = new HashIndex((id) => records.word(id, Hot.hash), room);
    kernel?.bindRecords(
      records.hot.address,
      records.cold.address,
      records.pool.address,
      records.tcpFlows.address,
      counts.byteOffset,
      this.#flowsMax,
    );
  }

  /** See {@link FlowRecords.counts}. */
  counts(): FlowCounts {
    return this.#records.counts();
  }

  /** Fills `out` (but for its times, which are there) for the packets of a dissected batch. */
  addBatch(packets: PacketBatch, dissected: DissectColumns, out: FlowColumns): void {
    out.reader = this.flows;
    if (this.#kernel !== null) return this.#addByKernel(this.#kernel, packets, dissected, out);
    const { count } = packets;
    this.#keys.read(packets, dissected);
    this.#touch(count);
    for (let row = 0; row < count; row++) this.#found[row] = this.#find(packets.view, row);
    out.isNew.fill(0, 0, count);
    out.isReused.fill(0, 0, count);
    this.#isStale = false;
    for (let row = 0; row < count; row++) {
      if (!this.#isStale) row = this.#addKnown(packets, dissected, out, row);
      if (row < count) this.#addOne(packets, dissected, out, row);
    }
  }

  /** The kernel searches for every row when its turn has come: what it finds is never stale. */
  #addByKernel(
    kernel: FlowKernel,
    packets: PacketBatch,
    dissected: DissectColumns,
    out: FlowColumns,
  ): void {
    const { count } = packets;
    const index = this.#index;
    this.#keys = kernel.keys;
    this.#isStale = true;
    for (let row = 0; row < count; row++) {
      row = kernel.takeFlows(packets, row, index.slots);
      if (row < count) this.#addOne(packets, dissected, out, row);
    }
    this.#records.ensureCounted();
  }

  /** Second stage: the slots of all rows are loaded, none waits for another. */
  #touch(count: number): void {
    const { slots, mask } = this.#index;
    const hashes = this.#keys.hash;
    let touched = 0;
    for (let row = 0; row < count; row++) touched ^= slots[(hashes[row] ?? 0) & mask] ?? 0;
    this.#touched ^= touched;
  }

  /**
   * Takes rows in from `from` on, as long as their flows are there and go on as flows do; the row
   * that needs {@link FlowTable.#addOne}, or the count of rows.
   */
  #addKnown(
    packets: PacketBatch,
    columns: DissectColumns,
    out: FlowColumns,
    from: number,
  ): number {
    const { wireLength, noTime, count } = packets;
    const founds = this.#found;
    const { fragment, tcpFlags } = columns;
    const { kind: kinds } = this.#keys;
    const words = this.#records.hot.i32;
    const doubles = this.#records.hot.f64;
    for (let row = from; row < count; row++) {
      const kind = kinds[row] ?? NO_FLOW;
      if (kind === NO_FLOW) {
        putNowhere(out, row);
        continue;
      }
      if (fragment[row] !== Fragment.whole) return row;
      const found = founds[row] ?? -1;
      if (found < 0) return row;
      const id = found >>> 1;
      const direction = found & 1;
      const record = id << HOT_WORDS_LOG2;
      const record8 = id << HOT_DOUBLES_LOG2;
      const state = words[record + Hot.state] ?? 0;
      if (isTcp(kind)) {
        const flags = tcpFlags[row] ?? 0;
        if (flags === 0 || (flags & (SYN | FIN | RST)) !== 0) return row;
        if ((state & State.bothBasesKnown) !== State.bothBasesKnown) return row;
      }
      out.flow[row] = id;
      out.tcp[row] = words[record + Hot.tcp] ?? 0;
      out.direction[row] = direction;
      words[record + Hot.state] = state | State.referenced;
      const packetsAt = record + Hot.packets + direction;
      words[packetsAt] = ((words[packetsAt] ?? 0) + 1) | 0;
      const octetsAt = record8 + HotDouble.octets + direction;
      doubles[octetsAt] = (doubles[octetsAt] ?? 0) + (wireLength[row] ?? 0);
      if (noTime[row] === 1) continue;
      const ns = out.timeNs[row] ?? 0;
      if (ns > (doubles[record8 + HotDouble.lastNs] ?? NaN)) {
        doubles[record8 + HotDouble.lastNs] = ns;
      } else this.#records.addTime(id, ns);
    }
    return count;
  }

  /** Takes one row in, whatever it is. */
  #addOne(packets: PacketBatch, columns: DissectColumns, out: FlowColumns, row: number): void {
    if (this.#keys.kind[row] === NO_FLOW) return putNowhere(out, row);
    const records = this.#records;
    const fragment = columns.fragment[row] ?? 0;
    let found = -1;
    if (fragment === Fragment.later) found = this.#findFirstFragment(packets, columns, row);
    else if (!this.#isStale) found = this.#found[row] ?? -1;
    if (found < 0) found = this.#find(packets.view, row);
    const hasTcp = isTcp(this.#keys.kind[row] ?? 0) && hasTcpHeader(packets, columns, row);
    if (
      found >= 0 && hasTcp && isReuse(records, columns, row, found >>> 1, (found & 1) as Side)
    ) {
      out.isReused[row] = 1;
      this.#detach(found >>> 1);
      found = -1;
    }
    const isNew = found < 0;
    if (isNew) found = this.#open(packets, row) * 2;
    const id = found >>> 1;
    const direction = (found & 1) as Side;
    out.flow[row] = id;
    out.tcp[row] = hasTcp ? records.tcpNumber(id) : -1;
    out.direction[row] = direction;
    out.isNew[row] = isNew
      ? Beginning.flow
      : hasTcp && records.takeHead(id)
      ? Beginning.tcp
      : Beginning.nothing;
    records.count(id, direction, packets.wireLength[row] ?? 0);
    if (packets.noTime[row] !== 1) records.addTime(id, out.timeNs[row] ?? 0);
    if (!isNew) records.mark(id, State.referenced);
    if (out.isReused[row] === 1) records.mark(id, State.reused);
    if (isNew && !hasTcp) records.mark(id, State.headless);
    if (hasTcp) trackTcp(records, columns, row, id, direction, isNew);
    if (fragment === Fragment.first) this.#rememberFragment(packets, columns, row, found);
  }

  /** Twice the id of the flow of a row, plus the direction; -1 if it is not there. */
  #find(view: DataView, row: number): number {
    if (this.#keys.kind[row] === NO_FLOW) return -1;
    const hash = this.#keys.hash[row] ?? 0;
    const { slots, mask } = this.#index;
    let at = hash & mask;
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      const entry = slots[at] ?? 0;
      if (entry === 0) return -1;
      if (((entry ^ hash) & TAG_MASK) === 0) {
        const id = (entry & ID_MASK) - 1;
        const direction = this.#match(view, row, id);
        if (direction >= 0) return id * 2 + direction;
      }
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** The direction of a row in flow `id`, -1 if it is of another flow. */
  #match(view: DataView, row: number, id: number): number {
    const words = this.#records.hot.i32;
    const keys = this.#keys;
    const record = id << HOT_WORDS_LOG2;
    const kind = keys.kind[row] ?? 0;
    const different = ((words[record + Hot.kind] ?? 0) ^ kind) |
      ((words[record + Hot.tenant] ?? 0) ^ (keys.tenant[row] ?? 0));
    const ports = keys.ports[row] ?? 0;
    const known = words[record + Hot.ports] ?? 0;
    const src = keys.src[row] ?? 0;
    const dst = keys.dst[row] ?? 0;
    const a = words[record + Hot.addressA] ?? 0;
    let forward = different | (known ^ ports);
    let backward = different | (known ^ ((ports << 16) | (ports >>> 16)));
    if ((kind & Kind.ipv6) === 0) {
      const b = words[record + Hot.addressB] ?? 0;
      forward |= (a ^ src) | (b ^ dst);
      backward |= (a ^ dst) | (b ^ src);
    } else {
      const pool = this.#records.pool.i32;
      const start = a << POOL_WORDS_LOG2;
      for (let word = 0; word < 4; word++) {
        const from = view.getInt32(src + word * 4);
        const to = view.getInt32(dst + word * 4);
        const sideA = pool[start + word] ?? 0;
        const sideB = pool[start + 4 + word] ?? 0;
        forward |= (sideA ^ from) | (sideB ^ to);
        backward |= (sideA ^ to) | (sideB ^ from);
      }
    }
    // Which direction it is cannot be predicted: arithmetic is faster than a branch.
    const isNotForward = (forward | -forward) >>> 31;
    const isNotBackward = (backward | -backward) >>> 31;
    return (isNotForward & isNotBackward) === 0 ? isNotForward : -1;
  }

  /** Opens a flow for a row; its id. */
  #open(packets: PacketBatch, row: number): number {
    const id = this.#takeId(this.#keys.hash[row] ?? 0);
    this.#records.begin(id, this.#keys, packets.view, row, packets.firstFrame + row);
    return id;
  }

  /** An id for a new flow, entered in the index. An idle flow makes room if there is none. */
  #takeId(hash: number): number {
    const index = this.#index;
    index.reserve(this.#records.size + 1);
    if (!index.hasRoom(hash)) {
      const id = index.occupant(hash);
      this.#evict(id);
      index.replace(hash, id);
      return id;
    }
    const id = this.#records.size < this.#flowsMax ? this.#records.grow() : this.#freeIdle();
    index.insert(hash, id);
    return id;
  }

  /** Ends an idle flow; its id. */
  #freeIdle(): number {
    const id = this.#findIdle();
    if ((this.#records.word(id, Hot.state) & State.detached) === 0) {
      this.#index.remove(this.#records.word(id, Hot.hash), id);
    }
    this.#evict(id);
    return id;
  }

  /** The next flow under the clock hand that has ended or had no packet since the hand passed it. */
  #findIdle(): number {
    const words = this.#records.hot.i32;
    for (;;) {
      const id = this.#hand;
      this.#hand = id + 1 === this.#flowsMax ? 0 : id + 1;
      const at = (id << HOT_WORDS_LOG2) + Hot.state;
      const state = words[at] ?? 0;
      const ended = (state & State.bothFins) === State.bothFins ||
        (state & (State.detached | State.reset)) !== 0;
      if (ended || (state & State.referenced) === 0) return id;
      words[at] = state & ~State.referenced;
    }
  }

  #evict(id: number): void {
    this.#isStale = true;
    this.#records.evict(id);
  }

  /** Takes flow `id` out of the index: its ports belong to another one from now on. */
  #detach(id: number): void {
    this.#isStale = true;
    this.#index.remove(this.#records.word(id, Hot.hash), id);
    this.#records.mark(id, State.detached);
  }

  #rememberFragment(
    packets: PacketBatch,
    columns: DissectColumns,
    row: number,
    found: number,
  ): void {
    const ipId = columns.ipId[row] ?? 0;
    const hash = this.#keys.datagramHash(packets.view, row, ipId);
    const openedAt = this.#records.firstFrame(found >>> 1);
    this.#fragments.remember(hash, ipId, found, openedAt, packets.firstFrame + row);
  }

  #findFirstFragment(packets: PacketBatch, columns: DissectColumns, row: number): number {
    const { view, firstFrame } = packets;
    const records = this.#records;
    const kind = this.#keys.kind[row] ?? 0;
    const ipId = columns.ipId[row] ?? 0;
    const hash = this.#keys.datagramHash(view, row, ipId);
    return this.#fragments.find(
      hash,
      ipId,
      firstFrame + row,
      (found, openedAt) =>
        records.firstFrame(found >>> 1) === openedAt &&
        (records.word(found >>> 1, Hot.kind) & ~Kind.ports) === kind &&
        records.word(found >>> 1, Hot.tenant) === this.#keys.tenant[row] &&
        records.isBetween(this.#keys, view, row, found >>> 1, (found & 1) as Side),
    );
  }
}

function putNowhere(out: FlowColumns, row: number): void {
  out.flow[row] = -1;
  out.tcp[row] = -1;
  out.direction[row] = 0;
}
