import assert from "node:assert/strict";
import { createServer } from "node:net";
import { runFenced } from "../../tests/support/fenced.ts";
import { dial } from "./dial.ts";
import type { TcpConnection } from "./io.ts";
import { listen } from "./listen.ts";

const never = new AbortController().signal;
const configLine = 'bgp.listen: "127.0.0.2:179"';

/** Both ends of a connection from `from` (null: not chosen) to `to`. */
async function pair(
  from: string | null,
  to: string,
): Promise<{ near: TcpConnection; far: TcpConnection; end(): void }> {
  const listener = listen({ address: to, port: 0, configLine });
  const request = { address: to, port: listener.port, judged: [to], signal: never };
  const [near, far] = await Promise.all([
    dial(from === null ? request : { ...request, localAddress: from }),
    listener.accept(),
  ]);
  assert.ok(far !== null);
  listener.close();
  return {
    near,
    far,
    end() {
      near.close();
      far.close();
    },
  };
}

async function readAll(connection: TcpConnection): Promise<number> {
  const into = new Uint8Array(65_536);
  let total = 0;
  for (let count = await connection.read(into); count !== null;) {
    total += count;
    count = await connection.read(into);
  }
  return total;
}

for (const [from, to] of [["127.0.0.9", "127.0.0.2"], ["::1", "::1"]] as const) {
  Deno.test(`a connection from ${from} to ${to} arrives from there, and both ends agree on the ports`, async () => {
    const { near, far, end } = await pair(from, to);
    assert.equal(far.remoteAddress, from);
    assert.equal(near.localAddress, from);
    assert.equal(near.remoteAddress, to);
    assert.equal(far.localAddress, to);
    assert.equal(far.remotePort, near.localPort);
    assert.equal(near.remotePort, far.localPort);
    end();
  });
}

for (const from of [null, "127.0.0.9"]) {
  const chosen = from === null ? "" : " whose source was chosen";
  Deno.test(`a connection${chosen} carries a megabyte each way and ends each way alone`, async () => {
    const { near, far, end } = await pair(from, "127.0.0.2");
    const octets = new Uint8Array(1_000_000);
    const send = async (connection: TcpConnection): Promise<void> => {
      for (let sent = 0; sent < octets.length;) {
        sent += await connection.write(octets.subarray(sent));
      }
      await connection.endWrite();
    };
    await send(near);
    assert.equal(await readAll(far), 1_000_000);
    await Promise.all([send(far), readAll(near).then((total) => assert.equal(total, 1_000_000))]);
    end();
  });

  Deno.test(`a connection${chosen} that the far side resets says so`, async () => {
    const server = createServer((socket) => {
      socket.once("data", () => void socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.2", resolve));
    const place = server.address();
    assert.ok(place !== null && typeof place === "object");
    const request = {
      address: "127.0.0.2",
      port: place.port,
      judged: ["127.0.0.2"],
      signal: never,
    };
    const near = await dial(from === null ? request : { ...request, localAddress: from });
    await near.write(new Uint8Array(1));
    await assert.rejects(readAll(near), (error: Error) => {
      assert.partialDeepStrictEqual({ ...error }, {
        code: "remote.connection",
        detail: { failure: "reset" },
      });
      return true;
    });
    near.close();
    await new Promise((resolve) => server.close(resolve));
  });

  Deno.test(`a writer${chosen} to somebody who does not read waits`, async () => {
    const { near, end } = await pair(from, "127.0.0.2");
    let taken = 0;
    const writing = (async () => {
      while (taken < 64_000_000) taken += await near.write(new Uint8Array(1_000_000));
    })().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(taken < 32_000_000, `${taken} octets were taken by nobody`);
    end();
    await writing;
  });
}

Deno.test("an address that is not of this host cannot be left from or listened at", async () => {
  const request = { address: "127.0.0.1", port: 9, judged: ["127.0.0.1"], signal: never };
  await assert.rejects(dial({ ...request, localAddress: "192.0.2.1" }), {
    code: "remote.connect",
    message: 'Cannot connect to "127.0.0.1:9": this host could not do it (bind EINVAL 192.0.2.1)',
  });
  assert.throws(() => listen({ address: "192.0.2.1", port: 0, configLine }), {
    code: "env.listen",
    hint: "The address is not one of this host's.",
  });
});

Deno.test("a refusal and an abort are told for a chosen source as for any other", async () => {
  const listener = listen({ address: "127.0.0.2", port: 0, configLine });
  const { port } = listener;
  listener.close();
  const request = { address: "127.0.0.2", port, judged: ["127.0.0.2"], localAddress: "127.0.0.9" };
  await assert.rejects(dial({ ...request, signal: never }), {
    message: `Cannot connect to "127.0.0.2:${port}": the host refused the connection`,
  });
  await assert.rejects(dial({ ...request, signal: AbortSignal.abort() }), {
    message: `Cannot connect to "127.0.0.2:${port}": the call was cancelled`,
  });
});

Deno.test("a port that is taken is said to be, and what is closed accepts no more", async () => {
  const listener = listen({ address: "127.0.0.2", port: 0, configLine });
  assert.throws(() => listen({ address: "127.0.0.2", port: listener.port, configLine }), {
    code: "env.listen",
    hint: "Another process listens there: end it, or choose another port.",
    retryable: true,
  });
  const accepting = listener.accept();
  listener.close();
  listener.close();
  assert.equal(await accepting, null);
  assert.equal(await listener.accept(), null);
});

Deno.test("listening without a flag names the flag and the configuration line", async () => {
  const body = `
    import { listen } from "root/lib/io/listen.ts";
    listen({ address: "127.0.0.2", port: 1790, configLine: 'bgp.listen: "127.0.0.2:1790"' }).close();
    return "listening";`;
  assert.partialDeepStrictEqual(await runFenced([], body), {
    code: "permission.net",
    message: 'Cannot listen on "127.0.0.2:1790": Deno was not given --allow-net=127.0.0.2:1790',
    detail: {
      flag: "--allow-net=127.0.0.2:1790",
      config_line: 'bgp.listen: "127.0.0.2:1790"',
    },
  });
  assert.equal(await runFenced(["--allow-net=127.0.0.2:1790"], body), "listening");
});

Deno.test("a chosen source needs a flag of its own, and without it says which", async () => {
  const listener = listen({ address: "127.0.0.2", port: 0, configLine });
  const accepted = listener.accept();
  const far = `--allow-net=127.0.0.2:${listener.port}`;
  const body = `
    import { dial } from "root/lib/io/dial.ts";
    const connection = await dial({
      address: "127.0.0.2", port: ${listener.port}, judged: ["127.0.0.2"],
      localAddress: "127.0.0.9", signal: new AbortController().signal, configLine: "bgp.peers",
    });
    connection.close();
    return connection.localAddress;`;
  assert.partialDeepStrictEqual(await runFenced([far], body), {
    code: "permission.net",
    message: 'Cannot connect from "127.0.0.9": Deno was not given --allow-net=127.0.0.9:0',
    detail: { flag: "--allow-net=127.0.0.9:0", config_line: "bgp.peers" },
  });
  assert.equal(await runFenced([`${far},127.0.0.9:0`], body), "127.0.0.9");
  (await accepted)?.close();
  listener.close();
});
