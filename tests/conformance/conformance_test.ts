/** Runs the official conformance suite against the HTTP face, once per requirement set. */
import assert from "node:assert/strict";
import { type PinnedTool, pinnedToolTest, runTool } from "../support/pinned_tool.ts";
import { serveFixture } from "./fixture.ts";

const SUITE: PinnedTool = {
  specifier: "@modelcontextprotocol/conformance",
  config: new URL("suite.json", import.meta.url),
  lock: new URL("suite.lock", import.meta.url),
};

interface Verdict {
  readonly exitCode: number;
  /** Scenarios that the requirement set scores, and those of them that failed. */
  readonly scored: readonly string[];
  readonly failed: readonly string[];
  readonly summary: string;
}

async function runSuite(home: string, url: string, requirements: string): Promise<Verdict> {
  const { code, stdout, stderr } = await runTool(SUITE, home, [
    "server",
    `--url=${url}`,
    `--requirements=${requirements}`,
    `--output-dir=${home}`,
  ]);
  const summary = /^=== SUMMARY ===$[^]*/m.exec(stdout)?.[0];
  assert.ok(summary !== undefined, `No summary:\n${stdout}\n${stderr}`);
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
}

/** `scoredScenarios` is the size of the requirement set, which is frozen: an empty run is no pass. */
function conformanceTest(requirements: string, scoredScenarios: number): void {
  pinnedToolTest(`the HTTP face passes all that ${requirements} requires`, SUITE, async (home) => {
    const fixture = serveFixture();
    try {
      const verdict = await runSuite(home, fixture.url, requirements);
      assert.deepEqual(verdict.failed, [], verdict.summary);
      assert.equal(verdict.exitCode, 0, verdict.summary);
      assert.equal(verdict.scored.length, scoredScenarios, verdict.summary);
      console.log(`Conformance ${requirements}: ${scoredScenarios} scored scenarios, 0 failed`);
      console.log(verdict.summary.match(/^(?:Total|Not scored).*$/gm)?.join("\n"));
    } finally {
      await fixture.close();
    }
  });
}

conformanceTest("2025-11-25", 30);
conformanceTest("2026-07-28", 37);
