/**
 * The server process with its speaker on loopback, whose peers are scripts of the test, each with an
 * address of its own.
 *
 * @module
 */
import { peerAs } from "../../bench/bgp/table.ts";
import type { BgpPeer, PeerVoice } from "../support/bgp_peer.ts";
import { dialSpeaker } from "../support/scripted_bgp.ts";
import { freePort } from "../support/speaker_pair.ts";
import { type NetglassInside, serveNetglass } from "./bgp_rig.ts";
import { listenerOf } from "./bgp_shown.ts";
import { poll } from "./route_server_rig.ts";

const HERE = "127.0.0.10";
export const OUR_AS = 65099;
/** Of a peer that wishes for no other: paths of the bench's tables begin with it. */
export const PEER_AS = peerAs(0);

/** What may wait for one peer: the least that can be configured. */
export const QUEUE_BYTES = 131_072;

/** A peer in the configuration; the place in the list is its address. */
export interface Wish {
  readonly name: string;
  readonly asn?: number;
  /** More fields, as YAML. */
  readonly fields?: string;
}

/** A running server and its peers' places. */
export interface Stage extends AsyncDisposable {
  readonly netglass: NetglassInside;
  readonly directory: string;
  /** Connects as this peer; the connection is closed at the end. */
  dial(name: string, voice?: PeerVoice): Promise<BgpPeer>;
  /** Connects from any address. */
  dialFrom(address: string): Promise<BgpPeer>;
}

/** More of the configuration, as YAML. */
export interface StageOptions {
  /** What is not about BGP, for a server in this directory. */
  readonly top?: (directory: string) => string;
  /** Below `bgp`. */
  readonly bgp?: string;
}

/** Starts a server that listens on loopback and waits for these peers, at most 250. */
export async function loopbackStage(
  wishes: readonly Wish[],
  { top = () => "toolsets: [bgp]", bgp = "" }: StageOptions = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const place = { address: HERE, port: freePort(HERE) };
  const addressOf = (name: string): string =>
    `127.0.3.${1 + wishes.findIndex((wish) => wish.name === name)}`;
  const rows = wishes.map(({ name, asn = PEER_AS, fields = "" }) =>
    `    - { name: ${name}, address: ${addressOf(name)}, remote_as: ${asn}, ` +
    `connect: passive, connect_retry_sec: 1, import_policy: all${fields && `, ${fields}`} }`
  );
  const netglass = await serveNetglass(
    directory,
    `${top(directory)}
bgp:
  enabled: true
  local_as: ${OUR_AS}
  router_id: 192.0.2.1
  listen: "${HERE}:${place.port}"
  send_queue_bytes: ${QUEUE_BYTES}
  ${bgp}
  peers:
${rows.join("\n")}
`,
  );
  stack.defer(() => netglass.end());
  await poll("it listens", async () => (await listenerOf(netglass)).address !== null);
  const peers = stack.adopt(new Set<BgpPeer>(), (all) => {
    for (const { connection } of all) connection.close();
  });
  const dialFrom = async (address: string, voice: PeerVoice = {}): Promise<BgpPeer> => {
    const peer = await dialSpeaker(place, address, { asn: PEER_AS, ...voice });
    peers.add(peer);
    return peer;
  };
  const moved = stack.move();
  return {
    netglass,
    directory,
    dial: (name, voice) => dialFrom(addressOf(name), voice),
    dialFrom,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}
