/**
 * The modules of netglass itself: where they come from, and loading one that a start does not wait
 * for.
 *
 * @module
 */
import { PermissionMissing } from "../errors/mod.ts";
import { queryPermission } from "./permissions.ts";

/**
 * The directories of the modules of netglass, which whoever starts a thread or loads a module must
 * be able to read. None where they are not files (compiled in, or from the network).
 */
export function moduleRoots(): readonly string[] {
  const lib = new URL("..", import.meta.url);
  if (lib.protocol !== "file:" || Deno.build.standalone) return [];
  return [lib, new URL("../tools/", lib)].map(({ pathname }) => {
    const path = decodeURIComponent(pathname).replace(/\/$/, "");
    return Deno.build.os === "windows" ? path.slice(1).replaceAll("/", "\\") : path;
  });
}

/** `host:port` that our modules come from, where they come from the network; else null. */
export function moduleHost(): string | null {
  const { protocol, hostname, port } = new URL(import.meta.url);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return `${hostname}:${port === "" ? protocol === "https:" ? 443 : 80 : port}`;
}

/**
 * Loads a module of netglass that a start does not wait for: Deno reads what is named in the
 * `import` of a literal with the program itself, hundreds of files that most launches never use.
 * The caller names the module's type.
 *
 * @throws {PermissionMissing} `permission.read` if it could not load its modules
 */
export async function loadModule(module: URL): Promise<unknown> {
  assertModulesReadable("load a part of netglass");
  return await import(module.href);
}

/**
 * To be asked before something is loaded in order to do `what`: what is missing is then said.
 *
 * @throws {PermissionMissing} `permission.read`
 */
export function assertModulesReadable(what: string): void {
  const roots = moduleRoots();
  if (roots.every((path) => queryPermission({ name: "read", path }) === "granted")) return;
  const flag = `--allow-read=${roots.join(",")}`;
  throw new PermissionMissing("read", `Cannot ${what}: Deno was not given ${flag}`, { flag });
}
