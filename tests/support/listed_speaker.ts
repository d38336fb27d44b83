/**
 * A speaker whose tables and changes a test lists, and tools asked about it without the pipeline.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  BgpSpeaker,
  ChangeFilter,
  LocalPrefOverride,
  PeerStatus,
  RouteChange,
} from "../../lib/bgp/bgp_service.ts";
import type { RibReader } from "../../lib/bgp/rib/rib_reader.ts";
import { noCounts } from "../../lib/bgp/session/no_counts.ts";
import type { SessionState } from "../../lib/bgp/session/session.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { containsPrefix } from "../../lib/ip/prefix.ts";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";
import { peerSettings, speakerSettings } from "./speaker_settings.ts";

/** Peers of AS 65000 at 127.0.1.1 and on, Established unless `states` says otherwise. */
export function speakerPeers(
  names: readonly string[],
  states: Readonly<Record<string, SessionState>> = {},
): PeerStatus[] {
  return names.map((name, index) => ({
    settings: peerSettings({ index, name, remoteAs: 65_000, address: `127.0.1.${index + 1}` }),
    state: states[name] ?? "Established",
    reason: "the test says so",
    sinceMs: 0,
    negotiated: null,
    counters: { ...noCounts(), established: 1 },
    received: [0, 0],
    sent: [0, 0],
    endOfRib: [true, true],
    incidents: [],
    malformed: [],
    isDisabled: false,
  }));
}

/** A log that holds these changes, the first with this number. */
export function listedChanges(
  changes: readonly RouteChange[],
  firstSeq = changes[0]?.seq ?? 0,
): BgpSpeaker["changes"] {
  return {
    firstSeq,
    nextSeq: (changes.at(-1)?.seq ?? firstSeq - 1) + 1,
    read: (fromSeq, limit) => changes.filter(({ seq }) => seq >= fromSeq).slice(0, limit),
    find: (asked, fromSeq, limit, most) =>
      changes.filter((change) =>
        change.seq >= fromSeq && change.seq < fromSeq + limit && isAsked(change, asked)
      ).slice(0, most),
  };
}

function isAsked(
  { atMs, prefix, peer, before }: RouteChange,
  { fromMs, toMs, prefix: asked, isCovered, peer: askedPeer }: ChangeFilter,
): boolean {
  return (fromMs === null || atMs >= fromMs) && (toMs === null || atMs <= toMs) &&
    (askedPeer === null || peer === askedPeer || before === askedPeer) &&
    (asked === null ||
      (containsPrefix(asked, prefix) && (isCovered || prefix.length === asked.length)));
}

/** What a tool is asked about. */
export interface Listed {
  readonly rib: RibReader;
  readonly peers?: readonly PeerStatus[];
  readonly changes?: BgpSpeaker["changes"];
  readonly overrides?: readonly LocalPrefOverride[];
}

/** A speaker that can be asked, and told nothing. */
export function listedSpeaker(listed: Listed): BgpSpeaker {
  const peers = () => listed.peers ?? speakerPeers(["rr1", "rr2", "ix1"]);
  const speaker: Partial<BgpSpeaker> = {
    rib: listed.rib,
    settings: speakerSettings({ peers: peers().map(({ settings }) => settings) }),
    peers,
    changes: listed.changes ?? listedChanges([]),
    overrides: () => listed.overrides ?? [],
  };
  return speaker as BgpSpeaker;
}

/** The answer of a tool; the schema of its output knows every field of it. */
// deno-lint-ignore no-explicit-any
export async function askSpeaker(tool: Tool, listed: Listed, args: object = {}): Promise<any> {
  const speaker = listedSpeaker(listed);
  const cx = {
    signal: new AbortController().signal,
    config: { limits: { answer_chars: 8_000 } },
    io: { clock: { ...systemClock, now: () => 1_750_000_000_000 } },
    bgp: () => Promise.resolve(speaker),
  };
  const answer = await tool.run(tool.input.parse(args), cx as unknown as ToolContext);
  assert.deepEqual(tool.output.strict().parse(answer), answer);
  return answer;
}
