/**
 * `bgp_explain`: why a path is best, why the others are not, and why nothing matches.
 *
 * @module
 */
import { z } from "zod";
import type { RouteChange } from "../../lib/bgp/bgp_service.ts";
import { changeRow } from "../../lib/bgp/rib_query/change_row.ts";
import { explainRoute } from "../../lib/bgp/rib_query/explain_route.ts";
import { PeerNames } from "../../lib/bgp/rib_query/peer_names.ts";
import { inFull, readChanges } from "../../lib/bgp/rib_query/read_changes.ts";
import { prefixInput, readPrefix, rows } from "../../lib/bgp/rib_query/route_input.ts";
import { sayExplanation } from "../../lib/bgp/rib_query/say_explanation.ts";
import { Turns } from "../../lib/bgp/rib_query/turns.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";

/** Changes that are shown. */
const CHANGES_MAX = 5;

/** Explains the decision about a prefix. */
export const bgpExplain = defineTool({
  name: "bgp_explain",
  title: "Explain a BGP decision",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "The decision of our own speaker for one prefix or address, step by step: which prefix of the table " +
    "it falls into, every path with its values, at which step each lost (with the RFC), which are not " +
    "eligible by which rule, RPKI state, overrides of LOCAL_PREF, the last changes; where nothing " +
    "matches, what is near and which peers are down. To find routes use bgp_get_rib.",
  input: () =>
    z.strictObject({
      prefix: prefixInput().describe("Prefix or address, for example 192.0.2.0/24 or 2001:db8::1"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      asked: z.string(),
      matched: z.string().nullable().describe("The prefix in the table"),
      match: z.enum(["exact", "longest", "none"]),
      path_count: z.number(),
      steps: rows().describe(
        "step, rule, source, best_value, lost: {peer, value}, lost_count, remaining",
      ),
      candidates: rows().describe(
        "Best first: as in bgp_get_rib, and lost_at, lost_to, rule (why it is not eligible)",
      ),
      overrides: z.array(z.object({
        peer: z.string().nullable().describe("null: paths of every peer"),
        local_pref: z.number(),
        expires_at: z.string(),
      })),
      covering: z.array(z.string()).readonly().describe("Prefixes of the table around it"),
      more_specific: z.object({
        count: z.number(),
        count_is_exact: z.boolean(),
        first: z.array(z.string()).readonly(),
      }),
      peers_down: z.array(z.object({ name: z.string(), reason: z.string() })).readonly(),
      last_changes: rows().describe("Of that prefix, newest first; more: bgp_changes"),
    }),
  needs: () => [bgp],
  budget: { ms: 20_000 },
  pages: "candidates",
  run: async ({ prefix }, cx) => {
    const asked = readPrefix(prefix);
    const speaker = await cx.bgp();
    const { clock } = cx.io;
    const peers = speaker.peers();
    const names = new PeerNames(peers);
    const found = explainRoute(
      { rib: speaker.rib, peers, overrides: speaker.overrides(), nowMs: clock.now() },
      asked.prefix,
      asked.isAddress,
    );
    let latest: RouteChange[] = [];
    const window = {
      fromMs: null,
      toMs: null,
      prefix: found.matched ?? asked.prefix,
      isCovered: false,
      peer: null,
    };
    await readChanges(speaker.changes, window, new Turns(clock, cx.signal), (change) => {
      latest = [change, ...latest].slice(0, CHANGES_MAX);
    });
    return {
      success: true,
      summary: sayExplanation(found, asked.text, peers.length),
      asked: asked.text,
      matched: found.matched === null ? null : renderPrefix(found.matched),
      match: found.match,
      path_count: found.pathCount,
      steps: found.steps.map((step) => ({ ...step })),
      candidates: found.candidates,
      overrides: found.overrides.map(({ peer, localPref, expiresAtMs }) => ({
        peer: peer === null ? null : names.of(peer).name,
        local_pref: localPref,
        expires_at: new Date(expiresAtMs).toISOString(),
      })),
      covering: found.covering,
      more_specific: found.moreSpecific,
      peers_down: found.peersDown,
      last_changes: latest.map((change) => changeRow(inFull(speaker.changes, change), names)),
    };
  },
});
