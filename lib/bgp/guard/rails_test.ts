import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

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

const page = await Deno.readTextFile(new URL("./RAILS.md", import.meta.url));
const rows = page.split("\n").filter((line) => line.startsWith("|")).slice(2);

for (const row of rows) {
  const [, rail = "", , proof = ""] = row.split("|").map((cell) => cell.trim());
  Deno.test(`there is a proof of: ${rail}`, async () => {
    const named = proofs(proof);
    assert.ok(named.length > 0);
    for (const { file, name } of named) {
      const text = await Deno.readTextFile(new URL(file, ROOT));
      assert.ok(text.includes(name), `${file} has no test "${name}"`);
    }
  });
}
