import { deepEqual, equal } from "node:assert/strict";
import { readRefusal, saysNotInTable } from "./refusal.ts";

function why(output: string): string | null {
  return readRefusal(output)?.why ?? null;
}

Deno.test("refusals of FRR are told apart", () => {
  deepEqual(readRefusal("% [BGP] Unknown command: show ip bgp foo\n"), {
    kind: "refused",
    why: "unknown_command",
    said: "% [BGP] Unknown command: show ip bgp foo",
  });
  equal(why("% Command incomplete.\n"), "bad_argument");
  equal(why("Can't compile regexp (((\n"), "bad_argument");
  equal(
    why("% Cannot specify IPv6 address or prefix with IPv4 AFI\n"),
    "wrong_family",
  );
  equal(why("% No such neighbor or address family\n"), "bad_argument");
  equal(why("No such neighbor in this view/vrf\n"), "bad_argument");
  equal(why("% BGP instance not found\n"), "not_available");
});

Deno.test("refusals of IOS, NX-OS and EOS are told apart, the caret line left out", () => {
  deepEqual(readRefusal("       ^\n% Invalid input detected at '^' marker.\n\n"), {
    kind: "refused",
    why: "unknown_command",
    said: "% Invalid input detected at '^' marker.",
  });
  equal(
    why(
      'Translating "8.8.8.256"...domain server (255.255.255.255)\n% Unknown command or computer name, or unable to find computer address\n',
    ),
    "unknown_command",
  );
  equal(
    why("Syntax error while parsing 'show ip bgp'\n\n  ^\n% Invalid command at '^' marker.\n"),
    "unknown_command",
  );
  equal(why("% Invalid input (privileged mode required)\n"), "not_permitted");
  equal(why("Command authorization failed.\n"), "not_permitted");
  equal(why('% Ambiguous command:  "sh i b"\n'), "bad_argument");
  equal(why("% BGP not active\n"), "not_available");
});

Deno.test("an answer is no refusal, whatever stands in it", () => {
  equal(readRefusal(""), null);
  equal(readRefusal("\n\n"), null);
  equal(readRefusal("% Network not in table\n"), null);
  equal(readRefusal("% Warning: slow peer\nBGP routing table entry for 192.0.2.0/24\n"), null);
  equal(readRefusal("   Network   Next Hop\n% Unknown command\n"), null);
  equal(readRefusal("% Unknown command\n".repeat(100)), null);
});

Deno.test("a prefix that is not in the table is recognised", () => {
  equal(saysNotInTable("% Network not in table\n"), true);
  equal(saysNotInTable("\n% Network not in BGP table\n"), true);
  equal(saysNotInTable("BGP routing table entry for 192.0.2.0/24\n"), false);
});

Deno.test("the router's words are cut at 200 characters", () => {
  equal(readRefusal(`% ${"x".repeat(5_000)}`), null);
  equal(readRefusal(`% ${"x".repeat(1_000)}`)?.said.length, 200);
});
