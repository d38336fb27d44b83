/** Whatever the sources name by a URL goes into a compiled program. */
import { deepEqual } from "node:assert/strict";
import { LOADED_BY_URL } from "./loaded_by_url.ts";

const LIB = new URL("../", import.meta.url);

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}

Deno.test("every module that lib names by a URL is in the list, and nothing else", async () => {
  const named = new Set<string>();
  for await (const file of sources(LIB)) {
    const text = await Deno.readTextFile(file);
    for (
      const [, path = ""] of text.matchAll(/new URL\(\s*"(\.[^"]+\.ts)",\s*import\.meta\.url/g)
    ) {
      named.add(new URL(path, file).href.slice(LIB.href.length));
    }
  }
  deepEqual([...named].sort(), LOADED_BY_URL);
});
