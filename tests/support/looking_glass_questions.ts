/**
 * Questions to routers, in one word each.
 *
 * @module
 */
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import type { RouterAnswer } from "../../lib/looking_glass/answer.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";

/** All paths to a prefix or an address. */
export function routeTo(text: string): RouterQuery {
  return {
    kind: "route",
    target: text.includes("/")
      ? { prefix: parsePrefix(text).prefix }
      : { address: parseAddress(text) },
  };
}

/** A question of every kind, both forms of a target and all directions among them. */
export const QUESTIONS: readonly RouterQuery[] = [
  routeTo("192.0.2.0/24"),
  routeTo("2001:db8::1"),
  { kind: "summary", family: 4 },
  { kind: "summary", family: 6 },
  { kind: "longer", prefix: parsePrefix("192.0.2.0/24").prefix },
  { kind: "longer", prefix: parsePrefix("2001:db8::/32").prefix },
  { kind: "as_path", family: 4, pattern: parseAsPathPattern("^64496 .* 64500$") },
  { kind: "as_path", family: 6, pattern: parseAsPathPattern("64500$") },
  { kind: "community", family: 4, community: parseCommunity("64500:1") },
  { kind: "community", family: 6, community: parseCommunity("64500:1:2") },
  ...(["received", "accepted", "advertised"] as const).map((direction) => ({
    kind: "neighbor_routes" as const,
    neighbor: parseAddress("192.0.2.1"),
    family: 4 as const,
    direction,
  })),
  { kind: "ping", address: parseAddress("192.0.2.1") },
  { kind: "traceroute", address: parseAddress("2001:db8::1") },
];

/** The answer if it is of this kind. @throws {TypeError} if it is of another one */
export function answerOf<Kind extends RouterAnswer["kind"]>(
  answer: RouterAnswer,
  kind: Kind,
): Extract<RouterAnswer, { readonly kind: Kind }> {
  if (answer.kind !== kind) throw new TypeError(`The answer is of kind "${answer.kind}"`);
  return answer as Extract<RouterAnswer, { readonly kind: Kind }>;
}
