import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { runFenced } from "../../tests/support/fenced.ts";
import { exchangeUdp } from "./datagram.ts";
import type { UdpExchange } from "./io.ts";

type Respond = (socket: Socket, message: Uint8Array, from: RemoteInfo) => void;

async function withPeer(
  address: string,
  respond: Respond,
  act: (port: number) => Promise<void>,
): Promise<void> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (message: Uint8Array, from: RemoteInfo) => respond(socket, message, from));
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  try {
    await act(socket.address().port);
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}

const echo: Respond = (socket, message, from) => socket.send(message, from.port, from.address);

function request(address: string, port: number, more: Partial<UdpExchange> = {}): UdpExchange {
  return {
    address,
    port,
    payload: Uint8Array.of(1, 2, 3),
    accept: () => true,
    signal: AbortSignal.timeout(2000),
    ...more,
  };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`a datagram to ${address} brings its answer`, () =>
    withPeer(address, echo, async (port) => {
      assert.deepEqual(await exchangeUdp(request(address, port)), Uint8Array.of(1, 2, 3));
    }));
}

Deno.test("datagrams that are not accepted are passed over", () => {
  const answers: Respond = (socket, _message, { port, address }) => {
    for (const byte of [7, 8, 9]) socket.send(Buffer.from([byte]), port, address);
  };
  return withPeer("127.0.0.1", answers, async (port) => {
    const seen: number[] = [];
    const accept = (datagram: Uint8Array) => {
      seen.push(datagram[0] ?? 0);
      return datagram[0] === 8;
    };
    assert.deepEqual(
      await exchangeUdp(request("127.0.0.1", port, { accept })),
      Uint8Array.of(8),
    );
    assert.deepEqual(seen, [7, 8]);
  });
});

Deno.test("datagrams from another port or address are not the answer", async () => {
  const other = createSocket("udp4");
  await new Promise<void>((resolve) => other.bind(0, "127.0.0.2", resolve));
  const answers: Respond = (socket, _message, { port, address }) => {
    other.send(Buffer.from([66]), port, address, () => {
      socket.send(Buffer.from([1]), port, address);
    });
  };
  await withPeer("127.0.0.1", answers, async (port) => {
    const accept = (datagram: Uint8Array) => {
      assert.notEqual(datagram[0], 66);
      return true;
    };
    assert.deepEqual(await exchangeUdp(request("127.0.0.1", port, { accept })), Uint8Array.of(1));
  });
  await new Promise<void>((resolve) => other.close(resolve));
});

Deno.test("silence ends with the signal and leaves no socket", () =>
  withPeer("127.0.0.1", () => {}, async (port) => {
    await assert.rejects(
      exchangeUdp(request("127.0.0.1", port, { signal: AbortSignal.timeout(30) })),
      {
        code: "remote.udp",
        message: `Cannot ask "127.0.0.1:${port}" by UDP: nothing answered in time`,
      },
    );
    await assert.rejects(
      exchangeUdp(request("127.0.0.1", port, { signal: AbortSignal.abort() })),
      {
        code: "remote.udp",
        message: `Cannot ask "127.0.0.1:${port}" by UDP: the call was cancelled`,
      },
    );
  }));

Deno.test("a payload that no datagram can hold is an error of this host", () =>
  withPeer("127.0.0.1", echo, async (port) => {
    await assert.rejects(
      exchangeUdp(request("127.0.0.1", port, { payload: new Uint8Array(70_000) })),
      { code: "remote.udp" },
    );
  }));

Deno.test("both ends need a permission, and the missing one is named", () =>
  withPeer("127.0.0.1", echo, async (port) => {
    const ask = (...flags: string[]) =>
      runFenced(
        flags,
        `
        import { exchangeUdp } from "root/lib/io/datagram.ts";
        return [...await exchangeUdp({ address: "127.0.0.1", port: ${port},
          payload: Uint8Array.of(5), accept: () => true, signal: AbortSignal.timeout(2000) })];`,
      );
    const far = `127.0.0.1:${port}`;
    assert.deepEqual(await ask(`--allow-net=${far},0.0.0.0:0`), [5]);
    assert.partialDeepStrictEqual(await ask("--allow-net=0.0.0.0:0"), {
      code: "permission.net",
      detail: { flag: `--allow-net=${far}` },
    });
    assert.partialDeepStrictEqual(await ask(`--allow-net=${far}`), {
      code: "permission.net",
      detail: { flag: "--allow-net=0.0.0.0:0" },
    });
    assert.partialDeepStrictEqual(await ask("--allow-net", "--deny-net=0.0.0.0/8"), {
      code: "permission.net",
      detail: { denied: true, flag: "--deny-net=0.0.0.0" },
    });
  }));
