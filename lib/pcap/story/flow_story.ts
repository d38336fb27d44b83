/**
 * The walk that tells the story of one flow: takes in its packets, the DNS before it and the ICMP
 * errors about it; of all other packets it reads three columns.
 *
 * @module
 */
import { Protocol } from "../dissect/protocol.ts";
import type { Capture } from "../engine/question.ts";
import type { Side } from "../flow/flow_reader.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { RttSampler, type SampledConnection } from "../rtt/rtt_sampler.ts";
import type { CaptureScan } from "../scan.ts";
import { type EndingFindings, EndingWatch } from "./ending_watch.ts";
import { CLIENT, FlowPacket, otherRole, type Role, SERVER } from "./flow_packet.ts";
import { type HandshakeFindings, HandshakeWatch } from "./handshake_watch.ts";
import { type IcmpError, IcmpWatch } from "./icmp_errors.ts";
import { type StuckSegment, StuckWatch } from "./path_mtu.ts";
import { LookupWatch, type PrecedingLookup } from "./preceding_lookup.ts";
import { RateBins, type RateSeries } from "./rate_bins.ts";
import { StallFinder, type StallFindings } from "./stall_finder.ts";
import { type TurnFindings, TurnWatch } from "./turn_watch.ts";

/** What the walk found about a flow. Times are nanoseconds from `PassFacts.baseSec`. */
export interface FlowFindings {
  readonly isTcp: boolean;
  /** The side of the flow that opened it. */
  readonly client: Side;
  readonly lastFrame: number;
  /** Packets of which the capture has less than the wire had. */
  readonly cutPackets: number;
  readonly untimedPackets: number;
  readonly handshake: HandshakeFindings;
  /** Null for UDP. */
  readonly times: SampledConnection | null;
  readonly turns: TurnFindings;
  readonly rates: RateSeries;
  readonly stalls: StallFindings;
  readonly ending: EndingFindings;
  /** Of data of client and server, the worst. */
  readonly stuck: StuckSegment | null;
  readonly lookup: PrecedingLookup | null;
  readonly icmp: { readonly errors: readonly IcmpError[]; readonly count: number };
  /** Times of frames that the scan names, of first messages and of findings. */
  readonly frameNs: ReadonlyMap<number, number>;
}

const TCP = 6;

/** Walks over the capture for flow `id` of its scan. */
export async function tellFlow(
  capture: Capture,
  scan: CaptureScan,
  id: number,
): Promise<FlowFindings> {
  const story = new FlowStory(scan, id);
  const facts = await capture.walk({ tcpFlags: true }, (batch) => story.addBatch(batch));
  return story.finish(facts);
}

/** Takes in batches in order. */
class FlowStory {
  readonly #id: number;
  readonly #firstFrame: number;
  readonly #client: Side;
  readonly #isTcp: boolean;
  readonly #packet = new FlowPacket();
  readonly #sampler: RttSampler;
  readonly #handshake = new HandshakeWatch();
  readonly #turns = new TurnWatch();
  readonly #rates: RateBins;
  readonly #stalls: StallFinder;
  readonly #ending = new EndingWatch();
  readonly #stuck: readonly [StuckWatch, StuckWatch] = [
    new StuckWatch(CLIENT),
    new StuckWatch(SERVER),
  ];
  readonly #lookups: LookupWatch;
  readonly #icmp: IcmpWatch;
  readonly #namedFrames: ReadonlySet<number>;
  readonly #frameNs = new Map<number, number>();
  #lastFrame: number;
  #cutPackets = 0;
  #untimedPackets = 0;

  constructor(scan: CaptureScan, id: number) {
    const { flows, apps, rtt, loss, quality } = scan;
    const tcp = flows.tcpNumber(id);
    const client = flows.initiator(id);
    const app = apps.byFlow.get(id);
    this.#id = id;
    this.#firstFrame = flows.firstFrame(id);
    this.#client = client;
    this.#isTcp = flows.protocol(id) === TCP;
    this.#sampler = new RttSampler(tcp);
    this.#rates = new RateBins(flows.firstNs(id), flows.lastNs(id));
    this.#lookups = new LookupWatch(
      flows.address(id, client),
      flows.address(id, client === 0 ? 1 : 0),
    );
    this.#icmp = new IcmpWatch(flows, id);
    const found = scan.tcp.connection(id)?.counts.map(({ firstFrame }) => firstFrame) ?? [];
    this.#namedFrames = new Set([app?.clientFrame ?? 0, app?.serverFrame ?? 0, ...found]);
    this.#lastFrame = this.#firstFrame;
    const evidence = loss.connection(tcp)?.directions.flatMap((one) => one.evidence) ?? [];
    this.#stalls = new StallFinder({
      isTcp: this.#isTcp,
      rttNs: pathRttNs(rtt.connection(tcp)),
      leapFrames: new Set(quality.clock.forward.frames),
      repeatFrames: new Set(
        evidence.filter(({ kind }) => kind === "retransmission").map(({ frame }) => frame),
      ),
    });
  }

  addBatch(batch: PassBatch): void {
    const { packets, dissected, flows } = batch;
    const { flow } = flows;
    const { app, icmpType } = dissected;
    const lastFrame = packets.firstFrame + packets.count - 1;
    const isBefore = packets.firstFrame <= this.#firstFrame;
    for (let row = 0; row < packets.count; row++) {
      if (flow[row] === this.#id) {
        // The id may have been another flow's before.
        if (packets.firstFrame + row >= this.#firstFrame) this.#add(batch, row);
      } else if (isBefore && app[row] === Protocol.dns) {
        if (packets.firstFrame + row < this.#firstFrame) this.#lookups.add(batch, row);
      } else if ((icmpType[row] ?? -1) >= 0) this.#icmp.add(batch, row);
    }
    if (this.#isTcp && lastFrame >= this.#firstFrame) this.#sampler.addBatch(batch);
  }

  finish({ lastNs }: PassFacts): FlowFindings {
    const ending = this.#ending.finish();
    const isOver = ending.reset !== null || !ending.fins.includes(null);
    return {
      isTcp: this.#isTcp,
      client: this.#client,
      lastFrame: this.#lastFrame,
      cutPackets: this.#cutPackets,
      untimedPackets: this.#untimedPackets,
      handshake: this.#handshake.finish(),
      times: this.#isTcp ? this.#sampler.finish() : null,
      turns: this.#turns.finish(),
      rates: this.#rates.finish(),
      stalls: this.#stalls.finish(lastNs ?? NaN, isOver),
      ending,
      stuck: worseOf(this.#stuck[0].finish(), this.#stuck[1].finish()),
      lookup: this.#lookups.finish(),
      icmp: this.#icmp.finish(),
      frameNs: this.#frameNs,
    };
  }

  #add(batch: PassBatch, row: number): void {
    const packet = this.#packet;
    packet.read(batch, row, this.#client);
    if (packet.isCut) this.#cutPackets++;
    if (Number.isNaN(packet.ns)) this.#untimedPackets++;
    this.#lastFrame = packet.frame;
    if (this.#namedFrames.has(packet.frame)) this.#frameNs.set(packet.frame, packet.ns);
    this.#rates.add(packet);
    this.#turns.add(packet);
    if (this.#isTcp) {
      this.#handshake.add(packet, batch, row);
      this.#ending.add(packet);
      if (packet.hasHeader && packet.payload > 0) this.#addData(packet, packet.role);
    }
    this.#stalls.add(packet);
    if (!this.#isTcp) return;
    const acked = this.#stalls.progress.ackedOf(otherRole(packet.role));
    if (acked !== null) this.#stuck[otherRole(packet.role)].addAck(acked);
  }

  #addData(packet: FlowPacket, role: Role): void {
    const { progress } = this.#stalls;
    this.#stuck[role].addData(packet, progress.isAgain(packet), progress.ackedOf(role));
  }
}

/** Round-trip time of the path: both legs of the handshake, else the least of data; NaN if unknown. */
function pathRttNs(times: SampledConnection["times"]): number {
  if (times === null) return NaN;
  const { serverLegNs, clientLegNs, directions: [a, b] } = times;
  if (serverLegNs !== null && clientLegNs !== null) return serverLegNs + clientLegNs;
  return (a.rtt.minNs ?? serverLegNs ?? NaN) + (b.rtt.minNs ?? clientLegNs ?? 0);
}

function worseOf(one: StuckSegment | null, other: StuckSegment | null): StuckSegment | null {
  if (one === null || other === null) return one ?? other;
  return other.repeated > one.repeated ? other : one;
}
