/** Whatever the sources name by a URL goes into a compiled program. */
import { deepEqual, ok } from "node:assert/strict";
import { LOADED_BY_URL } from "./loaded_by_url.ts";

const ROOT = new URL("../../", import.meta.url);
const TOOLS = "tools/mod.ts";

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}

Deno.test("every module that lib names by a URL is in the list, and nothing else", async () => {
  const named = new Set<string>();
  for await (const file of sources(new URL("lib/", ROOT))) {
    const text = await Deno.readTextFile(file);
    for (
      const [, path = ""] of text.matchAll(/new URL\(\s*"(\.[^"]+\.ts)",\s*import\.meta\.url/g)
    ) {
      named.add(new URL(path, file).href.slice(ROOT.href.length));
    }
  }
  deepEqual([...[...named].sort(), TOOLS], LOADED_BY_URL);
});

Deno.test("every tool that a card names is among them", async () => {
  const cards = await Deno.readTextFile(new URL("tools/cards.ts", ROOT));
  const tools = await Deno.readTextFile(new URL(TOOLS, ROOT));
  const named = [...cards.matchAll(/load\("([^"]+)"/g)].map(([, path = ""]) => path);
  ok(named.length > 50);
  for (const path of named) ok(tools.includes(`from "${path}"`), path);
});
