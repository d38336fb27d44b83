import { deepEqual, equal } from "node:assert/strict";
import { readJunosRefusal } from "./refusal.ts";

Deno.test("a syntax error is told without the caret and the member of the chassis", () => {
  deepEqual(
    readJunosRefusal("                     ^\nsyntax error, expecting <command>.\n\n{master}\n"),
    { kind: "refused", why: "unknown_command", said: "syntax error, expecting <command>." },
  );
});

Deno.test("refusals are told apart", () => {
  const why = (output: string) => readJunosRefusal(output)?.why;
  equal(why("          ^\nunknown command.\n"), "unknown_command");
  equal(why("        ^\n'x' is ambiguous.\nPossible completions:\n"), "unknown_command");
  equal(why("                    ^\nmissing argument.\n"), "bad_argument");
  equal(why("          ^\ninvalid value '300' in ip address: '300.1.2.3'\n"), "bad_argument");
  equal(why("error: permission denied: show bgp summary\n"), "not_permitted");
  equal(why("permission denied.\n"), "not_permitted");
  equal(why("error: the routing subsystem is not running\n"), "not_available");
  equal(
    why("warning: bgp subsystem not running - not needed by configuration.\n"),
    "not_available",
  );
  equal(why("error: timeout communicating with routing daemon\n"), "busy");
  equal(why("ping: cannot resolve x: Host name lookup failure\n"), "bad_argument");
});

Deno.test("an answer is no refusal, nor is nothing at all", () => {
  equal(readJunosRefusal(""), null);
  equal(readJunosRefusal("\n{master}\n"), null);
  equal(
    readJunosRefusal("\ninet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n"),
    null,
  );
  equal(readJunosRefusal("error: x\n".repeat(9)), null);
  equal(readJunosRefusal(`error: ${"x".repeat(5_000)}`), null);
});
