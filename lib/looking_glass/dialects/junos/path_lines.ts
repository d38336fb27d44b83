/**
 * One path of `show route … detail`, filled in line by line.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { OriginValidation, PathFlag, RoutePath } from "../../../route/route.ts";
import { parseDuration } from "../text/duration.ts";
import { draftPath, type PathDraft, readAddress, readAsn, readUint32 } from "../text/path_draft.ts";
import { addUnknown } from "../text/path_lines.ts";
import { clip } from "../text/problem_list.ts";
import { readAggregator, readJunosAsPath } from "./as_path.ts";
import { readJunosCommunities } from "./communities.ts";

/** A path being read. */
export interface OpenPath {
  readonly path: PathDraft;
  readonly flags: Set<PathFlag>;
  /** Kept but not used (`State: <Hidden …>`). */
  isHidden: boolean;
  hasAsPath: boolean;
  /** The line that ends every path of BGP was there (`Router ID`). */
  hasEnd: boolean;
  /** Behind the path: how its next hop is resolved, in fields of the same names. */
  isBehind: boolean;
}

/** Most characters of a reason or an attribute in the router's words. */
const WORDS_MAX = 200;

const VALIDATION: Readonly<Record<string, OriginValidation>> = {
  valid: "valid",
  invalid: "invalid",
  unknown: "not_found",
  unverified: "unverified",
};

/** Begins a path. */
export function openPath(prefix: Prefix, isActive: boolean, preference: number | null): OpenPath {
  return {
    path: { ...draftPath(prefix), preference },
    flags: new Set(isActive ? ["best"] : []),
    isHidden: false,
    hasAsPath: false,
    hasEnd: false,
    isBehind: false,
  };
}

/** The path as far as it was read. */
export function finishPath({ path, flags }: OpenPath): RoutePath {
  return { ...path, flags: [...flags] };
}

/** Takes a line, trimmed. One that says nothing of the path is passed over. */
export function readPathLine(draft: OpenPath, line: string): void {
  if (line.startsWith("Indirect next hops:")) draft.isBehind = true;
  if (draft.isBehind) return;
  const colon = line.indexOf(":");
  if (colon !== -1) FIELDS.get(line.slice(0, colon))?.(draft, line.slice(colon + 1).trim());
  if (line.startsWith("Attr flags ")) readUnrecognized(draft.path, line);
  else if (/^(?:Import )?Accepted\b/.test(line)) {
    if (/\bMultipath/.test(line)) draft.flags.add("multipath");
    if (/Stale\b/.test(line)) draft.flags.add("stale");
  }
}

/** The validation state that Junos shows, or null. */
export function readValidation(text: string): OriginValidation | null {
  return VALIDATION[text.trim()] ?? null;
}

/** An age, seconds: a bare number is seconds already. */
export function readAge(text: string): number | null {
  return /^\d{1,2}$/.test(text) ? Number(text) : parseDuration(text);
}

/** The first word as an address in canonical form, or null. */
export function firstAddress(text: string): string | null {
  return readAddress(text.split(/[\s,+]/, 1)[0]);
}

const FIELDS: ReadonlyMap<string, (draft: OpenPath, text: string) => void> = new Map([
  ["Source", ({ path }: OpenPath, text: string) => {
    path.peer.address = firstAddress(text);
  }],
  ["Router ID", (draft, text) => {
    draft.path.peer.routerId = firstAddress(text);
    draft.hasEnd = draft.path.peer.routerId !== null;
  }],
  ["Local AS", ({ path }, text) => {
    const [, asn] = text.split("Peer AS:");
    if (asn !== undefined) path.peer.asn = readAsn(asn.trim());
  }],
  ["Peer AS", ({ path }, text) => {
    path.peer.asn = readAsn(text);
  }],
  // The next hop that traffic takes, until the one of the protocol is told.
  ["Next hop", ({ path }, text) => {
    if (path.nextHop === null || text.endsWith(", selected")) path.nextHop = firstAddress(text);
  }],
  ["Protocol next hop", ({ path }, text) => {
    path.nextHop = firstAddress(text);
  }],
  ["Next hop type", ({ flags }, text) => {
    if (text.startsWith("Unusable")) flags.add("inaccessible");
  }],
  ["State", (draft, text) => {
    const words = text.split(/[<>\s]+/);
    draft.isHidden = words.includes("Hidden");
    if (draft.isHidden) draft.flags.add("filtered");
    else if (!draft.flags.has("inaccessible")) draft.flags.add("valid");
    if (words.includes("Int")) draft.flags.add("internal");
    else if (words.includes("Ext")) draft.flags.add("external");
    if (words.includes("Delete")) draft.flags.add("removed");
  }],
  ["Inactive reason", ({ path }, text) => {
    path.notBestReason = clip(text, WORDS_MAX);
  }],
  ["Hidden reason", ({ path, flags }, text) => {
    path.notBestReason = clip(text, WORDS_MAX);
    if (/damp/i.test(text)) flags.add("dampened");
    if (/next ?hop/i.test(text)) flags.add("inaccessible");
    if (!/polic|reject/i.test(text)) flags.delete("filtered");
  }],
  ["Age", ({ path }, text) => {
    const [age = "", ...metrics] = text.split(/\s+(?=Metric)/);
    path.ageSec = readAge(age.trim());
    for (const metric of metrics) readMetric(path, metric);
  }],
  ["Metric", ({ path }, text) => readMetric(path, `Metric: ${text}`)],
  ["Validation State", ({ path }, text) => {
    path.rpki = readValidation(text);
  }],
  ["AS path", (draft, text) => {
    // Old releases put "AS path:" before what follows the path as well.
    const read = readJunosAsPath(text);
    if (read !== null && !draft.hasAsPath) {
      draft.path.asPath = read.asPath;
      draft.path.origin = read.origin;
      draft.hasAsPath = true;
    }
    readBehindAsPath(draft, read?.rest ?? text);
  }],
  ["Aggregator", ({ path }, text) => {
    path.aggregator = readAggregator(text);
  }],
  ["Cluster list", ({ path }, text) => {
    path.clusterList = readAddresses(text);
  }],
  ["Originator ID", ({ path }, text) => {
    path.originatorId = firstAddress(text);
  }],
  ["Communities", ({ path }, text) => {
    const { unknown, ...known } = readJunosCommunities(text);
    Object.assign(path, known);
    for (const word of unknown) addUnknown(path, `community ${word}`);
  }],
  ["Localpref", ({ path }, text) => {
    path.localPref = readUint32(text);
  }],
  ["Addpath Path ID", ({ path }, text) => {
    path.pathId = readUint32(text);
  }],
  ["Route Label", ({ path }, text) => {
    path.label = readUint32(text);
  }],
  ["AIGP", ({ path }, text) => addUnknown(path, `AIGP: ${text}`)],
]);

/** `Metric: 10` is the MED, `Metric2: 5` the metric to the next hop. */
function readMetric(path: PathDraft, text: string): void {
  const [, which, digits] = /^Metric(2?): +(\d+)/.exec(text) ?? [];
  if (which === "") path.med = readUint32(digits);
  else if (which === "2") path.nextHopMetric = readUint32(digits);
}

function readAddresses(text: string): string[] {
  return text.split(/\s+/).map((word) => readAddress(word)).filter((address) => address !== null);
}

function readBehindAsPath({ path, flags }: OpenPath, rest: string): void {
  if (/\bAtomic\b/.test(rest)) flags.add("atomic_aggregate");
  if (rest.startsWith("Attr flags ")) readUnrecognized(path, rest);
  const aggregator = /\bAggregator:(.*)$/.exec(rest)?.[1];
  if (aggregator !== undefined) path.aggregator = readAggregator(aggregator);
  const clusters = /\bCluster list:([\d. ]*)/.exec(rest)?.[1];
  if (clusters !== undefined) path.clusterList = readAddresses(clusters);
  const originator = /\bOriginator ID:\s*([\d.]+)/.exec(rest)?.[1];
  if (originator !== undefined) path.originatorId = firstAddress(originator);
}

/** `Attr flags e0 code 80: 00 00 fb f0 …`, everything in hexadecimal. */
function readUnrecognized(path: PathDraft, line: string): void {
  const [, code = "", octets = ""] =
    /^Attr flags [\da-f]{1,2} code ([\da-f]{1,2}): ([\da-f ]+)$/i.exec(line) ?? [];
  if (octets === "") return;
  addUnknown(path, `type ${parseInt(code, 16)}: 0x${octets.replaceAll(" ", "").toLowerCase()}`);
}
