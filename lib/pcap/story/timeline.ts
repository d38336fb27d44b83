/**
 * The events of a flow in order of time.
 *
 * @module
 */
import { typeName } from "../../dns_wire/records.ts";
import type { AppFacts } from "../app/app_facts.ts";
import { sayBytes, sayNs } from "../questions/say_amount.ts";
import type { TcpConnection } from "../tcp/tcp_findings.ts";
import { sayReset } from "./ending_words.ts";
import { roleName } from "./flow_packet.ts";
import type { FlowFindings } from "./flow_story.ts";
import type { Opening } from "./handshake_watch.ts";
import type { Moment } from "./turn_watch.ts";

/** One event. */
export interface StoryEvent {
  /** Seconds since the flow's first packet, negative before it; null without times. */
  readonly time_relative: number | null;
  readonly frame: number;
  readonly event: string;
  readonly detail: string;
}

/** What the walk does not know. */
export interface TimelineHints {
  readonly firstNs: number;
  readonly app: AppFacts | null;
  readonly tcp: TcpConnection | null;
}

/** Longest detail, characters: names of the wire are within it. */
const DETAIL_CHARS = 512;

type Draft = Moment & { readonly event: string; readonly detail: string };

/** The events, by frame. */
export function timelineOf(findings: FlowFindings, hints: TimelineHints): StoryEvent[] {
  const drafts = [
    ...lookupEvents(findings),
    ...handshakeEvents(findings),
    ...applicationEvents(findings, hints.app),
    ...stallEvents(findings),
    ...icmpEvents(findings),
    ...flagEvents(findings, hints),
    ...endEvents(findings),
  ];
  drafts.sort((a, b) => a.frame - b.frame);
  return drafts.map(({ frame, ns, event, detail }) => ({
    time_relative: relativeSec(ns, hints.firstNs),
    frame,
    event,
    detail: detail.slice(0, DETAIL_CHARS),
  }));
}

/** Seconds from one time to another, to the nanosecond; null if one is not known. */
export function relativeSec(ns: number, firstNs: number): number | null {
  const sec = (ns - firstNs) / 1e9;
  return Number.isFinite(sec) ? sec : null;
}

function lookupEvents({ lookup }: FlowFindings): Draft[] {
  if (lookup === null) return [];
  const { name, type, server, query, answer } = lookup;
  const took = query === null ? "" : ` in ${sayNs(answer.ns - query.ns)}`;
  const detail = `${typeName(type)} ${name} answered by ${server}${took}`;
  return [{ ...answer, event: "dns_answer", detail }];
}

function handshakeEvents({ handshake }: FlowFindings): Draft[] {
  const { syn, synAck, ack } = handshake;
  const events: Draft[] = [];
  if (syn !== null) events.push({ ...syn, event: "syn", detail: offered(syn) });
  if (synAck !== null) {
    const after = syn === null ? "" : `${sayNs(synAck.ns - syn.ns)} after the SYN; `;
    events.push({ ...synAck, event: "syn_ack", detail: after + offered(synAck) });
  }
  if (synAck !== null && ack !== null) {
    const detail = `${sayNs(ack.ns - synAck.ns)} after the SYN-ACK`;
    events.push({ ...ack, event: "established", detail });
  }
  return events;
}

function offered({ mss, windowScale, hasSack, hasTimestamps }: Opening): string {
  return [
    mss === null ? "no MSS" : `MSS ${mss}`,
    windowScale === null ? "no window scale" : `window scale ${windowScale}`,
    hasSack ? "SACK" : "no SACK",
    hasTimestamps ? "timestamps" : "no timestamps",
  ].join(", ");
}

function applicationEvents({ turns, frameNs }: FlowFindings, app: AppFacts | null): Draft[] {
  const events: Draft[] = [];
  for (const role of [0, 1] as const) {
    const first = turns.firstData[role];
    const detail = `first data of the ${roleName(role)}`;
    if (first !== null) events.push({ ...first, event: `first_data_${roleName(role)}`, detail });
    const frame = role === 0 ? app?.clientFrame : app?.serverFrame;
    const ns = frameNs.get(frame ?? 0);
    if (app === null || frame === undefined || ns === undefined) continue;
    const said = role === 0 ? saidByClient(app) : saidByServer(app);
    events.push({ frame, ns, event: `${app.kind}_${roleName(role)}`, detail: said });
  }
  return events;
}

function saidByClient(
  { kind, sni, alpnOffered, version, method, path, host, ...app }: AppFacts,
): string {
  if (kind === "tls") {
    const offers = alpnOffered?.length ? `, offers ${alpnOffered.join(", ")}` : "";
    return `ClientHello for ${sni ?? "no name"}${offers}`;
  }
  if (kind === "http") return `${method ?? ""} ${host ?? ""}${path ?? ""}`;
  return `${kind} ${version ?? app.clientBanner ?? app.clientMessage ?? ""}`.trimEnd();
}

function saidByServer({ kind, version, cipher, alpn, status, ...app }: AppFacts): string {
  if (kind === "tls") return ["ServerHello", version, cipher, alpn].filter(Boolean).join(", ");
  if (kind === "http") return `${version ?? "HTTP"} ${status ?? ""}`;
  return `${kind} ${app.serverBanner ?? app.serverMessage ?? version ?? ""}`.trimEnd();
}

function stallEvents({ stalls }: FlowFindings): Draft[] {
  return stalls.stalls.map((one) => ({
    frame: one.afterFrame,
    ns: one.startNs,
    event: "stall",
    detail: `${sayNs(one.durationNs)} ${
      one.beforeFrame === null ? "to the end of the capture" : `until frame ${one.beforeFrame}`
    }, ${one.cause}: ${one.detail}`,
  }));
}

function icmpEvents({ icmp }: FlowFindings): Draft[] {
  return icmp.errors.map(({ frame, ns, from, text, mtu }) => ({
    frame,
    ns,
    event: "icmp_error",
    detail: `${from}: ${text}${mtu === null ? "" : `, MTU ${mtu === 0 ? "not told" : mtu}`}`,
  }));
}

/** The first segment of each kind that tshark would flag. */
function flagEvents({ frameNs }: FlowFindings, { tcp }: TimelineHints): Draft[] {
  return (tcp?.counts ?? []).filter(({ name }) => name !== "reset").map((one) => ({
    frame: one.firstFrame,
    ns: frameNs.get(one.firstFrame) ?? NaN,
    event: `first_${one.name}`,
    detail: `of ${one.count}, the last in frame ${one.lastFrame}`,
  }));
}

function endEvents({ ending, isTcp, turns }: FlowFindings): Draft[] {
  if (!isTcp) return [];
  const events: Draft[] = [];
  for (const role of [0, 1] as const) {
    const fin = ending.fins[role];
    const detail = `the ${roleName(role)} closes after ${sayBytes(turns.payload[role])}`;
    if (fin !== null) events.push({ ...fin, event: `fin_${roleName(role)}`, detail });
  }
  const { reset } = ending;
  if (reset !== null) {
    const { frame, ns } = reset;
    events.push({ frame, ns, event: "reset", detail: sayReset(reset, ending.resets) });
  }
  return events;
}
