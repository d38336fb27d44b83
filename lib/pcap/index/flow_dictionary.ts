/**
 * What the packets of a flow in one direction have in common: addresses, ports, stream number.
 *
 * @module
 */
import type { DerivedColumns } from "../filter/derived_columns.ts";
import type { FlowReader } from "../flow/flow_reader.ts";
import type { IndexBudget } from "./index_budget.ts";
import { bareFrame, type MadeFrame, type MadeFrames } from "./made_frames.ts";
import type { Dictionary } from "./specimens.ts";

const TCP = 6, UDP = 17;

/** Code of packets that belong to no flow. */
export const NO_FLOW_CODE = 0;

/** The code of a flow in a direction. */
export function flowCode(flow: number, direction: number): number {
  return 1 + 2 * flow + direction;
}

/** Octets of a flow beside its addresses. */
const FLOW_OCTETS = 17;

/** Copies of the flows of a capture; no flow may have made room for another. */
export class FlowDictionary implements Dictionary {
  readonly size: number;
  readonly #protocols: Uint8Array;
  /** Ports of side A and B, -1 if the flow has none. */
  readonly #ports: Int32Array;
  /** Number among flows of TCP, or among those of UDP; else -1. */
  readonly #streams: Int32Array;
  /** Where the addresses of a flow begin, in words; those of side A come first. */
  readonly #starts: Uint32Array;
  readonly #addresses: Int32Array;

  private constructor(flows: FlowReader, addressWords: number) {
    const { size } = flows;
    this.size = 1 + 2 * size;
    this.#protocols = new Uint8Array(size);
    this.#ports = new Int32Array(2 * size);
    this.#streams = new Int32Array(size);
    this.#starts = new Uint32Array(size + 1);
    this.#addresses = new Int32Array(addressWords);
    this.#copy(flows);
  }

  /** Copies flows; null if they do not fit. */
  static of(flows: FlowReader, budget: IndexBudget): FlowDictionary | null {
    let octets = FLOW_OCTETS * flows.size;
    let addresses = 0;
    for (let id = 0; id < flows.size; id++) addresses += 2 * flows.addressLength(id);
    octets += addresses;
    return budget.take(octets) ? new FlowDictionary(flows, addresses / 4) : null;
  }

  #copy(flows: FlowReader): void {
    const words = new Int32Array(4);
    let udpStreams = 0;
    let end = 0;
    for (let id = 0; id < flows.size; id++) {
      const protocol = flows.protocol(id);
      const hasPorts = flows.port(id, 0) >= 0;
      this.#protocols[id] = protocol;
      this.#streams[id] = !hasPorts
        ? -1
        : protocol === TCP
        ? flows.tcpNumber(id)
        : protocol === UDP
        ? udpStreams++
        : -1;
      for (const side of [0, 1] as const) {
        this.#ports[2 * id + side] = flows.port(id, side);
        const length = flows.copyAddressWords(id, side, words) / 4;
        this.#addresses.set(words.subarray(0, length), end);
        end += length;
      }
      this.#starts[id + 1] = end;
    }
  }

  fill(batch: MadeFrames, derived: DerivedColumns, from: number, count: number): void {
    const frame = bareFrame();
    batch.beginMade();
    for (let code = from; code < from + count; code++) {
      if (code !== NO_FLOW_CODE) this.#describe(code, frame);
      const row = batch.addMade(frame);
      const stream = frame.protocol === 0 ? -1 : this.#streams[(code - 1) >> 1] ?? -1;
      batch.flows.tcp[row] = frame.protocol === TCP ? stream : -1;
      derived.udpStream[row] = frame.protocol === TCP ? -1 : stream;
    }
  }

  /** Makes `frame` one of the flow and direction of a code. */
  #describe(code: number, frame: MadeFrame): void {
    const flow = (code - 1) >> 1;
    const sender = (code - 1) & 1;
    const start = this.#starts[flow] ?? 0;
    const words = ((this.#starts[flow + 1] ?? 0) - start) >> 1;
    const source = start + sender * words;
    const destination = start + (1 - sender) * words;
    for (let word = 0; word < words; word++) {
      frame.addresses[word] = this.#addresses[source + word] ?? 0;
      frame.addresses[4 + word] = this.#addresses[destination + word] ?? 0;
    }
    const port = this.#ports[2 * flow + sender] ?? -1;
    frame.addressLength = words === 1 ? 4 : 16;
    frame.protocol = port < 0 ? 0 : this.#protocols[flow] ?? 0;
    frame.srcPort = port;
    frame.dstPort = this.#ports[2 * flow + 1 - sender] ?? -1;
  }
}
