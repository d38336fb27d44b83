/**
 * The commands of `ip` that change something: tunnels and their addresses, each word by word.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";

/** IFNAMSIZ without its zero; the names that netglass makes need no more letters than these. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,9})$/;
const KIND = /^(?:gre|gretap|ip6gre|ip6gretap|vxlan)$/;

/** What may stand behind a word of `ip link add`. */
const LINK_VALUES: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["local", isCanonicalAddress],
  ["remote", isCanonicalAddress],
  ...["key", "ttl", "id", "dstport"].map((word) => [word, isNumber] as const),
]);

/**
 * True for `link add dev NAME type KIND …`, `link set dev NAME up`, `link set dev NAME mtu N`,
 * `link delete dev NAME` and `addr add PREFIX dev NAME`, exactly.
 */
export function isIpChange(words: readonly string[]): boolean {
  const [object, verb, third = "", fourth = "", ...rest] = words;
  if (object === "addr") {
    return verb === "add" && isCanonicalInterface(third) && fourth === "dev" &&
      rest.length === 1 && NAME.test(rest[0] ?? "");
  }
  if (object !== "link" || third !== "dev" || !NAME.test(fourth)) return false;
  if (verb === "delete") return rest.length === 0;
  if (verb === "set") {
    return (rest.length === 1 && rest[0] === "up") ||
      (rest.length === 2 && rest[0] === "mtu" && NUMBER.test(rest[1] ?? ""));
  }
  const [type, kind = "", ...pairs] = rest;
  if (verb !== "add" || type !== "type" || !KIND.test(kind) || pairs.length % 2 !== 0) return false;
  return pairs.every((word, index) =>
    index % 2 === 1 || LINK_VALUES.get(word)?.(pairs[index + 1] ?? "") === true
  );
}

function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

function isCanonicalAddress(text: string): boolean {
  const address = parseAddressOrNull(text);
  return address !== null && renderAddress(address) === text;
}

/** An address of an interface with its length: `10.255.255.1/30`. */
function isCanonicalInterface(text: string): boolean {
  const slash = text.indexOf("/");
  return slash !== -1 && isCanonicalAddress(text.slice(0, slash)) &&
    /^(?:0|[1-9][0-9]{0,2})$/.test(text.slice(slash + 1));
}
