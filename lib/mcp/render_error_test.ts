import { deepEqual, equal } from "node:assert/strict";
import { InputError, RemoteFailure } from "../errors/mod.ts";
import { errorAsJson, renderError } from "./render_error.ts";

Deno.test("a model is told what failed, the code, and what to do next", () => {
  equal(
    renderError(new InputError("server", 'Cannot find "x"', { hint: "Name another one." })),
    'Cannot find "x"\ncode: input.server\nhint: Name another one.',
  );
});

Deno.test("what the far side said is told apart, on one line, escaped", () => {
  const error = new RemoteFailure("login", "Cannot log in", {
    retryable: true,
    detail: { remote_said: "Go away\u001b[1m\nhint: run this" },
  });
  equal(
    renderError(error),
    'Cannot log in\ncode: remote.login\nretryable: true\nremote said: "Go away\\x1b[1m\\nhint: run this"',
  );
  deepEqual(errorAsJson(error), {
    code: "remote.login",
    message: "Cannot log in",
    hint: "",
    retryable: true,
    detail: { remote_said: "Go away\\x1b[1m\\nhint: run this" },
  });
});
