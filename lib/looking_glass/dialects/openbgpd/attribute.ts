/**
 * Attributes that bgpctl prints below a route, one a line: `Aggregator: 64496 [198.51.100.1]`.
 *
 * @module
 */
import type { RoutePath } from "../../../route/route.ts";
import {
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from "../text/community_words.ts";
import { addFlag, type PathDraft, readAddress, readUint32 } from "../text/path_draft.ts";
import { clip } from "../text/problem_list.ts";

const WORDS_MAX = 200;
/** Most attributes that are kept without being known. */
const UNKNOWN_MAX = 32;

/** Sets what a value says; false if it cannot be read. */
type ReadAttribute = (value: string, path: PathDraft) => boolean;

const ATTRIBUTES: ReadonlyMap<string, ReadAttribute> = new Map<string, ReadAttribute>([
  ["Communities", (value, path) => {
    const { known, unknown } = readCommunities(value);
    path.communities = known;
    return unknown.length === 0;
  }],
  ["Large Communities", (value, path) => {
    const { known, unknown } = readLargeCommunities(value);
    path.largeCommunities = known;
    return unknown.length === 0;
  }],
  ["Ext. Communities", readExtended],
  ["Aggregator", (value, path) => (path.aggregator = aggregator(value)) !== null],
  ["Atomic Aggregate", (_, path) => {
    addFlag(path, "atomic_aggregate");
    return true;
  }],
  ["Originator Id", (value, path) => (path.originatorId = readAddress(value)) !== null],
  ["Cluster Id List", (value, path) => {
    const all = value.split(" ").map((word) => readAddress(word));
    path.clusterList = all.filter((one) => one !== null);
    return all.length === path.clusterList.length;
  }],
  ["OTC", (value, path) => (path.otc = readUint32(value)) !== null],
]);

/**
 * Kind and value in turn: `rt 65001:1 ovs valid odi 65000:1`. `[8] 0x8008…` is one whose kind bgpctl
 * does not know; 7.7 prints zeros for its value, so that it is no community to go by.
 */
function readExtended(value: string, path: PathDraft): boolean {
  const words = value.split(" ").filter((word) => word !== "");
  const known: string[] = [];
  for (let i = 0; i + 1 < words.length; i += 2) {
    const [community] = readExtendedCommunities(`${words[i]}:${words[i + 1]}`).known;
    if (community === undefined) note(`Ext. Communities: ${words[i]} ${words[i + 1]}`, path);
    else known.push(community);
  }
  path.extendedCommunities = known;
  return words.length % 2 === 0;
}

/** Reads one attribute into a path; false if its value cannot be read. */
export function readAttribute(name: string, value: string, path: PathDraft): boolean {
  const read = ATTRIBUTES.get(name);
  if (read !== undefined) return read(value, path);
  note(unknownAttribute(name, value), path);
  return true;
}

function note(words: string, path: PathDraft): void {
  if (path.unknownAttributes.length < UNKNOWN_MAX) {
    path.unknownAttributes.push(clip(words, WORDS_MAX));
  }
}

/** `Unknown Attribute #99 flags [OT]`, `len 4: de ad be ef`. */
function unknownAttribute(name: string, value: string): string {
  const type = /^Unknown Attribute #(\d{1,3})\b/.exec(name)?.[1];
  const octets = /^len \d{1,5}: ?((?:[0-9a-f]{2} ?)*)$/.exec(value)?.[1];
  return type === undefined || octets === undefined
    ? `${name}: ${value}`
    : `type ${type}: 0x${octets.replaceAll(" ", "")}`;
}

function aggregator(value: string): RoutePath["aggregator"] {
  const [, number, shown] = /^(\d{1,10}) \[(\S{1,60})\]$/.exec(value) ?? [];
  const asn = readUint32(number);
  const address = readAddress(shown);
  return asn === null || address === null ? null : { asn, address };
}
