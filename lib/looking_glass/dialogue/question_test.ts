import assert from "node:assert/strict";
import { looksLikePrompt, questionOf } from "./question.ts";

Deno.test("questions of a login are told from the unfinished line", () => {
  for (const line of ["login: ", "Login:", "rs1.example.net login: ", "Username: ", "User Name:"]) {
    assert.equal(questionOf(line), "username", line);
  }
  for (
    const line of ["Password: ", "password:", "rviews@rs1's password: ", "Password for guest: "]
  ) {
    assert.equal(questionOf(line), "password", line);
  }
  for (
    const line of ["Press RETURN to get started.", "Press any key to continue...", "hit <Enter>"]
  ) {
    assert.equal(questionOf(line), "key", line);
  }
});

Deno.test("what only talks of logins asks nothing", () => {
  for (
    const line of [
      "",
      "Last login: ",
      "rs1.example.net> ",
      "Username: rviews",
      "relogin: no",
      "key",
    ]
  ) {
    assert.equal(questionOf(line), null, line);
  }
});

Deno.test("the end of a question counts however long the line is", () => {
  assert.equal(questionOf(`${"x".repeat(60_000)} Password: `), "password");
});

Deno.test("prompts end in few characters", () => {
  for (const line of ["rs1> ", "rs1#", "guest@rs1% ", "RP/0/RSP0/CPU0:rs1#", "[guest@rs1]"]) {
    assert.equal(looksLikePrompt(line), true, line);
  }
  assert.equal(looksLikePrompt("Welcome to"), false);
});
