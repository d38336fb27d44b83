import assert from "node:assert/strict";
import { DecodeError } from "../../lib/errors/mod.ts";
import type { ByteSource } from "../../lib/pcap/window.ts";
import { findProgram, gatedTest } from "../interop/daemon.ts";
import { sourceOf } from "../support/capture_bytes.ts";
import { scanSource } from "../support/capture_scan.ts";
import { pcap } from "./capture_writer.ts";
import { NASTY_CAPTURES, type Outcome } from "./nasty_captures.ts";
import { FRAME } from "./nasty_files.ts";

/** Far above what any of them takes; only a walk that does not end meets it. */
const HANG_MS = 10_000;

/** What comes of a capture with every column filled and every analyzer at work. */
async function outcomeOf(source: ByteSource): Promise<Required<Outcome>> {
  const hang = new AbortController();
  const timer = setTimeout(() => hang.abort(new Error("it hangs")), HANG_MS);
  let flows = 0;
  let malformed = 0;
  try {
    const { facts } = await scanSource(source, hang.signal, (batch) => {
      for (let row = 0; row < batch.packets.count; row++) {
        flows += batch.flows.isNew[row] ?? 0;
        if (batch.dissected.malformed[row] !== 0) malformed++;
      }
    });
    const warnings = [...facts.warningCounts.keys()];
    return { packets: facts.packets, complete: facts.complete, warnings, flows, malformed };
  } catch (error) {
    if (error instanceof DecodeError) return { refused: error.code };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

for (const nasty of NASTY_CAPTURES) {
  Deno.test(`nasty capture: ${nasty.name}`, async () => {
    assert.partialDeepStrictEqual(await outcomeOf(sourceOf(nasty.bytes())), nasty.outcome);
  });
}

Deno.test("nasty capture: a file that grows while it is read", async () => {
  const grown = sourceOf(pcap([FRAME, FRAME]));
  const source = { sizeBytes: 24 + 16, readSync: grown.readSync };
  assert.partialDeepStrictEqual(await outcomeOf(source), { packets: 2, complete: true });
});

Deno.test("nasty capture: a file that shrinks while it is read", async () => {
  const shrunk = sourceOf(pcap([FRAME, FRAME]).subarray(0, -10));
  const source = { sizeBytes: 24 + 2 * (16 + FRAME.length), readSync: shrunk.readSync };
  assert.partialDeepStrictEqual(await outcomeOf(source), {
    packets: 1,
    complete: false,
    warnings: ["file_shrank"],
  });
});

/** Packets that capinfos counts in each file up to where it gives up; null where it reads nothing. */
async function capinfosCounts(paths: readonly string[]): Promise<(number | null)[]> {
  const { stdout, stderr } = await new Deno.Command("capinfos", {
    // A table without header, comma-separated, exact numbers, packets only.
    args: ["-T", "-m", "-r", "-M", "-c", ...paths],
  }).output();
  const text = new TextDecoder();
  const counts = new Map<string, number>();
  for (const [, path, count] of text.decode(stdout).matchAll(/^(.*),(\d+)$/gm)) {
    counts.set(path ?? "", Number(count));
  }
  const failed = /after reading (\d+) packets from "(.*)"/g;
  for (const [, count, path] of text.decode(stderr).matchAll(failed)) {
    counts.set(path ?? "", Number(count));
  }
  return paths.map((path) => counts.get(path) ?? null);
}

gatedTest(
  "capinfos counts as many packets, or differs as written down",
  () => findProgram("capinfos") === null ? "capinfos is not installed" : null,
  async () => {
    const directory = await Deno.makeTempDir();
    try {
      const paths = NASTY_CAPTURES.map((_, at) => `${directory}/${at}`);
      for (const [at, { bytes }] of NASTY_CAPTURES.entries()) {
        await Deno.writeFile(`${directory}/${at}`, bytes());
      }
      const counts = await capinfosCounts(paths);
      const told = NASTY_CAPTURES.map(({ name }, at) => [name, counts[at]]);
      const expected = NASTY_CAPTURES.map(({ name, outcome, capinfos }) => {
        const ours = "refused" in outcome ? null : outcome.packets;
        return [name, capinfos === undefined ? ours : capinfos.packets];
      });
      assert.deepEqual(told, expected);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);
