/**
 * A small fabric on loopback for the demo, made of netglass' own BGP codec: a route reflector of
 * AS 65000 with three PEs behind it, and a neighbour of it, AS 65010, that passes on what it hears.
 * Both have an eBGP session with the server of the demo, AS 65099. The real one, of four FRR in
 * namespaces, is tests/interop/bgp_reflector_test.ts.
 */
import { describeMessage, type MessageDescription } from "../../lib/bgp/codec/describe_message.ts";
import { encodeMessage, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import {
  encodeAnnouncements,
  encodeEndOfRib,
  encodeWithdrawals,
} from "../../lib/bgp/codec/update_encode.ts";
import type { Listener } from "../../lib/io/io.ts";
import { listen } from "../../lib/io/listen.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import type { OutboundRoute } from "../../lib/bgp/outbound_route.ts";
import { BgpPeer } from "../support/bgp_peer.ts";

const SERVER_AS = 65_099;
const FABRIC_AS = 65_000;
const NEIGHBOUR_AS = 65_010;
/** What the reflector's policy gives to routes of the server, as in `set local-preference 50`. */
const LOCAL_PREF = 50;
/** Names of the PEs, and their loopbacks. */
const PES = { pe1: "10.0.0.11/32", pe2: "10.0.0.12/32", pe3: "10.0.0.13/32" } as const;
const LOOPBACKS = Object.values(PES);

/** A session without any capability but four-octet AS numbers. */
const PLAIN = {
  as4: true,
  extendedMessage: false,
  families: [true, false],
  addPathReceive: [false, false],
  addPathSend: [false, false],
  extendedNextHop: false,
  localAddresses: [],
} as const;

/** Between the reflector and its PEs. */
const INSIDE: CodecTraits = { ...PLAIN, isEbgp: false, localAs: FABRIC_AS, peerAs: FABRIC_AS };

type Update = Extract<MessageDescription, { readonly kind: "update" }>;

/** A route as a PE has it. */
export interface HeldRoute {
  readonly asPath: string;
  readonly nextHop: string;
  readonly localPref: number;
}

function attributeOf(update: Update, name: string): string {
  return String(update.attributes.find((one) => one.name === name)?.value ?? "");
}

/** A PE: it keeps what the reflector sends to it. */
class ProviderEdge {
  readonly held = new Map<string, HeldRoute>();

  constructor(readonly name: string) {}

  take(message: Uint8Array): void {
    const update = describeMessage(message, INSIDE);
    if (update.kind !== "update") return;
    for (const network of update.withdrawn.prefixes) this.held.delete(network);
    for (const network of update.announced.prefixes) {
      this.held.set(network, {
        asPath: attributeOf(update, "AS_PATH"),
        nextHop: attributeOf(update, "NEXT_HOP"),
        localPref: Number(attributeOf(update, "LOCAL_PREF")),
      });
    }
  }
}

/** One router and its session with the server. */
class Router {
  readonly listener: Listener;
  readonly #traits: CodecTraits;
  #peer: BgpPeer | null = null;
  /** The last NOTIFICATION that it heard: name, and the words of the server. */
  farewell = "";

  constructor(readonly asn: number, address: string, readonly nextHop: string) {
    this.listener = listen({ address, port: 0, configLine: "the demo" });
    this.#traits = { ...PLAIN, isEbgp: true, localAs: asn, peerAs: SERVER_AS };
  }

  /** One session after the other, until the listener is closed. */
  async serve(
    routerId: number,
    greet: () => Promise<void>,
    onUpdate: (update: Update) => void,
  ): Promise<void> {
    for (;;) {
      const connection = await this.listener.accept();
      if (connection === null) return;
      try {
        await this.#talk(new BgpPeer(connection, { asn: this.asn, routerId }), greet, onUpdate);
      } catch (error) {
        // A connection that breaks is dialled again by the server.
        if (!(error instanceof RemoteFailure)) throw error;
      } finally {
        this.#peer = null;
        connection.close();
      }
    }
  }

  async #talk(
    peer: BgpPeer,
    greet: () => Promise<void>,
    onUpdate: (update: Update) => void,
  ): Promise<void> {
    await peer.establish();
    this.#peer = peer;
    await greet();
    for (let heard = await peer.next(); heard !== null; heard = await peer.next()) {
      if (heard.type === MESSAGE.keepalive) await peer.keepalive();
      const said = describeMessage(encodeMessage(heard.type, heard.body), this.#traits);
      if (said.kind === "update") onUpdate(said);
      if (said.kind === "notification") {
        const { name, shutdown_text } = said.notification;
        this.farewell = `${name}: ${shutdown_text}`;
      }
    }
  }

  async announce(networks: readonly string[], asPath: readonly number[]): Promise<void> {
    const routes = networks.map((network) => routeOf(network, this.nextHop, asPath, null));
    await this.#send(encodeAnnouncements(routes, this.#traits));
  }

  async withdraw(networks: readonly string[]): Promise<void> {
    await this.#send(encodeWithdrawals(prefixesOf(networks), this.#traits));
  }

  async endOfRib(): Promise<void> {
    await this.#send([encodeEndOfRib(0)]);
  }

  async #send(messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) await this.#peer?.send(message);
  }
}

function prefixesOf(networks: readonly string[]) {
  return networks.map((network) => parsePrefix(network).prefix);
}

function routeOf(
  network: string,
  nextHop: string,
  asPath: readonly number[],
  localPref: number | null,
): OutboundRoute {
  const { prefix } = parsePrefix(network);
  return {
    prefix,
    nextHop,
    asPath,
    origin: "igp",
    med: null,
    localPref,
    communities: [],
    otc: null,
  };
}

/** The fabric. */
export class DemoFabric implements AsyncDisposable {
  readonly #reflector = new Router(FABRIC_AS, "127.0.0.1", "192.0.2.1");
  readonly #neighbour = new Router(NEIGHBOUR_AS, "::1", "192.0.2.2");
  readonly #pes = Object.keys(PES).map((name) => new ProviderEdge(name));
  readonly #serving: Promise<unknown>;
  readonly ports = {
    reflector: this.#reflector.listener.port,
    neighbour: this.#neighbour.listener.port,
  };

  constructor() {
    this.#serving = Promise.all([this.#serveReflector(), this.#serveNeighbour()]);
    // `end` tells.
    this.#serving.catch(() => {});
  }

  /** What each PE has for a network. */
  routes(network: string): readonly { readonly pe: string; readonly route: HeldRoute | null }[] {
    return this.#pes.map(({ name, held }) => ({ pe: name, route: held.get(network) ?? null }));
  }

  /** Waits for the end of the sessions; with what words the server ended the one with the reflector. */
  async end(): Promise<string> {
    this.#reflector.listener.close();
    this.#neighbour.listener.close();
    await this.#serving;
    return this.#reflector.farewell;
  }

  async #serveReflector(): Promise<void> {
    const routerId = 0x0a_00_00_01;
    const passing: Promise<void>[] = [];
    await this.#reflector.serve(routerId, async () => {
      await this.#reflector.announce(LOOPBACKS, [FABRIC_AS]);
      await this.#reflector.endOfRib();
    }, (update) => {
      passing.push(this.#reflect(update));
    });
    await Promise.all(passing);
  }

  /** Passes an UPDATE of the server on: to the PEs under the policy, and to the neighbour. */
  async #reflect(update: Update): Promise<void> {
    const announced = update.announced.prefixes, withdrawn = update.withdrawn.prefixes;
    const asPath = attributeOf(update, "AS_PATH").split(" ").map(Number);
    const nextHop = attributeOf(update, "NEXT_HOP");
    const routes = announced.map((network) => routeOf(network, nextHop, asPath, LOCAL_PREF));
    const messages = [
      ...encodeWithdrawals(prefixesOf(withdrawn), INSIDE),
      ...encodeAnnouncements(routes, INSIDE),
    ];
    for (const message of messages) for (const pe of this.#pes) pe.take(message);
    if (withdrawn.length > 0) await this.#neighbour.withdraw(withdrawn);
    if (announced.length > 0) {
      await this.#neighbour.announce(announced, [NEIGHBOUR_AS, FABRIC_AS, ...asPath]);
    }
  }

  async #serveNeighbour(): Promise<void> {
    const routerId = 0x0a_00_00_02;
    await this.#neighbour.serve(routerId, async () => {
      await this.#neighbour.announce(LOOPBACKS.slice(0, 1), [NEIGHBOUR_AS, FABRIC_AS]);
      await this.#neighbour.endOfRib();
    }, () => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
