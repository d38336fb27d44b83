/**
 * Fields and readers that the tools about our tables share.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../errors/mod.ts";
import { addressBits, parseAddress } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import { sayList } from "../../words/list.ts";
import type { BgpSpeaker } from "../bgp_service.ts";

/** Objects whose fields depend on what there is. */
export function rows() {
  return z.array(z.record(z.string(), z.unknown())).readonly();
}

/** A prefix or an address. */
export function prefixInput() {
  return z.string().min(2).max(64);
}

/** One of the configured peers. */
export function peerInput() {
  return z.string().min(1).max(64).optional().describe("Only this peer: its name or address");
}

/** What a text named. */
export interface NamedPrefix {
  /** Of an address: the prefix that holds it alone. */
  readonly prefix: Prefix;
  readonly isAddress: boolean;
  /** Canonical. */
  readonly text: string;
}

/**
 * Reads a prefix or an address.
 *
 * @throws {InputError} `input.prefix`
 */
export function readPrefix(text: string): NamedPrefix {
  return orInputError("prefix", () => {
    if (!text.includes("/")) {
      const address = parseAddress(text);
      const prefix = prefixOf(address, addressBits(address.family));
      return { prefix, isAddress: true, text: renderPrefix(prefix).replace(/\/\d+$/, "") };
    }
    const { prefix, hostBitsSet } = parsePrefix(text);
    if (!hostBitsSet) return { prefix, isAddress: false, text: renderPrefix(prefix) };
    throw new InputError("prefix", `Cannot use "${text}": it has bits behind its length`, {
      hint: `Write ${renderPrefix(prefix)}, or the address without a length.`,
    });
  });
}

/**
 * Reads an AS number.
 *
 * @throws {InputError} `input.<field>`
 */
export function readAsn(field: string, text: string | number): number {
  return orInputError(field, () => parseAsNumber(String(text)));
}

/**
 * Index of the peer with this name or address.
 *
 * @throws {InputError} `input.peer`
 */
export function readPeer(speaker: BgpSpeaker, text: string): number {
  const peer = speaker.peer(text);
  if (peer !== null) return peer.settings.index;
  const names = speaker.settings.peers.map(({ name }) => name);
  throw new InputError("peer", `Cannot ask for peer "${text}": no such peer is configured`, {
    hint: names.length === 0 ? "Add it to bgp.peers." : `Configured: ${sayList(names)}.`,
  });
}

function orInputError<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError(field, error.message, { hint: `Write ${error.expected}.` });
  }
}
