/**
 * Adj-RIB-Out of one peer: which prefixes it has from us, which of them have to be sent again, and
 * who waits for that. What a prefix is announced as is asked at the moment of sending, so that a
 * peer that reads slowly costs one mark for each prefix and no queue of messages.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { Clock } from "../../io/io.ts";
import type { CodecTraits } from "../codec/traits.ts";
import { encodeAnnouncements, encodeWithdrawals } from "../codec/update_encode.ts";
import type { FamilyIndex } from "../family.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import type { Session } from "../session/session.ts";
import { familyOfPrefix } from "./export_rules.ts";
import type { Slices } from "./slices.ts";

/** Prefixes that are encoded at once: as many as share their attributes go into one message. */
const BATCH = 4_096;

/** What the routes for this peer are taken from. */
export interface RouteChoice {
  /** What the peer is told of a prefix now; null: nothing, it is withdrawn if the peer has it. */
  choose(prefix: Prefix): OutboundRoute | null;
  /** The prefixes of a family that the peer may be told of, in batches. */
  candidates(family: FamilyIndex): Iterator<readonly Prefix[]>;
}

/** The messages of a prefix, and when the kernel had taken the last octet. */
export interface Delivery {
  readonly messages: readonly Uint8Array[];
  readonly sentAtMs: number;
}

/** A family that is sent as a whole, with the messages that stand before and behind it. */
interface Table {
  readonly family: FamilyIndex;
  readonly before: Uint8Array | null;
  readonly behind: Uint8Array | null;
}

interface Scan extends Table {
  readonly batches: Iterator<readonly Prefix[]>;
}

/** A message, and what is done once it is sent. */
interface Staged {
  readonly message: Uint8Array;
  readonly onWritten?: () => void;
}

/** A prefix that the peer has, with a print of what it was announced as. */
interface SentPrefix extends Prefix {
  readonly print: number;
}

/** Routes with the same attributes, and the print of these. */
interface RouteGroup {
  readonly print: number;
  readonly routes: [text: string, route: OutboundRoute][];
}

type Watcher = (delivery: Delivery | null) => void;

/** What it sends by while a session is Established. */
interface Wire {
  readonly session: Pick<Session, "send">;
  readonly traits: CodecTraits;
}

/**
 * The messages of routes with the same attributes; null where these do not fit a message: such
 * routes are not announced (RFC 4271 §9.2, RFC 8654 §4).
 */
export function messagesOf(
  routes: readonly OutboundRoute[],
  traits: CodecTraits,
): readonly Uint8Array[] | null {
  try {
    return encodeAnnouncements(routes, traits);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Adj-RIB-Out. */
export class AdjRibOut {
  readonly #key: string;
  readonly #choice: RouteChoice;
  readonly #slices: Slices;
  readonly #clock: Pick<Clock, "now">;
  #wire: Wire | null = null;
  /** What the peer has, by prefix text. */
  readonly #sent = new Map<string, SentPrefix>();
  readonly #counts: [number, number] = [0, 0];
  /** What has to be sent again or withdrawn. */
  readonly #marked = new Map<string, Prefix>();
  /** What of it goes out although the peer has it as it is: a table is sent, or somebody waits for it. */
  readonly #forced = new Set<string>();
  /** Who waits for a prefix that is marked. */
  readonly #watchers = new Map<string, Watcher[]>();
  /** Who waits for messages that are staged. */
  readonly #onTheirWay = new Set<Watcher>();
  /** Whole families that are to be sent; the first is under way. */
  readonly #tables: Table[] = [];
  #scan: Scan | null = null;
  #staged: Staged[] = [];
  #isBlocked = false;

  /** `peer` is the peer's index. */
  constructor(peer: number, choice: RouteChoice, slices: Slices, clock: Pick<Clock, "now">) {
    this.#key = `out ${peer}`;
    this.#choice = choice;
    this.#slices = slices;
    this.#clock = clock;
  }

  /** Prefixes that the peer has from us, by family. */
  get counts(): readonly [number, number] {
    return this.#counts;
  }

  /** A session came up: the peer has nothing yet. */
  open(wire: Wire): void {
    this.close();
    this.#wire = wire;
  }

  /** The session is gone, and with it all that the peer had. */
  close(): void {
    this.#wire = null;
    this.#isBlocked = false;
    this.#sent.clear();
    this.#counts.fill(0);
    this.#marked.clear();
    this.#forced.clear();
    this.#tables.length = 0;
    this.#scan = null;
    this.#staged = [];
    this.#slices.cancel(this.#key);
    const watchers = [...this.#onTheirWay, ...[...this.#watchers.values()].flat()];
    this.#onTheirWay.clear();
    this.#watchers.clear();
    for (const watcher of watchers) watcher(null);
  }

  /**
   * Sends all routes of a family, `before` in front and `behind` after them. A table that waits for
   * its turn already is not put in line twice, however often a peer asks.
   */
  sendTable(table: Table): void {
    if (this.#wire === null) return;
    if (this.#tables.some(({ family }) => family === table.family)) return;
    this.#tables.push(table);
    this.#schedule();
  }

  /** What the peer is told of this prefix may have changed. */
  mark(prefix: Prefix): void {
    if (this.#wire === null) return;
    this.#marked.set(renderPrefix(prefix), prefix);
    this.#schedule();
  }

  /** What the peer is told of anything that it has may have changed. */
  markSent(): void {
    for (const prefix of this.#sent.values()) this.mark(prefix);
  }

  /** Marks it, and resolves once the peer was sent what it is now; null if the session ends before. */
  deliver(prefix: Prefix): Promise<Delivery | null> {
    const delivery = this.watch(prefix);
    this.mark(prefix);
    return delivery;
  }

  /** Resolves once the prefix is sent, for example with the table; null if the session ends before. */
  watch(prefix: Prefix): Promise<Delivery | null> {
    if (this.#wire === null) return Promise.resolve(null);
    const { promise, resolve } = Promise.withResolvers<Delivery | null>();
    const text = renderPrefix(prefix);
    const watchers = this.#watchers.get(text);
    if (watchers === undefined) this.#watchers.set(text, [resolve]);
    else watchers.push(resolve);
    return promise;
  }

  /** The session's queue has room again. */
  resume(): void {
    this.#isBlocked = false;
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isBlocked) this.#slices.add(this.#key, () => this.#step());
  }

  /** One step: sends what is staged, else stages some more; false when there is nothing to do now. */
  #step(): boolean {
    const wire = this.#wire;
    if (wire === null) return false;
    if (this.#staged.length > 0) return this.#flush(wire);
    if (this.#marked.size > 0) this.#stageMarked(wire.traits);
    else if (this.#scan !== null) this.#advance(this.#scan);
    else return this.#nextTable();
    return true;
  }

  #flush({ session }: Wire): boolean {
    const staged = this.#staged;
    let count = 0;
    for (const { message, onWritten } of staged) {
      if (!session.send(message, onWritten)) break;
      count++;
    }
    this.#isBlocked = count < staged.length;
    // A write that failed at once may have closed this, which staged nothing.
    if (this.#staged === staged) this.#staged = staged.slice(count);
    return !this.#isBlocked;
  }

  #nextTable(): boolean {
    const table = this.#tables.shift();
    if (table === undefined) return false;
    this.#scan = { ...table, batches: this.#choice.candidates(table.family) };
    if (table.before !== null) this.#staged.push({ message: table.before });
    return true;
  }

  #advance(scan: Scan): void {
    const { value, done } = scan.batches.next();
    if (done !== true) {
      for (const prefix of value) {
        const text = renderPrefix(prefix);
        this.#marked.set(text, prefix);
        this.#forced.add(text);
      }
      return;
    }
    this.#scan = null;
    if (scan.behind !== null) this.#staged.push({ message: scan.behind });
  }

  #stageMarked(traits: CodecTraits): void {
    const withdrawn: [string, Prefix][] = [];
    const groups = new Map<string, RouteGroup>();
    let taken = 0;
    for (const [text, prefix] of this.#marked) {
      const route = this.#choice.choose(prefix);
      if (route === null) withdrawn.push([text, prefix]);
      else {
        const { prefix: _, ...attributes } = route;
        const key = `${prefix.family} ${JSON.stringify(attributes)}`;
        const group = groups.get(key) ?? { print: printOf(key), routes: [] };
        groups.set(key, group);
        // RFC 4271 §9.2: what the peer has is not sent again.
        const isNews = this.#sent.get(text)?.print !== group.print;
        if (isNews || this.#forced.has(text) || this.#watchers.has(text)) {
          group.routes.push([text, route]);
        }
      }
      this.#marked.delete(text);
      this.#forced.delete(text);
      if (++taken === BATCH) break;
    }
    this.#stageWithdrawals(withdrawn, traits);
    for (const group of groups.values()) this.#stageGroup(group, traits);
  }

  #stageWithdrawals(withdrawn: readonly [string, Prefix][], traits: CodecTraits): void {
    const had: [string, Prefix][] = [];
    for (const one of withdrawn) {
      const [text, prefix] = one;
      // Nothing is withdrawn that the peer has not: whoever waits for it has it at once.
      if (!this.#sent.delete(text)) this.#takeWatchers([text], [])();
      else {
        had.push(one);
        this.#counts[familyOfPrefix(prefix).index]--;
      }
    }
    for (const family of [4, 6]) {
      const ofFamily = had.filter(([, prefix]) => prefix.family === family);
      if (ofFamily.length === 0) continue;
      const messages = encodeWithdrawals(ofFamily.map(([, prefix]) => prefix), traits);
      this.#stage(messages, ofFamily.map(([text]) => text));
    }
  }

  /** Routes with the same attributes. */
  #stageGroup({ print, routes }: RouteGroup, traits: CodecTraits): void {
    if (routes.length === 0) return;
    const messages = messagesOf(routes.map(([, route]) => route), traits);
    if (messages === null) {
      const withdrawn = routes.map(([text, { prefix }]) => [text, prefix] as [string, Prefix]);
      return this.#stageWithdrawals(withdrawn, traits);
    }
    for (const [text, { prefix }] of routes) {
      if (!this.#sent.has(text)) this.#counts[familyOfPrefix(prefix).index]++;
      this.#sent.set(text, { ...prefix, print });
    }
    this.#stage(messages, routes.map(([text]) => text));
  }

  #stage(messages: readonly Uint8Array[], texts: readonly string[]): void {
    const onWritten = this.#takeWatchers(texts, messages);
    for (const message of messages.slice(0, -1)) this.#staged.push({ message });
    const last = messages.at(-1);
    if (last !== undefined) this.#staged.push({ message: last, onWritten });
  }

  /** Whoever waits for these prefixes is told by the returned function. */
  #takeWatchers(texts: readonly string[], messages: readonly Uint8Array[]): () => void {
    const watchers: Watcher[] = [];
    for (const text of texts) {
      watchers.push(...this.#watchers.get(text) ?? []);
      this.#watchers.delete(text);
    }
    for (const watcher of watchers) this.#onTheirWay.add(watcher);
    return () => {
      const sentAtMs = this.#clock.now();
      for (const watcher of watchers) {
        // Who was told that the session is gone is told nothing more.
        if (this.#onTheirWay.delete(watcher)) watcher({ messages, sentAtMs });
      }
    };
  }
}

/** Two texts with one print are not to be expected: it has 53 bits. */
function printOf(text: string): number {
  let high = 0, low = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x0100_0193);
    high = Math.imul(high + code, 0x9e37_79b1) ^ low >>> 15;
  }
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}
