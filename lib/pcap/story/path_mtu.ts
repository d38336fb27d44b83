/**
 * Signs of a path that swallows large packets and keeps silent about it (RFC 2923 §2.1): a segment
 * larger than any that got through is sent again and again, while smaller ones were acknowledged.
 *
 * @module
 */
import type { FlowPacket, Role } from "./flow_packet.ts";

/** A segment that does not get through. */
export interface StuckSegment {
  readonly role: Role;
  /** Octets of data that it carries. */
  readonly octets: number;
  /** Most octets of a segment that was acknowledged, 0 if none with data was. */
  readonly ackedOctets: number;
  /** Times that it was sent again. */
  readonly repeated: number;
  /** The first frames with it. */
  readonly frames: readonly number[];
}

/** Segments that wait for their ACK and are remembered one by one; beyond, two share an entry. */
const WAITING_MAX = 64;
/** Every path carries packets of 576 octets (RFC 791 §3.2): with less data, size is not the matter. */
const LARGE_OCTETS = 536;
/** So often in vain is no mere loss. */
const REPEATED_MIN = 3;
const FRAMES_KEPT = 8;

/** Watches the data of one side. */
export class StuckWatch {
  readonly #role: Role;
  /** Ends and sizes of segments that are not acknowledged, oldest first. */
  readonly #waiting: { end: number; octets: number }[] = [];
  #ackedOctets = 0;
  #stuckSeq = 0;
  #stuckOctets = 0;
  #repeated = 0;
  #frames: number[] = [];
  #worst: StuckSegment | null = null;

  constructor(role: Role) {
    this.#role = role;
  }

  /** The side sent data; `isAgain` tells whether it had sent that before, `acked` what the other has. */
  addData({ seq, payload, frame }: FlowPacket, isAgain: boolean, acked: number | null): void {
    if (!isAgain) {
      this.#remember((seq + payload) | 0, payload);
      return;
    }
    if (acked !== null && ((seq - acked) | 0) !== 0) return;
    if (seq !== this.#stuckSeq || payload !== this.#stuckOctets) {
      this.#stuckSeq = seq;
      this.#stuckOctets = payload;
      this.#repeated = 0;
      this.#frames = [];
    }
    this.#repeated++;
    if (this.#frames.length < FRAMES_KEPT) this.#frames.push(frame);
    const isWorse = this.#repeated >= Math.max(REPEATED_MIN, this.#worst?.repeated ?? 0);
    if (!isWorse || payload <= LARGE_OCTETS || payload <= this.#ackedOctets) return;
    this.#worst = {
      role: this.#role,
      octets: payload,
      ackedOctets: this.#ackedOctets,
      repeated: this.#repeated,
      frames: this.#frames,
    };
  }

  /** The other side acknowledges all before `acked`. */
  addAck(acked: number): void {
    let gone = 0;
    for (const { end, octets } of this.#waiting) {
      if (((end - acked) | 0) > 0) break;
      gone++;
      if (octets > this.#ackedOctets) this.#ackedOctets = octets;
    }
    if (gone > 0) this.#waiting.splice(0, gone);
  }

  /** The segment that did not get through, null if there is no sign of one. */
  finish(): StuckSegment | null {
    const worst = this.#worst;
    return worst !== null && worst.octets > this.#ackedOctets ? worst : null;
  }

  #remember(end: number, octets: number): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && this.#waiting.length >= WAITING_MAX) {
      last.end = end;
      last.octets = Math.max(last.octets, octets);
    } else this.#waiting.push({ end, octets });
  }
}
