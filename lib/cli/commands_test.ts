import assert from "node:assert/strict";
import { deno, Install, LOOPBACK, MAIN } from "../../tests/support/netglass.ts";

const READ_ENV = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env"];

Deno.test("a refused start prints the same command, quoted, with the right flags", async () => {
  await using install = await Install.make(LOOPBACK);
  const args = `{"target":"it's"}`;
  const command = ["call", "ping", args, "--pretty", "--config", install.configFile];
  const call = await deno(["run", "-A", MAIN, ...command]);
  assert.equal(call.code, 2);
  const quoted = `'{"target":"it'\\''s"}'`;
  assert.ok(
    call.stderr.includes(`main.ts call ping ${quoted} --pretty --config ${install.configFile}\n`),
    call.stderr,
  );
  const doctor = await deno(["run", "-A", MAIN, "doctor", "--config", install.configFile]);
  assert.ok(
    doctor.stderr.includes(`main.ts doctor --config ${install.configFile}\n`),
    doctor.stderr,
  );
});

Deno.test("the entry names the file of NETGLASS_CONFIG, and other variables are said", async () => {
  await using install = await Install.make(LOOPBACK);
  const { stdout, stderr } = await deno([...READ_ENV, MAIN, "permissions", "--format", "mcp"], {
    cwd: install.folder,
    env: { NETGLASS_CONFIG: "config.yaml", NETGLASS_TOOLS: "ping" },
  });
  const { mcpServers } = JSON.parse(stdout) as { mcpServers: { netglass: { args: string[] } } };
  assert.deepEqual(mcpServers.netglass.args.slice(-2), ["--config", install.configFile]);
  assert.match(stderr, /^# These permissions follow NETGLASS_TOOLS of this environment: /m);
});

Deno.test("init says how to overwrite", async () => {
  await using install = await Install.make(LOOPBACK);
  const init = [...READ_ENV, `--allow-write=${install.folder}`, MAIN, "init"];
  const switches = ["--out", install.folder, "--config", install.configFile];
  assert.equal((await deno([...init, ...switches])).code, 0);
  const again = await deno([...init, ...switches]);
  assert.match(again.stderr, /netglass\.mcp\.json": it exists already\n/);
  assert.match(again.stderr, /^hint: Give --force to overwrite it/m);
});

Deno.test("a directory without a record is not called intact", async () => {
  await using install = await Install.make(LOOPBACK);
  const { stdout } = await deno([...READ_ENV, MAIN, "audit", "verify", "--path", install.folder]);
  assert.equal(stdout, `There is no audit record in "${install.folder}"\n`);
});
