/**
 * The DNS answer that told a client the address of its server, before it opened the flow.
 *
 * @module
 */
import { readDnsMessage } from "../dns/dns_message.ts";
import type { DnsFacts } from "../dns/dns_message.ts";
import { Protocol } from "../dissect/protocol.ts";
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { oldestEntries } from "../oldest_entries.ts";
import type { PassBatch } from "../pass.ts";
import type { Moment } from "./turn_watch.ts";

/** A lookup whose answer holds the server's address. */
export interface PrecedingLookup {
  /** Name that was asked for. */
  readonly name: string;
  /** Code point of the record type. */
  readonly type: number;
  /** Address of the name server. */
  readonly server: string;
  /** Address that asked; another one than the flow's client where `isOwn` is false. */
  readonly asker: string;
  readonly isOwn: boolean;
  /** First query for it; null if it was not captured. */
  readonly query: Moment | null;
  readonly queries: number;
  readonly answer: Moment;
}

/** Queries that wait for an answer. */
const PENDING_MAX = 4096;
const UDP = 17;

interface Pending {
  readonly query: Moment;
  queries: number;
}

/** Reads the DNS datagrams before a flow. */
export class LookupWatch {
  readonly #client: string;
  readonly #server: string;
  readonly #pending = new Map<string, Pending>();
  #own: PrecedingLookup | null = null;
  #other: PrecedingLookup | null = null;

  /** Addresses as `renderAddress` writes them. */
  constructor(client: string, server: string) {
    this.#client = client;
    this.#server = server;
  }

  /** Takes packet `row` if it is a DNS datagram. */
  add(batch: PassBatch, row: number): void {
    const { packets, dissected, flows } = batch;
    if (dissected.app[row] !== Protocol.dns || dissected.l4Protocol[row] !== UDP) return;
    const from = dissected.payloadOffset[row] ?? -1;
    if (from < 0) return;
    const captured = dissected.payloadCaptured[row] ?? 0;
    const octets = packets.bytes.subarray(from, from + captured);
    const { facts } = readDnsMessage(octets, captured < (dissected.payloadWire[row] ?? 0));
    if (facts === null || facts.question === null) return;
    const src = addressAt(batch, row, dissected.srcOffset[row] ?? 0);
    const dst = addressAt(batch, row, dissected.dstOffset[row] ?? 0);
    const moment = {
      frame: packets.firstFrame + row,
      ns: packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN,
    };
    if (facts.isResponse) this.#answer(facts, dst, src, dissected.dstPort[row] ?? 0, moment);
    else this.#query(keyOf(facts, src, dst, dissected.srcPort[row] ?? 0), moment);
  }

  /** The last such lookup: of the client itself, else of any address. */
  finish(): PrecedingLookup | null {
    return this.#own ?? this.#other;
  }

  #query(key: string, query: Moment): void {
    const pending = this.#pending.get(key);
    if (pending !== undefined) {
      pending.queries++;
      return;
    }
    for (const [oldest] of oldestEntries(this.#pending, PENDING_MAX)) this.#pending.delete(oldest);
    this.#pending.set(key, { query, queries: 1 });
  }

  #answer(facts: DnsFacts, asker: string, server: string, port: number, answer: Moment): void {
    const key = keyOf(facts, asker, server, port);
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    if (facts.question === null || !facts.addresses.includes(this.#server)) return;
    const isOwn = asker === this.#client;
    const { name, type } = facts.question;
    const { query = null, queries = 0 } = pending ?? {};
    const lookup = { name, type, server, asker, isOwn, query, queries, answer };
    if (isOwn) this.#own = lookup;
    else this.#other = lookup;
  }
}

/** Both are of a query, or of the answer to it. */
function keyOf({ id, question }: DnsFacts, asker: string, server: string, port: number): string {
  return `${asker} ${port} ${server} ${id} ${question?.type} ${question?.name.toLowerCase()}`;
}

function addressAt({ packets, dissected }: PassBatch, row: number, offset: number): string {
  const length = dissected.addressLength[row] ?? 0;
  return renderAddress(addressFromBytes(packets.bytes.subarray(offset, offset + length)));
}
