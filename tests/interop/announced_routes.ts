/**
 * What the neighbors of the rig announce (tests/fixtures/looking_glass/rig), as literals.
 *
 * @module
 */
import { parsePrefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { renderAsPath } from "../../lib/route/as_path.ts";
import type { RoutePath } from "../../lib/route/route.ts";

/** The attributes of a route that both daemons show; what is absent was not sent. */
export interface Announced {
  readonly prefix: string;
  readonly asPath: string;
  readonly nextHop: string;
  readonly origin: RoutePath["origin"];
  readonly med?: number;
  /** Sent by the iBGP neighbor only; 100 is the default of both daemons. */
  readonly localPref?: number;
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
  readonly extendedCommunities?: readonly string[];
  readonly aggregator?: { readonly asn: number; readonly address: string };
  readonly isAtomic?: boolean;
  readonly originatorId?: string;
  readonly clusterList?: readonly string[];
  readonly otc?: number;
  readonly unknown?: readonly string[];
}

const EXABGP = "192.0.2.11";
const EXABGP_V6 = "2001:db8:ffff::11";
const IBGP = "192.0.2.13";
const OCTETS = "deadbeef0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324";

/** Routes that both daemons accept and show alike. */
export const ANNOUNCED: readonly Announced[] = [
  { prefix: "0.0.0.0/0", asPath: "65001", nextHop: EXABGP, origin: "igp" },
  {
    prefix: "10.0.0.0/24",
    asPath: "65001 64496 64499",
    nextHop: EXABGP,
    origin: "igp",
    med: 50,
    communities: ["65001:100", "64499:200", "65535:65281"],
    largeCommunities: ["65001:1:2", "4200000001:4294967295:0"],
    extendedCommunities: ["rt:65001:77", "ro:16909060:5"],
  },
  {
    prefix: "10.0.0.0/24",
    asPath: "65001 64499",
    nextHop: EXABGP,
    origin: "incomplete",
    med: 4294967295,
  },
  {
    prefix: "10.0.0.0/24",
    asPath: "65002 64499",
    nextHop: "192.0.2.12",
    origin: "egp",
    med: 10,
    communities: ["65002:100", "65535:666"],
    largeCommunities: ["65002:9:9"],
    extendedCommunities: ["rt:65002:1"],
  },
  { prefix: "10.0.0.0/24", asPath: "", nextHop: IBGP, origin: "igp", localPref: 50 },
  {
    prefix: "10.0.1.0/24",
    asPath: "65001 64496 {64510,64511,4200000005}",
    nextHop: EXABGP,
    origin: "incomplete",
    communities: ["65001:1"],
    aggregator: { asn: 64496, address: "198.51.100.1" },
    isAtomic: true,
  },
  {
    prefix: "10.0.0.0/16",
    asPath: "65001 65001 65001 65001 64496",
    nextHop: EXABGP,
    origin: "egp",
    med: 4294967295,
  },
  {
    prefix: "10.255.255.255/32",
    asPath: "65001 64496",
    nextHop: EXABGP,
    origin: "igp",
    communities: ["65535:666"],
  },
  {
    prefix: "100.64.7.0/24",
    asPath: "65001 4200000005 4294967294 64496",
    nextHop: EXABGP,
    origin: "igp",
    aggregator: { asn: 4200000005, address: "203.0.113.9" },
  },
  {
    prefix: "10.62.0.0/24",
    asPath: "65001 64501",
    nextHop: EXABGP,
    origin: "igp",
    unknown: [`type 99: 0x${OCTETS}`],
  },
  { prefix: "10.63.0.0/24", asPath: "65001 64501", nextHop: EXABGP, origin: "igp", otc: 65001 },
  {
    prefix: "10.50.0.0/24",
    asPath: "65001 64496",
    nextHop: IBGP,
    origin: "igp",
    med: 5,
    localPref: 200,
    communities: ["65001:1", "0:0", "65535:65535"],
    originatorId: "10.1.1.1",
    clusterList: ["10.2.2.2", "10.3.3.3"],
  },
  {
    prefix: "10.51.0.0/24",
    asPath: "65001",
    nextHop: "203.0.113.77",
    origin: "igp",
    localPref: 4294967295,
  },
  { prefix: "10.53.0.0/24", asPath: "65001 64497", nextHop: "192.0.2.250", origin: "igp" },
  { prefix: "::/0", asPath: "65001", nextHop: EXABGP_V6, origin: "igp" },
  {
    prefix: "2001:db8:1::/48",
    asPath: "65001 64496",
    nextHop: EXABGP_V6,
    origin: "igp",
    med: 7,
    communities: ["65001:100"],
    largeCommunities: ["65001:1:2"],
  },
  {
    prefix: "2001:db8:1::/48",
    asPath: "65002 64496",
    nextHop: "2001:db8:ffff::12",
    origin: "incomplete",
  },
  {
    prefix: "2001:db8:1:2:3:4:5:6/128",
    asPath: "65001 4200000005",
    nextHop: EXABGP_V6,
    origin: "igp",
  },
];

/** Announced prefixes, each once. */
export const ANNOUNCED_PREFIXES: readonly string[] = [
  ...new Set(ANNOUNCED.map(({ prefix }) => prefix)),
];

/** Both sides of a comparison, sorted so that the order of paths and communities does not count. */
export function announcedRows(prefix: string): readonly unknown[] {
  return sorted(
    ANNOUNCED.filter((route) => route.prefix === prefix).map((route) => [
      route.prefix,
      route.asPath,
      route.nextHop,
      route.origin,
      route.med ?? 0,
      route.localPref ?? 100,
      [...route.communities ?? []].sort(),
      [...route.largeCommunities ?? []].sort(),
      [...route.extendedCommunities ?? []].sort(),
      route.aggregator ?? null,
      route.isAtomic ?? false,
      route.originatorId ?? null,
      route.clusterList ?? [],
      route.otc ?? null,
      route.unknown ?? [],
    ]),
  );
}

/** What was read, in the form of {@link announcedRows}; OpenBGPD shows a MED of 0 where none was sent. */
export function seenRows(paths: readonly RoutePath[]): readonly unknown[] {
  return sorted(
    paths.map((path) => [
      renderPrefix(path.prefix),
      renderAsPath(path.asPath),
      path.nextHop,
      path.origin,
      path.med ?? 0,
      path.localPref,
      [...path.communities].sort(),
      [...path.largeCommunities].sort(),
      [...path.extendedCommunities].sort(),
      path.aggregator,
      path.flags.includes("atomic_aggregate"),
      path.originatorId,
      path.clusterList,
      path.otc,
      path.unknownAttributes,
    ]),
  );
}

/** Prefix and AS path of each route, sorted. */
export function shortRows(paths: readonly RoutePath[]): readonly string[] {
  return paths.map((path) => `${renderPrefix(path.prefix)} ${renderAsPath(path.asPath)}`.trimEnd())
    .sort();
}

/** The announced routes that a test picks, in the form of {@link shortRows}. */
export function announcedWhere(isWanted: (route: Announced) => boolean): readonly string[] {
  return ANNOUNCED.filter(isWanted).map((route) => `${route.prefix} ${route.asPath}`.trimEnd())
    .sort();
}

/** The family of an announced route. */
export function familyOf(route: Announced): 4 | 6 {
  return parsePrefix(route.prefix).prefix.family;
}

function sorted(rows: readonly (readonly unknown[])[]): readonly unknown[] {
  return [...rows].sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}
