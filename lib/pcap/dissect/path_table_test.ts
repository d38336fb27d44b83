import assert from "node:assert/strict";
import { Arena } from "../arena.ts";
import { PATH_DEPTH_MAX, PATHS_MAX, PathTable, ROOT_PATH, sharedPaths } from "./path_table.ts";
import { Protocol, protocolName } from "./protocol.ts";

Deno.test("the same chain always has the same id, and its name is that of tshark", () => {
  const paths = new PathTable();
  const eth = paths.child(ROOT_PATH, Protocol.eth);
  const ip = paths.child(eth, Protocol.ip);
  assert.equal(paths.child(paths.child(ROOT_PATH, Protocol.eth), Protocol.ip), ip);
  assert.equal(paths.nameOf(ip), "eth:ip");
  assert.equal(paths.nameOf(ROOT_PATH), "");
  assert.equal(paths.parentOf(ip), eth);
  assert.equal(paths.size, 3);
});

Deno.test("ids stay the same when the table grows", () => {
  const paths = new PathTable();
  const ids: number[] = [];
  for (let a = 1; a <= 80; a++) ids.push(paths.child(ROOT_PATH, a));
  for (const id of ids) for (let b = 1; b <= 20; b++) paths.child(id, b);
  assert.equal(paths.size, 1 + 80 + 1600);
  assert.deepEqual(ids.map((_, index) => paths.child(ROOT_PATH, index + 1)), ids);
});

Deno.test("a capture that makes more paths than the bound gets ancestors, counted", () => {
  const paths = new PathTable();
  for (let a = 1; a <= 80; a++) {
    for (let b = 1; b <= 80; b++) paths.child(paths.child(ROOT_PATH, a), b);
  }
  assert.equal(paths.size, PATHS_MAX);
  assert.ok(paths.overflowed > 0);
});

Deno.test("a path stops growing at the depth bound", () => {
  const paths = new PathTable();
  let node = ROOT_PATH;
  for (let depth = 0; depth < 100; depth++) node = paths.child(node, Protocol.ip);
  assert.equal(paths.nameOf(node).split(":").length, PATH_DEPTH_MAX);
  assert.equal(paths.overflowed, 100 - PATH_DEPTH_MAX);
});

Deno.test("every protocol has a name of its own", () => {
  const names = Object.values(Protocol).map(protocolName);
  assert.equal(new Set(names).size, names.length);
  assert.ok(!names.includes(""));
});

Deno.test("a table follows another with the ids that its paths have there, as they come", () => {
  const memory = new Arena();
  const { end: start } = memory;
  const paths = new PathTable(memory);
  const words = sharedPaths(new Arena({ memory: memory.memory, start }));
  const eth = paths.child(ROOT_PATH, Protocol.eth);
  const ip = paths.child(eth, Protocol.ip);
  const copy = new PathTable();
  copy.follow({ words, size: paths.size, overflowed: 0 });
  assert.equal(copy.size, 3);
  const ipv6 = paths.child(eth, Protocol.ipv6);
  const tcp = paths.child(ipv6, Protocol.tcp);
  copy.follow({ words, size: paths.size, overflowed: 2 });
  assert.equal(copy.overflowed, 2);
  assert.equal(copy.size, 5);
  assert.deepEqual([ip, ipv6, tcp].map((path) => copy.nameOf(path)), [
    "eth:ip",
    "eth:ipv6",
    "eth:ipv6:tcp",
  ]);
  assert.equal(copy.child(eth, Protocol.ip), ip);
});
