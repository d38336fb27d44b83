/**
 * `deno task test`: runs every test that this machine can run, says which could not run and why,
 * and closes with one line, `N passed, M failed`.
 *
 * A test that cannot run prints `SKIPPED: reason`; with NETGLASS_REQUIRE_INTEROP=1 it fails instead.
 */
const FIXED_SEED = new URL("./support/fixed_seed.ts", import.meta.url).href;
const paths = Deno.args.length > 0 ? Deno.args : ["lib", "tools", "tests"];
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-prompt", "--frozen", `--preload=${FIXED_SEED}`, ...paths],
  stdout: "piped",
  stderr: "inherit",
  env: { NO_COLOR: "1" },
}).spawn();

const decoder = new TextDecoderStream();
let text = "";
for await (const chunk of child.stdout.pipeThrough(decoder)) {
  await Deno.stdout.write(new TextEncoder().encode(chunk));
  text += chunk;
}
const { code } = await child.status;

const skipped = [...new Set(text.match(/^.*SKIPPED: .*$/gm) ?? [])];
if (skipped.length > 0) {
  console.log(`\nNot run on this machine (${skipped.length}):`);
  for (const line of skipped) console.log(`  ${line.replace(/^.*SKIPPED: /, "")}`);
}
// A test that prints why it could not run has passed for Deno; here it counts as what it is.
const closing = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/m.exec(text);
if (closing === null) {
  console.log("0 passed, 1 failed");
  Deno.exit(1);
}
const passed = Number(closing[1]) - skipped.length;
const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
console.log(`${passed} passed, ${closing[2]} failed${tail}`);
Deno.exit(code);
