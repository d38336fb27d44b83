/**
 * A few lines of TypeScript run under Deno flags of their own, for what a permission flag decides.
 *
 * @module
 */
import { deno } from "./netglass.ts";

/**
 * Runs `body`, an async function body that returns JSON, in a process with these flags; `root` in it
 * is the URL of the repository. A thrown error comes back as `{code, message, detail, name}`.
 */
export async function runFenced(
  flags: readonly string[],
  body: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const root = new URL("../../", import.meta.url);
  const folder = await Deno.makeTempDir();
  try {
    const module = `${folder}/fenced.ts`;
    // The imports stand in the text, so that Deno loads them without read permission.
    const imports = [...body.matchAll(/^\s*import .*$/gm)].map(([line]) =>
      line.replace('"root/', `"${root.href}`)
    );
    await Deno.writeTextFile(
      module,
      `${imports.join("\n")}
      const result = await (async () => {
        ${body.replace(/^\s*import .*$/gm, "")}
      })().catch((error) => ({
        name: error.name, code: error.code, message: error.message, detail: error.detail,
      }));
      await new Promise((resolve) => setTimeout(resolve, 0));
      Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(result)));`,
    );
    const config = new URL("deno.json", root).pathname;
    const { code, stdout, stderr } = await deno([
      ...["run", "--quiet", "--no-prompt", "--no-lock", "--no-check", "--config", config],
      ...flags,
      module,
    ], { env });
    if (code !== 0) throw new Error(`fenced code ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
