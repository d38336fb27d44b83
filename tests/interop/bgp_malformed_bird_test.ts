/**
 * Agreement with BIRD 2.0 on malformed UPDATEs: each case is sent to BIRD over a session of its kind,
 * and what BIRD's table and NOTIFICATION say is compared with what the walker makes of it.
 */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { NO_CAPABILITIES } from "../../lib/bgp/codec/capability.ts";
import { Framer } from "../../lib/bgp/codec/frame.ts";
import { encodeKeepalive, encodeMessage, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import { prefixesOf } from "../../lib/bgp/codec/nlri_prefixes.ts";
import { encodeOpen } from "../../lib/bgp/codec/open.ts";
import { encodeAnnouncements } from "../../lib/bgp/codec/update_encode.ts";
import { FINDINGS } from "../../lib/bgp/codec/update_findings.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { FAMILIES } from "../../lib/bgp/family.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { bgpTraits } from "../support/bgp_octets.ts";
import { UPDATE_CASES, type UpdateCase } from "../support/malformed_updates.ts";
import { IBGP, SHORT } from "../support/walked_updates.ts";
import { withBird } from "./bird_rig.ts";
import { findProgram, interopTest } from "./daemon.ts";

const BIRD_ADDRESS = "127.0.77.20";
const PORT = 17_920;
/** Longer than BIRD ever takes for an UPDATE, milliseconds. */
const PATIENCE_MS = 10_000;

/** Sessions by what was agreed on; a case of any other kind is not sent. */
const SESSIONS = [
  { name: "external", changes: undefined, address: "127.0.77.21", remoteAs: 65_010 },
  { name: "internal", changes: IBGP, address: "127.0.77.22", remoteAs: 65_000 },
  { name: "short", changes: SHORT, address: "127.0.77.23", remoteAs: 65_010 },
] as const;

const CONFIG = `log "bird.log" all;
router id 10.0.0.1;
protocol device { }
${
  SESSIONS.map(({ name, address, remoteAs }) =>
    `protocol bgp peer_${name} {
  local ${BIRD_ADDRESS} port ${PORT} as 65000;
  neighbor ${address} as ${remoteAs};
  multihop; passive; strict bind yes; hold time 240;
  connect delay time 1; error wait time 1, 1;
  ipv4 { import all; export none; };
  ipv6 { import all; export none; };
}`
  ).join("\n")
}
`;

const GAP = "a gap of BIRD that is closed here";
const FRAMED = "the framing meets it first, with 1/2 as BIRD";
const SUBCODE = "the subcode of RFC 4271 §6.3 and RFC 4760 §7";
const NEXT_HOP_LENGTH = "RFC 7606 §7.11 wants a reset";
const WELL_KNOWN = "RFC 4271 §6.3 wants a reset, and RFC 7606 leaves it";

/** Where BIRD 2.0.12 does otherwise, and why the walker does not follow. */
const KNOWN: Readonly<Record<string, readonly [difference: string, why: string]>> = {
  "AS 0 in AS_PATH": ["BIRD: kept, walker: withdrawn", GAP],
  "AS 0 in an AS_SET": ["BIRD: kept, walker: withdrawn", GAP],
  "NEXT_HOP 224.0.0.5": ["BIRD: kept, walker: withdrawn", GAP],
  "NEXT_HOP 255.255.255.255": ["BIRD: kept, walker: withdrawn", GAP],
  "NEXT_HOP that is ours": ["BIRD: kept, walker: withdrawn", GAP],
  "the IPv6 next hop ff02::1": ["BIRD: kept, walker: withdrawn", GAP],
  "an IPv6 next hop that is ours": ["BIRD: kept, walker: withdrawn", GAP],
  "an empty body": ["BIRD: 1/2, walker: 3/1", FRAMED],
  "a body of one octet": ["BIRD: 1/2, walker: 3/1", FRAMED],
  "no length of attributes": ["BIRD: 1/2, walker: 3/1", FRAMED],
  "a prefix that is cut": ["BIRD: 3/1, walker: 3/10", SUBCODE],
  "a withdrawn prefix that is cut": ["BIRD: 3/1, walker: 3/10", SUBCODE],
  "path identifiers that were not agreed on": ["BIRD: 3/1, walker: 3/10", SUBCODE],
  "an IPv6 prefix of length 129": ["BIRD: 3/10, walker: 3/9", SUBCODE],
  "an IPv6 withdrawal that is cut": ["BIRD: 3/1, walker: 3/9", SUBCODE],
  "an IPv6 next hop of four octets": ["BIRD: , walker: 3/9", NEXT_HOP_LENGTH],
  "an IPv4 prefix with an IPv6 next hop that was not agreed on": [
    "BIRD: , walker: 3/9",
    NEXT_HOP_LENGTH,
  ],
  "an unknown well-known attribute": ["BIRD: withdrawn, walker: 3/2", WELL_KNOWN],
  "type 0 as well-known": ["BIRD: withdrawn, walker: 3/2", WELL_KNOWN],
  "one to withdraw for, then one to reset for": ["BIRD: withdrawn, walker: 3/2", WELL_KNOWN],
  "MP_REACH_NLRI as transitive": ["BIRD: 3/1, walker: 3/4", SUBCODE],
  "MP_UNREACH_NLRI as well-known": ["BIRD: 3/1, walker: 3/4", SUBCODE],
  "an IPv4-mapped next hop": [
    "BIRD: withdrawn, walker: kept",
    "FRR sends them for IPv6 routes on IPv4 sessions",
  ],
  "a link-local next hop alone": [
    "BIRD: withdrawn, walker: kept",
    "BIRD does so on a multihop session only, and the tables know whether it can be used",
  ],
  "a prefix around multicast space": [
    "BIRD: withdrawn, walker: kept",
    "it is also around 240.0.0.0/4, which BIRD keeps",
  ],
  "our own AS in the path": [
    "BIRD: withdrawn, walker: kept",
    "the tables keep such a path, as not eligible and with the reason",
  ],
};

type Session = (typeof SESSIONS)[number];

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A peer of BIRD that connects anew after each NOTIFICATION. */
class Peer {
  #socket: Socket | null = null;
  #marker = 0;
  /** `3/1` of the NOTIFICATION that ended the session, or null. */
  notification: string | null = null;

  constructor(readonly folder: string, readonly session: Session) {}

  /** BIRD's answer to a command; birdc fails where it names no route. */
  async ask(command: string): Promise<string> {
    const args = ["-s", `${this.folder}/bird.ctl`, ...command.split(" ")];
    const { stdout } = await new Deno.Command(findProgram("birdc") ?? "birdc", { args }).output();
    return new TextDecoder().decode(stdout);
  }

  async send(message: Uint8Array): Promise<void> {
    (this.#socket ?? await this.#connect()).write(message);
  }

  /** Sends a prefix that nobody else does and waits for it in the table, or for the session's end. */
  async settle(): Promise<void> {
    const prefix = `198.18.${++this.#marker >> 8}.${this.#marker & 255}/32`;
    await this.send(this.good(prefix, "192.0.2.10"));
    const end = Date.now() + PATIENCE_MS;
    while (this.notification === null && Date.now() < end) {
      if (
        (await this.ask(`show route ${prefix} protocol peer_${this.session.name}`)).includes(prefix)
      ) {
        return;
      }
      await sleep(5);
    }
    assert.notEqual(this.notification, null, "BIRD took neither the prefix nor the session down");
  }

  /** An UPDATE that announces one prefix. */
  good(prefix: string, nextHop: string): Uint8Array {
    const [message] = encodeAnnouncements([{
      prefix: parsePrefix(prefix).prefix,
      nextHop,
      asPath: this.session.name === "internal" ? [] : [65_010],
      origin: "igp",
      med: null,
      localPref: null,
      communities: [],
      otc: null,
    }], bgpTraits(this.session.changes));
    assert.ok(message !== undefined);
    return message;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #connect(): Promise<Socket> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
      const socket = connect({
        host: BIRD_ADDRESS,
        port: PORT,
        localAddress: this.session.address,
      });
      const established = Promise.withResolvers<boolean>();
      const framer = new Framer();
      socket.on("error", () => established.resolve(false));
      socket.on("close", () => established.resolve(false));
      socket.on("connect", () => socket.write(this.#open()));
      socket.on("data", (data: Uint8Array) => {
        framer.room().set(data);
        framer.filled(data.length);
        while (framer.next()) {
          if (framer.type === MESSAGE.keepalive) established.resolve(true);
          if (framer.type === MESSAGE.open) socket.write(encodeKeepalive());
          if (framer.type !== MESSAGE.notification) continue;
          const [code, subcode] = framer.octets.subarray(framer.bodyStart);
          this.notification = `${code}/${subcode}`;
          this.close();
        }
      });
      if (!await established.promise) continue;
      this.notification = null;
      return this.#socket = socket;
    }
    throw new Error("BIRD takes no session");
  }

  #open(): Uint8Array {
    const { name, remoteAs } = this.session;
    return encodeOpen({
      asn: remoteAs,
      holdTimeSec: 240,
      routerId: 0x0a000002,
      capabilities: {
        ...NO_CAPABILITIES,
        families: FAMILIES,
        as4: name === "short" ? null : remoteAs,
      },
    });
  }
}

/** What BIRD made of a case: `3/1`, `withdrawn`, `kept`, or `` where the case announces nothing. */
async function verdictOf(
  peer: Peer,
  body: Uint8Array,
  announced: readonly string[],
): Promise<string> {
  await peer.send(peer.good("203.0.113.0/24", "192.0.2.10"));
  await peer.send(peer.good("2001:db8::/32", "2001:db8::9"));
  await peer.settle();
  await peer.send(encodeMessage(MESSAGE.update, body));
  await peer.settle();
  if (peer.notification !== null) return peer.notification;
  const states = await Promise.all(
    announced.map(async (prefix) =>
      (await peer.ask(`show route ${prefix} protocol peer_${peer.session.name}`)).includes(prefix)
    ),
  );
  return states.length === 0 ? "" : states.every(Boolean) ? "kept" : "withdrawn";
}

/** The same, of the walker. */
function ours([, body, , changes]: UpdateCase): { verdict: string; announced: string[] } {
  const traits = bgpTraits(changes);
  const parts = new UpdateWalker(traits).walk(body, 0, body.length);
  const announced = [...prefixesOf(parts, "announced", traits)].map(({ text }) => text);
  if (parts.outcome === 2) {
    return { verdict: `${parts.errorCode}/${parts.errorSubcode}`, announced };
  }
  if (announced.length === 0) return { verdict: "", announced };
  const isIgnored = FINDINGS[parts.finding]?.name === "multicast-prefix";
  return { verdict: parts.outcome === 1 || isIgnored ? "withdrawn" : "kept", announced };
}

interopTest(
  "BIRD and the walker meet malformed UPDATEs in the same way, but for the gaps that are named",
  { programs: ["bird", "birdc"] },
  async () => {
    const differences: Record<string, string> = {};
    let compared = 0;
    await withBird(CONFIG, async (folder) => {
      for (const session of SESSIONS) {
        const peer = new Peer(folder, session);
        for (const one of UPDATE_CASES.filter(([, , , changes]) => changes === session.changes)) {
          const [name, body] = one;
          const { verdict, announced } = ours(one);
          const theirs = await verdictOf(peer, body, announced);
          compared++;
          if (theirs !== verdict) differences[name] = `BIRD: ${theirs}, walker: ${verdict}`;
        }
        peer.close();
      }
    });
    const known = Object.entries(KNOWN).map(([name, [difference]]) => [name, difference]);
    assert.deepEqual(differences, Object.fromEntries(known));
    assert.ok(compared > 100, `only ${compared}`);
  },
);
