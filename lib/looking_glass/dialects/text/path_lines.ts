/**
 * The lines of one path in the detail of a prefix, as FRR, Quagga and IOS print them.
 *
 * @module
 */
import { parseAsPath } from "../../../route/as_path.ts";
import type { PathFlag, RoutePath } from "../../../route/route.ts";
import {
  addFlag,
  neighborAs,
  type PathDraft,
  readAddress,
  readAsn,
  readUint32,
  readValidation,
} from "./path_draft.ts";
import { clip } from "./problem_list.ts";

const WORDS_MAX = 200;
/** Most unknown attributes that are kept of one path. */
const UNKNOWN_MAX = 20;

/** What stands in brackets behind an AS path; null: nothing that a field is for. */
const PATH_NOTES: ReadonlyMap<string, PathFlag | null> = new Map([
  ["history entry", "history"],
  ["suppressed due to dampening", "dampened"],
  ["Received from a RR-client", "from_rr_client"],
  ["Received from a RS-client", null],
  ["received-only", "received_only"],
  ["received & used", null],
  ["stale", "stale"],
  ["removed", "removed"],
]);

/** Words of the line that begins with `Origin`; null: nothing that a field is for. */
const ORIGIN_WORDS: ReadonlyMap<string, PathFlag | null> = new Map([
  ["valid", "valid"],
  ["invalid", null],
  ["external", "external"],
  ["internal", "internal"],
  ["confed-external", "confed_external"],
  ["confed-internal", "internal"],
  ["local", "local"],
  ["aggregated", "aggregated"],
  ["sourced", "sourced"],
  ["stale", "stale"],
  ["atomic-aggregate", "atomic_aggregate"],
  ["multipath", "multipath"],
  ["backup/repair", "backup"],
  ["best", "best"],
  // IOS XR only.
  ["redistributed", "sourced"],
  ["backup", "backup"],
  ["group-best", null],
  ["best-external", null],
  ["add-path", null],
  ["import-candidate", null],
  ["imported", null],
  ["not-in-vrf", null],
  ["labeled-unicast", null],
]);

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["IGP", "igp"],
  ["EGP", "egp"],
  ["incomplete", "incomplete"],
]);

/** `192.0.2.12(vm) (metric 106) from vm(192.0.2.12) (192.0.2.12)`. */
const NEXT_HOP = /^(\S+) ((?:\([^()]*\) )*)from (\S+)(?: vrf \S+)?(?: \(([^()]*)\))?/;
/** `vm(192.0.2.12)` of a neighbour, `192.0.2.12(vm)` of a next hop. */
const NAMED = /^([^()]*)\(([^()]+)\)$/;

/**
 * Reads the line with the AS path: `65001 {64510,64511}, (aggregated by 64496 198.51.100.1)`,
 * `Local`. False if it is none.
 */
export function readPathLine(line: string, path: PathDraft): boolean {
  const comma = line.indexOf(", (");
  const text = comma === -1 ? line : line.slice(0, comma);
  const asPath = text === "Local" ? [] : parseAsPath(text);
  if (asPath === null) return false;
  path.asPath = asPath;
  for (const [, note = ""] of (comma === -1 ? "" : line.slice(comma)).matchAll(/\(([^()]*)\)/g)) {
    const [, asn, address] = /^aggregated by (\S+) (\S+)$/.exec(note) ?? [];
    const aggregator = { asn: readAsn(asn), address: readAddress(address) };
    if (aggregator.asn !== null && aggregator.address !== null) {
      path.aggregator = { asn: aggregator.asn, address: aggregator.address };
    } else addWord(path, PATH_NOTES, note);
  }
  return true;
}

/** Reads the line of next hop and neighbour. False if it is none. */
export function readNextHopLine(line: string, path: PathDraft): boolean {
  const [, nextHop = "", notes = "", peer = "", routerId] = NEXT_HOP.exec(line) ?? [];
  if (nextHop === "") return false;
  path.nextHop = readAddress(NAMED.exec(nextHop)?.[1] ?? nextHop);
  for (const [, note = ""] of notes.matchAll(/\(([^()]*)\)/g)) {
    if (note.startsWith("metric ")) path.nextHopMetric = readUint32(note.slice(7));
    else if (note.startsWith("inaccessible")) addFlag(path, "inaccessible");
  }
  const [, name = null, shown = peer] = NAMED.exec(peer) ?? [];
  const address = readAddress(shown);
  path.peer.address = address === "0.0.0.0" || address === "::" ? null : address;
  // Without a number there is a link: FRR then shows `leaf1(swp1)` or `swp1`.
  path.peer.name = name ?? (address === null ? clip(shown, WORDS_MAX) : null);
  path.peer.routerId = readAddress(routerId);
  return true;
}

/** Reads the line that begins with `Origin`. False if it is none. */
export function readOriginLine(line: string, path: PathDraft): boolean {
  if (!line.startsWith("Origin ")) return false;
  for (const word of line.slice("Origin ".length).split(", ")) readOriginWord(word.trim(), path);
  path.peer.asn = neighborAs(path);
  return true;
}

function readOriginWord(word: string, path: PathDraft): void {
  const origin = ORIGINS.get(word);
  if (origin !== undefined) {
    path.origin = origin;
    return;
  }
  const [, key, value] = /^(metric|localpref|weight|otc) (\d{1,10})$/.exec(word) ?? [];
  const reason = /^best \((.*)\)$/.exec(word)?.[1];
  if (key === "metric") path.med = readUint32(value);
  else if (key === "localpref") path.localPref = readUint32(value);
  else if (key === "weight") path.weight = readUint32(value);
  else if (key === "otc") path.otc = readUint32(value);
  else if (word.startsWith("rpki validation-state: ")) {
    path.rpki = readValidation(word.slice("rpki validation-state: ".length));
  } else if (reason !== undefined) {
    addFlag(path, "best");
    path.bestReason = clip(reason, WORDS_MAX);
  } else addWord(path, ORIGIN_WORDS, word);
}

function addWord(
  path: PathDraft,
  words: ReadonlyMap<string, PathFlag | null>,
  word: string,
): void {
  const flag = words.get(word);
  if (flag === undefined) addUnknown(path, word);
  else if (flag !== null) addFlag(path, flag);
}

/** Keeps what there is no field for, cut and counted. */
export function addUnknown(path: PathDraft, words: string): void {
  if (path.unknownAttributes.length < UNKNOWN_MAX && words !== "") {
    path.unknownAttributes.push(clip(words, WORDS_MAX));
  }
}
