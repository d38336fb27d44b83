/** Sessions live with the server: they come up when it starts and end with a reason when it ends. */
import assert from "node:assert/strict";
import { AnsweringPeer } from "../support/answering_peer.ts";
import { bareEnv, Install } from "../support/netglass.ts";

const NOTIFICATION = 3;

const cases: readonly (readonly [name: string, stop: string, end: (server: Server) => unknown])[] =
  [
    [
      "the end of stdin",
      "netglass: the client closed its connection",
      ({ stdin }) => stdin.close(),
    ],
    ["SIGTERM", "netglass: the system ended the server", ({ child }) => child.kill("SIGTERM")],
  ];

interface Server {
  readonly child: Deno.ChildProcess;
  readonly stdin: WritableStreamDefaultWriter<Uint8Array>;
}

for (const [name, text, end] of cases) {
  Deno.test(`${name} ends the sessions with Cease, Administrative Shutdown and a reason, exit 0 within 5 s`, async () => {
    const peer = new AnsweringPeer();
    await using install = await Install.make({
      toolsets: ["bgp"],
      audit: { path: "./audit" },
      dns: { resolvers: ["127.0.0.1:5399"] },
      bgp: {
        enabled: true,
        local_as: 65_099,
        router_id: "10.255.255.1",
        peers: [{ name: "rr1", address: "127.0.0.2", port: peer.port, remote_as: 65_000 }],
      },
    });
    await Deno.mkdir(`${install.folder}/audit`);
    const child = new Deno.Command(Deno.execPath(), {
      args: await install.args(),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      clearEnv: true,
      env: bareEnv(),
    }).spawn();
    const output = [new Response(child.stdout).text(), new Response(child.stderr).text()] as const;
    const server = { child, stdin: child.stdin.getWriter() };
    // Nobody has asked for anything: the session comes up by itself.
    await Promise.race([
      peer.established,
      child.status.then(async () => assert.fail(`ended early: ${await output[1]}`)),
    ]);
    const endedMs = performance.now();
    await end(server);
    const [status, stdout, stderr] = await Promise.all([child.status, ...output]);
    assert.deepEqual([status.code, status.signal, stdout], [0, null, ""], stderr);
    assert.ok(performance.now() - endedMs < 5_000);
    await peer.over;
    peer.listener.close();
    await server.stdin.close().catch(() => {});

    const last = peer.heard.at(-1);
    assert.equal(last?.type, NOTIFICATION);
    // Cease, Administrative Shutdown (RFC 4486), and the text behind its length (RFC 9003 §2).
    assert.deepEqual([...last.body.subarray(0, 3)], [6, 2, text.length]);
    assert.equal(new TextDecoder().decode(last.body.subarray(3)), text);

    const verified = await install.run(["audit", "verify", "--json"]);
    assert.equal(JSON.parse(verified.stdout).ok, true);
    const states: string[] = [];
    for await (const { name: file } of Deno.readDir(`${install.folder}/audit`)) {
      const lines = (await Deno.readTextFile(`${install.folder}/audit/${file}`)).trim().split("\n");
      for (const line of lines) {
        const { event, evidence } = JSON.parse(line);
        if (event === "event" && evidence.kind === "state") states.push(evidence.state);
      }
    }
    assert.ok(states.includes("Established"), states.join());
  });
}

Deno.test("a call of a tool that does not ask the speaker opens no session", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.2", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  let accepted = 0;
  const accepting = (async () => {
    for await (const connection of listener) {
      accepted++;
      connection.close();
    }
  })();
  await using install = await Install.make({
    toolsets: ["bgp", "meta"],
    bgp: {
      enabled: true,
      local_as: 65_099,
      router_id: "10.255.255.1",
      peers: [{ name: "rr1", address: "127.0.0.2", port, remote_as: 65_000 }],
    },
  });
  const called = await install.run(["call", "capabilities", "{}"]);
  assert.equal(called.code, 0, called.stderr);
  assert.equal(accepted, 0);
  listener.close();
  await accepting;
});

Deno.test("a speaker that no tool asks is not started, and the server says why", async () => {
  await using install = await Install.make({
    toolsets: ["meta"],
    bgp: { enabled: true, local_as: 65_099, router_id: "10.255.255.1" },
  });
  const served = await install.run(["serve"]);
  assert.equal(served.code, 0);
  assert.match(
    served.stderr,
    /bgp\.enabled has no effect: no tool that asks the speaker is offered/,
  );
});
