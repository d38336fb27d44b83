import assert from "node:assert/strict";
import { PermissionMissing, RemoteFailure } from "../../lib/errors/mod.ts";
import type { Connection, DialFailure, DialRequest } from "../../lib/io/io.ts";
import { loopbackContext, type LoopbackOptions } from "../../tests/loopback_context.ts";
import { portCheck } from "./port_check.ts";

async function check(
  args: Record<string, unknown>,
  options: LoopbackOptions = {},
): Promise<Record<string, unknown>> {
  const input = portCheck.input.parse({ target: "127.0.0.1", ...args });
  return portCheck.output.parse(await portCheck.run(input, loopbackContext(options)));
}

/** Serves connections on an ephemeral port of loopback while `use` runs. */
async function serving(
  serve: (connection: Deno.Conn) => Promise<void>,
  use: (port: number) => Promise<void>,
  hostname = "127.0.0.1",
): Promise<void> {
  const listener = Deno.listen({ hostname, port: 0 });
  const open: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      open.push(serve(connection).catch(() => {}).finally(() => connection.close()));
    }
  })();
  try {
    await use((listener.addr as Deno.NetAddr).port);
  } finally {
    listener.close();
    await accepting;
    await Promise.all(open);
  }
}

/** A port that nothing listens on. */
function closedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Waits until the far side hangs up. */
async function untilClosed(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await connection.read(buffer) !== null);
}

/** A dial that fails for each address as the test says; `open` gives a silent connection. */
function dialing(
  outcomes: Readonly<Record<string, DialFailure | "open" | "silence">>,
): (request: DialRequest) => Promise<Connection> {
  return (request) => {
    const outcome = outcomes[request.address] ?? "local";
    if (outcome === "open") {
      return Promise.resolve({
        remoteAddress: request.address,
        remotePort: request.port,
        localAddress: "127.0.0.1",
        read: () => Promise.resolve(null),
        write: (bytes) => Promise.resolve(bytes.length),
        close: () => {},
      });
    }
    if (outcome === "silence") {
      return new Promise((_resolve, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason))
      );
    }
    return Promise.reject(new RemoteFailure("connect", "x", { detail: { failure: outcome } }));
  };
}

Deno.test("an open port comes with its banner, its time and the evidence", async () => {
  await serving(async (connection) => {
    await connection.write(text("SSH-2.0-OpenSSH_9.2p1\r\n"));
    await untilClosed(connection);
  }, async (port) => {
    const answer = await check({ port });
    assert.equal(answer.success, true);
    assert.equal(answer.state, "open");
    assert.equal(answer.is_open, true);
    assert.equal(answer.evidence, "connected");
    assert.equal(answer.banner, "SSH-2.0-OpenSSH_9.2p1");
    assert.equal(answer.banner_truncated, undefined);
    assert.equal(answer.family, "ipv4");
    assert.equal(answer.resolved_ip, "127.0.0.1");
    assert.equal(answer.tls, null);
    assert.ok(typeof answer.response_time_ms === "number" && answer.response_time_ms > 0);
    assert.match(String(answer.summary), /^Port \d+ on 127\.0\.0\.1 is open, [\d.]+ ms$/);
    assert.doesNotMatch(String(answer.summary), /OpenSSH/);
  });
});

Deno.test("a long or binary banner is cut and shown escaped", async () => {
  await serving(
    (connection) =>
      connection.write(Uint8Array.of(0x4a, 0, 0, 0x0a, 0xff)).then(() => untilClosed(connection)),
    async (port) => {
      assert.equal((await check({ port })).banner, "J\\x00\\x00\n\\xff");
    },
  );
  await serving(async (connection) => {
    await connection.write(text("é".repeat(300)));
    await untilClosed(connection);
  }, async (port) => {
    const answer = await check({ port });
    assert.equal(answer.banner, "é".repeat(200));
    assert.equal(answer.banner_truncated, true);
  });
});

Deno.test("a silent service costs the remaining timeout and has no banner", async () => {
  await serving(untilClosed, async (port) => {
    const startMs = performance.now();
    const answer = await check({ port, timeout: 0.3 });
    assert.equal(answer.state, "open");
    assert.equal(answer.banner, null);
    const elapsedMs = performance.now() - startMs;
    assert.ok(elapsedMs > 250, `${elapsedMs} ms`);
  });
});

Deno.test("without grab_banner nothing is read", async () => {
  await serving(untilClosed, async (port) => {
    const answer = await check({ port, grab_banner: false });
    assert.equal(answer.banner, null);
    assert.equal(answer.state, "open");
  });
});

Deno.test("a port that nothing listens on is closed: refused", async () => {
  const answer = await check({ port: closedPort() });
  assert.equal(answer.success, true);
  assert.equal(answer.state, "closed");
  assert.equal(answer.is_open, false);
  assert.equal(answer.evidence, "refused");
  assert.equal(answer.response_time_ms, null);
  assert.match(String(answer.evidence_detail), /a RST, or an ICMP port unreachable/);
});

Deno.test("silence until the timeout is filtered", async () => {
  const answer = await check({ port: 22, timeout: 0.1 }, {
    net: { dial: dialing({ "127.0.0.1": "silence" }) },
  });
  assert.equal(answer.state, "filtered");
  assert.equal(answer.evidence, "silence");
  assert.equal(answer.service_hint, "SSH");
  assert.match(
    String(answer.summary),
    /^Port 22 \(SSH\) on 127\.0\.0\.1 is filtered: nothing came back/,
  );
});

Deno.test("unreachable hosts are filtered, missing routes are unreachable", async () => {
  const host = await check({ port: 1 }, {
    net: { dial: dialing({ "127.0.0.1": "host_unreachable" }) },
  });
  assert.equal(host.state, "filtered");
  const network = await check({ port: 1 }, {
    net: { dial: dialing({ "127.0.0.1": "network_unreachable" }) },
  });
  assert.equal(network.state, "unreachable");
  assert.equal(network.success, true);
});

Deno.test("what this host itself could not do is an error with its words, not a finding", async () => {
  const net = { dial: dialing({ "127.0.0.1": "local" }) };
  await assert.rejects(check({ port: 1 }, { net }), { code: "remote.connect" });
});

Deno.test("each address is tried until one is open, and each attempt is reported", async () => {
  const names = { "dual.example": ["2001:db8::1", "192.0.2.1", "192.0.2.2"] };
  const answer = await check({ target: "dual.example", port: 7, grab_banner: false }, {
    names,
    net: {
      dial: dialing({
        "2001:db8::1": "network_unreachable",
        "192.0.2.1": "open",
        "192.0.2.2": "open",
      }),
    },
  });
  assert.equal(answer.state, "open");
  assert.equal(answer.resolved_ip, "192.0.2.1");
  assert.deepEqual(
    (answer.attempts as { address: string; state: string }[]).map(({ address, state }) => [
      address,
      state,
    ]),
    [["2001:db8::1", "unreachable"], ["192.0.2.1", "open"]],
  );
  assert.equal(answer.addresses_not_tried, undefined);
});

Deno.test("of several failures the one that proves most decides", async () => {
  const names = {
    "many.example": ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"],
  };
  const answer = await check({ target: "many.example", port: 7 }, {
    names,
    net: {
      dial: dialing({
        "192.0.2.1": "network_unreachable",
        "192.0.2.2": "host_unreachable",
        "192.0.2.3": "refused",
        "192.0.2.4": "host_unreachable",
      }),
    },
  });
  assert.equal(answer.state, "closed");
  assert.equal(answer.resolved_ip, "192.0.2.3");
  assert.deepEqual(answer.addresses_not_tried, ["192.0.2.5"]);
});

Deno.test("a missing permission is an error with its flag, not a closed port", async () => {
  const dial = () =>
    Promise.reject(new PermissionMissing("net", "x", { flag: "--allow-net=127.0.0.1:7" }));
  await assert.rejects(check({ port: 7 }, { net: { dial } }), { code: "permission.net" });
});

Deno.test("a cancelled check is unknown, not filtered", async () => {
  const controller = new AbortController();
  const checking = check({ port: 7 }, {
    signal: controller.signal,
    net: { dial: dialing({ "127.0.0.1": "silence" }) },
  });
  controller.abort();
  const answer = await checking;
  assert.equal(answer.state, "unknown");
  assert.equal(answer.evidence, "stopped");
});

Deno.test("IPv6 loopback is reached", async () => {
  await serving(async (connection) => {
    await connection.write(text("hello"));
    await untilClosed(connection);
  }, async (port) => {
    const answer = await check({ target: "::1", port });
    assert.equal(answer.state, "open");
    assert.equal(answer.family, "ipv6");
    assert.equal(answer.banner, "hello");
  }, "::1");
});

Deno.test("HTTP ports are asked HEAD with the host's name", async () => {
  let asked = "";
  const answer = await check({ target: "web.example", port: 8080 }, {
    names: { "web.example": ["127.0.0.1"] },
    net: {
      dial: () => {
        const parts = [text("HTTP/1.1 200 OK\r\nServer: x"), text("\r\n\r\n"), text("never read")];
        return Promise.resolve({
          remoteAddress: "127.0.0.1",
          remotePort: 8080,
          localAddress: "127.0.0.1",
          read: (into: Uint8Array) => {
            const part = parts.shift();
            if (part === undefined) return Promise.resolve(null);
            into.set(part);
            return Promise.resolve(part.length);
          },
          write: (bytes: Uint8Array) => {
            asked += new TextDecoder().decode(bytes);
            return Promise.resolve(bytes.length);
          },
          close: () => {},
        });
      },
    },
  });
  assert.match(asked, /^HEAD \/ HTTP\/1\.1\r\nHost: web\.example\r\n/);
  assert.equal(answer.banner, "HTTP/1.1 200 OK\r\nServer: x");
});

Deno.test("a port that does not speak TLS stays open with a failed handshake", async () => {
  await serving(async (connection) => {
    await connection.write(text("220 mail.example ESMTP\r\n"));
    await untilClosed(connection);
  }, async (port) => {
    const answer = await check({ port, tls: "always" });
    assert.equal(answer.state, "open");
    assert.equal(answer.success, true);
    const tls = answer.tls as { handshake: boolean; verdict: string; error?: string };
    assert.equal(tls.handshake, false);
    assert.equal(tls.verdict, "unknown");
    assert.ok((tls.error ?? "").length > 0);
  });
});

Deno.test("a server that never answers the handshake ends with the timeout", async () => {
  await serving(untilClosed, async (port) => {
    const answer = await check({ port, tls: "always", timeout: 0.2 });
    assert.equal((answer.tls as { handshake: boolean }).handshake, false);
    assert.match(String((answer.tls as { error?: string }).error), /did not end/);
  });
});

Deno.test("ports and timeouts out of range do not pass the schema", () => {
  for (
    const bad of [
      { port: 0 },
      { port: 65536 },
      { port: -1 },
      { port: 1.5 },
      { port: 1e9 },
      { port: 80, timeout: 0 },
      { port: 80, timeout: 1e9 },
      { port: 80, target: "" },
      { port: 80, target: "a".repeat(10_000) },
      { port: 80, tls: "yes" },
    ]
  ) {
    assert.equal(
      portCheck.input.safeParse({ target: "127.0.0.1", ...bad }).success,
      false,
      JSON.stringify(bad).slice(0, 50),
    );
  }
});
