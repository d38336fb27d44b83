/**
 * What is wrong between the keys of the section `bgp`, each of which is right by itself.
 *
 * @module
 */
import { parseAddress, parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type { BgpConfig, BgpPeerEntry } from "./bgp_config.ts";
import { parseEndpoint } from "./endpoint.ts";
import { showFound } from "./problem.ts";
import { identityKey } from "./records.ts";

/** One fault: the key that was set, where in its value, what is there and what would do. */
export interface BgpFault {
  /** A row of the table of keys. */
  readonly key: string;
  /** `bgp.peers[2].transit`; the key itself where it has no parts. */
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

/** AS_TRANS, which no speaker has (RFC 6793 §9). */
const AS_TRANS = 23_456;

/** The faults, in the order of `config.yaml`. */
export function bgpFaults(bgp: BgpConfig): readonly BgpFault[] {
  return [...speakerFaults(bgp), ...peerFaults(bgp), ...originateFaults(bgp)];
}

function speakerFaults(bgp: BgpConfig): readonly BgpFault[] {
  const faults: BgpFault[] = [];
  const add = (key: string, found: string, wanted: string): void => {
    faults.push({ key: `bgp.${key}`, path: `bgp.${key}`, found, wanted });
  };
  if (bgp.enabled && bgp.local_as === null) {
    add("enabled", "true without bgp.local_as", "our AS number there, such as 65099");
  }
  if (bgp.local_as === AS_TRANS) add("local_as", "23456", "another AS number (RFC 6793: AS_TRANS)");
  if (bgp.enabled && bgp.router_id === null) {
    add("enabled", "true without bgp.router_id", "four octets there, such as 192.0.2.1");
  }
  const listen = bgp.listen === null ? null : parseEndpoint(bgp.listen);
  if (listen !== null && isUnspecified(listen.address) && !bgp.listen_any) {
    const wanted = "an address of this host, or bgp.listen_any: true";
    add("listen", `${showFound(bgp.listen)}, which is every address`, wanted);
  }
  return faults;
}

function peerFaults(bgp: BgpConfig): readonly BgpFault[] {
  const faults: BgpFault[] = [];
  const known = new Set(bgp.peers.map(({ name }) => identityKey(name)));
  const ofAddress = new Map<string, BgpPeerEntry>();
  bgp.peers.forEach((peer, index) => {
    const add = (field: string, found: string, wanted: string): void => {
      faults.push({ key: "bgp.peers", path: `bgp.peers[${index}].${field}`, found, wanted });
    };
    const first = ofAddress.get(peer.address);
    if (first !== undefined) {
      const found = `${showFound(peer.address)} again`;
      add("address", found, `each address once (first of peer "${first.name}")`);
    }
    ofAddress.set(peer.address, first ?? peer);
    const named = parseAddressOrNull(peer.name);
    if (named !== null && renderAddress(named) !== peer.address) {
      add("name", `${showFound(peer.name)}, an address of another`, "a name, or its own address");
    }
    if (peer.remote_as === AS_TRANS) {
      add("remote_as", "23456", "the AS number itself (RFC 6793: 23456 is AS_TRANS)");
    }
    if (peer.local_address === peer.address) {
      add(
        "local_address",
        `${showFound(peer.local_address)}, the peer's own`,
        "an address of ours",
      );
    } else if (
      peer.local_address !== null && familyOf(peer.local_address) !== familyOf(peer.address)
    ) {
      const wanted = `an IPv${familyOf(peer.address)} address, as address is one`;
      add("local_address", showFound(peer.local_address), wanted);
    }
    if (peer.connect === "passive" && bgp.listen === null) {
      add("connect", "passive without bgp.listen", "active, or an address in bgp.listen");
    }
    if (peer.hold_time_sec === 1 || peer.hold_time_sec === 2) {
      add("hold_time_sec", String(peer.hold_time_sec), "0, or 3 and more (RFC 4271 §4.2)");
    }
    if (peer.role !== null && peer.remote_as === bgp.local_as) {
      add("role", `${peer.role} within our own AS`, "null (RFC 9234 §4: roles are for eBGP)");
    }
    if (peer.strict_role && peer.role === null) {
      add("strict_role", "true without role", "a role, or false");
    }
    for (const name of peer.transit) {
      if (!known.has(identityKey(name))) {
        add("transit", showFound(name), `the name of a peer (${listed(bgp.peers)})`);
      } else if (identityKey(name) === identityKey(peer.name)) {
        add("transit", `${showFound(name)}, the peer itself`, "the name of another peer");
      }
    }
    for (const [field, family] of [["ipv4", 4], ["ipv6", 6]] as const) {
      const address = peer.next_hop[field];
      if (address === null || familyOf(address) === family) continue;
      add(`next_hop.${field}`, showFound(address), `an IPv${family} address`);
    }
  });
  return faults;
}

function originateFaults({ originate, peers }: BgpConfig): readonly BgpFault[] {
  const faults: BgpFault[] = [];
  const known = new Set(peers.map(({ name }) => identityKey(name)));
  originate.allowed_prefixes.forEach((entry, index) => {
    const add = (field: string, found: string, wanted: string): void => {
      const key = "bgp.originate.allowed_prefixes";
      faults.push({ key, path: `${key}[${index}].${field}`, found, wanted });
    };
    const { prefix: { family, length } } = parsePrefix(entry.prefix);
    const bits = family === 4 ? 32 : 128;
    const ge = entry.ge ?? length;
    if (ge < length || ge > bits) add("ge", String(ge), `${length} to ${bits}`);
    if (entry.le !== null && (entry.le < ge || entry.le > bits)) {
      add("le", String(entry.le), `${ge} to ${bits}`);
    }
    for (const name of entry.peers) {
      if (known.has(identityKey(name))) continue;
      add("peers", showFound(name), `the name of a peer (${listed(peers)})`);
    }
  });
  if (originate.default_lifetime_sec > originate.max_lifetime_sec) {
    const key = "bgp.originate.default_lifetime_sec";
    const wanted = `at most bgp.originate.max_lifetime_sec, ${originate.max_lifetime_sec}`;
    faults.push({ key, path: key, found: String(originate.default_lifetime_sec), wanted });
  }
  return faults;
}

function listed(peers: readonly BgpPeerEntry[]): string {
  return peers.length === 0 ? "there is none" : peers.map(({ name }) => name).join(", ");
}

function familyOf(address: string): 4 | 6 {
  return parseAddress(address).family;
}

/** True for 0.0.0.0 and ::. */
function isUnspecified(address: string): boolean {
  return parseAddress(address).value === 0n;
}
