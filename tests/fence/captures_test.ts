/**
 * Captures under the flags that are derived for them: what each isolation is given, that it works
 * with just that, and that nothing weaker takes its place.
 */
import assert from "node:assert/strict";
import { defaultConfig } from "../../lib/config/load.ts";
import { moduleRoots } from "../../lib/io/own_modules.ts";
import { captures } from "../../lib/policy/need.ts";
import { permissionFlags } from "../../lib/policy/permission_formats.ts";
import { derivePermissions } from "../../lib/policy/permissions.ts";
import { allTools } from "../../tools/mod.ts";
import { runFenced } from "../support/fenced.ts";
import { CaptureDirectory, gzip, udpCapture } from "../support/test_captures.ts";

const PACKETS = 50_000;

type Isolation = "strict" | "worker" | "inline";

/** The flags of a launch with one tool that asks questions about captures. */
function flagsFor(directory: string, isolation: Isolation): readonly string[] {
  const config = defaultConfig();
  const set = derivePermissions(
    {
      ...config,
      tools: ["pcap_summary"],
      dns: { ...config.dns, resolvers: ["192.0.2.53:53"] },
      pcap: { ...config.pcap, allowed_paths: [directory], isolation },
    },
    [{ name: "pcap_summary", needs: () => [captures] }],
    {
      platform: "linux",
      resolvers: [],
      realPath: (path) => path,
      configFiles: [],
      moduleRoots: moduleRoots(),
      moduleHost: null,
    },
    { transport: "stdio" },
  );
  return permissionFlags(set).flags;
}

/** Asks about the captures at `paths` in a process with these flags; errors as their codes. */
function askUnder(
  flags: readonly string[],
  directory: string,
  isolation: Isolation,
  paths: readonly string[],
): Promise<unknown> {
  return runFenced(
    flags,
    `import { createCaptures } from "root/lib/pcap/engine/create_captures.ts"
     const captures = createCaptures({
       max_packets: 0, allow_custom_filters: true, allowed_paths: ${JSON.stringify([directory])},
       export_path: null, isolation: "${isolation}", index_bytes: 0,
     });
     const signal = new AbortController().signal;
     const answers = [];
     for (const path of ${JSON.stringify(paths)}) {
       try {
         const { total_packets } = await captures.ask("hierarchy", [path], {}, { signal });
         answers.push(total_packets);
       } catch (error) {
         answers.push(error.code === "permission.unstable" ? error.detail.flag : error.code);
       }
     }
     await captures.stop();
     return answers;`,
  );
}

Deno.test("whoever parses captures is given its modules to read and nothing else", async () => {
  await using directory = await CaptureDirectory.make();
  const inline = flagsFor(directory.path, "inline");
  assert.deepEqual(inline.filter((flag) => /^--allow-read/.test(flag)), [
    `--allow-read=${[directory.path, ...moduleRoots()].join(",")}`,
  ]);
  assert.deepEqual(flagsFor(directory.path, "worker"), inline);
});

Deno.test("every tool about captures says that it needs what their isolation takes", () => {
  const forgetful = allTools.filter((tool) =>
    tool.toolset === "capture" && tool.name !== "list_captures" &&
    !tool.needs(defaultConfig()).some(({ kind }) => kind === "captures")
  );
  assert.deepEqual(forgetful.map(({ name }) => name), []);
});

for (const isolation of ["strict", "worker", "inline"] as const) {
  Deno.test(`${isolation}: captures are read under the derived flags, and nothing outside`, async () => {
    await using directory = await CaptureDirectory.make();
    await using elsewhere = await CaptureDirectory.make();
    const plain = directory.write("a.pcap", udpCapture(PACKETS));
    const packed = directory.write("a.gz", await gzip(udpCapture(PACKETS)));
    const text = directory.write("text", new TextEncoder().encode("no capture at all"));
    const secret = elsewhere.write("secret.pcap", udpCapture(1));
    const link = `${directory.path}/link.pcap`;
    if (Deno.build.os !== "windows") await Deno.symlink(secret, link);
    const paths = [plain, packed, plain, text, secret, link, `${moduleRoots()[0]}/cli/boot.ts`];
    assert.deepEqual(
      await askUnder(flagsFor(directory.path, isolation), directory.path, isolation, paths),
      [
        PACKETS,
        PACKETS,
        PACKETS,
        "decode.unknown_format",
        "policy.allowed_paths",
        "policy.allowed_paths",
        "policy.allowed_paths",
      ],
    );
  });
}

Deno.test("strict without the switch is refused and names it, and never becomes something weaker", async () => {
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(1));
  const refused = ["--unstable-worker-options"];
  const weaker = flagsFor(directory.path, "worker");
  assert.deepEqual(await askUnder(weaker, directory.path, "strict", [path]), refused);
  // All permissions say nothing of the switch.
  assert.deepEqual(await askUnder(["--allow-all"], directory.path, "strict", [path]), refused);
});

Deno.test("whoever may not read the modules is told by the flag", async () => {
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(1));
  const flags = flagsFor(directory.path, "inline").map((flag) =>
    flag.replace(`,${moduleRoots().join(",")}`, "")
  );
  for (const isolation of ["worker", "inline"] as const) {
    assert.deepEqual(await askUnder(flags, directory.path, isolation, [path]), ["permission.read"]);
  }
});

Deno.test("the thread of strict isolation can do nothing", async () => {
  await using directory = await CaptureDirectory.make();
  const flags = flagsFor(directory.path, "strict");
  // The module is not of ours, so it comes as data, which needs no permission.
  const module = `data:text/javascript,${
    encodeURIComponent(`
      const attempts = [
        () => Deno.readTextFileSync(${JSON.stringify(directory.path)}),
        () => Deno.writeTextFileSync("x", ""), () => Deno.env.get("HOME"),
        () => new Deno.Command("sh").outputSync(), () => Deno.listen({ port: 0 }),
        () => Deno.hostname(), () => Deno.dlopen("x", {}),
      ];
      postMessage(attempts.map((attempt) => {
        try { attempt(); return "done"; } catch (error) { return error.name; }
      }));`)
  }`;
  const names = await runFenced(
    flags,
    `import { startWorker } from "root/lib/io/worker.ts"
     const told = Promise.withResolvers();
     const port = startWorker(new URL(${JSON.stringify(module)}), { isolated: true }, {
       onMessage: told.resolve, onDeath: () => told.reject(new Error("died")),
     });
     const names = await told.promise;
     port.end();
     return names;`,
  );
  assert.deepEqual(names, Array(7).fill("NotCapable"));
});
