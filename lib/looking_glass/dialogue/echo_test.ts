import assert from "node:assert/strict";
import { Echo } from "./echo.ts";

const COMMAND = "show ip bgp 192.0.2.0/24 longer-prefixes";

/** The echo of {@link COMMAND} at `rs1> `. */
function echo({ isSure = false, echoesLineEnd = true } = {}): Echo {
  return new Echo(COMMAND, { prompt: "rs1> ", preamble: "", echoesLineEnd }, "rs1> ", isSure);
}

Deno.test("an echo is taken off, and what follows is output", () => {
  const heard = echo();
  assert.equal(heard.take(`rs1> ${COMMAND}\none\ntwo\n`), "one\ntwo\n");
  assert.equal(heard.state, "seen");
  assert.equal(heard.take(`rs1> ${COMMAND}\n`), `rs1> ${COMMAND}\n`);
});

Deno.test("an echo that wrapped over lines is taken off", () => {
  const heard = echo();
  assert.equal(heard.take("rs1> show ip bgp 192.\n"), "");
  assert.equal(heard.state, "awaited");
  assert.equal(heard.take("0.2.0/24 longer-\n prefixes\none\n"), "one\n");
});

Deno.test("an echo that scrolled sideways is taken off, if enough of it shows", () => {
  assert.equal(echo().take("rs1> $192.0.2.0/24 longer-prefixes\none\n"), "one\n");
  const short = echo();
  short.take("rs1> $prefixes\n");
  assert.equal(short.state, "seen");
  const shorter = echo();
  shorter.take("rs1> $fixes\n");
  assert.equal(shorter.state, "foreign");
});

Deno.test("prompts of empty lines before the echo are passed over", () => {
  assert.equal(echo({ isSure: true }).take(`rs1> \nrs1> rs1> ${COMMAND}\none\n`), "one\n");
});

Deno.test("text where the echo belongs is foreign", () => {
  const other = echo();
  assert.equal(other.take("rs1> show version\none\n"), "");
  assert.equal(other.state, "foreign");
  const late = echo({ isSure: true });
  assert.equal(late.take("rs1> \n*> 10.0.0.0/8\n"), "");
  assert.equal(late.state, "foreign");
});

Deno.test("without an echo every line is output but the end of the prompt's own", () => {
  const lineEnd = echo();
  assert.equal(lineEnd.take("rs1> \n\none\n"), "\none\n");
  assert.equal(lineEnd.state, "absent");
  const nothing = echo({ echoesLineEnd: false });
  assert.equal(nothing.take("rs1> show\n"), "");
  assert.equal(nothing.take("one\ntwo\n"), "show\none\ntwo\n");
});
