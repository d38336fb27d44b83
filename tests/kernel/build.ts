/**
 * Compiles the kernel of the capture engine. `deno task kernel` writes the module that is checked in.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type PinnedTool, runTool } from "../support/pinned_tool.ts";

const ASSEMBLY = new URL("../../lib/pcap/kernel/assembly/", import.meta.url);
const MODULE = new URL("../../lib/pcap/kernel/kernel_wasm.ts", import.meta.url);
/** Characters of base64 per line. */
const LINE = 84;

/** The compiler, and where its version is pinned. */
export const COMPILER: PinnedTool = {
  specifier: fileURLToPath(new URL("compiler.ts", import.meta.url)),
  config: new URL("compiler.json", import.meta.url),
  lock: new URL("compiler.lock", import.meta.url),
};

/** Compiles the source, with `home` as the compiler's home; resolves with the text of `kernel_wasm.ts`. */
export async function compileKernel(home: string): Promise<string> {
  const { code, stdout, stderr } = await runTool(COMPILER, home, [fileURLToPath(ASSEMBLY)]);
  if (code !== 0) throw new Error(stderr);
  return moduleText(stdout);
}

function moduleText(base64: string): string {
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  const text = lines.map((line) => `  "${line}"`).join(" +\n");
  return "/** The compiled kernel, made from `assembly/` by `deno task kernel`; base64. */\n" +
    `export const KERNEL_WASM: string =\n${text};\n`;
}

/** The module that is checked in. */
export function checkedInKernel(): Promise<string> {
  return Deno.readTextFile(MODULE);
}

if (import.meta.main) {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(MODULE, await compileKernel(home));
  await Deno.remove(home, { recursive: true });
}
