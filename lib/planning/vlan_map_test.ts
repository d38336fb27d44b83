import assert from "node:assert/strict";
import { parseAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { readVlanMap, subnetsOf, subnetsWith, type VlanSubnet } from "./vlan_map.ts";
import { vlanWarnings } from "./vlan_warnings.ts";

const said = (subnets: readonly VlanSubnet[]) =>
  subnets.map(({ vlanId, name, written }) => `${vlanId} ${name} ${renderPrefix(written.prefix)}`);

Deno.test("a VLAN has one prefix or several, with or without a name", () => {
  const { subnets, errors } = readVlanMap({
    "10": "10.0.0.0/24",
    "20": ["10.0.1.0/24", "2001:db8::/64"],
    "30": { cidr: "10.0.2.0/24", name: "voice" },
    "040": { cidr: ["2001:db8:1::/64"] },
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(said(subnets), [
    "10 null 10.0.0.0/24",
    "20 null 10.0.1.0/24",
    "20 null 2001:db8::/64",
    "30 voice 10.0.2.0/24",
    "040 null 2001:db8:1::/64",
  ]);
  assert.deepEqual(said(subnetsOf(subnets, 40)), ["040 null 2001:db8:1::/64"]);
  assert.deepEqual(said(subnetsOf(subnets, "030")), ["30 voice 10.0.2.0/24"]);
  assert.deepEqual(subnetsOf(subnets, "none"), []);
});

Deno.test("what cannot be read is told and left out, and of repeated ids the first counts", () => {
  const { subnets, errors } = readVlanMap({
    "10": ["10.0.0.0/24", "10.0.0.0/99"],
    "010": "10.1.0.0/24",
    "4095": "10.2.0.0/24",
  });
  assert.deepEqual(said(subnets), ["10 null 10.0.0.0/24"]);
  assert.deepEqual(errors, [
    'VLAN "10": Cannot read "10.0.0.0/99" as a prefix: IPv4 has 32 bits. ' +
    "Wanted: a length from 0 to 32, for example 10.0.0.0/32.",
    'Cannot read "4095" as a VLAN id. Wanted: a number from 1 to 4094.',
    'VLAN "010" is VLAN "10" again: the first one counts',
  ]);
});

Deno.test("of nested prefixes the smallest comes first", () => {
  const { subnets } = readVlanMap({ "10": "10.0.0.0/8", "20": "10.0.0.0/24", "30": "::/0" });
  assert.deepEqual(said(subnetsWith(subnets, parseAddress("10.0.0.1"))), [
    "20 null 10.0.0.0/24",
    "10 null 10.0.0.0/8",
  ]);
});

Deno.test("what is legal and odd is warned about", () => {
  const warnings = (entry: string, id = "10") => vlanWarnings(readVlanMap({ [id]: entry }).subnets);
  assert.deepEqual(warnings("10.0.0.0/24"), []);
  assert.deepEqual(warnings("2001:db8::/64"), []);
  assert.deepEqual(warnings("10.0.0.1/24"), [
    'VLAN "10": 10.0.0.1/24 has host bits set: read as 10.0.0.0/24',
  ]);
  assert.deepEqual(warnings("239.0.0.0/24"), [
    'VLAN "10": 239.0.0.0/24 is not for hosts: Multicast (RFC 5771 §2)',
  ]);
  assert.deepEqual(warnings("10.0.0.0/31"), [
    'VLAN "10": 10.0.0.0/31 has no room for a gateway and two hosts',
  ]);
  assert.deepEqual(warnings("2001:db8::/80"), [
    'VLAN "10": 2001:db8::/80 is no /64, so hosts cannot configure themselves (RFC 4862 §5.5.3)',
  ]);
  assert.deepEqual(warnings("10.0.0.0/24", "1"), [
    'VLAN "1": 1 is the default VLAN of most switches',
  ]);
  assert.deepEqual(warnings("10.0.0.0/24", "1003"), [
    'VLAN "1003": many switches reserve 1003',
  ]);
});
