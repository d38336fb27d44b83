import assert from "node:assert/strict";
import { RemoteFailure } from "../../errors/mod.ts";
import type { Connection, DialRequest } from "../../io/io.ts";
import { dialFirst } from "./dial_first.ts";

/** What happens at an address: `silent` until the attempt is aborted. */
type Fate = "answers" | "refuses" | "silent";

/** A network that notes who is dialled and which connections are closed. */
function network(fates: Readonly<Record<string, Fate>>, granted = Object.keys(fates)) {
  const dialled: string[] = [], closed: string[] = [], aborted: string[] = [];
  const connect = (address: string): Connection => ({
    remoteAddress: address,
    remotePort: 23,
    localAddress: "127.0.0.1",
    read: () => Promise.resolve(null),
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => void closed.push(address),
  });
  return {
    dialled,
    closed,
    aborted,
    mayConnect: (host: string) => Promise.resolve(granted.includes(host)),
    dial: ({ address, signal }: DialRequest) => {
      dialled.push(address);
      if (fates[address] === "answers") return Promise.resolve(connect(address));
      const failed = new RemoteFailure("connect", `Cannot connect to "${address}"`);
      if (fates[address] === "refuses") return Promise.reject(failed);
      return new Promise<Connection>((_, reject) =>
        signal.addEventListener("abort", () => {
          aborted.push(address);
          reject(failed);
        })
      );
    },
  };
}

function request(addresses: readonly string[], signal = new AbortController().signal) {
  return { name: "rs.example", addresses, port: 23, configLine: "", signal };
}

Deno.test("the first address is dialled alone if it answers", async () => {
  const net = network({ "192.0.2.1": "answers", "192.0.2.2": "answers" });
  const connection = await dialFirst(net, request(["192.0.2.1", "192.0.2.2"]));
  assert.equal(connection.remoteAddress, "192.0.2.1");
  assert.deepEqual([net.dialled, net.closed], [["192.0.2.1"], []]);
});

Deno.test("the families take turns, and a refusal leads to the next address at once", async () => {
  const net = network({
    "192.0.2.1": "refuses",
    "192.0.2.2": "refuses",
    "192.0.2.3": "answers",
    "2001:db8::1": "refuses",
  });
  const connection = await dialFirst(
    net,
    request(Object.keys({
      "192.0.2.1": 0,
      "192.0.2.2": 0,
      "192.0.2.3": 0,
      "2001:db8::1": 0,
    })),
  );
  assert.equal(connection.remoteAddress, "192.0.2.3");
  assert.deepEqual(net.dialled, ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"]);
});

Deno.test("a host with IPv6 addresses alone is reached", async () => {
  const net = network({ "2001:db8::1": "answers" });
  assert.equal((await dialFirst(net, request(["2001:db8::1"]))).remoteAddress, "2001:db8::1");
});

Deno.test("a silent address is not waited for, and its attempt ends with the first answer", async () => {
  const net = network({ "192.0.2.1": "silent", "192.0.2.2": "silent", "2001:db8::1": "answers" });
  const connection = await dialFirst(net, request(["192.0.2.1", "192.0.2.2", "2001:db8::1"]));
  assert.equal(connection.remoteAddress, "2001:db8::1");
  assert.deepEqual(net.dialled, ["192.0.2.1", "2001:db8::1"]);
  assert.deepEqual(net.aborted, ["192.0.2.1"]);
  assert.deepEqual(net.closed, []);
});

Deno.test("where all fail, the first failure is told", async () => {
  const net = network({ "192.0.2.1": "refuses", "192.0.2.2": "refuses" });
  await assert.rejects(dialFirst(net, request(["192.0.2.1", "192.0.2.2"])), {
    message: 'Cannot connect to "192.0.2.1"',
  });
});

Deno.test("an abort ends all attempts, and an aborted call makes none", async () => {
  const net = network({ "192.0.2.1": "silent", "192.0.2.2": "silent" });
  const stop = new AbortController();
  const dialling = dialFirst(net, request(["192.0.2.1", "192.0.2.2"], stop.signal));
  while (net.dialled.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  stop.abort();
  await assert.rejects(dialling, { code: "remote.connect" });
  assert.deepEqual(net.aborted, ["192.0.2.1", "192.0.2.2"]);
  await assert.rejects(dialFirst(net, request(["192.0.2.1"], stop.signal)), { name: "AbortError" });
  assert.equal(net.dialled.length, 2);
});

Deno.test("addresses that the flags do not name are left out; without any the name is dialled once", async () => {
  const fates = { "192.0.2.1": "refuses", "192.0.2.2": "answers", "192.0.2.3": "refuses" } as const;
  const some = network(fates, ["192.0.2.2"]);
  await dialFirst(some, request(Object.keys(fates)));
  assert.deepEqual(some.dialled, ["192.0.2.2"]);
  const none = network(fates, []);
  await assert.rejects(dialFirst(none, request(Object.keys(fates))));
  assert.deepEqual(none.dialled, ["192.0.2.1"]);
});
