/**
 * What is wrong with the links, routes and neighbours of this host, from two looks at them.
 *
 * @module
 */
import { type DefaultRoutes, gatewayOf, interfaceOf } from "./default_routes.ts";
import type { Finding } from "./finding.ts";
import type { InterfaceRow } from "./interfaces.ts";
import type { NeighborRow } from "./neighbors.ts";

/** Kinds that are without carrier whenever nobody uses them. */
const IDLE_KINDS = new Set(["bridge", "tun", "wireguard", "ppp"]);
/** Smallest MTU of a link that carries IPv6 (RFC 8200 §5). */
const IPV6_MIN_MTU = 1280;
/** Errors or drops that are worth a warning, of all packets. */
const BAD_SHARE = 0.01;

/** Findings about links; `earlier` is `seconds` older. */
export function interfaceFindings(
  earlier: readonly InterfaceRow[],
  now: readonly InterfaceRow[],
  seconds: number,
  defaults: DefaultRoutes,
): readonly Finding[] {
  const before = new Map(earlier.map((row) => [row.index, row]));
  const defaultNames = [interfaceOf(defaults.ipv4), interfaceOf(defaults.ipv6)];
  const findings = now.flatMap((row) => [
    ...stateFindings(row, defaultNames.includes(row.name)),
    ...counterFindings(before.get(row.index), row, seconds),
    ...addressFindings(row),
  ]);
  const up = now.filter(({ status }) => status === "up").length;
  return findings.length > 0
    ? findings
    : [finding("ok", `${up} of ${now.length} interfaces are up, without errors or drops`)];

  function finding(severity: Finding["severity"], line: string): Finding {
    return { severity, area: "interfaces", line };
  }

  function stateFindings(
    { name, kind, admin_up, status, why_down }: InterfaceRow,
    isDefault: boolean,
  ): readonly Finding[] {
    if (status === "up") return [];
    if (isDefault) {
      return [finding("critical", `${name}, the way of the default route, is down: ${why_down}`)];
    }
    if (!admin_up) return [];
    return [
      finding(
        IDLE_KINDS.has(kind) ? "info" : "warning",
        `${name} is enabled but down: ${why_down}`,
      ),
    ];
  }

  function counterFindings(
    older: InterfaceRow | undefined,
    row: InterfaceRow,
    span: number,
  ): readonly Finding[] {
    return (["received", "sent"] as const).flatMap((way) =>
      (["errors", "dropped"] as const).flatMap((what) => {
        const counters = row[way];
        if (counters === null || counters[what] === 0) return [];
        const grown = counters[what] - (older?.[way]?.[what] ?? counters[what]);
        const share = counters[what] / Math.max(1, counters.packets + counters[what]);
        const say = `${row.name} ${way}: ${counters[what]} ${what} (${
          (100 * share).toFixed(2)
        } % of its packets)`;
        return [
          grown > 0
            ? finding("warning", `${say}, ${grown} of them in the last ${span.toFixed(1)} s`)
            : finding(share >= BAD_SHARE ? "warning" : "info", `${say}, none just now`),
        ];
      })
    );
  }

  function addressFindings({ name, addresses, mtu }: InterfaceRow): readonly Finding[] {
    const duplicates = addresses.filter(({ flags }) => flags?.includes("dadfailed") === true);
    const hasV6 = addresses.some(({ family }) => family === "ipv6");
    return [
      ...duplicates.map(({ address }) =>
        finding(
          "critical",
          `${address} on ${name} is used by another host too, so it is not used here`,
        )
      ),
      ...(hasV6 && mtu !== null && mtu < IPV6_MIN_MTU
        ? [finding("warning", `${name} has IPv6 and an MTU of ${mtu}: IPv6 needs ${IPV6_MIN_MTU}`)]
        : []),
    ];
  }
}

/** Findings about the default routes and the neighbours that they need. */
export function routeFindings(
  defaults: DefaultRoutes,
  neighbors: readonly NeighborRow[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [family, route] of [["IPv4", defaults.ipv4], ["IPv6", defaults.ipv6]] as const) {
    const gateway = gatewayOf(route);
    const name = interfaceOf(route);
    if (route === null) {
      // One family is enough for many hosts.
      const isAlone = defaults.ipv4 === null && defaults.ipv6 === null;
      findings.push({
        severity: isAlone ? "warning" : "info",
        area: "routes",
        line: `There is no ${family} default route in the main table`,
      });
      continue;
    }
    const neighbor = neighbors.find((row) => row.ip_address === gateway && row.interface === name);
    const isSilent = neighbor?.state === "FAILED" || neighbor?.state === "INCOMPLETE";
    findings.push(
      isSilent
        ? {
          severity: "critical",
          area: "neighbours",
          line:
            `The ${family} default gateway ${gateway} does not answer on ${name} (${neighbor.state})`,
        }
        : {
          severity: "ok",
          area: "routes",
          line: `${family} default route ${gateway === null ? "" : `via ${gateway} `}on ${name}${
            neighbor === undefined ? "" : ` (${neighbor.state})`
          }`,
        },
    );
  }
  const silent = neighbors.filter(({ state }) => state === "FAILED" || state === "INCOMPLETE");
  if (silent.length > 0) {
    findings.push({
      severity: "info",
      area: "neighbours",
      line: `${silent.length} of ${neighbors.length} neighbours do not answer: ${
        silent.slice(0, 5).map(({ ip_address }) => ip_address).join(", ")
      }${silent.length > 5 ? " …" : ""}`,
    });
  }
  return findings;
}
