/**
 * The error for a question that there is no name server for.
 *
 * @module
 */
import { PermissionMissing, Unavailable } from "../errors/mod.ts";

/**
 * Makes the error; `action` is how its message begins, such as `Cannot resolve "a.example"`. With
 * `flag`, the one without which the system's name servers could not be read, it is
 * `permission.resolvers`, else `env.no_resolver`.
 */
export function noResolver(
  action: string,
  flag: string | undefined,
): PermissionMissing | Unavailable {
  if (flag !== undefined) {
    return new PermissionMissing(
      "resolvers",
      `${action}: Deno was not given ${flag}, which tells the name servers of this host`,
      { flag },
    );
  }
  return new Unavailable("no_resolver", `${action}: no name server is known`, {
    hint: 'Set dns.resolvers, for example ["192.0.2.53"], or name a server in /etc/resolv.conf.',
  });
}
