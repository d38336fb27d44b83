import { deepEqual, equal } from "node:assert/strict";
import { parseCommunity } from "../../route/community.ts";
import { carriesCommunity, type CommunityColumns } from "./carries_community.ts";

/** One attribute set, its communities as octets in hex. */
function columns(parts: { extended?: string; large?: string; standard?: readonly number[] }) {
  return {
    communitySet: () => 1,
    hasCommunity: (_set, community) => (parts.standard ?? []).includes(community),
    extendedCommunities: () => Uint8Array.fromHex(parts.extended ?? ""),
    largeCommunities: () => Uint8Array.fromHex(parts.large ?? ""),
  } satisfies CommunityColumns;
}

function carried(set: CommunityColumns, texts: readonly string[]): readonly boolean[] {
  return texts.map((text) => carriesCommunity(set, parseCommunity(text))(0));
}

Deno.test("standard communities are found up to the highest", () => {
  const set = columns({ standard: [0xfbf4_0001, 0xffff_029a] });
  deepEqual(carried(set, ["64500:1", "blackhole", "64500:2"]), [true, true, false]);
});

Deno.test("large communities are found whole, not where one ends and the next begins", () => {
  const large = "0000fbf40000000100000002" + "0000fbf40000000300000004";
  deepEqual(carried(columns({ large }), ["64500:3:4", "64500:1:2", "1:2:64500"]), [
    true,
    true,
    false,
  ]);
});

Deno.test("extended communities are found in each form that their numbers fit", () => {
  // rt:64500:1 with an AS of two octets (RFC 4360 §3.1), ro:64500:7 with one of four (RFC 5668 §2),
  // rt:192.0.2.1:9 with an address (RFC 4360 §3.2).
  const extended = "0002fbf400000001" + "02030000fbf40007" + "0102c00002010009";
  deepEqual(
    carried(columns({ extended }), [
      "rt:64500:1",
      "ro:64500:7",
      "rt:192.0.2.1:9",
      "ro:64500:1",
      "rt:64500:7",
      "rt:4200000000:1",
    ]),
    [true, true, true, false, false, false],
  );
});

Deno.test("a list that is cut short holds nothing behind its last whole value", () => {
  equal(
    carriesCommunity(columns({ large: "0000fbf4000000" }), parseCommunity("64500:0:0"))(0),
    false,
  );
});
