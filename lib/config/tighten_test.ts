import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { KeyValue } from "./row.ts";
import { configKeys, rowOf } from "./schema.ts";
import { coversTarget } from "./target_cover.ts";
import { tighten } from "./tighten.ts";

type Row = readonly [
  key: string,
  base: KeyValue,
  wanted: KeyValue,
  value: KeyValue,
  ignored: string | null,
];

const table: readonly Row[] = [
  ["toolsets", ["default"], ["default"], ["default"], null],
  ["toolsets", ["default"], ["slim"], ["slim"], null],
  ["toolsets", ["default"], ["all"], ["default"], '"all"'],
  ["toolsets", ["all"], ["connectivity"], ["connectivity"], null],
  ["toolsets", ["connectivity", "meta"], ["meta", "bgp"], ["meta"], '"bgp"'],
  ["tools", null, ["ping"], null, '"ping"'],
  ["tools", ["ping", "mtr"], ["ping"], ["ping"], null],
  ["tools", ["ping"], null, ["ping"], "null"],
  ["tools", ["ping"], [], [], null],
  ["exclude_tools", ["mtr"], ["ping"], ["mtr", "ping"], null],
  ["exclude_tools", ["mtr"], [], ["mtr"], null],
  ["read_only", false, true, true, null],
  ["read_only", true, false, true, "false"],
  ["security.network", "open", "listed", "listed", null],
  ["security.network", "listed", "open", "listed", '"open"'],
  ["security.allowed_targets", [], ["a.example"], ["a.example"], null],
  [
    "security.allowed_targets",
    ["a.example"],
    [],
    ["a.example"],
    "an empty list, which allows any target",
  ],
  ["security.allowed_targets", ["a.example"], ["b.example"], ["a.example"], '"b.example"'],
  ["security.allowed_targets", ["10.0.0.0/8"], ["10.1.0.0/16", "10.2.0.1"], [
    "10.1.0.0/16",
    "10.2.0.1",
  ], null],
  ["security.allowed_targets", ["10.1.0.0/16"], ["10.0.0.0/8"], ["10.1.0.0/16"], '"10.0.0.0/8"'],
  // Policy reads the mapped range as IPv4, which "::/0" does not hold.
  ["security.allowed_targets", ["::/0"], ["::ffff:10.0.0.0/104", "2001:db8::/32"], [
    "2001:db8::/32",
  ], '"::ffff:10.0.0.0/104"'],
  [
    "security.allowed_targets",
    ["10.0.0.0/8"],
    ["::ffff:10.0.0.0/104"],
    ["::ffff:10.0.0.0/104"],
    null,
  ],
  ["security.blocked_targets", ["a"], ["b", "a"], ["a", "b"], null],
  ["security.block_private", false, true, true, null],
  ["security.block_private", true, false, true, "false"],
  ["security.block_cloud_metadata", true, false, true, "false"],
  ["pcap.max_packets", 0, 5, 5, null],
  ["pcap.max_packets", 5, 0, 5, "0"],
  ["pcap.max_packets", 5, 6, 5, "6"],
  ["pcap.max_packets", 5, 4, 4, null],
  ["pcap.allow_custom_filters", true, false, false, null],
  ["pcap.allow_custom_filters", false, true, false, "true"],
  ["pcap.allowed_paths", ["/a"], ["/a/b"], ["/a/b"], null],
  ["pcap.allowed_paths", ["/a"], ["/ab", "/"], ["/a"], '"/ab", "/"'],
  ["pcap.allowed_paths", ["/a"], ["/a/../b"], ["/a"], '"/a/../b"'],
  ["pcap.allowed_paths", ["/a"], ["/a/..b"], ["/a/..b"], null],
  ["pcap.allowed_paths", ["/a"], [], [], null],
  ["pcap.export_path", null, "/srv/out", null, '"/srv/out"'],
  ["pcap.isolation", "worker", "strict", "strict", null],
  ["pcap.isolation", "strict", "inline", "strict", '"inline"'],
  ["pcap.isolation", "worker", "inline", "worker", '"inline"'],
  ["pcap.index_bytes", 1_000, 0, 0, null],
  ["pcap.index_bytes", 1_000, 2_000, 1_000, "2000"],
  ["dns.resolvers", ["system", "192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"], null],
  ["dns.resolvers", ["system"], ["192.0.2.1"], ["system"], '"192.0.2.1"'],
  ["dns.timeout_ms", 3000, 200, 200, null],
  ["dns.timeout_ms", 3000, 4000, 3000, "4000"],
  ["host.connections", true, false, false, null],
  ["host.connections", false, true, false, "true"],
  ["http.listen", null, "127.0.0.1:80", null, '"127.0.0.1:80"'],
  ["http.tokens", [], ["0123456789abcdef"], [], '"0123456789abcdef"'],
  ["http.tokens", ["0123456789abcdef"], [], ["0123456789abcdef"], "an empty list"],
  ["http.allowed_hosts", ["a"], [], [], null],
  ["http.allowed_origins", [], ["https://a.example"], [], '"https://a.example"'],
  [
    "looking_glass.servers",
    [],
    [{ name: "Lab", login: { password: "hunter2" } }],
    [],
    "its entries",
  ],
  ["looking_glass.http_sources", ["ripestat", "bgpkit"], ["ripestat"], ["ripestat"], null],
  ["looking_glass.http_sources", [], ["ripestat"], [], '"ripestat"'],
  ["looking_glass.deadline_ms", 20_000, 5000, 5000, null],
  ["looking_glass.deadline_ms", 20_000, 60_000, 20_000, "60000"],
  ["looking_glass.concurrency", 16, 2, 2, null],
  ["intel.rdap.hosts", ["rdap.org", "a.example"], ["a.example"], ["a.example"], null],
  ["intel.public_ip.services", ["https://a.example"], ["https://b.example"], [
    "https://a.example",
  ], '"https://b.example"'],
  ["intel.rpki.rtr", null, "rtr.example", null, '"rtr.example"'],
  ["bgp.enabled", true, false, false, null],
  ["bgp.enabled", false, true, false, "true"],
  ["bgp.listen_any", false, true, false, "true"],
  ["bgp.peers", [], [{ name: "rr1" }], [], "its entries"],
  ["bgp.rpki_invalid", "mark", "reject", "reject", null],
  ["bgp.rpki_invalid", "reject", "mark", "reject", '"mark"'],
  ["bgp.originate.enabled", false, true, false, "true"],
  ["bgp.originate.lab", false, true, false, "true"],
  ["bgp.originate.max_routes", 20, 5, 5, null],
  ["bgp.originate.max_routes", 20, 50, 20, "50"],
  ["bgp.originate.allowed_next_hops", ["192.0.2.1"], ["192.0.2.9"], ["192.0.2.1"], '"192.0.2.9"'],
  ["bgp.originate.communities", ["no-export"], [], ["no-export"], "an empty list"],
  ["tunnels.manage", false, true, false, "true"],
  ["tunnels.allowed_names", ["gre-*"], ["*"], ["gre-*"], '"*"'],
  ["tunnels.allowed_remotes", ["192.0.2.0/24"], [], [], null],
  ["audit.path", "/var/audit", null, "/var/audit", "null"],
];

for (const [key, base, wanted, value, ignored] of table) {
  Deno.test(`${key}: ${JSON.stringify(wanted)} on top of ${JSON.stringify(base)}`, () => {
    const row = rowOf(key);
    if (row === undefined) throw new Error(`no key ${key}`);
    deepStrictEqual(tighten(row, base, wanted, "linux"), { value, ignored });
  });
}

Deno.test("no value of a working-directory file changes a key whose rule is never", () => {
  deepStrictEqual(
    configKeys.filter((row) => row.tighten === "never").map((row) => row.path),
    [
      "pcap.export_path",
      "http.listen",
      "http.tokens",
      "looking_glass.servers",
      "intel.asn.dns_zone",
      "intel.rpki.file",
      "intel.rpki.rtr",
      "intel.rpki.url",
      "bgp.local_as",
      "bgp.router_id",
      "bgp.listen",
      "bgp.peers",
      "bgp.thread",
      "bgp.originate.allowed_prefixes",
      "bgp.originate.cooldown_sec",
      "bgp.originate.communities",
      "audit.path",
    ],
  );
});

const covers: readonly (readonly [outer: string, inner: string, expected: boolean])[] = [
  ["*", "anything.example", true],
  ["A.example", "a.EXAMPLE", true],
  ["*.example", "a.example", true],
  ["*.example", "*.b.example", true],
  ["*.example", "badexample", false],
  ["*.example", "example", true],
  ["*.example", "*", false],
  ["*.*.example", "a.b.example", false],
  ["10.0.0.0/8", "10.0.0.0/8", true],
  ["10.0.0.0/8", "10.255.0.0/16", true],
  ["10.0.0.0/8", "11.0.0.0/16", false],
  ["10.0.0.0/8", "*.0.0.1", false],
  ["2001:db8::/32", "2001:db8:1::1", true],
  ["2001:db8::/32", "2001:db9::/48", false],
  ["0.0.0.0/0", "::1", false],
  ["10.0.0.0/33", "10.0.0.1", false],
  ["10.0.0.0/8/8", "10.0.0.1", false],
];

for (const [outer, inner, expected] of covers) {
  Deno.test(`${outer} ${expected ? "covers" : "does not cover"} ${inner}`, () => {
    strictEqual(coversTarget(outer, inner), expected);
  });
}

Deno.test("what is ignored is quoted, so no override character reaches the terminal", () => {
  const ignored = (key: string, wanted: KeyValue): string | null => {
    const row = rowOf(key);
    if (row === undefined) throw new Error(`no key ${key}`);
    return tighten(row, null, wanted, "linux").ignored;
  };
  strictEqual(ignored("audit.path", "/\u202egol"), '"/\\u202egol"');
  strictEqual(ignored("tools", ["\u009b2J"]), '"\\u009b2J"');
});
