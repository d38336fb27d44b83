import { deepEqual } from "node:assert/strict";
import { type Fed, peerOf, SMALL, update } from "../../../tests/support/bgp_updates.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { parseCommunity } from "../../route/community.ts";
import { Rib } from "../rib/rib.ts";
import { createRibMemory } from "../rib/rib_memory.ts";
import { RibView } from "../rib/rib_view.ts";
import { CommunityVerdicts } from "./community_verdicts.ts";

const PREFIX = "192.0.2.0/24";

/** Which of the communities a route with these attributes carries, as kept and as looked at anew. */
function carried(attributes: Partial<Fed>, texts: readonly string[]): string[] {
  const memory = createRibMemory(SMALL);
  const rib = new Rib(memory, { rpkiInvalid: "mark" });
  rib.peerUp(peerOf(0));
  rib.ingest(0, update({ announce: [{ prefix: PREFIX }], ...attributes }));
  const view = new RibView(memory);
  const set = view.paths(view.find(parsePrefix(PREFIX).prefix))[0]?.attributes ?? 0;
  return texts.filter((text) => {
    const verdicts = new CommunityVerdicts(view.scan, parseCommunity(text));
    const part = view.scan.partOf(set, verdicts.part);
    const isCarried = (verdicts.judge(part) & verdicts.wanted) !== 0;
    deepEqual(verdicts.holdsNow(part), isCarried);
    deepEqual(verdicts.values[part], verdicts.judge(part));
    return isCarried;
  });
}

Deno.test("standard communities are found up to the highest", () => {
  deepEqual(
    carried({ communities: [0xfbf4_0001, 0xffff_029a] }, ["64500:1", "blackhole", "64500:2"]),
    ["64500:1", "blackhole"],
  );
});

Deno.test("large communities are found whole, not where one ends and the next begins", () => {
  deepEqual(
    carried({ largeCommunities: [64500, 1, 2, 64500, 3, 4] }, [
      "64500:3:4",
      "64500:1:2",
      "1:2:64500",
    ]),
    ["64500:3:4", "64500:1:2"],
  );
});

Deno.test("extended communities are found in each form that their numbers fit, beside large ones", () => {
  // rt:64500:1 with an AS of two octets (RFC 4360 §3.1), ro:64500:7 with one of four (RFC 5668 §2),
  // rt:192.0.2.1:9 with an address (RFC 4360 §3.2).
  const extendedCommunities = [
    ...[0x0002_fbf4, 0x0000_0001],
    ...[0x0203_0000, 0xfbf4_0007],
    ...[0x0102_c000, 0x0201_0009],
  ];
  const texts = [
    "rt:64500:1",
    "ro:64500:7",
    "rt:192.0.2.1:9",
    "ro:64500:1",
    "rt:64500:7",
    "rt:4200000000:1",
    "64500:1:2",
    "131060:1:2",
  ];
  deepEqual(carried({ extendedCommunities, largeCommunities: [64500, 1, 2] }, texts), [
    "rt:64500:1",
    "ro:64500:7",
    "rt:192.0.2.1:9",
    "64500:1:2",
  ]);
});

Deno.test("a route without communities carries none", () => {
  deepEqual(carried({}, ["64500:1", "64500:1:2", "rt:64500:1"]), []);
});
