import assert from "node:assert/strict";
import fc from "fast-check";
import { hostFixture } from "../../tests/host_fixtures.ts";
import { requireConnections, socketsOf, statesNamed } from "./sockets.ts";

Deno.test("a recorded printout is read line by line", () => {
  const { sockets, unread } = socketsOf(hostFixture("ss.txt"), false);
  assert.equal(unread, 0);
  assert.equal(sockets.length, 15);
  assert.deepEqual(sockets[1], {
    protocol: "udp",
    local_address: "127.0.0.53",
    local_port: 53,
    remote_address: null,
    remote_port: null,
    state: "UNCONNECTED",
    pid: 29874,
    process_name: 'e"',
    interface: "lo",
    receive_queue: 0,
    send_queue: 0,
  });
  assert.deepEqual(
    sockets.slice(9).map((
      one,
    ) => [one.local_address, one.local_port, one.remote_address, one.state]),
    [
      ["127.0.0.1", 47100, "127.0.0.1", "FIN_WAIT2"],
      ["127.0.0.1", 47104, "127.0.0.1", "TIME_WAIT"],
      ["::1", 443, null, "LISTEN"],
      ["*", 8080, null, "LISTEN"],
      ["::1", 443, "::1", "ESTABLISHED"],
      ["::1", 55932, "::1", "ESTABLISHED"],
    ],
  );
  assert.equal(sockets[10]?.pid, null);
});

Deno.test("link-local ends, mapped addresses and several owners", () => {
  const { sockets } = socketsOf(
    'udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:* users:(("a",pid=7,fd=3),("b c",pid=8,fd=4),("a",pid=7,fd=9))\n' +
      "tcp ESTAB 5 6 [::ffff:192.0.2.1]:22 [::ffff:192.0.2.2]:50000\n",
    false,
  );
  assert.deepEqual(
    sockets.map((
      one,
    ) => [one.local_address, one.interface, one.pid, one.process_name, one.other_pids]),
    [
      ["fe80::1", "eth0", 7, "a", [8]],
      ["::ffff:192.0.2.1", undefined, null, null, undefined],
    ],
  );
});

Deno.test("a process whose name breaks the line makes no socket", () => {
  const { sockets, unread } = socketsOf(
    'tcp LISTEN 0 5 0.0.0.0:23 0.0.0.0:* users:(("a\ntcp LISTEN 0 1 *",pid=9,fd=3))\n',
    false,
  );
  assert.deepEqual([sockets.length, unread], [1, 1]);
});

Deno.test("the last line of a cut printout is left out", () => {
  const line = "tcp LISTEN 0 5 0.0.0.0:23 0.0.0.0:*";
  assert.equal(socketsOf(`${line}\n${line}0`, true).sockets.length, 1);
});

Deno.test("any text is read without an exception, in time that grows with its length", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const { sockets, unread } = socketsOf(`tcp LISTEN 0 0 ${text}\n${text}`, false);
    assert.ok(sockets.length + unread <= 2 * text.split("\n").length);
  }));
  const hostile = `tcp ESTAB 0 0 ${":".repeat(200_000)} ${'users:(("'.repeat(50_000)}\n`;
  assert.equal(socketsOf(hostile, false).unread, 1);
});

Deno.test("states are asked for in every spelling and by parts", () => {
  for (const text of ["ESTABLISHED", "established", "ESTAB", "Estab"]) {
    assert.deepEqual([...statesNamed(text)], ["ESTABLISHED"], text);
  }
  for (const text of ["FIN-WAIT-1", "fin_wait1", "FIN_WAIT_1"]) {
    assert.deepEqual([...statesNamed(text)], ["FIN_WAIT1"], text);
  }
  assert.deepEqual([...statesNamed("wait")], ["FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE_WAIT"]);
  assert.deepEqual([...statesNamed("LISTENING")], ["LISTEN"]);
  assert.deepEqual([...statesNamed("syn_received")], ["SYN_RECV"]);
  assert.throws(() => statesNamed("open"), { code: "input.state" });
  assert.throws(() => statesNamed("--"), { code: "input.state" });
});

Deno.test("without host.connections the key is named", () => {
  requireConnections(true, "linux");
  assert.throws(() => requireConnections(false, "linux"), {
    code: "permission.run",
    detail: {
      program: "ss",
      config_key: "host.connections",
      flag: "--allow-run=ss",
      config_line: "host.connections: true",
    },
  });
});
