/**
 * Runs the AssemblyScript compiler on the kernel's source and prints the module as base64. Its own
 * process, with the compiler's own lock file.
 */
import asc from "assemblyscript/asc";

const [root = "."] = Deno.args;
if (root === "--version") Deno.exit(0);

const entry = "kernel.ts";
const parts: Uint8Array[] = [];
const { error, stderr } = await asc.main([
  entry,
  "--outFile=kernel.wasm",
  "-O3",
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--enable=threads",
  "--enable=simd",
  "--initialMemory=16",
  "--maximumMemory=65536",
  "--noAssert",
], {
  readFile: (name) => {
    try {
      return Deno.readTextFileSync(`${root}/${name}`);
    } catch {
      return null;
    }
  },
  writeFile: (_name, bytes) => void parts.push(bytes as Uint8Array),
  listFiles: () => [],
});
if (error !== null || parts[0] === undefined) {
  await Deno.stderr.write(new TextEncoder().encode(`${error?.message}\n${stderr.toString()}`));
  Deno.exit(1);
}
await Deno.stdout.write(new TextEncoder().encode(parts[0].toBase64()));
