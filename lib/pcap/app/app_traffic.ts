/**
 * The analyzer of application facts: looks at the first payloads of either side of each flow, and
 * remembers what they say. A byte per flow tells when to stop looking.
 *
 * @module
 */
import { Protocol } from "../dissect/protocol.ts";
import type { Analyzer } from "../pass.ts";
import type { DatagramBatch } from "../stream/fragments.ts";
import type { AppFacts, AppScan } from "./app_facts.ts";
import { helloFacts, type MessageFacts, readFirstMessage } from "./first_message.ts";
import { HelloStreams } from "./hello_streams.ts";

/** Payloads of a side that are looked at before it is left alone. */
const LOOKS_MAX = 4;
/** Bits that count the looks at a side. */
const SIDE_BITS = 3;
const SIDE_MASK = (1 << SIDE_BITS) - 1;
/** Both sides were looked at often enough. */
const ALL_DONE = LOOKS_MAX | LOOKS_MAX << SIDE_BITS;
/** Flows whose facts are kept: some 30 MB. */
const FLOWS_MAX = 65_536;
const TCP = 6;

/** 1 for protocols whose first messages are read. */
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
) IS_READ[protocol] = 1;

/** Reads the first messages of a pass. */
export class AppTraffic implements Analyzer {
  /** Looks at side A and at side B of each flow; the flow table bounds how many there are. */
  #looks: Uint8Array = new Uint8Array(4096);
  readonly #byFlow = new Map<number, AppFacts>();
  readonly #hellos = new HelloStreams();
  #notKept = 0;

  addBatch(batch: DatagramBatch): void {
    const { app } = batch.dissected;
    const { flow: flows, isNew } = batch.flows;
    const { count } = batch.packets;
    for (let row = 0; row < count; row++) {
      if (isNew[row] === 1) this.#begin(flows[row] ?? -1);
      if (IS_READ[app[row] ?? 0] === 0) continue;
      const looks = this.#looks[flows[row] ?? -1] ?? ALL_DONE;
      if ((looks & ALL_DONE) !== ALL_DONE) this.#look(batch, row, looks);
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

  /** Begins a flow, whose id may have been another's. */
  #begin(flow: number): void {
    if (flow >= this.#looks.length) this.#grow(flow);
    if (flow < 0 || (this.#looks[flow] ?? 0) === 0) return;
    this.#looks[flow] = 0;
    this.#byFlow.delete(flow);
    this.#hellos.forget(flow, 0);
    this.#hellos.forget(flow, 1);
  }

  #grow(flow: number): void {
    const larger = new Uint8Array(Math.max(flow + 1, 2 * this.#looks.length));
    larger.set(this.#looks);
    this.#looks = larger;
  }

  #look(batch: DatagramBatch, row: number, looks: number): void {
    const { packets, dissected, flows } = batch;
    const direction = flows.direction[row] ?? 0;
    const shift = direction * SIDE_BITS;
    const looked = looks >> shift & SIDE_MASK;
    const start = dissected.payloadOffset[row] ?? -1;
    const wireLength = dissected.payloadWire[row] ?? 0;
    if (looked >= LOOKS_MAX || start < 0 || wireLength === 0) return;
    const flow = flows.flow[row] ?? -1;
    const octets = packets.bytes.subarray(start, start + (dissected.payloadCaptured[row] ?? 0));
    const frame = packets.firstFrame + row;
    const app = dissected.app[row] ?? 0;
    let facts: MessageFacts | null;
    if (app === Protocol.tls && dissected.l4Protocol[row] === TCP) {
      const seq = dissected.seq[row] ?? 0;
      const hello = this.#hellos.read({ flow, direction, seq, octets, wireLength, frame });
      facts = hello === null ? null : helloFacts(hello, this.#byFlow.get(flow));
    } else facts = readFirstMessage(app, octets, direction === 0);
    if (facts !== null) this.#keep(flow, facts, frame);
    const next = facts?.isLast === true ? LOOKS_MAX : looked + 1;
    if (next === LOOKS_MAX) this.#hellos.forget(flow, direction);
    this.#looks[flow] = looks & ~(SIDE_MASK << shift) | next << shift;
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
