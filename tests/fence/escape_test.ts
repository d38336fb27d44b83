/**
 * Attempts to get out, against the real server under the flags that it derives for itself. Each test
 * is a door that was found open somewhere else; here it must be shut, and shut for the right reason.
 */
import assert from "node:assert/strict";
import { deno, type Finished, Install, LOOPBACK, MAIN } from "../support/netglass.ts";

interface Failure {
  readonly error: { code: string; message: string; detail?: Record<string, unknown> };
}

function failureOf(finished: Finished): Failure["error"] {
  assert.equal(finished.code, 1, `${finished.stdout}${finished.stderr}`);
  return (JSON.parse(finished.stdout) as Failure).error;
}

function call(install: Install, tool: string, args: unknown, env: Record<string, string> = {}) {
  return install.run(["call", tool, JSON.stringify(args)], { env });
}

/** An executable that leaves a mark when it runs. */
async function trap(folder: string, name: string): Promise<{ sprung: () => Promise<boolean> }> {
  const mark = `${folder}/${name}.ran`;
  await Deno.mkdir(`${folder}/evil`, { recursive: true });
  await Deno.writeTextFile(`${folder}/evil/${name}`, `#!/bin/sh\necho ran > '${mark}'\n`, {
    mode: 0o755,
  });
  return {
    sprung: async () => {
      try {
        await Deno.stat(mark);
        return true;
      } catch {
        return false;
      }
    },
  };
}

Deno.test("other spellings of a forbidden address do not pass", async () => {
  await using install = await Install.make({
    security: { block_private: true, network: "open" },
    dns: { resolvers: ["127.0.0.1:5399"] },
  });
  const spellings = [
    "2852039166",
    "0xA9FEA9FE",
    "169.254.43518",
    "0251.0376.0251.0376",
    "169.254.169.254.",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "127.1",
    "0177.0.0.1",
    "::1",
    "::",
    "0.0.0.0",
    "１２７.0.0.1",
    "127。0。0。1",
    "metadata.google.internal.",
    "METADATA.google.internal",
    "localhost",
  ];
  for (const target of spellings) {
    const { code } = failureOf(await call(install, "port_check", { target, port: 80 }));
    assert.match(code, /^(policy|input)\./, `${target}: ${code}`);
  }
});

Deno.test("hostile and silly targets are refused as input and reach no program", async () => {
  await using install = await Install.make(LOOPBACK);
  const targets = [
    "-f",
    "--help",
    "-oProxyCommand=x",
    "127.0.0.1 -f",
    "127.0.0.1;id",
    "$(id)",
    "a\u0000b",
    "a\nb",
    "x".repeat(10_000),
    `${"a".repeat(64)}.example`,
    "a..b",
    "٣.٣.٣.٣",
    "",
    " ",
    "127.0.0.1/8",
    "[::1]",
    "http://127.0.0.1/",
    "127.0.0.1:80",
    "fe80::1%eth0;id",
  ];
  for (const tool of ["ping", "traceroute", "mtr"]) {
    for (const target of tool === "ping" ? targets : targets.slice(0, 3)) {
      const { code } = failureOf(await call(install, tool, { target }));
      assert.match(code, /^input\./, `${tool} ${JSON.stringify(target.slice(0, 20))}: ${code}`);
    }
  }
  for (const port of [0, 65_536, -1, 1e9, 80.5]) {
    const { code } = failureOf(await call(install, "port_check", { target: "127.0.0.1", port }));
    assert.equal(code, "input.arguments");
  }
  for (const count of [-1, 0, 1e9]) {
    const { code } = failureOf(await call(install, "ping", { target: "127.0.0.1", count }));
    assert.equal(code, "input.arguments");
  }
});

Deno.test("an evil PATH, LD_PRELOAD and MTR_PACKET at start run nothing of theirs", async () => {
  await using install = await Install.make(LOOPBACK);
  const traps = await Promise.all(
    ["ping", "traceroute", "mtr", "mtr-packet"].map((name) => trap(install.folder, name)),
  );
  const env = {
    PATH: `${install.folder}/evil:${Deno.env.get("PATH")}`,
    MTR_PACKET: `${install.folder}/evil/mtr-packet`,
  };
  for (const tool of ["ping", "traceroute", "mtr"]) {
    await call(install, tool, { target: "127.0.0.1" }, env);
  }
  // What inherits LD_PRELOAD loads the library, and Deno refuses to start a program with it; a
  // clear environment is why ping answers all the same.
  const preloaded = await call(install, "ping", { target: "127.0.0.1", count: 1 }, {
    LD_PRELOAD: `${install.folder}/evil/evil.so`,
    LD_LIBRARY_PATH: `${install.folder}/evil`,
    GCONV_PATH: `${install.folder}/evil`,
  });
  assert.match(preloaded.stdout, /"reachable":true|"code":"env\.program_absent"/);
  assert.doesNotMatch(preloaded.stdout, /evil/);
  for (const one of traps) assert.equal(await one.sprung(), false);
});

Deno.test("with the derived flags Deno itself refuses what policy forbids", async () => {
  await using install = await Install.make({
    security: { network: "open" },
    dns: { resolvers: ["127.0.0.1:5399"] },
  });
  const flags = await install.flags();
  const probe = `${install.folder}/probe.ts`;
  await Deno.writeTextFile(
    probe,
    `for (const hostname of ["169.254.169.254", "2852039166", "0xA9FEA9FE", "::ffff:169.254.169.254", "100.100.100.200"]) {
       try { (await Deno.connect({ hostname, port: 80 })).close(); console.log("connected", hostname); }
       catch (error) { console.log(error.name); }
     }
     for (const act of [() => Deno.readTextFileSync("/etc/passwd"), () => Deno.writeTextFileSync("./x", ""),
       () => new Deno.Command("sh").outputSync(), () => Deno.env.get("SECRET"), () => Deno.hostname(),
       () => new Deno.Command("/bin/ls").outputSync()]) {
       try { act(); console.log("done"); } catch (error) { console.log(error.name); }
     }
     try { await import("https://127.0.0.1:9/x.ts"); } catch (error) { console.log(/allow-import|Requires import/.test(error.message) ? "NotCapable" : error.message); }`,
  );
  const { stdout, stderr } = await deno(["run", "--quiet", ...flags, probe], {
    cwd: install.folder,
  });
  assert.deepEqual(stdout.trim().split("\n"), Array(12).fill("NotCapable"), stderr);
});

Deno.test("a symbolic link out of the capture directories is denied without telling where it leads", async () => {
  await using install = await Install.make({
    ...LOOPBACK,
    pcap: { allowed_paths: ["./captures"] },
  });
  await Deno.mkdir(`${install.folder}/captures`);
  await Deno.writeTextFile(`${install.folder}/secret.pcap`, "x");
  await Deno.symlink(`${install.folder}/secret.pcap`, `${install.folder}/captures/link.pcap`);
  await Deno.writeTextFile(`${install.folder}/captures/fine.pcap`, "x");
  const explain = async (path: string) => {
    const { stdout, stderr, code } = await call(install, "policy_explain", { path });
    assert.equal(code, 0, stdout + stderr);
    return JSON.parse(stdout) as { effect: string; summary: string };
  };
  assert.equal((await explain(`${install.folder}/captures/fine.pcap`)).effect, "allow");
  const link = await explain(`${install.folder}/captures/link.pcap`);
  assert.equal(link.effect, "deny");
  assert.equal(JSON.stringify(link).includes("secret.pcap"), false);
  assert.equal((await explain("/etc/passwd")).effect, "deny");
  assert.equal((await explain(`${install.folder}/captures/../secret.pcap`)).effect, "deny");
});

Deno.test("a config.yaml of the working directory cannot loosen the policy", async () => {
  await using install = await Install.make({});
  const hostile = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${hostile}/config.yaml`,
      "security:\n  block_cloud_metadata: false\n  network: open\n",
    );
    const { stdout, stderr } = await deno([
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      MAIN,
      "permissions",
    ], { cwd: hostile });
    assert.match(stdout, /--deny-net=\S*169\.254\.169\.254/);
    assert.doesNotMatch(stdout, /--allow-net(?!=)/);
    assert.match(stderr, /security\.block_cloud_metadata/);
    void install;
  } finally {
    await Deno.remove(hostile, { recursive: true });
  }
});
