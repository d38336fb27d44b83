import assert from "node:assert/strict";
import { labServer } from "../../tests/support/lab_router.ts";
import { InputError } from "../errors/mod.ts";
import { findServer, selectServers } from "./server_names.ts";

const linx = labServer(23, {
  name: "RouteViews LINX",
  host: "linx.example",
  tags: ["europe", "ixp"],
});
const sydney = labServer(23, { name: "RouteViews Sydney", host: "syd.example", tags: ["oceania"] });
const brazil = labServer(23, {
  name: "IX.br São Paulo",
  host: "gru.example",
  tags: ["ixp", "south-america"],
  ping: true,
});
const att = labServer(23, { name: "AT&T", host: "att.example", enabled: false, traceroute: true });
const servers = [linx, sydney, brazil, att];

function refusal(act: () => unknown): { message: string; hint: string } {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof InputError);
    assert.equal(error.code, "input.server");
    return { message: error.message, hint: error.hint };
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}

Deno.test("a server is found by name, without regard to case and accents, and by a part", () => {
  assert.equal(findServer(servers, "RouteViews LINX"), linx);
  assert.equal(findServer(servers, " routeviews linx"), linx);
  assert.equal(findServer(servers, "ix.br sao paulo"), brazil);
  assert.equal(findServer(servers, "sydney"), sydney);
  assert.equal(findServer(servers, "gru.example"), brazil);
});

Deno.test("a whole name goes before a part of another one", () => {
  const short = labServer(23, { name: "RouteViews" });
  assert.equal(findServer([...servers, short], "routeviews"), short);
});

Deno.test("without a name it is the first enabled one, or the first that offers what is wanted", () => {
  assert.equal(findServer(servers, undefined), linx);
  assert.equal(findServer(servers, undefined, "ping"), brazil);
});

Deno.test("a part of several names is refused with their names", () => {
  assert.deepEqual(refusal(() => findServer(servers, "routeviews")), {
    message: 'Cannot choose a server: "routeviews" fits several',
    hint: 'Name one of "RouteViews LINX", "RouteViews Sydney".',
  });
});

Deno.test("a name that is mistyped gets the nearest, one that is nothing gets the list", () => {
  assert.deepEqual(refusal(() => findServer(servers, "RouteView Lynx")), {
    message: 'Cannot find a server called "RouteView Lynx"',
    hint: 'Did you mean "RouteViews LINX"? list_servers has all of them.',
  });
  assert.match(refusal(() => findServer(servers, "")).hint, /^Name one of "RouteViews LINX", /);
  const { message, hint } = refusal(() => findServer(servers, "x".repeat(5_000)));
  assert.ok(message.length < 150);
  assert.match(hint, /list_servers tells more/);
});

Deno.test("a disabled server is refused with the line that enables it", () => {
  const { message, hint } = refusal(() => findServer(servers, "at&t"));
  assert.equal(message, 'Cannot ask "AT&T": it is not enabled');
  assert.match(hint, /^Add looking_glass\.servers: \[\{name: "AT&T", enabled: true\}\]/);
});

Deno.test("one that does not offer ping is refused with those that do", () => {
  assert.deepEqual(refusal(() => findServer(servers, "linx", "ping")), {
    message: 'Cannot ask "RouteViews LINX": it does not offer ping',
    hint: 'These do: "IX.br São Paulo".',
  });
  assert.match(refusal(() => findServer(servers, "linx", "traceroute")).hint, /^No enabled server/);
  assert.match(refusal(() => findServer(servers, undefined, "traceroute")).hint, /name: "AT&T"/);
});

Deno.test("a selection takes names and tags, each server once, in the configured order", () => {
  assert.deepEqual(selectServers(servers, []), [linx, sydney, brazil]);
  assert.deepEqual(selectServers(servers, ["ixp"]), [linx, brazil]);
  assert.deepEqual(selectServers(servers, ["sydney", "IXP", "linx"]), [linx, sydney, brazil]);
  assert.match(refusal(() => selectServers(servers, ["africa"])).message, /"africa"/);
});

Deno.test("a name that is also a tag is the name", () => {
  const ixp = labServer(23, { name: "IXP" });
  assert.deepEqual(selectServers([...servers, ixp], ["ixp"]), [ixp]);
});

Deno.test("where nothing is enabled, how to enable one is said", () => {
  for (const act of [() => findServer([att], "x"), () => selectServers([att], [])]) {
    assert.deepEqual(refusal(act), {
      message: "Cannot choose a server: none is enabled",
      hint: 'Add looking_glass.servers: [{name: "AT&T", enabled: true}] to the configuration.',
    });
  }
  assert.match(refusal(() => findServer([], undefined)).hint, /^Add one to looking_glass\.servers/);
});
