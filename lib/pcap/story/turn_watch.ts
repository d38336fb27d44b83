/**
 * Requests and answers of a flow: how long each answer took, from the last packet of the request to
 * the first of the answer.
 *
 * @module
 */
import { RttHistogram } from "../rtt/rtt_histogram.ts";
import type { RttSummary } from "../rtt/rtt_findings.ts";
import { TcpFlag } from "../tcp/flags.ts";
import { CLIENT, type FlowPacket, type Role } from "./flow_packet.ts";

/** A packet by its number and time. */
export interface Moment {
  readonly frame: number;
  /** Nanoseconds from the base second of the walk; NaN without a time. */
  readonly ns: number;
}

/** What the turns of a flow add up to. */
export interface TurnFindings {
  /** Answers of the server to the client. */
  readonly responses: RttSummary | null;
  /** All answers together, nanoseconds. */
  readonly responseNs: number;
  readonly slowest: { readonly request: Moment; readonly response: Moment } | null;
  /** The first data of client and server. */
  readonly firstData: readonly [Moment | null, Moment | null];
  /** Octets of data, repetitions included. */
  readonly payload: readonly [number, number];
}

/** Listens to who speaks. */
export class TurnWatch {
  readonly #histogram = new RttHistogram();
  readonly #firstData: [Moment | null, Moment | null] = [null, null];
  readonly #payload: [number, number] = [0, 0];
  #speaker: Role | null = null;
  #lastFrame = 0;
  #lastNs = NaN;
  #responseNs = 0;
  #slowestNs = -1;
  #slowest: TurnFindings["slowest"] = null;

  /** Takes the next packet of the flow. */
  add(packet: FlowPacket): void {
    const { role, frame, ns, payload } = packet;
    const isProbe = (packet.found & (TcpFlag.keepAlive | TcpFlag.zeroWindowProbe)) !== 0;
    if (payload === 0 || isProbe) return;
    this.#firstData[role] ??= { frame, ns };
    this.#payload[role] += payload;
    const responseNs = ns - this.#lastNs;
    if (this.#speaker === CLIENT && role !== CLIENT && responseNs >= 0) {
      this.#histogram.add(responseNs);
      this.#responseNs += responseNs;
      if (responseNs > this.#slowestNs) {
        this.#slowestNs = responseNs;
        const request = { frame: this.#lastFrame, ns: this.#lastNs };
        this.#slowest = { request, response: { frame, ns } };
      }
    }
    this.#speaker = role;
    this.#lastFrame = frame;
    this.#lastNs = ns;
  }

  /** What was heard. */
  finish(): TurnFindings {
    return {
      responses: this.#histogram.summary(),
      responseNs: this.#responseNs,
      slowest: this.#slowest,
      firstData: this.#firstData,
      payload: this.#payload,
    };
  }
}
