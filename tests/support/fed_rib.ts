/**
 * The speaker's own tables, fed with the paths that a test lists.
 *
 * @module
 */
import { OriginTable } from "../../lib/bgp/rib/origin_table.ts";
import { Rib } from "../../lib/bgp/rib/rib.ts";
import { createRibMemory, type RibLimits } from "../../lib/bgp/rib/rib_memory.ts";
import { RibView } from "../../lib/bgp/rib/rib_view.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { parseAsPath } from "../../lib/route/as_path.ts";
import { LOCAL_AS, peerOf, SMALL, update } from "./bgp_updates.ts";
import type { PlainPath } from "./listed_rib.ts";

const ORIGINS = { igp: 0, egp: 1, incomplete: 2 } as const;

/** Peers of the paths: iBGP, so that LOCAL_PREF counts, with path ids. */
const PEERS = 3;

/** Tables that hold these paths. Origin validation: AS 1 may originate all of IPv4. */
export function realRib(paths: readonly PlainPath[], limits: RibLimits = SMALL): RibView {
  const memory = createRibMemory(limits);
  const rib = new Rib(memory, { rpkiInvalid: "mark" });
  const everything = parsePrefix("0.0.0.0/0").prefix;
  rib.useOrigins(new OriginTable([{ prefix: everything, maxLength: 32, asn: 1 }]));
  for (let index = 0; index < PEERS; index++) {
    rib.peerUp(peerOf(index, { peerAs: LOCAL_AS, addPathReceive: [true, true] }));
  }
  for (const path of paths) feed(rib, path);
  return new RibView(memory);
}

/** Announces a path, one that loops where the path may not become best. */
function feed(rib: Rib, path: PlainPath): void {
  const { prefix, pathId = 0, localPref = 100, communities = [], largeCommunities = [] } = path;
  const isLoop = path.ineligible === "as-loop";
  const asPath = parseAsPath(path.asPath ?? "") ?? [];
  rib.ingest(
    path.peer,
    update({
      announce: [{ prefix, pathId }],
      hasPathIds: true,
      family: prefix.includes(":") ? 1 : 0,
      asPath: isLoop ? [{ kind: "sequence", asns: [LOCAL_AS] }, ...asPath] : asPath,
      origin: ORIGINS[path.origin ?? "igp"],
      med: path.med ?? -1,
      localPref,
      communities: communities.map((text) => {
        const [high = 0, low = 0] = text.split(":").map(Number);
        return high * 65_536 + low;
      }),
      largeCommunities: largeCommunities.flatMap((text) => text.split(":").map(Number)),
    }),
  );
}
