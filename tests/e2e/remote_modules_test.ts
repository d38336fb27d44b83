/** netglass as it runs where its modules come from the network, as those of a package do. */
import assert from "node:assert/strict";
import { deno, Install } from "../support/netglass.ts";

const ROOT = new URL("../../", import.meta.url);
const TYPES = { ts: "application/typescript", json: "application/json" } as const;

/** A cache of modules of its own, with the packages that are there already; what is loaded ends with it. */
async function makeCache(folder: string): Promise<Record<string, string>> {
  const { stdout } = await deno(["info", "--json"]);
  const { npmCache } = JSON.parse(stdout) as { readonly npmCache: string };
  const directory = `${folder}/cache`;
  await Deno.mkdir(directory);
  await Deno.symlink(npmCache, `${directory}/npm`);
  return { DENO_DIR: directory };
}

/** Serves the files of the repository on loopback. */
function serveModules(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    const type = Object.entries(TYPES).find(([ending]) => path.endsWith(`.${ending}`))?.[1];
    if (type === undefined) return new Response(null, { status: 404 });
    const text = await Deno.readTextFile(new URL(path, ROOT));
    return new Response(text, { headers: { "content-type": type } });
  });
}

Deno.test("a server whose modules come from the network loads them under its own flags", async () => {
  await using install = await Install.make({ toolsets: ["planning"] });
  const env = await makeCache(install.folder);
  await using modules = serveModules();
  const { port } = modules.addr;
  const main = `http://127.0.0.1:${port}/main.ts`;
  // The import map stands for what publishing does to the names of dependencies.
  const run = ["run", "--quiet", "--no-lock", "--config", new URL("deno.json", ROOT).pathname];
  const chosen = ["--config", install.configFile];
  const derived = await deno([
    ...run,
    `--allow-import=127.0.0.1:${port}`,
    "--no-prompt",
    "--allow-read",
    "--allow-env",
    main,
    "permissions",
    ...chosen,
  ], { env });
  assert.equal(derived.code, 0, derived.stderr);
  const flags = derived.stdout.trim().replaceAll("'", "").split(/\s+/);
  assert.ok(flags.includes(`--allow-import=127.0.0.1:${port}`), derived.stdout);
  const call = ["call", "cidr_info", '{"cidr":"192.0.2.0/24"}', ...chosen];
  const { code, stdout, stderr } = await deno([...run, ...flags, main, ...call], { env });
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).success, true);
});
