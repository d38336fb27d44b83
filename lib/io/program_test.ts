import assert from "node:assert/strict";
import { interopTest } from "../../tests/interop/daemon.ts";
import { runFenced } from "../../tests/support/fenced.ts";
import { installHint } from "./install_hint.ts";
import type { Program, ProgramCall, Programs } from "./io.ts";
import { createPrograms } from "./program.ts";
import { programHome } from "./program_place.ts";

const UNIX = Deno.build.os !== "windows";

function call(more: Partial<ProgramCall>): ProgramCall {
  return {
    program: "ping",
    options: [],
    signal: new AbortController().signal,
    deadlineMs: 10_000,
    ...more,
  };
}

/** Programs whose `ping` is this shell script. */
async function withScript(
  script: string,
  act: (programs: Programs, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/ping`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await act(
      createPrograms("linux", { ...programHome("linux"), directories: [directory] }),
      directory,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function scriptTest(
  name: string,
  script: string,
  act: (programs: Programs, directory: string) => Promise<void>,
): void {
  Deno.test(name, { ignore: !UNIX }, () => withScript(script, act));
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

scriptTest(
  "a child gets a clear environment, a fixed directory, no stdin, and its arguments",
  'printf "%s\n" "$*"; pwd; cat; env | sort',
  async (programs) => {
    Deno.env.set("MTR_PACKET", "/evil");
    const { stdout, code, ended, truncated } = await programs.run(
      call({ options: ["-n", "-c", "4"], operand: "192.0.2.1" }),
    );
    Deno.env.delete("MTR_PACKET");
    // The shell itself adds PWD.
    const lines = stdout.trimEnd().split("\n").filter((line) =>
      !/^(?:PWD|_|SHLVL|OLDPWD)=/.test(line)
    );
    assert.deepEqual(lines, [
      "-n -c 4 -- 192.0.2.1",
      "/",
      "LC_ALL=C",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
    assert.deepEqual({ code, ended, truncated }, { code: 0, ended: "exit", truncated: false });
  },
);

scriptTest("a non-zero exit is a result", "echo no >&2; exit 3", async (programs) => {
  const { code, stderr, stdout } = await programs.run(call({}));
  assert.deepEqual({ code, stderr, stdout }, { code: 3, stderr: "no\n", stdout: "" });
});

scriptTest("lines are told as they arrive", "echo one; sleep 0.2; echo two", async (programs) => {
  const lines: string[] = [];
  const times: number[] = [];
  await programs.run(call({
    onLine: (line) => {
      lines.push(line);
      times.push(performance.now());
    },
  }));
  assert.deepEqual(lines, ["one", "two"]);
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) > 100);
});

scriptTest(
  "a flood is cut at the cap and the child does not block",
  "head -c 3000000 /dev/zero | tr '\\0' 'x'; echo end >&2",
  async (programs) => {
    const { stdout, stderr, truncated, code } = await programs.run(call({ maxOutputBytes: 1000 }));
    assert.deepEqual([stdout.length, stderr, truncated, code], [1000, "end\n", true, 0]);
  },
);

scriptTest(
  "the deadline ends a child by its stop signal, and what it says then is kept",
  'trap "echo statistics; exit 0" INT; echo started; while :; do sleep 0.05; done',
  async (programs) => {
    const { stdout, code, ended, durationMs } = await programs.run(
      call({ deadlineMs: 300, stopSignal: "SIGINT" }),
    );
    assert.deepEqual({ stdout, code, ended }, {
      stdout: "started\nstatistics\n",
      code: 0,
      ended: "deadline",
    });
    assert.ok(durationMs >= 290 && durationMs < 1300, String(durationMs));
  },
);

scriptTest(
  "a child that ignores its stop signal is killed a second later, and is gone",
  'trap "" TERM INT; echo $$; while :; do sleep 0.05; done',
  async (programs) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const { stdout, code, ended, durationMs } = await programs.run(call({ signal: stop.signal }));
    assert.deepEqual({ code, ended }, { code: null, ended: "cancelled" });
    assert.ok(durationMs > 1100 && durationMs < 3000, String(durationMs));
    assert.equal(isAlive(Number(stdout.trim())), false);
  },
);

scriptTest(
  "a grandchild that keeps the pipes open does not keep the call",
  "sleep 30 & echo $!; exit 0",
  async (programs) => {
    const startedMs = performance.now();
    const { stdout, ended } = await programs.run(call({}));
    Deno.kill(Number(stdout.trim()), "SIGKILL");
    assert.equal(ended, "exit");
    assert.ok(performance.now() - startedMs < 3000);
  },
);

scriptTest("a call that is over before it starts starts nothing", "touch ran", async (programs) => {
  const result = await programs.run(call({ signal: AbortSignal.abort() }));
  assert.deepEqual([result.ended, result.code, result.stdout], ["cancelled", null, ""]);
});

scriptTest(
  "a listener that throws ends the child and the call",
  "echo one; sleep 30",
  async (programs) => {
    const fails = programs.run(call({
      onLine: () => {
        throw new Error("cannot parse");
      },
    }));
    await assert.rejects(fails, { message: "cannot parse" });
  },
);

scriptTest(
  "the state of a program is found out without running it",
  'touch "$(dirname "$0")/ran"',
  async (programs, directory) => {
    assert.equal(await programs.state("ping"), "ready");
    assert.equal(await programs.state("mtr"), "absent");
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["ping"]);
    await programs.run(call({}));
    assert.equal([...Deno.readDirSync(directory)].length, 2);
  },
);

scriptTest("a program that goes away is noticed", "exit 0", async (programs, directory) => {
  await programs.run(call({}));
  await Deno.remove(`${directory}/ping`);
  await assert.rejects(programs.run(call({})), { code: "env.program_absent" });
  await Deno.writeTextFile(`${directory}/ping`, "#!/bin/sh\nexit 5\n", { mode: 0o755 });
  assert.equal((await programs.run(call({}))).code, 5);
});

Deno.test("an absent program is said with the way to get it", async () => {
  const home = { ...programHome("linux"), directories: ["/nonexistent"] };
  await assert.rejects(createPrograms("linux", home).run(call({ program: "mtr" })), {
    code: "env.program_absent",
    message: 'Cannot run "mtr": it is not installed',
    hint:
      "Install it: Debian and Ubuntu apt-get install mtr-tiny; Alpine apk add mtr; Fedora dnf install mtr. Restart the server afterwards: Deno looks its programs up once, at start.",
    detail: { program: "mtr" },
  });
});

Deno.test("every program has a hint on every platform", () => {
  const programs: Program[] = ["ping", "traceroute", "tracert", "mtr", "ip", "ss"];
  for (const platform of ["linux", "darwin", "windows"] as const) {
    for (const program of programs) assert.match(installHint(program, platform), /\.$/);
  }
});

interopTest("ping on loopback ends by itself", { programs: ["ping"] }, async () => {
  const { code, stdout, ended } = await createPrograms("linux").run(
    call({ options: ["-n", "-c", "1"], operand: "127.0.0.1" }),
  );
  assert.deepEqual({ code, ended }, { code: 0, ended: "exit" });
  assert.match(stdout, /1 received/);
});

interopTest("ping that is cancelled prints its statistics", { programs: ["ping"] }, async () => {
  const { code, stdout, ended } = await createPrograms("linux").run(call({
    options: ["-n", "-i", "0.2"],
    operand: "127.0.0.1",
    deadlineMs: 500,
    stopSignal: "SIGINT",
  }));
  assert.deepEqual({ code, ended }, { code: 0, ended: "deadline" });
  assert.match(stdout, /received, 0% packet loss/);
});

const FENCED = `
  import { createPrograms } from "root/lib/io/program.ts";
  const programs = createPrograms("linux");
  const signal = new AbortController().signal;
  const run = (program, options, operand) =>
    programs.run({ program, options, operand, signal, deadlineMs: 5000 })
      .then(({ code }) => code, ({ code, detail }) => code + " " + (detail.flag ?? ""));
`;

interopTest(
  "states and errors tell what is not permitted from what is absent",
  { programs: ["ping", "traceroute"] },
  async () => {
    const body = `${FENCED}
      return {
        states: await Promise.all(["ping", "traceroute", "tracert"].map((one) => programs.state(one))),
        ping: await run("ping", ["-n", "-c", "1"], "127.0.0.1"),
        traceroute: await run("traceroute", ["-n"], "127.0.0.1"),
        tracert: await run("tracert", [], "127.0.0.1"),
      };`;
    assert.deepEqual(await runFenced(["--allow-run=ping,tracert"], body), {
      states: ["ready", "not_permitted", "absent"],
      ping: 0,
      traceroute: "permission.run --allow-run=traceroute",
      tracert: "env.program_absent ",
    });
    assert.deepEqual(
      await runFenced([], `${FENCED} return await programs.state("ping");`),
      "not_permitted",
    );
  },
);

interopTest(
  "a program is found wherever the PATH of a user or of root led Deno to",
  { programs: ["ip"] },
  async () => {
    const body = `${FENCED} return [await programs.state("ip"), await run("ip", ["-j", "link"])];`;
    for (const path of ["/usr/sbin:/usr/bin", "/usr/bin:/usr/sbin", "/bin", "/sbin:/bin"]) {
      assert.deepEqual(
        await runFenced(["--allow-run=ip"], body, { PATH: path }),
        ["ready", 0],
        path,
      );
    }
  },
);

interopTest(
  "a PATH that leads to another program of that name is refused and said",
  { programs: ["ping"] },
  async () => {
    await withScript("echo evil", async (_programs, directory) => {
      const body = `${FENCED} return [await programs.state("ping"), await run("ping", ["-V"])];`;
      const [state, said] = await runFenced(["--allow-run=ping"], body, {
        PATH: `${directory}:/usr/bin:/bin`,
      }) as [string, string];
      assert.equal(state, "not_permitted");
      assert.match(said, /^permission\.run --allow-run=\/\S+\/ping$/);
    });
  },
);
