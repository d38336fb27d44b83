import assert from "node:assert/strict";
import { TCP_FLAGS, TcpFlag, tcpFlagNames } from "./flags.ts";

Deno.test("row n of the table is bit n, and every bit has a row", () => {
  assert.deepEqual(TCP_FLAGS.map(({ bit }) => bit), TCP_FLAGS.map((_kind, index) => 1 << index));
  assert.deepEqual(TCP_FLAGS.map(({ bit }) => bit), Object.values(TcpFlag));
});

Deno.test("no two kinds share a name or a field of tshark", () => {
  const names = TCP_FLAGS.map(({ name }) => name);
  const fields = TCP_FLAGS.map(({ tsharkField }) => tsharkField).filter((one) => one !== null);
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(fields).size, fields.length);
});

Deno.test("a set of flags is named by rising bit", () => {
  assert.deepEqual(tcpFlagNames(TcpFlag.dsack | TcpFlag.retransmission), [
    "retransmission",
    "dsack",
  ]);
  assert.deepEqual(tcpFlagNames(0), []);
});
