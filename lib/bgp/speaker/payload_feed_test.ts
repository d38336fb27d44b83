import { deepEqual, equal } from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { VrpTable } from "../../route/vrp_table.ts";
import { packPayloads, unpackPayloads } from "./packed_payloads.ts";
import { feedPayloads } from "./payload_feed.ts";
import type { SpeakerLine } from "./speaker_line.ts";

function tableOf(...rows: readonly (readonly [string, number, number])[]): VrpTable {
  const table = new VrpTable();
  for (const [text, maxLength, asn] of rows) {
    table.add({ prefix: parsePrefix(text).prefix, maxLength, asn });
  }
  return table;
}

Deno.test("payloads are the same behind the words", async () => {
  const table = tableOf(
    ["192.0.2.0/24", 28, 64_500],
    ["2001:db8:1::/48", 64, 4_294_967_295],
    ["0.0.0.0/0", 0, 0],
    ["2001:db8::1/128", 128, 1],
  );
  const words = await packPayloads(table, () => Promise.resolve());
  deepEqual(
    unpackPayloads(words).map((
      { prefix, maxLength, asn },
    ) => [renderPrefix(prefix), maxLength, asn])
      .sort(),
    [
      ["0.0.0.0/0", 0, 0],
      ["192.0.2.0/24", 28, 64_500],
      ["2001:db8:1::/48", 64, 4_294_967_295],
      ["2001:db8::1/128", 128, 1],
    ],
  );
});

Deno.test("payloads are handed over when they have changed, and failures are waited out", async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  const asked: number[] = [];
  const answers = [
    () => tableOf(["192.0.2.0/24", 24, 64_500]),
    () => {
      throw new RemoteFailure("http", "Cannot fetch");
    },
    () => tableOf(["192.0.2.0/24", 24, 64_500]),
    () => tableOf(["192.0.2.0/24", 24, 64_501]),
  ];
  let reads = 0;
  const source = {
    read: () =>
      Promise.resolve().then(() => ({ table: (answers[reads++] ?? (() => new VrpTable()))() })),
  };
  // The one order that the feed gives is noted.
  const ask = ((order: { readonly words: Uint32Array }) => {
    asked.push(unpackPayloads(order.words)[0]?.asn ?? -1);
    return Promise.resolve(null);
  }) as unknown as SpeakerLine["ask"];
  const logBug = () => {
    throw new TypeError("A failure of the source is no fault of ours");
  };
  const feeding = feedPayloads(() => Promise.resolve(source), {
    clock,
    line: { ask },
    logBug,
    signal: end.signal,
  });
  await clock.pass(1);
  deepEqual(asked, [64_500]);
  await clock.pass(300_000);
  equal(reads, 2);
  await clock.pass(60_000);
  equal(reads, 3);
  deepEqual(asked, [64_500]);
  await clock.pass(300_000);
  deepEqual(asked, [64_500, 64_501]);
  end.abort();
  await feeding;
});
