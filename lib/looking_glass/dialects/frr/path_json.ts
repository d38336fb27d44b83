/**
 * One path in FRR's JSON: in full, as behind one prefix, or as a row of a table.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import { parseAsPath } from "../../../route/as_path.ts";
import type { PathFlag, RoutePath } from "../../../route/route.ts";
import {
  type CommunityWords,
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from "../text/community_words.ts";
import {
  draftPath,
  neighborAs,
  type PathDraft,
  readAddress,
  readValidation,
} from "../text/path_draft.ts";
import { addUnknown } from "../text/path_lines.ts";
import { clip } from "../text/problem_list.ts";
import { asList, asObject, asText, asUint32, type JsonObject } from "./json_text.ts";

const WORDS_MAX = 200;

const ORIGINS: ReadonlyMap<unknown, RoutePath["origin"]> = new Map([
  ["IGP", "igp"],
  ["EGP", "egp"],
  ["incomplete", "incomplete"],
  ["i", "igp"],
  ["e", "egp"],
  ["?", "incomplete"],
]);

/** Members that are true, in the order in which the text shows them: behind the AS path. */
const FLAGS: readonly (readonly [string, PathFlag])[] = [
  ["removed", "removed"],
  ["stale", "stale"],
  ["rxedFromRrClient", "from_rr_client"],
  ["dampeningHistoryEntry", "history"],
  ["history", "history"],
  ["dampeningSuppressed", "dampened"],
  ["damped", "dampened"],
  ["suppressed", "suppressed"],
];

/** Those that the text shows behind the kind of neighbour. */
const LATER_FLAGS: readonly (readonly [string, PathFlag])[] = [
  ["aggregated", "aggregated"],
  ["sourced", "sourced"],
  ["local", "local"],
  ["atomicAggregate", "atomic_aggregate"],
  ["multipath", "multipath"],
];

/** `peer.type` in full, `pathFrom` in tables. */
const TYPES: ReadonlyMap<unknown, PathFlag> = new Map([
  ["external", "external"],
  ["internal", "internal"],
  ["confed-external", "confed_external"],
  ["confed-internal", "internal"],
]);

/** What stands for the neighbour of the router's own routes in tables. */
const OWN_PEERS: ReadonlySet<unknown> = new Set(["(unspec)", "0.0.0.0", "::"]);

/** Status characters that tables of neighbours' routes have as members. */
const SYMBOLS: readonly (readonly [string, PathFlag])[] = [
  ["s", "suppressed"],
  ["d", "dampened"],
  ["h", "history"],
  ["*", "valid"],
  [">", "best"],
  ["=", "multipath"],
  ["i", "internal"],
  ["S", "stale"],
  ["R", "removed"],
];

/** Reads a path, or null if its AS path or its next hop is missing or no such. */
export function readPathJson(json: JsonObject, prefix: Prefix): RoutePath | null {
  const draft = draftPath(prefix);
  const asPath = readAsPath(asObject(json.aspath)?.string ?? json.path);
  const hop = nextHopOf(json);
  if (asPath === null || hop === null) return null;
  draft.asPath = asPath;
  draft.nextHop = readAddress(asText(hop.ip) ?? undefined);
  draft.nextHopMetric = asUint32(hop.metric) || null;
  draft.origin = ORIGINS.get(json.origin ?? json.bgpOriginCode) ?? null;
  draft.med = asUint32(json.metric ?? json.med);
  draft.localPref = asUint32(json.locPrf ?? json.localpref);
  draft.weight = asUint32(json.weight);
  draft.otc = asUint32(json.otc);
  draft.label = asUint32(json.remoteLabel);
  draft.pathId = asUint32(json.addpathRxId) || null;
  readPeer(json, draft);
  readFlags(json, hop, draft);
  draft.peer.asn = neighborAs(draft);
  readAttributes(json, draft);
  return draft;
}

function readAsPath(value: unknown): RoutePath["asPath"] | null {
  const text = asText(value);
  return text === null ? null : text === "Local" ? [] : parseAsPath(text);
}

/** The next hop that is used: of several, IPv6 with a link-local one, the global one. */
function nextHopOf(json: JsonObject): JsonObject | null {
  const hops = asList(json.nexthops).map(asObject).filter((hop) => hop !== null);
  const hop = hops.find(({ scope }) => scope !== "link-local") ?? hops[0];
  if (hop !== undefined) return hop;
  const ip = json.nextHop ?? json.nextHopGlobal;
  return typeof ip === "string" ? { ip } : null;
}

function readFlags(json: JsonObject, hop: JsonObject, draft: PathDraft): void {
  const flags = new Set<PathFlag>();
  for (const [member, flag] of FLAGS) if (json[member] === true) flags.add(flag);
  // Of a route that was taken back tables say both.
  if (flags.has("history")) flags.delete("dampened");
  if (hop.accessible === false) flags.add("inaccessible");
  if (json.valid === true) flags.add("valid");
  const symbols = asObject(json.appliedStatusSymbols) ?? {};
  for (const [member, flag] of SYMBOLS) if (symbols[member] === true) flags.add(flag);
  // Tables call the router's own routes external too, and those from other members of a confederation.
  const type = TYPES.get(asObject(json.peer)?.type ?? json.pathFrom);
  if (type !== undefined && !OWN_PEERS.has(json.peerId)) {
    const isMember = type === "external" && draft.asPath[0]?.kind.startsWith("confed") === true;
    flags.add(isMember ? "confed_external" : type);
  }
  for (const [member, flag] of LATER_FLAGS) if (json[member] === true) flags.add(flag);
  const best = asObject(json.bestpath);
  if (json.bestpath === true || best?.overall === true) {
    flags.add("best");
    const reason = asText(best?.selectionReason ?? json.selectionReason);
    draft.bestReason = reason === null ? null : clip(reason, WORDS_MAX);
  }
  draft.flags = [...flags];
}

function readPeer(json: JsonObject, draft: PathDraft): void {
  const peer = asObject(json.peer) ?? json;
  const id = asText(peer.peerId);
  const address = readAddress(id ?? undefined);
  draft.peer.address = address === "0.0.0.0" || address === "::" ? null : address;
  draft.peer.routerId = readAddress(asText(peer.routerId) ?? undefined);
  const name = asText(peer.hostname) ?? (address === null ? id : null);
  draft.peer.name = name === null || peer === json ? null : clip(name, WORDS_MAX);
}

function readAttributes(json: JsonObject, draft: PathDraft): void {
  const words = (member: unknown, read: (text: string) => CommunityWords) => {
    const { known, unknown } = read(asText(asObject(member)?.string ?? member) ?? "");
    for (const word of unknown) addUnknown(draft, `community ${word}`);
    return known;
  };
  draft.communities = words(json.community, readCommunities);
  draft.extendedCommunities = words(json.extendedCommunity, readExtendedCommunities);
  draft.largeCommunities = words(json.largeCommunity, readLargeCommunities);
  const asn = asUint32(json.aggregatorAs);
  const address = readAddress(asText(json.aggregatorId) ?? undefined);
  if (asn !== null && address !== null) draft.aggregator = { asn, address };
  draft.originatorId = readAddress(asText(json.originatorId) ?? undefined);
  draft.clusterList = asList(asObject(json.clusterList)?.list)
    .map((id) => readAddress(asText(id) ?? undefined)).filter((id) => id !== null);
  const validation = asText(json.rpkiValidationState);
  draft.rpki = validation === null ? null : readValidation(validation);
  const changed = asUint32(asObject(json.lastUpdate)?.epoch);
  if (changed !== null) {
    draft.lastChange = new Date(changed * 1_000).toISOString().replace(".000Z", "Z");
  }
}
