/**
 * The position of dissection in one packet: where the next header starts, where the captured bytes
 * and the bytes on the wire end, and which length field drew that line.
 *
 * @module
 */

import type { DissectColumns } from "./columns.ts";
import { Cut, Tunnel } from "./columns.ts";
import { Layer } from "./layer.ts";
import type { LayerTrace } from "./layer_trace.ts";
import { malformedCode, Reason } from "./malformed.ts";
import { Protocol } from "./protocol.ts";

/** Most tunnels inside one another that are followed. */
const TUNNEL_DEPTH_MAX = 16;

/** One walk serves a whole batch; it is aimed at each packet in turn. */
export class Walk {
  /** The bytes of the batch. */
  readonly view: DataView;
  /** The columns to fill. */
  readonly columns: DissectColumns;
  /** Row of the packet. */
  row = 0;
  /** Offset of the next header. */
  pos = 0;
  /** End of the bytes that may be read: captured, and within every enclosing length. */
  end = 0;
  /** End of the enclosing layer on the wire; never less than `end`. */
  wireEnd = 0;
  /** The `Reason` that `wireEnd` stands for. */
  limit: number = Reason.frameEnd;
  /** Path so far. */
  path = 0;
  /** EtherType or IP protocol that the next step goes by; after radiotap, 1 if 802.11 is padded. */
  type = 0;
  /** 1 after a GRE header that carries a sequence number: ERSPAN type II instead of type I. */
  sequenced = 0;
  /** Takes down every header, or null. */
  trace: LayerTrace | null = null;

  /** A walk over `view` that fills `columns`. */
  constructor(view: DataView, columns: DissectColumns) {
    this.view = view;
    this.columns = columns;
  }

  /** Takes the next protocol into the path. */
  enter(protocol: number): void {
    if (this.trace !== null) this.trace.add(protocol, this);
    this.path = this.columns.paths.child(this.path, protocol);
  }

  /** Draws the end of the enclosing layer closer, never farther. */
  narrow(wireEnd: number, limit: number): void {
    if (wireEnd < this.wireEnd) {
      this.wireEnd = wireEnd;
      this.limit = limit;
      if (this.end > wireEnd) this.end = wireEnd;
    }
  }

  /** Records what is wrong, if nothing was before. */
  note(protocol: number, reason: number): void {
    const malformed = this.columns.malformed;
    if (malformed[this.row] === 0) malformed[this.row] = malformedCode(protocol, reason);
  }

  /** Ends at a header that does not fit, and says what was too short. */
  short(protocol: number): number {
    if (this.end < this.wireEnd) {
      this.columns.cut[this.row] = Cut.header;
      this.note(protocol, Reason.captured);
      this.enter(Protocol.short);
    } else {
      this.note(protocol, this.limit);
      this.enter(Protocol.malformed);
    }
    return Layer.done;
  }

  /** Ends at a header that contradicts itself. */
  bad(protocol: number, reason: number): number {
    this.note(protocol, reason);
    this.enter(Protocol.malformed);
    return Layer.done;
  }

  /** Ends at octets of no known protocol. */
  data(): number {
    if (this.wireEnd > this.pos) this.enter(Protocol.data);
    return Layer.done;
  }

  /** Counts a tunnel and goes on with `next`, or ends where tunnels nest too deep. */
  tunnel(kind: number, protocol: number, next: number): number {
    const columns = this.columns;
    const depth = (columns.tunnelDepth[this.row] ?? 0) + 1;
    if (depth > TUNNEL_DEPTH_MAX) return this.bad(protocol, Reason.depth);
    columns.tunnelDepth[this.row] = depth;
    columns.tunnelKind[this.row] = kind;
    return next;
  }

  /** True inside a tunnel. */
  get tunneled(): boolean {
    return this.columns.tunnelKind[this.row] !== Tunnel.none;
  }

  /** Sets the payload columns to what lies from `offset` to the end. */
  payload(offset: number): void {
    const row = this.row;
    const columns = this.columns;
    columns.payloadOffset[row] = offset;
    columns.payloadCaptured[row] = this.end > offset ? this.end - offset : 0;
    columns.payloadWire[row] = this.wireEnd > offset ? this.wireEnd - offset : 0;
  }
}
