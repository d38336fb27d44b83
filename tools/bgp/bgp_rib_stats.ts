/**
 * `bgp_rib_stats`: how large our tables are and what they are made of.
 *
 * @module
 */
import { z } from "zod";
import { FAMILIES } from "../../lib/bgp/family.ts";
import { lengthHistogram, topOrigins } from "../../lib/bgp/rib_query/rib_anatomy.ts";
import { rows } from "../../lib/bgp/rib_query/route_input.ts";
import { Turns } from "../../lib/bgp/rib_query/turns.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Tells what the tables are made of. */
export const bgpRibStats = defineTool({
  name: "bgp_rib_stats",
  title: "Show the anatomy of our BGP tables",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "Size and anatomy of the tables of our own speaker: prefixes and paths by family and peer, memory by " +
    "part, attribute sets, AS paths and community sets with how often each is reused, prefix lengths, and " +
    "the ASes that originate most. For routes use bgp_get_rib, for sessions bgp_get_peers.",
  input: () =>
    z.strictObject({
      top: z.int().min(0).max(100).default(10).describe("Origins in the list"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      families: z.array(
        z.object({ family: z.string(), prefixes: z.number(), paths: z.number() }),
      ),
      peers: rows().describe("peer, peer_as, state, and paths: ipv4 and ipv6"),
      memory: z.object({
        used_bytes: z.number(),
        bytes_per_path: z.number().nullable(),
        parts: z.array(
          z.object({ part: z.string(), used_bytes: z.number(), reserved_bytes: z.number() }),
        ),
      }).describe("reserved: address space, of which only what is used costs memory"),
      attributes: z.object({
        sets: z.number(),
        as_paths: z.number(),
        community_sets: z.number(),
        paths_per_set: z.number().nullable(),
        sets_per_as_path: z.number().nullable(),
        sets_per_community_set: z.number().nullable(),
      }).describe("Each is kept once, however many share it"),
      refused: z.number().describe("Announcements that found no room, since the start"),
      prefix_lengths: z.object({
        ipv4: z.array(z.object({ length: z.number(), prefixes: z.number() })),
        ipv6: z.array(z.object({ length: z.number(), prefixes: z.number() })),
      }),
      top_origins: z.array(z.object({ asn: z.number(), prefixes: z.number() })).describe(
        "By best paths",
      ),
    }),
  needs: () => [bgp],
  budget: { ms: 20_000 },
  run: async ({ top }, cx) => {
    const speaker = await cx.bgp();
    const { rib } = speaker;
    const peers = speaker.peers().map(({ settings: { index, name, remoteAs }, state }) => {
      const [ipv4, ipv6] = rib.peerPaths(index);
      const row = {
        peer: name,
        peer_as: remoteAs,
        state,
        paths: { ipv4, ipv6 },
      };
      return { paths: ipv4 + ipv6, row };
    });
    const counts = rib.counts();
    const { parts } = rib.usage();
    const usedBytes = parts.reduce((sum, part) => sum + part.usedBytes, 0);
    const pathCount = counts.paths[0] + counts.paths[1];
    const prefixCount = counts.prefixes[0] + counts.prefixes[1];
    const { attributeSets, asPaths, communitySets, refused } = counts;
    return {
      success: true,
      summary: `${sayCount(pathCount, "path")} to ${
        sayCount(prefixCount, "prefix", "prefixes")
      } from ${sayCount(peers.filter(({ paths }) => paths > 0).length, "peer")} in ${
        sayBytes(usedBytes)
      }, ${sayCount(attributeSets, "attribute set")}${
        refused === 0 ? "" : `; ${sayCount(refused, "announcement")} found no room`
      }.`,
      families: FAMILIES.map(({ index, name }) => ({
        family: name,
        prefixes: counts.prefixes[index],
        paths: counts.paths[index],
      })),
      peers: peers.map(({ row }) => row),
      memory: {
        used_bytes: usedBytes,
        bytes_per_path: ratio(usedBytes, pathCount),
        parts: parts.map((part) => ({
          part: part.name,
          used_bytes: part.usedBytes,
          reserved_bytes: part.reservedBytes,
        })),
      },
      attributes: {
        sets: attributeSets,
        as_paths: asPaths,
        community_sets: communitySets,
        paths_per_set: ratio(pathCount, attributeSets),
        sets_per_as_path: ratio(attributeSets, asPaths),
        sets_per_community_set: ratio(attributeSets, communitySets),
      },
      refused,
      prefix_lengths: lengthHistogram(rib),
      top_origins: await topOrigins(rib, new Turns(cx.io.clock, cx.signal), top),
    };
  },
});

/** `4.7 kB`, `83.1 MB`. */
function sayBytes(bytes: number): string {
  return bytes < 1_000_000
    ? `${(bytes / 1_000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** With one decimal; null where there is nothing to divide by. */
function ratio(amount: number, by: number): number | null {
  return by === 0 ? null : Math.round(amount / by * 10) / 10;
}
