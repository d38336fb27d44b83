import assert from "node:assert/strict";
import { pathIssues } from "./path_issues.ts";
import { judgePath } from "./path_verdict.ts";

const clean = judgePath(
  [{
    hop: 1,
    address: "192.0.2.1",
    sent: 10,
    received: 10,
    isDestination: true,
    unreachable: null,
  }],
  { complete: true, destinationMayRateLimit: false },
);

function hops(...averages: (number | null)[]): Parameters<typeof pathIssues>[0] {
  return averages.map((avgMs, i) => ({ hop: i + 1, address: `192.0.2.${i + 1}`, avgMs }));
}

Deno.test("a slow router before fast ones is no issue", () => {
  assert.deepEqual(pathIssues(hops(1, 180, 5, 6), clean), []);
});

Deno.test("latency that rises and stays is named once, where it rises", () => {
  assert.deepEqual(pathIssues(hops(1, 5, null, 130, 128, 131), clean), [
    "Latency rises by 123 ms at hop 4 (192.0.2.4) and stays",
  ]);
});
