/**
 * The other side for Junos, as commands of its configuration mode.
 *
 * @module
 */
import {
  BGP_PORT,
  type DesignPrefix,
  isInternal,
  type PeerDesign,
  prefixesOf,
  sessionFamily,
  versionsOf,
} from "./peer_design.ts";
import { linesText, type Rendered } from "./rendered.ts";

const POLICY = "policy-options policy-statement NETGLASS";
const GROUP = "protocols bgp group NETGLASS";

/** Renders the other side: lines of `set`. */
export function renderJunos(design: PeerDesign): Rendered {
  const lines = [...tunnelLines(design), ...policyLines(design), ...groupLines(design)];
  const unit = design.tunnel === null ? [] : [splitUnit(design.tunnel.name)];
  return {
    config: linesText(lines.map((line) => `set ${line}`)),
    rollback: linesText([
      `delete ${GROUP}`,
      `delete ${POLICY}-IN`,
      `delete ${POLICY}-OUT`,
      ...unit.map(({ device, number }) => `delete interfaces ${device} unit ${number}`),
    ]),
    shell: [],
    shellRollback: [],
    verify: ["show bgp summary", `show bgp neighbor ${design.ourAddress}`],
    notes: [
      "Give commit confirmed 5 first, and commit once the session is up",
      ...design.theirRole === null
        ? []
        : [`Junos is not told the role ${design.theirRole}: set it by hand if it knows RFC 9234`],
      ...!design.isPassive && design.ourPort !== BGP_PORT
        ? [`Junos dials port 179 only: we listen at ${design.ourPort}, so let connect be active`]
        : [],
      ...isInternal(design)
        ? ["A route reflector passes our routes on only with cluster, which is not written here"]
        : [],
    ],
  };
}

function tunnelLines(design: PeerDesign): readonly string[] {
  const { tunnel, theirAddress } = design;
  if (tunnel === null) return [];
  const { device, number } = splitUnit(tunnel.name);
  const unit = `interfaces ${device} unit ${number}`;
  const family = sessionFamily(design) === 4 ? "inet" : "inet6";
  return [
    `${unit} description netglass`,
    `${unit} tunnel source ${tunnel.source}`,
    `${unit} tunnel destination ${tunnel.destination}`,
    ...tunnel.key === null ? [] : [`${unit} tunnel key ${tunnel.key}`],
    `${unit} family ${family} mtu ${tunnel.mtu}`,
    `${unit} family ${family} address ${theirAddress}/${tunnel.length}`,
  ];
}

/** `gr-0/0/0.5` as its device and unit; unit 0 where none is named. */
function splitUnit(name: string): { readonly device: string; readonly number: string } {
  const [device = name, number = "0"] = name.split(".", 2);
  return { device, number };
}

function policyLines(design: PeerDesign): readonly string[] {
  return [
    ...versionsOf(design).flatMap((version) => {
      const prefixes = prefixesOf(design, version);
      const term = `${POLICY}-IN term v${version}`;
      // A term without a filter would take everything.
      return prefixes.length === 0 ? [] : [
        ...prefixes.map((one) => `${term} from route-filter ${routeFilter(one)}`),
        `${term} then local-preference ${design.localPref}`,
        `${term} then accept`,
      ];
    }),
    `${POLICY}-IN term rest then reject`,
    `${POLICY}-OUT term all then accept`,
  ];
}

function routeFilter({ prefix, length, ge, le }: DesignPrefix): string {
  if (ge === length && le === length) return `${prefix} exact`;
  return ge === length ? `${prefix} upto /${le}` : `${prefix} prefix-length-range /${ge}-/${le}`;
}

function groupLines(design: PeerDesign): readonly string[] {
  const neighbor = `${GROUP} neighbor ${design.ourAddress}`;
  return [
    `${GROUP} type ${isInternal(design) ? "internal" : "external"}`,
    `${neighbor} description netglass`,
    `${neighbor} local-address ${design.theirAddress}`,
    ...isInternal(design) ? [] : [`${neighbor} peer-as ${design.ourAs}`],
    `${neighbor} hold-time ${design.holdTimeSec}`,
    ...design.isPassive ? [`${neighbor} passive`] : [],
    ...design.multihop === null ? [] : [`${neighbor} multihop ttl ${design.multihop}`],
    ...versionsOf(design).map((version) =>
      `${neighbor} family ${
        version === 4 ? "inet" : "inet6"
      } unicast prefix-limit maximum ${design.maxPrefixes}`
    ),
    `${neighbor} import NETGLASS-IN`,
    `${neighbor} export NETGLASS-OUT`,
  ];
}
