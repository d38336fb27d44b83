/**
 * `deno task test`: runs every test that this machine can run, says which could not run and why,
 * and closes with one line, `N passed, M failed`.
 *
 * A test that cannot run throws {@link skip}'s reason into the log and counts as skipped; with
 * NETGLASS_REQUIRE_INTEROP=1 it fails instead.
 */
const paths = Deno.args.length > 0 ? Deno.args : ["lib", "tools", "tests"];
const child = new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-prompt", "--frozen", ...paths],
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
const closing = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/m.exec(text);
console.log(
  closing === null ? "0 passed, 1 failed" : `${closing[1]} passed, ${closing[2]} failed`,
);
Deno.exit(closing === null ? 1 : code);
