import assert from "node:assert/strict";
import {
  attributeHex,
  bgpTraits,
  messageOf,
  updateBody,
} from "../../../tests/support/bgp_octets.ts";
import { GOOD, NLRI } from "../../../tests/support/walked_updates.ts";
import { UpdateWalker } from "../codec/update_walk.ts";
import { type MalformedUpdate, MalformedUpdates } from "./malformed_update.ts";

const TRAITS = bgpTraits();
const BAD_MED = attributeHex(0x80, 4, "00");
const LOCAL_PREF = attributeHex(0x40, 5, "00000064");

/** What is kept of one message after the other, each at its time in seconds. */
function kept(updates: readonly (readonly [atSec: number, attributes: string, nlri: string])[]) {
  const malformed = new MalformedUpdates();
  const walker = new UpdateWalker(TRAITS);
  return updates.map(([atSec, attributes, nlri]): MalformedUpdate | null => {
    const message = messageOf(2, updateBody({ attributes: GOOD + attributes, nlri }));
    const parts = walker.walk(message, 19, message.length);
    return malformed.take(parts, 19, message.length, TRAITS, atSec * 1000);
  });
}

Deno.test("a malformed UPDATE is kept whole, with its fault and the prefixes that it announces", () => {
  const [one] = kept([[7, BAD_MED, NLRI + "080a"]]);
  assert.deepEqual(
    one === null || one === undefined ? null : { ...one, message: one.message.toHex() },
    {
      atMs: 7000,
      finding: {
        name: "med-length",
        action: "withdraw",
        subcode: 0,
        source: "RFC 7606 §7.4",
        meaning: "MULTI_EXIT_DISC has not four octets",
      },
      attribute: 4,
      count: 1,
      announcedCount: 2,
      announced: ["203.0.113.0/24", "10.0.0.0/8"],
      message: messageOf(2, updateBody({ attributes: GOOD + BAD_MED, nlri: NLRI + "080a" }))
        .toHex(),
    },
  );
});

Deno.test("one of each fault is kept in ten minutes, all are counted, good ones are passed over", () => {
  const counts = kept([
    [0, BAD_MED, NLRI],
    [1, BAD_MED, NLRI],
    [2, "", NLRI],
    [3, LOCAL_PREF, NLRI],
    [599, BAD_MED, NLRI],
    [601, BAD_MED, NLRI],
  ]).map((one) => one?.count ?? null);
  assert.deepEqual(counts, [1, null, null, 1, null, 4]);
});

Deno.test("of many prefixes the first twenty are told", () => {
  const many = Array.from({ length: 50 }, (_, n) => `180a00${n.toString(16).padStart(2, "0")}`);
  const [one] = kept([[0, BAD_MED, many.join("")]]);
  assert.deepEqual([one?.announcedCount, one?.announced.length, one?.announced[19]], [
    50,
    20,
    "10.0.19.0/24",
  ]);
});
