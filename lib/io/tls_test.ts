import assert from "node:assert/strict";
import { RemoteFailure } from "../errors/mod.ts";
import { dial } from "./dial.ts";
import type { Connection, TlsRequest, TlsSession } from "./io.ts";
import { tlsHandshake } from "./tls.ts";

const FIXTURES = new URL("../../tests/fixtures/tls/", import.meta.url);
const fixture = (name: string): string => Deno.readTextFileSync(new URL(name, FIXTURES));

/** Runs `use` on a connection to a TLS server that greets and echoes. */
async function withServer(
  certificate: string,
  use: (connection: Connection, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: fixture(certificate),
    key: fixture("server.key"),
    alpnProtocols: ["h2", "http/1.1"],
  });
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) serving.push(echo(connection));
  })();
  const controller = new AbortController();
  try {
    const connection = await dial({
      address: "127.0.0.1",
      port: listener.addr.port,
      judged: ["127.0.0.1"],
      signal: controller.signal,
    });
    await use(connection, controller.signal);
    connection.close();
  } finally {
    controller.abort();
    listener.close();
    await accepting;
    await Promise.all(serving);
  }
}

async function echo(connection: Deno.TlsConn): Promise<void> {
  try {
    await connection.write(new TextEncoder().encode("hello"));
    const buffer = new Uint8Array(65_536);
    for (let count = await connection.read(buffer); count !== null;) {
      await connection.write(buffer.subarray(0, count));
      count = await connection.read(buffer);
    }
  } catch {
    // The client may go at any time.
  } finally {
    connection.close();
  }
}

async function handshake(certificate: string, request: Partial<TlsRequest>): Promise<TlsSession> {
  let session: TlsSession | undefined;
  await withServer(certificate, async (connection, signal) => {
    session = await tlsHandshake(connection, {
      serverName: "www.example",
      alpn: [],
      signal,
      ...request,
    });
    session.stream.close();
  });
  assert.ok(session !== undefined);
  return session;
}

Deno.test("a certificate of an unknown issuer is shown and not trusted", async () => {
  const session = await handshake("good.pem", { alpn: ["http/1.1"] });
  assert.equal(session.version, "TLSv1.3");
  assert.match(session.cipher ?? "", /^TLS_/);
  assert.equal(session.alpn, "http/1.1");
  assert.equal(session.distrust, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  assert.ok((session.certificate?.length ?? 0) > 300);
});

Deno.test("a self-signed certificate is named so", async () => {
  const session = await handshake("self_signed.pem", { serverName: "self.example" });
  assert.equal(session.distrust, "DEPTH_ZERO_SELF_SIGNED_CERT");
  assert.notEqual(session.certificate, null);
});

Deno.test("without an offer no ALPN is agreed on, and an address needs no SNI", async () => {
  const session = await handshake("good.pem", { serverName: "127.0.0.1" });
  assert.equal(session.alpn, null);
});

Deno.test("the encrypted stream carries text both ways and ends once", async () => {
  await withServer("good.pem", async (connection, signal) => {
    const session = await tlsHandshake(connection, { serverName: "www.example", alpn: [], signal });
    const buffer = new Uint8Array(3);
    let heard = "";
    while (heard.length < 5) {
      const count = await session.stream.read(buffer) ?? 0;
      heard += new TextDecoder().decode(buffer.subarray(0, count));
    }
    assert.equal(heard, "hello");
    await session.stream.write(new Uint8Array(40_000).fill(7));
    const large = new Uint8Array(65_536);
    let back = 0;
    while (back < 40_000) back += await session.stream.read(large) ?? 0;
    assert.equal(back, 40_000);
    session.stream.close();
    session.stream.close();
    assert.equal(await session.stream.read(buffer), null);
  });
});

Deno.test("a server that does not speak TLS is a RemoteFailure, and the connection is closed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
    const buffer = new Uint8Array(4096);
    try {
      while (await connection.read(buffer) !== null);
    } catch {
      // A reset is as good as an end.
    }
    connection.close();
  })();
  const { signal } = new AbortController();
  const connection = await dial({ address: "127.0.0.1", port, judged: ["127.0.0.1"], signal });
  await assert.rejects(
    tlsHandshake(connection, { serverName: "mail.example", alpn: [], signal }),
    (error: unknown) => {
      assert.ok(error instanceof RemoteFailure);
      assert.equal(error.code, "remote.tls");
      assert.ok(String(error.detail.remote_said).length > 0);
      return true;
    },
  );
  await serving;
  listener.close();
});

Deno.test("a handshake ends with its signal", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { signal } = new AbortController();
  const connection = await dial({ address: "127.0.0.1", port, judged: ["127.0.0.1"], signal });
  const silent = await listener.accept();
  for (const limit of [AbortSignal.timeout(50), AbortSignal.abort()]) {
    await assert.rejects(
      tlsHandshake(connection, { serverName: "a.example", alpn: [], signal: limit }),
      (error: unknown) => {
        assert.ok(error instanceof RemoteFailure);
        assert.equal(
          error.detail.failure,
          limit.reason.name === "TimeoutError" ? "timeout" : "cancelled",
        );
        return true;
      },
    );
  }
  silent.close();
  listener.close();
});
