import assert from "node:assert/strict";
import { LAB_QUERY, labOptions, labServer, serveLab } from "../../tests/support/lab_router.ts";
import { serveTelnet, type TelnetServer } from "../../tests/support/telnet_server.ts";
import type { RouteServerEntry } from "../config/config.ts";
import { NetglassError, PolicyDenied, RemoteFailure, Unavailable } from "../errors/mod.ts";
import { createLookingGlass, type LookingGlassOptions } from "./create_looking_glass.ts";
import type { LookingGlass, ServerAnswer } from "./looking_glass.ts";

const signal = new AbortController().signal;

/** Time in which a server on loopback has answered, also on a busy machine, milliseconds. */
const DEADLINE_MS = 1_500;
/** A quarter of a second is promised; a busy machine may take more. */
const GRACE_MS = 5_000;

/** Runs `test` with a looking glass that is stopped behind it. */
async function withGlass(
  options: LookingGlassOptions,
  test: (glass: LookingGlass) => Promise<void>,
): Promise<void> {
  const glass = createLookingGlass(options);
  try {
    await test(glass);
  } finally {
    await glass.stop();
  }
}

/** The router's identifier of a lab router is the first line that it answered. */
function firstLine({ parsed }: ServerAnswer): string | null {
  assert.equal(parsed.answer.kind, "summary");
  return parsed.answer.kind === "summary" ? parsed.answer.routerId : null;
}

async function failure(work: Promise<unknown>): Promise<NetglassError> {
  const thrown = await work.then(() => null, (error) => error);
  assert.ok(thrown instanceof NetglassError, String(thrown));
  return thrown;
}

/** Until a server has noticed that nobody is connected any more. */
async function allClosed(...servers: readonly TelnetServer[]): Promise<void> {
  while (servers.some(({ open }) => open > 0)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("a question is answered with its command, text, structure and size", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    const answer = await glass.ask(server, LAB_QUERY, { signal });
    assert.ok(answer.elapsedMs < 5_000);
    assert.deepEqual({ ...answer, elapsedMs: 0, parsed: null }, {
      server,
      dialect: "frr",
      command: "show summary",
      parsed: null,
      complete: true,
      reason: null,
      raw: "summary of 1\nend\n",
      bytesReceived: "show summary\r\nsummary of 1\r\nend\r\nlab> ".length,
      elapsedMs: 0,
      cachedMs: null,
    });
    assert.equal(firstLine(answer), "summary of 1");
    assert.deepEqual(lab.heard, ["no pager", "terminal length 0", "show summary"]);
  });
});

Deno.test("several questions to one host use one connection, the next finds it warm", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    assert.deepEqual((await glass.states()).map(({ isWarm, health }) => [isWarm, health]), [
      [false, "unknown"],
    ]);
    const asked = [1, 2, 3].map(() => glass.ask(server, LAB_QUERY, { signal, fresh: true }));
    assert.deepEqual((await Promise.all(asked)).map(firstLine), Array(3).fill("summary of 1"));
    assert.equal(lab.accepted, 1);
    const [state] = await glass.states();
    assert.deepEqual([state?.isWarm, state?.health, state?.dialect], [true, "ok", "frr"]);
    assert.ok(state !== undefined && state.lastRttMs !== null && state.lastRttMs < 5_000);
    assert.equal(state.quota.connectionsUsed, 1);
    assert.ok(state.quota.bytesUsed > 100);
  });
  await allClosed(lab);
});

Deno.test("the same question within a minute sends nothing, a fresh one does", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    assert.equal((await glass.ask(server, LAB_QUERY, { signal })).cachedMs, null);
    const heard = lab.heard.length;
    const again = await glass.ask(server, LAB_QUERY, { signal });
    assert.ok(again.cachedMs !== null && again.cachedMs < 5_000);
    assert.equal(lab.heard.length, heard);
    await glass.ask(server, LAB_QUERY, { signal, fresh: true });
    assert.equal(lab.heard.length, heard + 1);
  });
});

Deno.test("equal questions at the same time are one", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => glass.ask(server, LAB_QUERY, { signal })),
    );
    assert.deepEqual(answers.map(firstLine), Array(10).fill("summary of 1"));
    assert.equal(lab.heard.filter((line) => line === "show summary").length, 1);
  });
});

Deno.test("a session that nobody uses is closed, and opened anew when one is needed", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  await withGlass({ ...labOptions([server]), warmMs: 30 }, async (glass) => {
    await glass.ask(server, LAB_QUERY, { signal });
    await allClosed(lab);
    assert.equal((await glass.states())[0]?.isWarm, false);
    assert.equal(
      firstLine(await glass.ask(server, LAB_QUERY, { signal, fresh: true })),
      "summary of 2",
    );
  });
});

Deno.test("a session that the server has closed meanwhile is replaced without a word", async () => {
  let hangUp = () => {};
  await using lab = await serveLab({
    answer: async (peer, _command, connection) => {
      await peer.send(`summary of ${connection}\r\nend\r\n`);
      hangUp = () => peer.close();
    },
  });
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    await glass.ask(server, LAB_QUERY, { signal });
    hangUp();
    assert.equal(
      firstLine(await glass.ask(server, LAB_QUERY, { signal, fresh: true })),
      "summary of 2",
    );
    assert.equal(lab.accepted, 2);
  });
});

Deno.test("output that was cut is an answer that is not complete, and ends the session", async () => {
  await using lab = await serveLab({ answer: (peer) => peer.send("row\r\n".repeat(20_000)) });
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    const cut = await glass.ask(server, LAB_QUERY, { signal, maxBytes: 5_000 });
    assert.deepEqual([cut.complete, cut.reason, firstLine(cut)], [false, "size", "row"]);
    assert.ok(cut.raw.length <= 5_000);
    assert.equal((await glass.states())[0]?.isWarm, false);
    await glass.ask(server, LAB_QUERY, { signal, maxBytes: 5_000 });
    assert.equal(lab.accepted, 2, "what was cut is not given a second time");
  });
});

Deno.test("a whole output that does not add up is not complete", async () => {
  await using lab = await serveLab({ answer: (peer) => peer.send("half\r\n") });
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    const { complete, reason } = await glass.ask(server, LAB_QUERY, { signal });
    assert.deepEqual([complete, reason], [false, null]);
  });
});

Deno.test("an unknown dialect is recognised once by its probe", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port, { dialect: null });
  await withGlass({ ...labOptions([server]), warmMs: 1 }, async (glass) => {
    assert.equal((await glass.states())[0]?.dialect, null);
    await glass.ask(server, LAB_QUERY, { signal });
    await allClosed(lab);
    await glass.ask(server, LAB_QUERY, { signal, fresh: true });
    assert.equal((await glass.states())[0]?.dialect, "frr");
    assert.equal(lab.accepted, 2);
    assert.equal(lab.heard.filter((line) => line === "show version").length, 1);
  });
});

Deno.test("what a dialect or the operator does not offer is refused before a connection", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port);
  const address = { family: 4, value: 0xc0000201n, zone: null } as const;
  await withGlass(labOptions([server]), async (glass) => {
    const trace = await failure(
      glass.ask({ ...server, traceroute: true }, { kind: "traceroute", address }, { signal }),
    );
    assert.equal(trace.code, "input.query");
    assert.match(trace.message, /LabOS has no command for it$/);
    const ping = await failure(glass.ask(server, { kind: "ping", address }, { signal }));
    assert.match(ping.message, /its operator does not offer it$/);
    assert.equal(lab.accepted, 0);
    assert.equal((await glass.states())[0]?.health, "unknown");
  });
});

Deno.test("after a login that failed the next ones fail at once, with the same error", async () => {
  await using lab = await serveLab({ password: "right" });
  const login = { username: null, password: "wrong", password_env: null };
  const server = labServer(lab.port, { login });
  await withGlass(labOptions([server]), async (glass) => {
    const first = await failure(glass.ask(server, LAB_QUERY, { signal }));
    assert.equal(first.code, "remote.login");
    assert.equal(first.detail.failure, "bad_credentials");
    assert.equal(await failure(glass.ask(server, LAB_QUERY, { signal })), first);
    assert.equal(lab.accepted, 1);
    assert.deepEqual(lab.heard, ["wrong"]);
    const [state] = await glass.states();
    assert.deepEqual([state?.health, state?.lastError], ["failing", "remote.login"]);
  });
});

Deno.test("a password of the environment counts before that of the entry, and none is sent if it is not there", async () => {
  await using lab = await serveLab({ password: "right" });
  // Whoever sets the variable for a server that is known as shipped keeps its published password.
  const login = { username: null, password: "published", password_env: "LAB_PASSWORD" };
  const server = labServer(lab.port, { login });
  for (const value of [undefined, "", "right\nshow version"]) {
    await withGlass({ ...labOptions([server]), readEnv: () => value }, async (glass) => {
      const error = await failure(glass.ask(server, LAB_QUERY, { signal }));
      assert.ok(error instanceof Unavailable);
      assert.equal(error.code, "env.password");
      assert.match(error.message, /"LAB_PASSWORD" is (not set|empty or holds)/);
    });
  }
  assert.equal(lab.accepted, 0);
  const readEnv = (name: string) => name === "LAB_PASSWORD" ? "right" : undefined;
  await withGlass({ ...labOptions([server]), readEnv }, async (glass) => {
    assert.equal(firstLine(await glass.ask(server, LAB_QUERY, { signal })), "summary of 1");
  });
  assert.equal(lab.heard[0], "right");
});

Deno.test("the operator's limit of connections is kept, and when there is room is said", async () => {
  await using lab = await serveLab();
  const server = labServer(lab.port, { daily_connections: 2 });
  await withGlass({ ...labOptions([server]), warmMs: 1 }, async (glass) => {
    const ask = () => glass.ask(server, LAB_QUERY, { signal, fresh: true });
    await ask();
    await allClosed(lab);
    await ask();
    await allClosed(lab);
    const denied = await failure(ask());
    assert.ok(denied instanceof PolicyDenied);
    assert.equal(denied.code, "policy.quota");
    assert.match(String(denied.detail.room_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:00.000Z$/);
    assert.equal(lab.accepted, 2);
    const [state] = await glass.states();
    assert.deepEqual([state?.quota.connectionsLeft, state?.quota.bytesLeft], [0, null]);
    assert.equal(state?.health, "ok");
  });
});

Deno.test("the operator's limit of octets cuts the last answer and refuses the next", async () => {
  await using lab = await serveLab({ answer: (peer) => peer.send("row\r\n".repeat(20_000)) });
  const server = labServer(lab.port, { daily_bytes: 4_000 });
  await withGlass(labOptions([server]), async (glass) => {
    const cut = await glass.ask(server, LAB_QUERY, { signal });
    assert.deepEqual([cut.complete, cut.reason], [false, "size"]);
    assert.match(cut.parsed.problems.join(), /^Cut at 3\d{3} octets, all that its operator allows/);
    const denied = await failure(glass.ask(server, LAB_QUERY, { signal }));
    assert.equal(denied.detail.rule, "looking_glass.servers.daily_bytes");
    assert.equal(lab.accepted, 1);
  });
});

Deno.test("use is remembered over a restart where there is an audit record", async () => {
  await using lab = await serveLab();
  const auditPath = await Deno.makeTempDir();
  try {
    const server = labServer(lab.port, { daily_connections: 1 });
    const options = labOptions([server], { auditPath: `${auditPath}/audit` });
    await withGlass(options, async (glass) => void await glass.ask(server, LAB_QUERY, { signal }));
    await withGlass(options, async (glass) => {
      assert.equal((await failure(glass.ask(server, LAB_QUERY, { signal }))).code, "policy.quota");
    });
  } finally {
    await Deno.remove(auditPath, { recursive: true });
  }
});

Deno.test("many servers at once: answers, and a typed error for each that gave none", async () => {
  await using good = await serveLab();
  await using other = await serveLab();
  await using silent = await serveTelnet((peer) => peer.forever());
  await using mute = await serveLab({ answer: (peer) => peer.forever() });
  await using picky = await serveLab({ password: "right" });
  const closed = await serveLab();
  await closed[Symbol.asyncDispose]();
  const servers = [good, silent, closed, mute, picky, other].map(({ port }) => labServer(port));
  await withGlass(labOptions(servers), async (glass) => {
    const seen: string[] = [];
    const startedMs = performance.now();
    const outcomes = await glass.askMany(servers, LAB_QUERY, {
      signal,
      deadlineMs: DEADLINE_MS,
      onOutcome: ({ server }) => seen.push(server.name),
    });
    assert.ok(performance.now() - startedMs < DEADLINE_MS + GRACE_MS);
    assert.deepEqual(
      outcomes.map(({ answer, error }) =>
        answer === null ? [error.code, error.detail.stage, error.detail.failure] : answer.raw
      ),
      [
        "summary of 1\nend\n",
        ["remote.timeout", "login", "timeout"],
        ["remote.connect", "connect", "refused"],
        ["remote.timeout", "command", "timeout"],
        ["remote.login", "login", "needs_password"],
        "summary of 1\nend\n",
      ],
    );
    assert.deepEqual(outcomes.map(({ server }) => server), servers);
    assert.deepEqual(seen.toSorted(), servers.map(({ name }) => name).toSorted());
  });
});

Deno.test("no more servers are asked at a time than configured; those left are timeouts", async () => {
  let busy = 0, most = 0;
  const script = async (peer: { forever(): Promise<never> }) => {
    most = Math.max(most, ++busy);
    try {
      await peer.forever();
    } finally {
      busy--;
    }
  };
  await using one = await serveTelnet(script);
  await using two = await serveTelnet(script);
  await using three = await serveTelnet(script);
  const servers = [one, two, three].map(({ port }) => labServer(port));
  await withGlass(
    labOptions(servers, { concurrency: 2, deadline_ms: DEADLINE_MS }),
    async (glass) => {
      const outcomes = await glass.askMany(servers, LAB_QUERY, { signal });
      assert.deepEqual(outcomes.map(({ error }) => [error?.code, error?.detail.stage]), [
        ["remote.timeout", "login"],
        ["remote.timeout", "login"],
        ["remote.timeout", "queue"],
      ]);
      assert.equal(most, 2);
      const states = await glass.states();
      assert.deepEqual(states.map(({ health }) => health), ["failing", "failing", "unknown"]);
    },
  );
});

Deno.test("a caller who cancels gets an error that says so, and the server is not blamed", async () => {
  await using silent = await serveTelnet((peer) => peer.forever());
  const server = labServer(silent.port);
  await withGlass(labOptions([server]), async (glass) => {
    const stop = new AbortController();
    const asked = glass.ask(server, LAB_QUERY, { signal: stop.signal });
    while (silent.accepted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    const error = await failure(asked);
    assert.ok(error instanceof RemoteFailure);
    assert.equal(error.detail.failure, "cancelled");
    assert.equal((await glass.states())[0]?.health, "unknown");
    const before = await failure(glass.ask(server, LAB_QUERY, { signal: stop.signal }));
    assert.equal(before.code, "remote.cancelled");
  });
});

Deno.test("one that waits for its turn is over at its deadline, and the queue moves on", async () => {
  await using lab = await serveLab({
    answer: async (peer) => {
      await peer.sleep(400);
      await peer.send("end\r\n");
    },
  });
  const server = labServer(lab.port);
  await withGlass(labOptions([server]), async (glass) => {
    const options = { signal, fresh: true };
    const [first, second, third] = await Promise.allSettled([
      glass.ask(server, LAB_QUERY, options),
      glass.ask(server, LAB_QUERY, { ...options, deadlineMs: 100 }),
      glass.ask(server, LAB_QUERY, options),
    ]);
    assert.deepEqual([first.status, third.status], ["fulfilled", "fulfilled"]);
    assert.ok(second.status === "rejected" && second.reason instanceof RemoteFailure);
    assert.deepEqual(second.reason.detail.stage, "queue");
    assert.equal(lab.accepted, 1);
  });
});

Deno.test("a judge who hangs does not hold a call beyond its deadline", async () => {
  const server = labServer(1);
  const hosts = { judge: () => new Promise<never>(() => {}) };
  await withGlass({ ...labOptions([server]), hosts }, async (glass) => {
    const startedMs = performance.now();
    const error = await failure(glass.ask(server, LAB_QUERY, { signal, deadlineMs: 100 }));
    assert.deepEqual([error.code, error.detail.stage], ["remote.timeout", "resolve"]);
    assert.ok(performance.now() - startedMs < 100 + GRACE_MS);
  });
});

Deno.test("a thousand calls that fail leave neither sockets nor timers behind", async () => {
  await using closes = await serveTelnet(() => Promise.resolve());
  await using resets = await serveTelnet((peer) =>
    peer.send("Hello\r\nlab> ").then(() => peer.close())
  );
  await using silent = await serveTelnet((peer) => peer.forever());
  await using mute = await serveLab({ answer: (peer) => peer.forever() });
  await using wrong = await serveLab({
    answer: (peer) => peer.send("half").then(() => peer.close()),
  });
  const dead = await serveLab();
  await dead[Symbol.asyncDispose]();
  const labs = [closes, resets, silent, mute, wrong, dead];
  // A name for each, since a login that failed is not tried again for a minute.
  const servers: RouteServerEntry[] = Array.from(
    { length: 1_000 },
    (_, at) => labServer(labs[at % labs.length]?.port ?? 0, { name: `Lab ${at}`, tags: [`${at}`] }),
  );
  for (let from = 0; from < servers.length; from += 50) {
    await withGlass(labOptions(servers), async (glass) => {
      const outcomes = await glass.askMany(servers.slice(from, from + 50), LAB_QUERY, {
        signal,
        deadlineMs: 60,
      });
      assert.ok(outcomes.every(({ answer }) => answer === null || !answer.complete));
    });
  }
  // The other two do not read, so they do not notice that they are alone.
  await allClosed(closes, resets, wrong);
});
