import assert from "node:assert/strict";
import { runFenced } from "../../tests/support/fenced.ts";
import { readEnv } from "./env.ts";
import { onTermination } from "./os_signals.ts";
import { createIo } from "./real.ts";
import { serveHttp } from "./serve.ts";

Deno.test("a variable that is unset or not permitted is undefined", async () => {
  Deno.env.set("NETGLASS_TEST_ENV", "here");
  assert.equal(readEnv("NETGLASS_TEST_ENV"), "here");
  Deno.env.delete("NETGLASS_TEST_ENV");
  assert.equal(readEnv("NETGLASS_TEST_ENV"), undefined);
  const body = `
    import { readEnv } from "root/lib/io/env.ts";
    return [readEnv("PATH") === undefined, readEnv("HOME") === undefined];`;
  assert.deepEqual(await runFenced(["--allow-env=PATH"], body), [false, true]);
});

Deno.test("a request to end reaches the handler until it stops listening", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const signals: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const unlisten = onTermination((signal) => {
    signals.push(signal);
    arrived.resolve();
  });
  // A listener for signals does not keep the event loop alive.
  const alive = setTimeout(() => arrived.reject(new Error("no signal came")), 5000);
  Deno.kill(Deno.pid, "SIGTERM");
  await arrived.promise;
  clearTimeout(alive);
  unlisten();
  assert.deepEqual(signals, ["SIGTERM"]);
});

Deno.test("a server answers until its signal, and a taken port is said", async () => {
  const stop = new AbortController();
  const serve = (port: number) =>
    serveHttp({
      hostname: "127.0.0.1",
      port,
      signal: stop.signal,
      handler: (request, info) => new Response(`${request.method} ${info.remoteAddr.hostname}`),
    });
  const server = serve(0);
  const { hostname, port } = server.addr;
  assert.equal(await (await fetch(`http://${hostname}:${port}/`)).text(), "GET 127.0.0.1");
  assert.throws(() => serve(port), { code: "env.listen" });
  stop.abort();
  await server.finished;
});

Deno.test("the doors say what may be connected to", async () => {
  const body = `
    import { createIo } from "root/lib/io/real.ts";
    const { net, programs } = createIo({ resolvers: ["127.0.0.53:53"], dnsTimeoutMs: 100 });
    return [
      await net.mayConnect("127.0.0.1", 80), await net.mayConnect("127.0.0.1", 81),
      await net.mayConnect("::1", 80), await net.mayConnect("a b", 80),
      net.resolvers, programs.platform,
    ];`;
  const { programs } = createIo({ resolvers: [], dnsTimeoutMs: 100 });
  assert.deepEqual(await runFenced(["--allow-net=127.0.0.1:80,[::1]:80"], body), [
    true,
    false,
    true,
    false,
    ["127.0.0.53:53"],
    programs.platform,
  ]);
  assert.equal(
    createIo({ resolvers: [], dnsTimeoutMs: 1, platform: "darwin" }).programs.platform,
    "darwin",
  );
});
