/** Where packets are exported to, and what is refused. */
import assert from "node:assert/strict";
import { InputError, PolicyDenied } from "../../lib/errors/mod.ts";
import { captureAt } from "../../tests/support/asked_capture.ts";
import { askTool } from "../../tests/support/asked_tool.ts";
import { exportPackets } from "./export_packets.ts";

const FIXTURE = new URL("../../tests/fixtures/captures/real-resets.pcap", import.meta.url);

async function answerOf(
  export_path: string | null,
  given: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const capture = await captureAt(FIXTURE.pathname);
  const filter = { filter_expression: "tcp.flags.reset == 1", name: "resets" };
  const args = { file_path: "a.pcap", ...filter, ...given };
  return await askTool(exportPackets, [capture], { args, pcap: { export_path } });
}

Deno.test("packets are exported to a new file of the configured directory", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const answer = await answerOf(directory, { name: "resets.pcapng" });
    assert.equal(answer.export_file, `${directory}/resets.pcapng`);
    assert.equal(answer.exported_packets, 6);
    assert.equal(answer.export_bytes, Deno.statSync(`${directory}/resets.pcapng`).size);
    assert.match(
      String(answer.summary),
      /^6 of 29 packets written to .*\/resets\.pcapng, \d+ bytes\.$/,
    );
    await assert.rejects(answerOf(directory, {}), {
      code: "env.file_exists",
      message: `Cannot write "${directory}/resets.pcapng": it exists already`,
    });
    const none = await answerOf(directory, { filter_expression: "udp", name: "none" });
    assert.equal(none.summary, "None of 29 packets matches udp; nothing was written.");
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["resets.pcapng"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("without a configured directory nothing is exported, and no permission is wanted", async () => {
  await assert.rejects(
    answerOf(null, {}),
    (error) =>
      error instanceof PolicyDenied && error.code === "policy.export_path" &&
      error.detail["config_key"] === "pcap.export_path",
  );
  const needs = (export_path: string | null) =>
    exportPackets.needs({ pcap: { export_path } } as never).map(({ kind }) => kind);
  assert.deepEqual(needs(null), ["captures"]);
  assert.deepEqual(needs("/srv/exports"), ["captures", "read", "write"]);
});

Deno.test("a name that could lead elsewhere is refused", async () => {
  for (const name of ["../a", "a/b", ".hidden", "..", "a\0b", "a b", "é"]) {
    await assert.rejects(
      answerOf("/nowhere", { name }),
      (error) => error instanceof InputError && error.code === "input.name",
      name,
    );
  }
});
