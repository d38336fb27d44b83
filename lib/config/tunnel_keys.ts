/**
 * The keys of the section `tunnels`.
 *
 * @module
 */
import { checkInterfacePattern, checkRange } from "./check_bgp_text.ts";
import type { KeyRow } from "./row.ts";

/** Every key of the section, in the order of `config.yaml`. */
export const tunnelKeys: readonly KeyRow[] = [
  {
    path: "tunnels.manage",
    type: "boolean",
    default: false,
    tighten: "down",
    doc:
      "Offer the tools that create and delete tunnel interfaces of this host by ip, which takes the capability CAP_NET_ADMIN.",
  },
  {
    path: "tunnels.allowed_names",
    type: "list",
    default: ["gre-*"],
    unit: "interface name, or its beginning and a *",
    check: checkInterfacePattern,
    tighten: "shrink",
    doc: "The only interfaces that may be created and deleted.",
  },
  {
    path: "tunnels.allowed_remotes",
    type: "list",
    default: [],
    unit: "address or CIDR range",
    check: checkRange,
    tighten: "shrink",
    doc: "Where tunnels may lead to; empty: nowhere, so none can be created.",
  },
];
