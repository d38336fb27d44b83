import assert from "node:assert/strict";
import { hostEntries } from "../../tests/host_fixtures.ts";
import { parseAddress } from "../ip/address.ts";
import { routesOf } from "./routes.ts";
import { type RulePacket, rulesOf } from "./rules.ts";
import { walkRules } from "./rule_walk.ts";

const rules = rulesOf(hostEntries("rule4.json"), "ipv4");
/** Those that cover 192.0.2.9. */
const routes = routesOf(hostEntries("route4.json"), "ipv4").filter(({ destination }) =>
  /^(?:default|192\.0\.2\.0\/\d+)$/.test(destination)
);

function packet(over: Partial<RulePacket> = {}): RulePacket {
  return {
    destination: parseAddress("192.0.2.9"),
    source: null,
    mark: 0,
    outputInterface: null,
    userId: 0,
    ...over,
  };
}

/** Rules in the form of `ip -j rule`, walked over hand-made routes. */
function decided(entries: Record<string, unknown>[], over: Partial<RulePacket> = {}, vrf?: string) {
  const tables = [
    { dst: "default", table: "main", dev: "eth0" },
    { dst: "default", table: "10", dev: "eth1" },
    { dst: "default", table: "20", dev: "eth2" },
    { dst: "default", table: "30", type: "throw" },
    { dst: "default", table: "40", type: "blackhole" },
  ];
  const walk = walkRules(
    rulesOf(entries, "ipv4"),
    routesOf(tables, "ipv4"),
    packet(over),
    vrf ?? null,
  );
  return [walk.rule?.priority ?? null, walk.route?.table ?? null, walk.end];
}

Deno.test("rules are put into words", () => {
  assert.deepEqual(rules.map(({ row }) => `${row.priority}: ${row.selector} ${row.action}`), [
    "0: all lookup local",
    "900: oif va goto 32766",
    "996: not from 1.2.3.0/24 tos 0x10 lookup main suppress_prefixlength 0",
    "997: uidrange 100-200 prohibit",
    "998: to 10.0.0.0/8 iif va ipproto tcp dport 80-90 lookup 100",
    "999: fwmark 0x10/0xff lookup 200",
    "1000: from 192.0.2.7 lookup 100",
    "32766: all lookup main",
    "32767: all lookup default",
  ]);
});

Deno.test("goto skips the rules between", () => {
  const walk = walkRules(rules, routes, packet({ outputInterface: "va" }));
  assert.equal(walk.rule?.priority, 32766);
});

Deno.test("a user id can be refused", () => {
  assert.deepEqual(
    decided([{ priority: 5, src: "all", uid_start: 0, uid_end: 9, action: "prohibit" }]),
    [
      ...[5, null, "prohibit"],
    ],
  );
});

Deno.test("a rule about sources waits until there is one", () => {
  const entries = [
    { priority: 5, src: "192.0.2.7", table: "10" },
    { priority: 9, src: "all", table: "main" },
  ];
  assert.deepEqual(decided(entries), [9, "main", null]);
  assert.deepEqual(decided(entries, { source: parseAddress("192.0.2.7") }), [5, "10", null]);
});

Deno.test("marks are compared under their mask, all 32 bits", () => {
  const entries = [{
    priority: 5,
    src: "all",
    fwmark: "0x80000000",
    fwmask: "0xf0000000",
    table: "10",
  }];
  assert.deepEqual(decided(entries, { mark: 0x8000_0001 }), [5, "10", null]);
  assert.deepEqual(decided(entries, { mark: 0x4000_0000 }), [null, null, null]);
});

Deno.test("throw, nop and suppressed routes send the packet on to the next rule", () => {
  const last = { priority: 9, src: "all", table: "main" };
  assert.deepEqual(decided([{ priority: 5, src: "all", table: "30" }, last]), [9, "main", null]);
  assert.deepEqual(decided([{ priority: 5, src: "all", action: "nop" }, last]), [9, "main", null]);
  assert.deepEqual(
    decided([{ priority: 5, src: "all", table: "10", suppress_prefixlen: 0 }, last]),
    [9, "main", null],
  );
});

Deno.test("a blackhole route ends it", () => {
  assert.deepEqual(decided([{ priority: 5, src: "all", table: "40" }]), [5, "40", "blackhole"]);
});

Deno.test("a VRF has its table looked up by the l3mdev rule, and others have not", () => {
  const entries = [{ priority: 5, src: "all", l3mdev: null }, {
    priority: 9,
    src: "all",
    table: "main",
  }];
  assert.deepEqual(decided(entries, { outputInterface: "red" }, "20"), [5, "20", null]);
  assert.deepEqual(decided(entries), [9, "main", null]);
});

Deno.test("an interface that is asked for rules the routes of others out", () => {
  const entries = [
    { priority: 5, src: "all", table: "10" },
    { priority: 9, src: "all", table: "main" },
  ];
  assert.deepEqual(decided(entries, { outputInterface: "eth0" }), [9, "main", null]);
});

Deno.test("rules about services are passed over and named if the packet could meet them", () => {
  const entries = [
    { priority: 5, src: "all", ipproto: "tcp", dport: 443, table: "10" },
    { priority: 6, src: "all", dst: "10.0.0.0", dstlen: 8, ipproto: "tcp", table: "10" },
    { priority: 9, src: "all", table: "main" },
  ];
  const walk = walkRules(rulesOf(entries, "ipv4"), routes, packet());
  assert.deepEqual([walk.rule?.priority, walk.passedOver], [9, [5]]);
  assert.equal(rulesOf(entries, "ipv4")[0]?.row.selector, "ipproto tcp dport 443");
});

Deno.test("a goto that leads backwards does not go round", () => {
  const entries = [
    { priority: 5, src: "all", goto: 5 },
    { priority: 9, src: "all", goto: 1 },
  ];
  assert.deepEqual(decided(entries), [null, null, null]);
});
