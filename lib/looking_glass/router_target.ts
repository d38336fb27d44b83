/**
 * Which of a target's addresses a route server is told to probe.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { type IpAddress, parseAddress } from "../ip/address.ts";
import type { ServerEntry } from "./server.ts";

/**
 * The first of `addresses` (canonical, judged) whose family the server carries.
 *
 * @throws {InputError} `input.family` if there is none
 */
export function routerTarget(
  addresses: readonly string[],
  { name, families }: ServerEntry,
): { readonly text: string; readonly value: IpAddress } {
  for (const text of addresses) {
    const value = parseAddress(text);
    if (families.includes(value.family === 4 ? "ipv4" : "ipv6")) return { text, value };
  }
  throw new InputError(
    "family",
    `Cannot probe ${addresses.join(", ")} from "${name}": it carries ${
      families.join(" and ")
    } only`,
    { hint: "Name a server that carries the family (families in list_servers)." },
  );
}
