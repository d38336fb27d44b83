import assert from "node:assert/strict";
import { PromptLearner } from "./prompt.ts";

/** A learner that sent an empty line at `asked` and saw these lines end. */
function asked(line: string, ...finished: string[]): PromptLearner {
  const learner = new PromptLearner();
  learner.ask(line);
  for (const one of finished) learner.finish(one);
  return learner;
}

Deno.test("the last line that comes back is the prompt", () => {
  assert.deepEqual(asked("rs1> ", "rs1> ").learn("rs1> "), {
    prompt: "rs1> ",
    preamble: "",
    echoesLineEnd: true,
  });
});

Deno.test("lines before the prompt belong to it", () => {
  assert.equal(asked("r> ", "r> ", "", "{master}").learn("r> ")?.preamble, "\n{master}\n");
  assert.equal(asked("r> ", "r> ", "", "r> ", "").learn("r> ")?.preamble, "\n");
});

Deno.test("nothing is learned from half a prompt, another line, or before an empty line", () => {
  assert.equal(asked("rs1> ", "rs1> ").learn("rs1>"), null);
  assert.equal(asked("rs1.exam", "rs1.example> ").learn("rs1.exam"), null);
  assert.equal(asked("Welcome to", "Welcome to the router").learn("rs1> "), null);
  assert.equal(asked("rs1> ").learn("rs1> "), null);
  assert.equal(asked("r> ", "r> ", "a", "b", "c", "d").learn("r> "), null);
  assert.equal(new PromptLearner().learn("rs1> "), null);
  assert.equal(asked(" ", " ").learn(" "), null);
});

Deno.test("a router that echoes nothing puts its prompt behind itself", () => {
  const learned = { prompt: "bird> ", preamble: "", echoesLineEnd: false };
  assert.deepEqual(asked("bird> ").learnInLine("bird> bird> "), learned);
  assert.deepEqual(asked("Password: bird> ").learnInLine("Password: bird> bird> "), learned);
  assert.equal(asked("bird> ").learnInLine("bird> "), null);
  assert.equal(asked("bird> ").learnInLine("bird>  "), null);
  assert.equal(asked("bird> ").learnInLine("bird> b"), null);
  assert.equal(asked("bird> ", "bird> ").learnInLine("bird> bird> "), null);
});
