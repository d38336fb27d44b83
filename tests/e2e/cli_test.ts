/** The command line, as a person or a script meets it. */
import assert from "node:assert/strict";
import { bareEnv, deno, greeter, Install, LOOPBACK, MAIN } from "../support/netglass.ts";

const READ_ENV = ["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env"];

Deno.test("call prints the structured result and exits 0, 1 or 2", async () => {
  await using install = await Install.make(LOOPBACK);
  await using open = greeter("hello\r\n");
  const answered = await install.run([
    "call",
    "port_check",
    JSON.stringify({ target: "127.0.0.1", port: open.port }),
  ]);
  assert.equal(answered.code, 0, answered.stderr);
  assert.equal((JSON.parse(answered.stdout) as { state: string }).state, "open");

  const refused = await install.run(["call", "port_check", '{"target":"192.0.2.1","port":80}']);
  assert.equal(refused.code, 1);
  assert.equal(
    (JSON.parse(refused.stdout) as { error: { code: string } }).error.code,
    "policy.allowed_targets",
  );

  assert.equal((await install.run(["call", "port_check", "{not json"])).code, 2);
  assert.equal((await install.run(["call", "no_such_tool"])).code, 2);
  assert.equal((await install.run(["frobnicate"])).code, 2);
});

Deno.test("call --pretty prints the summary first", async () => {
  await using install = await Install.make(LOOPBACK);
  const { code, stdout, stderr } = await install.run([
    "call",
    "policy_explain",
    '{"target":"::1"}',
    "--pretty",
  ]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout.split("\n")[0] ?? "", /[{}]/);
});

Deno.test("tools lists what the switches select, by the documented precedence", async () => {
  const tools = async (...switches: string[]): Promise<string[]> => {
    const { stdout, stderr } = await deno([...READ_ENV, MAIN, "tools", "--json", ...switches]);
    assert.notEqual(stdout, "", stderr);
    return (JSON.parse(stdout) as { name: string }[]).map((tool) => tool.name);
  };
  assert.deepEqual(await tools("--toolsets", "meta"), [
    "audit_log",
    "capabilities",
    "policy_explain",
  ]);
  assert.deepEqual(await tools("--toolsets", "meta", "--tools", "ping,mtr"), ["mtr", "ping"]);
  assert.deepEqual(await tools("--tools", "ping,mtr", "--exclude-tools", "mtr"), ["ping"]);
  assert.equal((await tools("--read-only")).length, 34);
});

Deno.test("argv wins over environment wins over file", async () => {
  await using install = await Install.make({ toolsets: ["connectivity"] });
  const names = async (switches: string[], env: Record<string, string>): Promise<number> => {
    const { stdout } = await deno([
      ...READ_ENV,
      MAIN,
      "tools",
      "--json",
      "--config",
      install.configFile,
      ...switches,
    ], { env });
    return (JSON.parse(stdout) as unknown[]).length;
  };
  assert.equal(await names([], {}), 8);
  assert.equal(await names([], { NETGLASS_TOOLSETS: "meta" }), 3);
  assert.equal(await names(["--toolsets", "default"], { NETGLASS_TOOLSETS: "meta" }), 34);
});

Deno.test("a mistake in the configuration stops the start with file, line, key and what is wanted", async () => {
  await using install = await Install.make({});
  await Deno.writeTextFile(install.configFile, "security:\n  block_privat: true\n");
  const { code, stderr } = await deno([...READ_ENV, MAIN, "tools", "--config", install.configFile]);
  assert.equal(code, 2);
  assert.match(stderr, /config\.yaml/);
  assert.match(stderr, /2/);
  assert.match(stderr, /security\.block_privat/);
  assert.match(stderr, /block_private/);
});

Deno.test("init writes a client entry and a permission set, and overwrites only with --force", async () => {
  await using install = await Install.make(LOOPBACK);
  const init = (...switches: string[]) =>
    deno([
      ...READ_ENV,
      `--allow-write=${install.folder}`,
      MAIN,
      "init",
      "--out",
      install.folder,
      "--config",
      install.configFile,
      ...switches,
    ]);
  assert.equal((await init()).code, 0);
  const entry = JSON.parse(await Deno.readTextFile(`${install.folder}/netglass.mcp.json`)) as {
    mcpServers: { netglass: { command: string; args: string[] } };
  };
  assert.equal(entry.mcpServers.netglass.command, "deno");
  const { args } = entry.mcpServers.netglass;
  assert.deepEqual(args.slice(0, 2), ["run", "--cached-only"]);
  assert.deepEqual(args.slice(2), [...await install.flags(), MAIN, "--config", install.configFile]);
  const set = JSON.parse(await Deno.readTextFile(`${install.folder}/netglass.deno.json`)) as {
    permissions: { default: { run: string[] } };
  };
  assert.ok(set.permissions.default.run);
  const again = await init();
  assert.equal(again.code, 1);
  assert.match(again.stderr, /env\.file_exists/);
  assert.equal((await init("--force")).code, 0);
});

Deno.test("the client entry of an HTTP server says where it is and how it is started", async () => {
  await using install = await Install.make(LOOPBACK);
  const { stdout, stderr } = await deno([
    ...READ_ENV,
    MAIN,
    "permissions",
    "--format",
    "mcp",
    "--http",
    "127.0.0.1:8080",
    "--config",
    install.configFile,
  ]);
  assert.deepEqual(JSON.parse(stdout), {
    mcpServers: { netglass: { type: "http", url: "http://127.0.0.1:8080/mcp" } },
  });
  assert.match(stderr, /# Start the server with: deno run .* serve --http 127\.0\.0\.1:8080/);
});

Deno.test("doctor answers for a person, version and help for everyone", async () => {
  await using install = await Install.make(LOOPBACK);
  const doctor = await install.run(["doctor"]);
  assert.equal(doctor.code, 0, doctor.stderr);
  assert.match(doctor.stdout, /34 tools enabled/);
  const version = await deno(["run", "--quiet", "--no-prompt", MAIN, "version"]);
  assert.match(version.stdout, /^netglass \d+\.\d+\.\d+ \(deno \d/);
  for (const topic of ["serve", "call", "tools", "permissions", "init", "doctor", "audit"]) {
    const help = await deno(["run", "--quiet", "--no-prompt", MAIN, topic, "--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, new RegExp(`netglass \\[?${topic}`));
  }
});

Deno.test("the shipped permission set starts the server: deno run -P main.ts", async () => {
  const doctor = await deno(["run", "-P", "--quiet", "main.ts", "doctor"], {
    cwd: new URL("../../", import.meta.url).pathname,
  });
  assert.equal(doctor.code, 0, doctor.stderr);
  assert.match(doctor.stdout, /34 tools enabled/);
});

Deno.test("every format of permissions carries the same hosts and programs", async () => {
  await using install = await Install.make(LOOPBACK);
  for (const format of ["flags", "json", "deno-json", "mcp", "compile"]) {
    const { stdout, code } = await deno([
      ...READ_ENV,
      MAIN,
      "permissions",
      "--format",
      format,
      "--config",
      install.configFile,
    ]);
    assert.equal(code, 0);
    for (const part of ["127.0.0.0/8", "169.254.169.254", "traceroute"]) {
      assert.ok(stdout.includes(part), `${format} lacks ${part}`);
    }
  }
});

Deno.test("call on SIGTERM cancels the tool, prints what is known and records it", async () => {
  await using install = await Install.make(LOOPBACK);
  const audit = `${install.folder}/audit`;
  await Deno.writeTextFile(install.configFile, `\naudit: {path: ${audit}}\n`, { append: true });
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  const query = { query: "127.0.0.1", transport: "tcp", nameserver: `127.0.0.1:${port}` };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", ...await install.flags(), MAIN, "call", "dns_lookup"],
      ...[JSON.stringify(query), "--config", install.configFile],
    ],
    stdout: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const asked = await silent.accept();
  child.kill("SIGTERM");
  const { code, stdout } = await child.output();
  asked.close();
  silent.close();
  assert.equal(code, 0);
  assert.equal(JSON.parse(new TextDecoder().decode(stdout)).status, "timeout");
  const record = await Deno.readTextFile(`${audit}/audit-000001.jsonl`);
  assert.match(record, /"outcome":"cancelled"/);
});
