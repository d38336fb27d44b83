import { deepEqual, equal } from "node:assert/strict";
import { origination, peerSettings } from "../../../tests/support/speaker_settings.ts";
import type { Origination } from "../bgp_service.ts";
import type { CodecTraits } from "../codec/traits.ts";
import type { PeerSettings } from "../settings.ts";
import { expectedSession, exportOrigination } from "./export_rules.ts";

const SPEAKER = { localAs: 65_001 };

function exported(
  prefix: string,
  route: Partial<Origination> = {},
  of: Partial<PeerSettings> = {},
  traits: Partial<CodecTraits> = {},
) {
  const peer = peerSettings(of);
  const session = expectedSession(SPEAKER, peer);
  return exportOrigination(origination(prefix, 0, route), SPEAKER, peer, {
    ...session,
    traits: { ...session.traits, ...traits },
  });
}

Deno.test("towards another AS the path is ours, prepended as asked, without LOCAL_PREF", () => {
  const { route } = exported("192.0.2.0/24", { prepend: 2, med: 7, localPref: 300 });
  deepEqual(route?.asPath, [65_001, 65_001, 65_001]);
  equal(route?.localPref, null);
  equal(route?.med, 7);
  equal(route?.nextHop, "127.0.0.1");
});

Deno.test("within our AS the path is empty and LOCAL_PREF goes along", () => {
  const { route } = exported("192.0.2.0/24", { prepend: 2, localPref: 300 }, { remoteAs: 65_001 });
  deepEqual(route?.asPath, []);
  equal(route?.localPref, 300);
  equal(route?.otc, null);
});

Deno.test("OTC is added towards customers, peers and clients of our route server only", () => {
  const otcs = (["provider", "rs", "peer", "customer", "rs-client", null] as const).map((role) =>
    exported("192.0.2.0/24", {}, { role }).route?.otc
  );
  deepEqual(otcs, [65_001, 65_001, 65_001, null, null, null]);
});

Deno.test("the next hop is the given one, else the configured one, else ours on the session", () => {
  const configured = { nextHop: { ipv4: "192.0.2.1", ipv6: null } };
  equal(
    exported("192.0.2.0/24", { nextHop: "192.0.2.9" }, configured).route?.nextHop,
    "192.0.2.9",
  );
  equal(exported("192.0.2.0/24", {}, configured).route?.nextHop, "192.0.2.1");
  equal(
    exported("2001:db8:1::/48", {}, configured).reason,
    "no IPv6 next hop: our address is 127.0.0.1, set next_hop.ipv6",
  );
});

Deno.test("an IPv4 prefix has an IPv6 next hop only where RFC 8950 was agreed on", () => {
  const given = { nextHop: "2001:db8::9" };
  equal(
    exported("192.0.2.0/24", given).reason,
    "no IPv4 next hop: our address is 2001:db8::9, set next_hop.ipv4",
  );
  equal(
    exported("192.0.2.0/24", given, {}, { extendedNextHop: true }).route?.nextHop,
    "2001:db8::9",
  );
});

Deno.test("no next hop is link-local, whoever named it (RFC 2545 section 3)", () => {
  const reason = "its next hop would be link-local (RFC 2545 §3): set next_hop.ipv6";
  const prefix = "2001:db8:1::/48";
  equal(exported(prefix, { nextHop: "fe80::9" }).reason, reason);
  equal(exported(prefix, {}, { nextHop: { ipv4: null, ipv6: "fe80::9" } }).reason, reason);
});

Deno.test("the peer itself is never a next hop", () => {
  equal(
    exported("192.0.2.0/24", { nextHop: "127.0.0.2" }).reason,
    "its next hop would be the peer itself, 127.0.0.2",
  );
});

Deno.test("a route goes to the peers that it names, in families that they have", () => {
  equal(exported("192.0.2.0/24", { peers: [3] }).reason, "the route is not for this peer");
  equal(
    exported("2001:db8:1::/48", {}, { families: ["ipv4-unicast"] }).reason,
    "ipv6-unicast is not agreed on with the peer",
  );
  equal(
    exported("192.0.2.0/24", {}, { localAddress: null }).reason,
    "the next hop is our address on the session, and there is none yet: set next_hop.ipv4",
  );
});
