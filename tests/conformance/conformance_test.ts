/**
 * Runs the official conformance suite against the HTTP face, once per requirement set. Its version
 * is pinned by `suite.lock`, apart from `deno.lock`: Deno downloads whatever the lock file names,
 * and who starts the server should not wait for the suite's hundred packages.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { serveFixture } from "./fixture.ts";

/** A run takes 1 to 7 s here; the first one also downloads, milliseconds. */
const RUN_WITHIN_MS = 180_000;

interface Verdict {
  readonly exitCode: number;
  /** Scenarios that the requirement set scores, and those of them that failed. */
  readonly scored: readonly string[];
  readonly failed: readonly string[];
  readonly summary: string;
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function runSuite(url: string, requirements: string): Promise<Verdict> {
  const directory = await Deno.makeTempDir({ prefix: "netglass-conformance-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--frozen",
        `--config=${beside("suite.json")}`,
        `--lock=${beside("suite.lock")}`,
        "@modelcontextprotocol/conformance",
        "server",
        `--url=${url}`,
        `--requirements=${requirements}`,
        `--output-dir=${directory}`,
      ],
      cwd: directory,
      env: { NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(RUN_WITHIN_MS),
    }).output();
    const text = new TextDecoder().decode(stdout);
    const summary = /^=== SUMMARY ===$[^]*/m.exec(text)?.[0];
    assert.ok(summary !== undefined, `No summary:\n${text}\n${new TextDecoder().decode(stderr)}`);
    const unscored = new Set(
      [...summary.matchAll(/^ {2}[✓✗] (\S+) \(.+\)$/gm)].map(([, scenario]) => scenario),
    );
    const results = [...summary.matchAll(/^[✓✗] (\S+): \d+ passed, (\d+) failed$/gm)]
      .map(([, scenario = "", failures]) => ({ scenario, failures: Number(failures) }))
      .filter(({ scenario }) => !unscored.has(scenario));
    return {
      exitCode: code,
      scored: results.map(({ scenario }) => scenario),
      failed: results.filter(({ failures }) => failures > 0).map(({ scenario }) => scenario),
      summary,
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function conform(requirements: string, scoredScenarios: number): Promise<void> {
  const fixture = serveFixture();
  try {
    const verdict = await runSuite(fixture.url, requirements);
    assert.deepEqual(verdict.failed, [], verdict.summary);
    assert.equal(verdict.exitCode, 0, verdict.summary);
    assert.equal(verdict.scored.length, scoredScenarios, verdict.summary);
    console.log(`Conformance ${requirements}: ${verdict.scored.length} scored scenarios, 0 failed`);
    console.log(verdict.summary.match(/^(?:Total|Not scored).*$/gm)?.join("\n"));
  } finally {
    await fixture.close();
  }
}

Deno.test("the HTTP face passes all that 2025-11-25 requires", () => conform("2025-11-25", 30));

Deno.test("the HTTP face passes all that 2026-07-28 requires", () => conform("2026-07-28", 37));
