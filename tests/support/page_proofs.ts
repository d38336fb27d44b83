/**
 * Pages that name the tests which prove what they say: each row of their table is held to them.
 *
 * @module
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** The tests that a row names: each behind the file that it is in. */
function proofs(row: string): readonly { readonly file: string; readonly name: string }[] {
  const found: { file: string; name: string }[] = [];
  let file = "";
  for (const [, path, name] of row.matchAll(/`([^`]+)`:|"([^"]+)"/g)) {
    if (path !== undefined) file = path;
    else if (name !== undefined) found.push({ file, name });
  }
  return found;
}

/** Registers a test for each row of the page's tables: its third column must name tests that are there. */
export async function holdToProofs(page: URL): Promise<void> {
  const lines = (await Deno.readTextFile(page)).split("\n");
  const rows = lines.filter((line, at) =>
    line.startsWith("|") && !line.startsWith("| -") && !lines[at + 1]?.startsWith("| -")
  );
  for (const row of rows) {
    const [, what = "", , proof = ""] = row.split("|").map((cell) => cell.trim());
    Deno.test(`there is a proof of: ${what}`, async () => {
      const named = proofs(proof);
      assert.ok(named.length > 0);
      for (const { file, name } of named) {
        const text = await Deno.readTextFile(new URL(file, ROOT));
        assert.ok(text.includes(name), `${file} has no test "${name}"`);
      }
    });
  }
}
