import assert from "node:assert/strict";
import { loginFailed, refusalOf } from "./login_failure.ts";

Deno.test("words of a refusal name the failure", () => {
  assert.equal(refusalOf("% Login invalid"), "bad_credentials");
  assert.equal(refusalOf("Login incorrect"), "bad_credentials");
  assert.equal(refusalOf("% Bad passwords, too many failures!"), "bad_credentials");
  assert.equal(refusalOf("% Authentication failed."), "bad_credentials");
  assert.equal(refusalOf("Too many users logged in. Try later."), "too_many_users");
  assert.equal(refusalOf("% Too many concurrent telnet connections"), "too_many_users");
  assert.equal(refusalOf("Maximum number of telnet sessions reached"), "too_many_users");
  assert.equal(refusalOf("% All lines are busy, try later"), "too_many_users");
  assert.equal(refusalOf("Vty password is not set."), "no_password_set");
  assert.equal(refusalOf("Password required, but none set"), "no_password_set");
  assert.equal(refusalOf("% Connection refused by remote host"), "refused");
  assert.equal(refusalOf("Kerberos: No default realm defined for Kerberos!"), "refused");
  assert.equal(refusalOf("Welcome to the route server"), null);
});

Deno.test("a failed login says who, why, and what to do", () => {
  const error = loginFailed("needs_password", {
    host: "rs1.example.net",
    elapsedMs: 12.4,
    remoteSaid: "Password:",
  });
  assert.equal(error.code, "remote.login");
  assert.equal(
    error.message,
    'Cannot log in to "rs1.example.net": it asks for a password and none is configured',
  );
  assert.equal(
    error.hint,
    "Set login.password or login.password_env of this server in looking_glass.servers.",
  );
  assert.equal(error.retryable, false);
  assert.deepEqual(error.detail, {
    stage: "login",
    host: "rs1.example.net",
    failure: "needs_password",
    elapsed_ms: 12,
    remote_said: "Password:",
  });
});
