/**
 * The analyzer of application facts: looks at the first payloads of either side of each flow, and
 * remembers what they say. A byte per side tells when to stop looking.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import { Protocol } from "../dissect/protocol.ts";
import { RECORDS_MAX } from "../flow/hash_index.ts";
import type { Analyzer } from "../pass.ts";
import type { DatagramBatch } from "../stream/fragments.ts";
import type { AppFacts, AppScan } from "./app_facts.ts";
import { helloFacts, type MessageFacts, readFirstMessage } from "./first_message.ts";
import { HelloStreams } from "./hello_streams.ts";
import { UPPER_A, UPPER_Z } from "./http.ts";
import { HANDSHAKE_RECORD } from "./tls.ts";

/** Payloads of a side that are looked at before it is left alone. */
const LOOKS_MAX = 4;
/** What a payload costs of them that says nothing: two such, and the side is left alone. */
const LOOKS_IN_VAIN = 2;
/** A side that is left alone; 0 is one that there never was. */
const DONE = 0x80;
/** Flows whose facts are kept: some 30 MB. */
const FLOWS_MAX = 65_536;
const TCP = 6;

/** All bits but {@link DONE} for protocols whose first messages are read. */
const IS_READ: Uint8Array = new Uint8Array(256);
for (
  const protocol of [
    Protocol.tls,
    Protocol.http,
    Protocol.quic,
    Protocol.dhcp,
    Protocol.ntp,
    Protocol.bgp,
    Protocol.ssh,
  ]
) IS_READ[protocol] = DONE - 1;

/** Addresses in the arena: of a table of protocols, of the looks left at the sides of flows. */
export type LookPlaces = readonly [protocols: number, looks: number];

/** Compiled code that begins flows and looks at payloads that are plainly no first message. */
export interface LookKernel {
  readonly arena: Arena;
  /** Told once where they lie. */
  bindLooks(...places: LookPlaces): void;
  /**
   * Takes rows of the batch in from `from` on; the row that needs more than that, or the count.
   * `mayWait`: a message that does not begin here may go on here.
   */
  lookOn(batch: PacketBatch, from: number, mayWait: boolean): number;
}

/** Reads the first messages of a pass. */
export class AppTraffic implements Analyzer {
  /**
   * Looks left at side A and at side B of each flow, see {@link slotOf}; the flow table bounds how
   * many there are.
   */
  #looks: Uint8Array;
  readonly #kernel: LookKernel | null;
  readonly #byFlow = new Map<number, AppFacts>();
  readonly #hellos = new HelloStreams();
  #notKept = 0;

  /** Nothing read yet; compiled code, if there is any, takes most rows, to the same result. */
  constructor(kernel: LookKernel | null = null) {
    this.#kernel = kernel;
    if (kernel === null) {
      this.#looks = new Uint8Array(8192);
      return;
    }
    const { arena } = kernel;
    this.#looks = arena.uint8(slotOf(RECORDS_MAX, 0));
    const protocols = arena.uint8(IS_READ.length);
    protocols.set(IS_READ);
    kernel.bindLooks(protocols.byteOffset, this.#looks.byteOffset);
  }

  addBatch(batch: DatagramBatch): void {
    const { app } = batch.dissected;
    const { flow: flows, direction, isNew } = batch.flows;
    const { count } = batch.packets;
    for (let row = 0; (row = this.#next(batch, row)) < count; row++) {
      const flow = flows[row] ?? -1;
      if (isNew[row] === 1) this.#begin(flow);
      const left = this.#looks[slotOf(flow, direction[row] ?? 0)] ?? 0;
      if (((IS_READ[app[row] ?? 0] ?? 0) & left) !== 0) this.#look(batch, row, left);
    }
  }

  /** What is known after the pass. */
  finish(): AppScan {
    return {
      byFlow: this.#byFlow,
      notKept: this.#notKept,
      givenUp: this.#hellos.givenUp,
    };
  }

  /** The next row from `from` on that begins a flow or may be read, or the count of rows. */
  #next(batch: DatagramBatch, from: number): number {
    if (this.#kernel === null) return nextRow(batch, this.#looks, from);
    return this.#kernel.lookOn(batch.packets, from, this.#hellos.areWaiting);
  }

  /** Begins a flow, whose id may have been another's. */
  #begin(flow: number): void {
    if (flow < 0) return;
    const at = slotOf(flow, 0);
    if (at >= this.#looks.length) {
      const larger = new Uint8Array(Math.max(at + 2, 2 * this.#looks.length));
      larger.set(this.#looks);
      this.#looks = larger;
    }
    const isFirst = this.#looks[at] === 0;
    this.#looks[at] = this.#looks[at + 1] = LOOKS_MAX;
    if (isFirst) return;
    this.#byFlow.delete(flow);
    this.#hellos.forget(flow, 0);
    this.#hellos.forget(flow, 1);
  }

  #look(batch: DatagramBatch, row: number, left: number): void {
    const { packets, dissected, flows } = batch;
    const direction = flows.direction[row] ?? 0;
    const start = dissected.payloadOffset[row] ?? -1;
    const wireLength = dissected.payloadWire[row] ?? 0;
    if (start < 0 || wireLength === 0) return;
    const flow = flows.flow[row] ?? -1;
    const app = dissected.app[row] ?? 0;
    if (!mayBegin(app, packets.bytes[start] ?? 0) && !this.#hellos.isWaiting(flow, direction)) {
      this.#looks[slotOf(flow, direction)] = left > LOOKS_IN_VAIN ? left - LOOKS_IN_VAIN : DONE;
      return;
    }
    const octets = packets.bytes.subarray(start, start + (dissected.payloadCaptured[row] ?? 0));
    const frame = packets.firstFrame + row;
    let facts: MessageFacts | null;
    if (app === Protocol.tls && dissected.l4Protocol[row] === TCP) {
      const seq = dissected.seq[row] ?? 0;
      const hello = this.#hellos.read({ flow, direction, seq, octets, wireLength, frame });
      facts = hello === null ? null : helloFacts(hello, this.#byFlow.get(flow));
    } else facts = readFirstMessage(app, octets, direction === 0);
    if (facts !== null) this.#keep(flow, facts, frame);
    const next = facts === null ? left - LOOKS_IN_VAIN : facts.isLast ? 0 : left - 1;
    if (next <= 0) this.#hellos.forget(flow, direction);
    this.#looks[slotOf(flow, direction)] = next <= 0 ? DONE : next;
  }

  #keep(flow: number, { kind, isFromClient, fields, isLast }: MessageFacts, frame: number): void {
    const known = this.#byFlow.get(flow);
    if (known === undefined && this.#byFlow.size >= FLOWS_MAX) {
      this.#notKept++;
      return;
    }
    const { partial, ...rest } = known ?? { kind };
    this.#byFlow.set(flow, {
      ...rest,
      // What was cut before is whole now.
      ...(partial === true && !isLast ? { partial } : {}),
      ...fields,
      [isFromClient ? "clientFrame" : "serverFrame"]: frame,
    });
  }
}

/** The next row from `from` on that begins a flow or may be read, or the count of rows. */
function nextRow({ packets, dissected, flows }: DatagramBatch, looks: Uint8Array, from: number) {
  const { app } = dissected;
  const { flow, direction, isNew } = flows;
  const { count } = packets;
  for (let row = from; row < count; row++) {
    const left = looks[slotOf(flow[row] ?? -1, direction[row] ?? 0)] ?? 0;
    // One test that hardly ever holds, as most payloads are not the first.
    if ((((IS_READ[app[row] ?? 0] ?? 0) & left) | (isNew[row] ?? 0)) !== 0) return row;
  }
  return count;
}

/** False if no first message of a protocol begins with the octet; cheaper than to try. */
function mayBegin(app: number, octet: number): boolean {
  if (app === Protocol.tls) return octet === HANDSHAKE_RECORD;
  return app !== Protocol.http || (octet >= UPPER_A && octet <= UPPER_Z);
}

/** Where the looks at a side of a flow are counted; -1, no flow, has slots of its own, never used. */
function slotOf(flow: number, direction: number): number {
  return flow + 1 << 1 | direction;
}
