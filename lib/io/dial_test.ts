import assert from "node:assert/strict";
import { namespaceTest, Topology } from "../../tests/interop/topology.ts";
import { runFenced } from "../../tests/support/fenced.ts";
import { dial } from "./dial.ts";
import type { DialRequest } from "./io.ts";

function request(address: string, port: number, more: Partial<DialRequest> = {}): DialRequest {
  return { address, port, judged: [address], signal: new AbortController().signal, ...more };
}

/** A server that says hello to everyone. */
function greeter(hostname: string): { port: number; stop(): Promise<void> } {
  const listener = Deno.listen({ hostname, port: 0 });
  const serving = (async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("hello"));
      conn.close();
    }
  })();
  return {
    port: listener.addr.port,
    stop: async () => {
      listener.close();
      await serving;
    },
  };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`a connection to ${address} carries bytes and knows its ends`, async () => {
    const server = greeter(address);
    const connection = await dial(request(address, server.port));
    assert.equal(connection.remoteAddress, address);
    assert.equal(connection.remotePort, server.port);
    assert.equal(connection.localAddress, address);
    const bytes = new Uint8Array(16);
    const count = await connection.read(bytes);
    assert.equal(new TextDecoder().decode(bytes.subarray(0, count ?? 0)), "hello");
    assert.equal(await connection.read(bytes), null);
    connection.close();
    connection.close();
    await server.stop();
  });
}

Deno.test("a refusal is told, with where and when", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(dial(request("127.0.0.1", port)), (error: Error & { detail: object }) => {
    assert.equal(
      error.message,
      `Cannot connect to "127.0.0.1:${port}": the host refused the connection`,
    );
    assert.partialDeepStrictEqual({ ...error }, {
      code: "remote.connect",
      detail: { failure: "refused", host: "127.0.0.1", stage: "connect" },
    });
    return true;
  });
});

Deno.test("a call that is over dials nothing", async () => {
  await assert.rejects(dial(request("127.0.0.1", 9, { signal: AbortSignal.abort() })), {
    code: "remote.connect",
    message: 'Cannot connect to "127.0.0.1:9": the call was cancelled',
  });
});

Deno.test("an abort closes the socket under a waiting read", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const stop = new AbortController();
  const connection = await dial(
    request("127.0.0.1", listener.addr.port, { signal: stop.signal }),
  );
  const reading = connection.read(new Uint8Array(1));
  stop.abort();
  await assert.rejects(reading, { code: "remote.connection" });
  const peer = await accepted;
  assert.equal(await peer.read(new Uint8Array(1)), null);
  peer.close();
  listener.close();
  connection.close();
});

// The sanitizer of resources is what fails here: a socket that Deno has connected and lost.
Deno.test("an abort in the moment of connecting leaves no socket open", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const conn of listener) conn.close();
  })();
  let ended = 0;
  for (let round = 0; round < 60; round++) {
    await Promise.all(Array.from({ length: 50 }, async (_, at) => {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), at % 8);
      const dialing = dial(request("127.0.0.1", listener.addr.port, { signal: stop.signal }));
      await dialing.then((connection) => connection.close(), () => ended++);
      clearTimeout(timer);
    }));
  }
  assert.ok(ended > 0, "some were ended while they connected");
  listener.close();
  await accepting;
});

Deno.test("an address that was not judged and a port that is none are refused before dialing", async () => {
  await assert.rejects(dial(request("127.0.0.1", 80, { judged: ["127.0.0.2"] })), TypeError);
  for (const port of [0, -1, 65_536, 1.5]) {
    await assert.rejects(dial(request("127.0.0.1", port)), { code: "input.port" });
  }
});

/** Dials in a process with these flags; answers the peer's address or the error. */
async function dialFenced(flags: string[], fields: Record<string, unknown>): Promise<unknown> {
  return await runFenced(
    flags,
    `
    import { dial } from "root/lib/io/dial.ts";
    const connection = await dial({
      ...${JSON.stringify(fields)}, signal: new AbortController().signal,
    });
    connection.close();
    return connection.remoteAddress;`,
  );
}

Deno.test("the flags decide whether the address or the name is dialed", async () => {
  const server = greeter("127.0.0.1");
  const { port } = server;
  const fields = { name: "localhost", address: "127.0.0.1", port, judged: ["127.0.0.1", "::1"] };
  assert.equal(await dialFenced([`--allow-net=127.0.0.1:${port}`], fields), "127.0.0.1");
  assert.equal(await dialFenced([`--allow-net=localhost:${port}`], fields), "127.0.0.1");
  assert.equal(await dialFenced([`--allow-net=127.0.0.0/8`], fields), "127.0.0.1");
  await server.stop();
});

Deno.test("without a flag the flag and the configuration line are named", async () => {
  const fields = { name: "example.com", address: "192.0.2.1", port: 443, judged: ["192.0.2.1"] };
  assert.partialDeepStrictEqual(await dialFenced([], fields), {
    code: "permission.net",
    message: 'Cannot connect to "example.com": Deno was not given --allow-net=example.com:443',
    detail: {
      flag: "--allow-net=example.com:443",
      config_line: 'security.allowed_targets: ["example.com"]',
    },
  });
  const v6 = { address: "2001:db8::1", port: 443, judged: ["2001:db8::1"] };
  assert.partialDeepStrictEqual(await dialFenced([], v6), {
    detail: { flag: "--allow-net=[2001:db8::1]:443" },
  });
});

Deno.test("what the deny list covers is said to be denied, by address and by what a name leads to", async () => {
  const server = greeter("127.0.0.1");
  const { port } = server;
  const byAddress = await dialFenced(["--allow-net", "--deny-net=127.0.0.0/8"], {
    address: "127.0.0.1",
    port,
    judged: ["127.0.0.1"],
  });
  assert.partialDeepStrictEqual(byAddress, {
    code: "permission.net",
    message: 'Cannot connect to "127.0.0.1": Deno\'s deny list (--deny-net) covers it',
    detail: { flag: "--deny-net=127.0.0.1", denied: true },
  });
  // Judged is another address, so the query is silent and only connecting finds the denied one.
  const byName = await dialFenced([
    `--allow-net=localhost:${port}`,
    "--deny-net=127.0.0.0/8,[::1]",
  ], { name: "localhost", address: "192.0.2.1", port, judged: ["192.0.2.1"] });
  assert.partialDeepStrictEqual(byName, { code: "permission.net", detail: { denied: true } });
  await server.stop();
});

Deno.test("a name that leads elsewhere than judged is closed before a byte is sent", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const got = (async () => {
    const conn = await listener.accept();
    const count = await conn.read(new Uint8Array(10));
    conn.close();
    return count;
  })();
  const answer = await dialFenced([`--allow-net=localhost:${listener.addr.port}`], {
    name: "localhost",
    address: "192.0.2.1",
    port: listener.addr.port,
    judged: ["192.0.2.1"],
  });
  assert.partialDeepStrictEqual(answer, {
    code: "policy.rebinding",
    detail: { rule: "rebinding", address: "127.0.0.1" },
  });
  assert.equal(await got, null);
  listener.close();
});

namespaceTest("the failures of a network are told apart", [], async () => {
  await using network = new Topology();
  await network.add("a");
  await network.add("b");
  await network.link(
    { at: "a", name: "v0", addresses: ["10.99.0.1/24", "2001:db8:99::1/64"] },
    { at: "b", name: "v1", addresses: ["10.99.0.2/24", "2001:db8:99::2/64"] },
  );
  await network.route("a", "unreachable 10.96.0.0/24");
  await network.route("a", "unreachable 2001:db8:96::/64");
  await network.route("a", "prohibit 10.97.0.0/24");
  const code = `
    import { dial } from ${JSON.stringify(import.meta.resolve("./dial.ts"))};
    const results = {};
    for (const address of Deno.args) {
      const signal = AbortSignal.timeout(400);
      await dial({ address, port: 9, judged: [address], signal }).then(
        (connection) => connection.close(),
        ({ detail }) => results[address] = detail.failure,
      );
    }
    console.log(JSON.stringify(results));`;
  const module = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(module, code);
  const addresses = {
    "10.99.0.2": "refused",
    "::1": "refused",
    "10.99.0.9": "timeout",
    "10.96.0.1": "host_unreachable",
    "2001:db8:96::1": "host_unreachable",
    "10.97.0.1": "local",
    "198.51.100.1": "network_unreachable",
    "2001:db8:1::1": "network_unreachable",
  };
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout } = await network.exec("a", Deno.execPath(), [
    ...["run", "-A", "--no-lock", "--no-check", "--config", config, module],
    ...Object.keys(addresses),
  ]);
  await Deno.remove(module);
  assert.deepEqual(JSON.parse(stdout), addresses);
});
