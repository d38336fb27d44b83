import assert from "node:assert/strict";
import { RemoteFailure } from "../../errors/mod.ts";
import { JsonValue } from "../../io/json_value.ts";
import { CommunityReader } from "./community_reader.ts";

const value = (sent: unknown) =>
  JsonValue.parse("stat.example", new TextEncoder().encode(JSON.stringify(sent)));

Deno.test("communities are sorted by their form, whichever field they came in", () => {
  assert.deepEqual(
    new CommunityReader().read(
      value("64496:1, BLACKHOLE  64496:1:2"),
      value(["rt:64496:9", "what"]),
      value(null),
    ),
    {
      communities: ["64496:1", "65535:666"],
      largeCommunities: ["64496:1:2"],
      extendedCommunities: ["rt:64496:9"],
      unknownAttributes: ["community what"],
    },
  );
});

Deno.test("a document full of what is no community is wrong after a thousand", () => {
  const reader = new CommunityReader();
  const words = Array.from({ length: 1001 }, (_, i) => `w${i}`);
  assert.throws(() => reader.read(value(words)), RemoteFailure);
  // What was understood before is still understood.
  assert.deepEqual(reader.read(value("w0 64496:1")).communities, ["64496:1"]);
});

Deno.test("more text than an attribute has is wrong", () => {
  assert.throws(
    () => new CommunityReader().read(value("1:1 ".repeat(60_000))),
    (error) => error instanceof RemoteFailure && /at most 200000 characters$/.test(error.message),
  );
});
