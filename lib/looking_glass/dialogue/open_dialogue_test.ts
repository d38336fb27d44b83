import assert from "node:assert/strict";
import fc from "fast-check";
import { serveTelnet, type TelnetScript } from "../../../tests/support/telnet_server.ts";
import { inPiecesOf, VirtualWire } from "../../../tests/support/virtual_wire.ts";
import { NetglassError } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import type { Connection } from "../../io/io.ts";
import { routerCommand } from "../router_command.ts";
import { openDialogue } from "./open_dialogue.ts";

const NOBODY = { username: null, password: null };
const COMMAND = routerCommand("show ip bgp");

function connect(port: number): Promise<Connection> {
  const { signal } = new AbortController();
  return dial({ address: "127.0.0.1", port, judged: ["127.0.0.1"], signal });
}

/** A router that echoes, and answers each command with its words in reverse. */
const reversing: TelnetScript = async (peer) => {
  for (;;) {
    await peer.send("rs1> ");
    const line = await peer.readLine();
    const answer = line === "" ? "" : `${line.split(" ").reverse().join(" ")}\r\n`;
    await peer.send(`${line}\r\n${answer}`);
  }
};

Deno.test("a dialogue answers one command after the other and counts its octets", async () => {
  await using served = await serveTelnet(reversing);
  const signal = AbortSignal.timeout(5000);
  const dialogue = await openDialogue(await connect(served.port), {
    login: NOBODY,
    clock: systemClock,
    signal,
    host: "rs1",
  });
  assert.equal(dialogue.greeting, "");
  assert.equal(dialogue.prompt, "rs1> ");
  assert.equal(dialogue.bytesReceived, 12);
  assert.equal(dialogue.bytesSent, 2);
  for (const words of ["show ip bgp", "show version"]) {
    const output = await dialogue.run(routerCommand(words), { signal, maxBytes: 1000 });
    const text = `${words.split(" ").reverse().join(" ")}\n`;
    const bytesReceived = words.length + 2 + text.length + 1 + 5;
    const { elapsedMs, ...rest } = output;
    assert.deepEqual(rest, { text, complete: true, reason: null, bytesReceived });
    assert.ok(elapsedMs > 0);
  }
  assert.equal(dialogue.isUsable, true);
  dialogue.close();
  dialogue.close();
  assert.equal(dialogue.isUsable, false);
});

Deno.test("a limit of octets is kept to the octet", async () => {
  const outputs = await Promise.all([34, 35].map(async (maxBytes) => {
    await using served = await serveTelnet(reversing);
    const signal = AbortSignal.timeout(5000);
    const dialogue = await openDialogue(await connect(served.port), {
      login: NOBODY,
      clock: systemClock,
      signal,
      host: "rs1",
    });
    const { text, complete, reason } = await dialogue.run(routerCommand("show ip bgp a"), {
      signal,
      maxBytes,
    });
    dialogue.close();
    return { text, complete, reason };
  }));
  assert.deepEqual(outputs, [
    { text: "a bgp ip show\nrs1>", complete: false, reason: "size" },
    { text: "a bgp ip show\n", complete: true, reason: null },
  ]);
});

Deno.test("a call that is cancelled before it begins sends nothing and spoils nothing", async () => {
  await using served = await serveTelnet(reversing);
  const signal = AbortSignal.timeout(5000);
  const dialogue = await openDialogue(await connect(served.port), {
    login: NOBODY,
    clock: systemClock,
    signal,
    host: "rs1",
  });
  const cancelled = await dialogue.run(COMMAND, { signal: AbortSignal.abort(), maxBytes: 1000 });
  assert.equal(cancelled.reason, "cancelled");
  assert.equal(dialogue.bytesSent, 2);
  assert.equal((await dialogue.run(COMMAND, { signal, maxBytes: 1000 })).text, "bgp ip show\n");
  dialogue.close();
});

Deno.test("a call that is cancelled ends at once, at the login and at a command", async () => {
  const silent: TelnetScript = async (peer) => {
    await peer.send("rs1> ");
    await peer.readLine();
    await peer.send("\r\nrs1> ");
    await peer.forever();
  };
  await using mute = await serveTelnet((peer) => peer.forever());
  await using served = await serveTelnet(silent);
  const during = async <T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(new Error("Enough")), 50);
    const startedMs = performance.now();
    try {
      return await act(call.signal);
    } finally {
      clearTimeout(timer);
      assert.ok(performance.now() - startedMs < 5000);
    }
  };
  const login = { login: NOBODY, clock: systemClock, host: "rs1" };
  const muteConnection = await connect(mute.port);
  await assert.rejects(during((signal) => openDialogue(muteConnection, { ...login, signal })), {
    code: "remote.login",
    message: 'Cannot log in to "rs1": the call was cancelled',
  });
  const dialogue = await openDialogue(await connect(served.port), {
    ...login,
    signal: AbortSignal.timeout(5000),
  });
  const output = await during((signal) => dialogue.run(COMMAND, { signal, maxBytes: 1000 }));
  assert.equal(output.reason, "cancelled");
  assert.equal(dialogue.isUsable, false);
});

Deno.test("what a router says between two commands makes the session useless", async () => {
  const isIn = Promise.withResolvers<void>(), isSaid = Promise.withResolvers<void>();
  await using served = await serveTelnet(async (peer) => {
    await peer.send("rs1> ");
    await peer.readLine();
    await peer.send("\r\nrs1> ");
    await isIn.promise;
    await peer.send("\r\n*> 10.0.0.0/8 192.0.2.1\r\nrs1> ");
    isSaid.resolve();
    await peer.forever();
  });
  const signal = AbortSignal.timeout(5000);
  const dialogue = await openDialogue(await connect(served.port), {
    login: NOBODY,
    clock: systemClock,
    signal,
    host: "rs1",
  });
  isIn.resolve();
  await isSaid.promise;
  // It has been sent; a few turns of the event loop and it has been read.
  for (let turn = 0; turn < 10; turn++) await systemClock.sleep(10);
  await assert.rejects(dialogue.run(COMMAND, { signal, maxBytes: 1000 }), {
    code: "remote.session",
    message: 'Cannot send a command to "rs1": the session is out of step',
  });
  assert.equal(dialogue.isUsable, false);
});

Deno.test("a password that the server shows does not reach the greeting", async () => {
  await using served = await serveTelnet(async (peer) => {
    await peer.send("Password: ");
    const password = await peer.readLine();
    await peer.send(`${password}\r\nYou said ${password}.\r\n`);
    await reversing(peer);
  });
  const dialogue = await openDialogue(await connect(served.port), {
    login: { username: null, password: "hunter2" },
    clock: systemClock,
    signal: AbortSignal.timeout(5000),
    host: "rs1",
  });
  assert.equal(dialogue.greeting, "Password: ********\nYou said ********.\n");
  dialogue.close();
});

Deno.test("a prompt that holds the password is learned", async () => {
  await using served = await serveTelnet(async (peer) => {
    await peer.send("Password: ");
    await peer.readLine();
    await peer.send("\r\n");
    await reversing(peer);
  });
  const dialogue = await openDialogue(await connect(served.port), {
    login: { username: null, password: "rs1" },
    clock: systemClock,
    signal: AbortSignal.timeout(5000),
    host: "rs1",
  });
  assert.equal(dialogue.prompt, "rs1> ");
  dialogue.close();
});

Deno.test("a password that the server shows does not reach an error, whole or in part", async () => {
  for (const before of ["", "x".repeat(290)]) {
    await using served = await serveTelnet(async (peer) => {
      await peer.send("Password: ");
      const password = await peer.readLine();
      await peer.send(`\r\n% Bad password ${password}${before}\r\nPassword: `);
      await peer.forever();
    });
    const opening = openDialogue(await connect(served.port), {
      login: { username: null, password: "correct-horse-battery" },
      clock: systemClock,
      signal: AbortSignal.timeout(5000),
      host: "rs1",
    });
    const error = await opening.then(() => null, (error: unknown) => error);
    assert.ok(error instanceof NetglassError);
    assert.equal(error.detail.failure, "bad_credentials");
    assert.doesNotMatch(String(error.detail.remote_said), /horse|battery/);
  }
});

Deno.test("a username that is refused is not sent again", async () => {
  const told: string[] = [];
  await using served = await serveTelnet(async (peer) => {
    for (;;) {
      await peer.send("Username: ");
      told.push(await peer.readLine());
      await peer.send("\r\n% Login invalid\r\n\r\n");
    }
  });
  const opening = openDialogue(await connect(served.port), {
    login: { username: "guest", password: "secret" },
    clock: systemClock,
    signal: AbortSignal.timeout(5000),
    host: "rs1",
  });
  await assert.rejects(
    opening,
    (error: unknown) =>
      error instanceof NetglassError && error.detail.failure === "bad_credentials",
  );
  assert.deepEqual(told, ["guest"]);
});

Deno.test("a thousand failed logins leave no socket open", async () => {
  await using served = await serveTelnet((peer) => peer.send("Too many users\r\n"));
  for (let round = 0; round < 50; round++) {
    const attempts = Array.from(
      { length: 20 },
      async () =>
        await openDialogue(await connect(served.port), {
          login: NOBODY,
          clock: systemClock,
          signal: AbortSignal.timeout(5000),
          host: "rs1",
        }).then(() => "in", (error: unknown) => error instanceof NetglassError && error.code),
    );
    assert.deepEqual(new Set(await Promise.all(attempts)), new Set(["remote.login"]));
  }
  assert.equal(served.accepted, 1000);
  for (let wait = 0; served.open > 0 && wait < 1000; wait++) await systemClock.sleep(10);
  assert.equal(served.open, 0);
});

Deno.test("any octets are answered with an outcome, in time and without a throw", async () => {
  const octet = fc.oneof(
    fc.constantFrom(0, 7, 8, 10, 13, 27, 32, 62, 91, 240, 250, 251, 253, 255),
    fc.integer({ min: 0, max: 255 }),
  );
  const words = fc.constantFrom(
    ..."rs1> |Password: |login: | --More-- |\r\n|show ip bgp\r\n|\x1b[K|---(more)---|(END)".split(
      "|",
    ),
  );
  const said = fc.oneof(
    fc.array(octet, { maxLength: 40 }).map((octets) => Uint8Array.from(octets)),
    words.map((word) => new TextEncoder().encode(word)),
  );
  const property = fc.asyncProperty(
    fc.array(said, { maxLength: 25 }),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    async (answers, size, closes) => {
      let at = 0;
      const next = () => ({
        bytes: answers[at++] ?? new Uint8Array(0),
        closes: closes && at > answers.length,
      });
      const wire = new VirtualWire({ start: next, receive: next }, inPiecesOf(size));
      const { signal, stop } = wire.deadline(20_000);
      try {
        const login = { username: "guest", password: "secret" };
        const dialogue = await openDialogue(wire, { login, clock: wire, signal, host: "rs1" });
        const output = await dialogue.run(COMMAND, { signal, maxBytes: 10_000 });
        assert.equal(output.complete, output.reason === null);
        assert.equal(typeof output.text, "string");
        dialogue.close();
      } catch (error) {
        assert.ok(error instanceof NetglassError && error.code.startsWith("remote."), `${error}`);
      }
      stop();
      assert.ok(wire.isClosed);
      assert.ok(wire.monotonicMs() <= 20_000);
      assert.ok(wire.lines().filter((line) => line.includes("secret")).length <= 1);
    },
  );
  await fc.assert(property, { numRuns: 10_000 });
});

Deno.test("a drip is stalled; a trace that prints a character now and then is not", async () => {
  const reasonAt = async (everyMs: number, octets: number) => {
    const echo = "show ip bgp\r\n";
    const parts = ["rs1> ", "\r\nrs1> ", `${echo}${"*".repeat(octets)}\r\nrs1> `];
    let at = 0;
    const next = () => ({ bytes: new TextEncoder().encode(parts[at++]), closes: false });
    const wire = new VirtualWire(
      { start: next, receive: next },
      (bytes) =>
        Array.from(bytes, (octet, index) => ({
          bytes: Uint8Array.of(octet),
          afterMs: at > 2 && index >= echo.length && index < echo.length + octets ? everyMs : 0,
        })),
    );
    const { signal, stop } = wire.deadline(120_000);
    const dialogue = await openDialogue(wire, { login: NOBODY, clock: wire, signal, host: "rs1" });
    const { reason } = await dialogue.run(COMMAND, { signal, maxBytes: 10_000 });
    dialogue.close();
    stop();
    return reason;
  };
  assert.equal(await reasonAt(500, 100), "stalled");
  assert.equal(await reasonAt(3000, 30), null);
  assert.equal(await reasonAt(15_000, 1), null);
});
