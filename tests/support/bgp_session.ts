/**
 * A session on its own, with everything that it tells written down.
 *
 * @module
 */
import type { Clock, DialRequest, TcpConnection } from "../../lib/io/io.ts";
import { createSession, type PeerSession } from "../../lib/bgp/session/open_session.ts";
import { Pump } from "../../lib/bgp/session/pump.ts";
import type { Negotiated, SessionIncident } from "../../lib/bgp/session/session.ts";
import type { PeerSettings, SpeakerSettings } from "../../lib/bgp/settings.ts";

/** A speaker of AS 65001 at 192.0.2.1. */
export const SPEAKER: SpeakerSettings = {
  localAs: 65001,
  routerId: "192.0.2.1",
  listen: null,
  peers: [],
  rpkiInvalid: "mark",
  sendQueueBytes: 1 << 20,
  limits: { prefixes: [1000, 1000], attributeSets: 1000, changes: 1000 },
};

/** Its peer of AS 65002 at 192.0.2.2. */
export const PEER: PeerSettings = {
  index: 0,
  name: "far",
  address: "192.0.2.2",
  port: 179,
  remoteAs: 65002,
  localAddress: null,
  connect: "both",
  holdTimeSec: 90,
  connectRetrySec: 5,
  delayOpenSec: 0,
  families: ["ipv4-unicast", "ipv6-unicast"],
  maxPrefixes: null,
  maxPrefixesAction: "warn",
  maxPrefixesRestartSec: 0,
  role: null,
  strictRole: false,
  addPath: "receive",
  extendedMessages: true,
  extendedNextHop: true,
  gracefulRestart: true,
  importPolicy: "all",
  transitFrom: [],
  nextHop: { ipv4: null, ipv6: null },
  enabled: true,
};

/** What a session told. */
export interface Told {
  /** In order: states, `established`, `down …`, `incident …`, `malformed …`, `update`, `refresh …`, `drain`. */
  readonly log: string[];
  readonly incidents: SessionIncident[];
  readonly negotiated: Negotiated[];
}

/** What a session under test stands on. */
export interface Rig {
  readonly clock: Clock;
  readonly dial: (request: DialRequest) => Promise<TcpConnection>;
  readonly peer?: Partial<PeerSettings>;
  readonly speaker?: Partial<SpeakerSettings>;
  readonly pump?: Pump;
  /** Called with every UPDATE. */
  readonly onUpdate?: () => void;
  readonly random?: () => number;
}

/** A session that is not enabled yet. */
export function sessionOf(rig: Rig): { session: PeerSession; told: Told; pump: Pump } {
  const told: Told = { log: [], incidents: [], negotiated: [] };
  const pump = rig.pump ?? new Pump(rig.clock, 8);
  const note = (incident: SessionIncident): string => {
    told.incidents.push(incident);
    const notice = incident.code === null ? "" : ` ${incident.code}/${incident.subcode}`;
    return `${incident.kind}${notice}`;
  };
  const session = createSession(
    { ...PEER, ...rig.peer },
    { ...SPEAKER, ...rig.speaker },
    { dial: rig.dial, clock: rig.clock, pump, random: rig.random ?? (() => 0.999) },
    {
      onState: (state) => void told.log.push(state),
      onEstablished: (negotiated) => {
        told.negotiated.push(negotiated);
        told.log.push("established");
      },
      onUpdate: () => {
        told.log.push("update");
        rig.onUpdate?.();
      },
      onRefresh: (family, subtype) => void told.log.push(`refresh ${family} ${subtype}`),
      onDown: (incident, graceful) =>
        void told.log.push(`down ${note(incident)}${graceful ? " graceful" : ""}`),
      onIncident: (incident) => void told.log.push(`incident ${note(incident)}`),
      onMalformed: ({ finding, count }) => void told.log.push(`malformed ${finding.name} ${count}`),
      onDrain: () => void told.log.push("drain"),
    },
  );
  return { session, told, pump };
}

/** A dial that is never answered. */
export function neverAnswered({ signal }: DialRequest): Promise<TcpConnection> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}
