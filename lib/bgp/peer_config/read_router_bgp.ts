/**
 * Reads `router bgp` of IOS, EOS and FRR.
 *
 * @module
 */
import {
  addressIn,
  asNumberIn,
  numberIn,
  roleIn,
  type Stanza,
  StanzaBuilder,
  type StanzaNeighbor,
} from "./stanza.ts";

/** One statement behind `neighbor A`; true if it was understood. */
type Statement = (neighbor: StanzaNeighbor, words: readonly string[]) => boolean;

/** By first word. What says nothing about our side is understood and has no effect. */
const STATEMENTS: Readonly<Record<string, Statement>> = {
  "remote-as": (neighbor, [as]) => (neighbor.ourAs = asNumberIn(as)) !== null,
  timers: (neighbor, [, hold]) => (neighbor.holdTimeSec = numberIn(hold, 65_535)) !== null,
  port: (neighbor, [port]) => (neighbor.ourPort = numberIn(port, 65_535)) !== null,
  passive: (neighbor) => neighbor.isPassive = true,
  transport: (neighbor, [mode, word]) => {
    if (mode !== "connection-mode") return false;
    neighbor.isPassive = word === "passive";
    return word === "passive" || word === "active";
  },
  "local-role": (neighbor, [role]) => (neighbor.theirRole = roleIn(role)) !== null,
  "addpath-tx-all-paths": (neighbor) => neighbor.sendsPaths = true,
  "additional-paths": (neighbor, words) =>
    words.includes("send") ? neighbor.sendsPaths = true : words.includes("receive"),
  description: () => true,
  activate: () => true,
  "route-map": () => true,
  "prefix-list": () => true,
  "maximum-prefix": () => true,
  "maximum-routes": () => true,
  "ebgp-multihop": () => true,
  "disable-connected-check": () => true,
  "route-reflector-client": () => true,
  "send-community": () => true,
  "soft-reconfiguration": () => true,
  "next-hop-self": () => true,
  "log-neighbor-changes": () => true,
  version: () => true,
};

/** Words at the left that open something which is no part of a session. */
const OTHER_SECTION =
  /^(?:route-map|ip|ipv6|hostname|version|end|exit(?!-)|service|log|frr|line|ntp|username|vrf|access-list|banner)\b/;

/** Reads the text; whatever it is, there is an answer. */
export function readRouterBgp(text: string): Stanza {
  const builder = new StanzaBuilder();
  const interfaces = new Map<string, string>();
  const sources = new Map<string, string>();
  const groups = new Map<string, (readonly string[])[]>();
  const expanded = new Set<string>();
  let section: "bgp" | "interface" | "other" = "other";
  let interfaceName = "";
  let theirAs: number | null = null;
  let family: 4 | 6 = 4;
  let hasDefaultIpv4 = true;
  const withoutIpv4 = new Set<string>();

  const apply = (neighbor: StanzaNeighbor, words: readonly string[], line: string): void => {
    const [first = "", ...rest] = words;
    if (first === "password") builder.secret();
    else if (first === "update-source") {
      const address = addressIn(rest[0]);
      if (address === null) sources.set(neighbor.ourAddress, rest[0] ?? "");
      else neighbor.theirAddress = address;
    } else if (first === "activate") {
      neighbor.families.add(family === 4 ? "ipv4-unicast" : "ipv6-unicast");
    } else if (first === "peer-group" || first === "peer") {
      const name = rest.at(-1) ?? "";
      const key = `${neighbor.ourAddress} ${name}`;
      // Each group once: a group can be a member of itself in a text that nobody has checked.
      if (expanded.has(key)) return;
      expanded.add(key);
      for (const member of groups.get(name) ?? []) apply(neighbor, member, member.join(" "));
    } else if (
      !Object.hasOwn(STATEMENTS, first) || STATEMENTS[first]?.(neighbor, rest) !== true
    ) builder.miss(line);
  };

  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("!") || line.startsWith("#")) continue;
    const words = line.split(/\s+/);
    const [first, second, third] = words;
    if (first === "router") {
      section = second === "bgp" ? "bgp" : "other";
      if (section === "bgp") theirAs = asNumberIn(third);
      family = 4;
    } else if (first === "interface") {
      section = "interface";
      interfaceName = second ?? "";
    } else if (
      OTHER_SECTION.test(line) && !(section === "interface" && /^ip(?:v6)?$/.test(first ?? ""))
    ) {
      section = "other";
    } else if (section === "interface") {
      const address = addressIn(third?.split("/", 1)[0]);
      if ((first === "ip" || first === "ipv6") && second === "address" && address !== null) {
        interfaces.set(interfaceName, address);
      } else if (!/^(?:tunnel|description|mtu|ip|ipv6|no|bandwidth|keepalive)$/.test(first ?? "")) {
        builder.miss(line);
      }
    } else if (section === "bgp" && first === "neighbor" && second !== undefined) {
      const rest = words.slice(2);
      const neighbor = builder.neighbor(second);
      if (neighbor !== null) apply(neighbor, rest, line);
      else if (addressIn(second) !== null) builder.miss(line);
      else {
        const group = groups.get(second);
        if (group === undefined) groups.set(second, [rest]);
        else group.push(rest);
      }
    } else if (section === "bgp" && first === "address-family") {
      family = second === "ipv6" ? 6 : 4;
      if (!/^ipv[46]$/.test(second ?? "") || (third ?? "unicast") !== "unicast") builder.miss(line);
    } else if (section === "bgp" && /^no neighbor \S+ activate$/.test(line)) {
      const neighbor = builder.neighbor(third ?? "");
      neighbor?.families.delete(family === 4 ? "ipv4-unicast" : "ipv6-unicast");
      if (neighbor !== null && family === 4) withoutIpv4.add(neighbor.ourAddress);
    } else if (section === "bgp" && /^no bgp default ipv4-unicast\b/.test(line)) {
      hasDefaultIpv4 = false;
    } else if (section === "bgp" && /^(?:no )?bgp\b|^exit-address-family$/.test(line)) {
      continue;
    } else if (section === "bgp") builder.miss(line);
  }
  for (const neighbor of builder.all()) {
    neighbor.theirAs = theirAs;
    const source = sources.get(neighbor.ourAddress);
    if (source !== undefined) neighbor.theirAddress ??= interfaces.get(source) ?? null;
    if (
      hasDefaultIpv4 && !withoutIpv4.has(neighbor.ourAddress) && !neighbor.ourAddress.includes(":")
    ) neighbor.families.add("ipv4-unicast");
  }
  return builder.finish("router_bgp");
}
