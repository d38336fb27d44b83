/**
 * Where the headers of a protocol stand in the packets of a batch. The columns know the innermost
 * packet; where there may be more headers of a kind (tunnels, the packet that an ICMP error
 * quotes), the packet is walked once more.
 *
 * @module
 */
import { BATCH_PACKETS } from "../batch.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { isIcmpError, traceLayers } from "../dissect/dissect.ts";
import { LayerTrace } from "../dissect/layer_trace.ts";
import { PATHS_MAX, type PathTable, ROOT_PATH } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import type { PassBatch } from "../pass.ts";
import type { HeaderView } from "./header_view.ts";
import type { RowFilter } from "./row_filter.ts";

const ETHERNET_LINK = 1;
/** Position of a header that only a trace of the packet finds. */
export const TRACED = -2;
/** Position where there is none. */
export const ABSENT = -1;

/** Whether a packet may have several headers of a kind; a quoted packet is not on its path. */
const Layered = { no: 0, tunnel: 1, quote: 2 } as const;

/** Which column tells where the header of a protocol stands. */
export const Source = {
  none: 0,
  network: 1,
  transport: 2,
  payload: 3,
  frame: 4,
  trace: 5,
} as const;

/** The source by protocol; what has no row is found by a trace, applications in the payload. */
const SOURCES: ReadonlyMap<number, number> = new Map([
  [Protocol.frame, Source.frame],
  [Protocol.eth, Source.frame],
  [Protocol.ip, Source.network],
  [Protocol.ipv6, Source.network],
  [Protocol.arp, Source.network],
  [Protocol.tcp, Source.transport],
  [Protocol.udp, Source.transport],
  [Protocol.udplite, Source.transport],
  [Protocol.sctp, Source.transport],
  [Protocol.icmp, Source.transport],
  [Protocol.icmpv6, Source.transport],
  [Protocol.dns, Source.payload],
  [Protocol.mdns, Source.payload],
  [Protocol.llmnr, Source.payload],
  [Protocol.tls, Source.payload],
  [Protocol.http, Source.payload],
]);

/** The headers of the packets of one batch, worked out as they are asked for. */
export class PacketHeaders {
  /** Whether a packet may have several headers of a kind. */
  readonly #isLayered = new Uint8Array(BATCH_PACKETS);
  /** True if one of them may. */
  #hasLayered = false;
  #isLayeredStale = true;
  readonly #sets: HeaderSet[] = [];
  readonly #trace = new LayerTrace();
  #scratch: DissectColumns | null = null;
  #pass!: PassBatch;
  #rows: RowFilter | null = null;
  /** Row that the trace is of, -1 for none. */
  #traced = -1;

  /** The headers of these protocols; the same set for the same protocols. */
  setOf(layers: readonly number[]): HeaderSet {
    const known = this.#sets.find((one) =>
      one.layers.length === layers.length && one.layers.every((id, at) => id === layers[at])
    );
    if (known !== undefined) return known;
    const made = new HeaderSet(this, layers);
    this.#sets.push(made);
    return made;
  }

  /** Turns to another batch, whose rows compiled code looks at where there is any. */
  begin(pass: PassBatch, rows: RowFilter | null): void {
    this.#pass = pass;
    this.#rows = rows;
    this.#traced = -1;
    for (const set of this.#sets) set.isStale = true;
    this.#isLayeredStale = true;
  }

  #findLayered(): void {
    this.#isLayeredStale = false;
    const { tunnelDepth, icmpType, l4Protocol } = this.#pass.dissected;
    const { count } = this.#pass.packets;
    const isLayered = this.#isLayered;
    let all: number = Layered.no;
    if (this.#rows?.mayHaveSeveral(count) === false) {
      isLayered.fill(all);
      this.#hasLayered = false;
      return;
    }
    for (let row = 0; row < count; row++) {
      const type = icmpType[row] ?? -1;
      let layered: number = (tunnelDepth[row] ?? 0) > 0 ? Layered.tunnel : Layered.no;
      if (type >= 0) {
        const isError = isIcmpError(l4Protocol[row] === 1 ? Protocol.icmp : Protocol.icmpv6, type);
        if (isError) layered = Layered.quote;
      }
      isLayered[row] = layered;
      all |= layered;
    }
    this.#hasLayered = all !== Layered.no;
  }

  /** True if columns tell of every header of the set: no packet has several, none has to be traced. */
  isPlain(set: HeaderSet): boolean {
    if (this.#isLayeredStale) this.#findLayered();
    set.learn(this.#pass.dissected.paths);
    return !this.#hasLayered && !set.hasTraced;
  }

  /** Where the header of a set stands in one row. */
  locateRow(set: HeaderSet, row: number): number {
    if (this.#isLayeredStale) this.#findLayered();
    const source = set.sources[this.#pass.dissected.path[row] ?? ROOT_PATH] ?? Source.none;
    const layered = this.#isLayered[row] ?? Layered.no;
    if (layered !== Layered.no) {
      return source === Source.none && layered === Layered.tunnel ? ABSENT : TRACED;
    }
    return source === Source.none ? ABSENT : this.#position(row, source);
  }

  /** Fills the positions of a set. */
  locate(set: HeaderSet): void {
    set.isStale = false;
    const { packets, dissected } = this.#pass;
    const { positions } = set;
    if (set.isFrame) {
      positions.set(packets.offset);
      return;
    }
    set.learn(dissected.paths);
    for (let row = 0; row < packets.count; row++) positions[row] = this.locateRow(set, row);
  }

  /** The column that a source is; null for those that are none. */
  columnOf(source: number): Int32Array | null {
    const { dissected } = this.#pass;
    if (source === Source.transport) return dissected.l4Offset;
    if (source === Source.network) return dissected.l3Offset;
    return source === Source.payload ? dissected.payloadOffset : null;
  }

  #position(row: number, source: number): number {
    const { packets } = this.#pass;
    const isEthernet = source === Source.frame && packets.linkType[row] === ETHERNET_LINK;
    const at = (isEthernet ? packets.offset : this.columnOf(source))?.[row] ?? -1;
    return at >= 0 ? at : TRACED;
  }

  /** Aims `header` at the only header of the row, at offset `at`. */
  aim(header: HeaderView, row: number, at: number, isWhole: boolean): void {
    const { packets, dissected } = this.#pass;
    const start = packets.offset[row] ?? 0;
    const payload = isWhole ? -1 : dissected.payloadOffset[row] ?? -1;
    header.row = row;
    header.pos = at;
    if (payload < 0) {
      header.end = start + (packets.capturedLength[row] ?? 0);
      header.wireEnd = start + (packets.wireLength[row] ?? 0);
    } else {
      header.end = payload + (dissected.payloadCaptured[row] ?? 0);
      header.wireEnd = payload + (dissected.payloadWire[row] ?? 0);
    }
  }

  /** The trace of a row. */
  traceOf(row: number): LayerTrace {
    if (this.#traced !== row) {
      this.#scratch ??= new DissectColumns();
      traceLayers(this.#pass.packets, row, this.#trace, this.#scratch);
      this.#traced = row;
    }
    return this.#trace;
  }
}

/** The headers of one or several protocols. */
export class HeaderSet {
  readonly layers: readonly number[];
  readonly isFrame: boolean;
  /** Offset of the header, or {@link ABSENT}, or {@link TRACED}. */
  readonly positions: Int32Array = new Int32Array(BATCH_PACKETS);
  isStale = true;
  /** True if some of its headers are only found by a trace, whatever the packet. */
  hasTraced = false;
  readonly #headers: PacketHeaders;
  readonly #isWhole: boolean;
  /** By path: the {@link Source} of the set's protocol that is on it. */
  readonly sources: Uint8Array = new Uint8Array(PATHS_MAX);
  #learnt = 0;

  /** Made by {@link PacketHeaders.setOf}. */
  constructor(headers: PacketHeaders, layers: readonly number[]) {
    this.#headers = headers;
    this.layers = layers;
    this.isFrame = layers.length === 1 && layers[0] === Protocol.frame;
    this.#isWhole = this.isFrame || layers.includes(Protocol.eth);
  }

  /** Of how many paths the sources are known. */
  get learnt(): number {
    return this.#learnt;
  }

  /** Looks at paths that have come up since. */
  learn(paths: PathTable): void {
    for (; this.#learnt < paths.size; this.#learnt++) {
      const path = this.#learnt;
      const own = paths.protocolOf(path);
      this.sources[path] = this.layers.includes(own)
        ? SOURCES.get(own) ?? Source.trace
        : path === ROOT_PATH
        ? Source.none
        : this.sources[paths.parentOf(path)] ?? Source.none;
      const source = this.sources[path] ?? Source.none;
      if (source === Source.trace || source === Source.frame) this.hasTraced = true;
    }
  }

  /** See {@link PacketHeaders.isPlain}. */
  isPlain(): boolean {
    return this.#headers.isPlain(this);
  }

  /** The column that tells where the headers of the batch stand; null if no single one does. */
  get column(): Int32Array | null {
    const [layer] = this.layers;
    if (this.layers.length !== 1 || layer === undefined) return null;
    return this.#headers.columnOf(SOURCES.get(layer) ?? Source.trace);
  }

  /** Where the header stands in one row: for few of a batch. */
  locatedIn(row: number): number {
    return this.#headers.locateRow(this, row);
  }

  /** Where the headers of the batch stand, worked out once. */
  located(): Int32Array {
    if (this.isStale) this.#headers.locate(this);
    return this.positions;
  }

  /**
   * What `visit` answers for the headers of a row, all bits together. `visit` gets `header` aimed at
   * each of them in turn.
   */
  gather(row: number, header: HeaderView, visit: (header: HeaderView) => number): number {
    const at = this.located()[row] ?? ABSENT;
    if (at === ABSENT) return 0;
    if (at !== TRACED) {
      this.#headers.aim(header, row, at, this.#isWhole);
      return visit(header);
    }
    return this.#gatherTraced(row, header, visit);
  }

  #gatherTraced(row: number, header: HeaderView, visit: (header: HeaderView) => number): number {
    const trace = this.#headers.traceOf(row);
    let bits = 0;
    for (let index = 0; index < trace.count; index++) {
      if (!this.layers.includes(trace.protocol[index] ?? ABSENT)) continue;
      header.row = row;
      header.pos = trace.pos[index] ?? 0;
      // The header's own length field narrows what follows it.
      header.end = trace.end[index + 1] ?? 0;
      header.wireEnd = trace.wireEnd[index + 1] ?? 0;
      if (index + 1 === trace.count || header.end <= header.pos) {
        header.end = trace.end[index] ?? 0;
        header.wireEnd = trace.wireEnd[index] ?? 0;
      }
      bits |= visit(header);
    }
    return bits;
  }
}
