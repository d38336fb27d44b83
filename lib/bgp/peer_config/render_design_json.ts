/**
 * The intended design of a session as data, for a source of truth such as Nautobot or NetBox.
 *
 * @module
 */
import { type PeerDesign, versionsOf } from "./peer_design.ts";

/** The design, snake_case. The names of policies are those that the rendered configurations use. */
export function designJson(design: PeerDesign): Readonly<Record<string, unknown>> {
  const { tunnel } = design;
  return {
    schema: "netglass.bgp_session/1",
    autonomous_systems: [
      { asn: design.theirAs, side: "router" },
      { asn: design.ourAs, side: "netglass" },
    ],
    session: {
      name: design.peerName,
      address_families: design.families,
      hold_time_sec: design.holdTimeSec,
      router: {
        address: design.theirAddress,
        port: design.theirPort,
        role: design.theirRole,
        passive: design.isPassive,
        ebgp_multihop: design.multihop,
        max_prefixes: design.maxPrefixes,
        import_policies: versionsOf(design).map((version) => `NETGLASS-IN-V${version}`),
        export_policies: ["NETGLASS-OUT"],
      },
      netglass: { address: design.ourAddress, port: design.ourPort },
    },
    policies: versionsOf(design).map((version) => ({
      name: `NETGLASS-IN-V${version}`,
      prefixes: design.prefixes.filter(({ family }) => family === version)
        .map(({ prefix, ge, le }) => ({ prefix, ge, le })),
      set: { local_pref: design.localPref },
      otherwise: "reject",
    })),
    tunnel: tunnel === null ? null : {
      type: "gre",
      interface: tunnel.name,
      router: {
        outer_address: tunnel.source,
        inner_address: `${design.theirAddress}/${tunnel.length}`,
      },
      netglass: {
        outer_address: tunnel.destination,
        inner_address: `${design.ourAddress}/${tunnel.length}`,
      },
      key: tunnel.key,
      mtu: tunnel.mtu,
    },
  };
}
