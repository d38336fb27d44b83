import { deepStrictEqual, doesNotMatch, match, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { configOf } from "../../../tests/support/config_of.ts";
import { defaultConfig } from "../../config/load.ts";
import type { BgpConfig } from "../../config/bgp_config.ts";
import { InputError } from "../../errors/mod.ts";
import { designOf, type DesignOptions, type PeerDesign } from "./peer_design.ts";
import { proposePeer, readStanza } from "./read_stanza.ts";
import { renderBird } from "./render_bird.ts";
import { designJson } from "./render_design_json.ts";
import { renderJunos } from "./render_junos.ts";
import { renderRouterBgp } from "./render_router_bgp.ts";

async function speaker(peer: string, rest = ""): Promise<BgpConfig> {
  const config = await configOf(`
bgp:
  local_as: 65099
  router_id: 10.255.255.1
  peers: [{ name: rr1, address: 10.255.255.2, remote_as: 65000, local_address: 10.255.255.1${peer} }]
  ${rest}`);
  return config.bgp;
}

const ALLOWED = 'originate: { allowed_prefixes: ["192.168.99.0/24"] }';
const TUNNEL = {
  name: "Tunnel0",
  source: "198.51.100.1",
  destination: "192.0.2.1",
  length: 30,
  key: null,
  mtu: 1476,
};

async function design(
  peer = ", families: [ipv4-unicast]",
  rest = ALLOWED,
  options: Partial<DesignOptions> = {},
): Promise<PeerDesign> {
  const bgp = await speaker(peer, rest);
  const [entry] = bgp.peers;
  ok(entry !== undefined);
  return designOf(bgp, entry, {
    ourAddress: null,
    localPref: 50,
    multihop: null,
    tunnel: null,
    ...options,
  });
}

Deno.test("the story of the seed for IOS: tunnel, LOCAL_PREF 50, prefix limit, and the way back", async () => {
  const { config, rollback } = renderRouterBgp(
    await design(undefined, undefined, { tunnel: TUNNEL }),
    "ios",
  );
  strictEqual(
    config,
    `interface Tunnel0
 description netglass
 ip address 10.255.255.2 255.255.255.252
 ip mtu 1476
 tunnel mode gre ip
 tunnel source 198.51.100.1
 tunnel destination 192.0.2.1
!
ip prefix-list NETGLASS-V4 seq 10 permit 192.168.99.0/24
route-map NETGLASS-IN-V4 permit 10
 match ip address prefix-list NETGLASS-V4
 set local-preference 50
!
route-map NETGLASS-OUT permit 10
!
router bgp 65000
 neighbor 10.255.255.1 remote-as 65099
 neighbor 10.255.255.1 description netglass
 neighbor 10.255.255.1 timers 30 90
 neighbor 10.255.255.1 update-source Tunnel0
 neighbor 10.255.255.1 transport connection-mode passive
 address-family ipv4 unicast
  neighbor 10.255.255.1 activate
  neighbor 10.255.255.1 route-map NETGLASS-IN-V4 in
  neighbor 10.255.255.1 route-map NETGLASS-OUT out
  neighbor 10.255.255.1 maximum-prefix 20
 exit-address-family
!
`,
  );
  strictEqual(
    rollback,
    `router bgp 65000
 no neighbor 10.255.255.1
!
no route-map NETGLASS-IN-V4
no ip prefix-list NETGLASS-V4
no route-map NETGLASS-OUT
no interface Tunnel0
`,
  );
});

Deno.test("EOS writes lengths, a limit of the neighbor and families without unicast", async () => {
  const { config } = renderRouterBgp(await design(undefined, undefined, { tunnel: TUNNEL }), "eos");
  match(config, /^ ip address 10\.255\.255\.2\/30$/m);
  match(config, /^ neighbor 10\.255\.255\.1 maximum-routes 20$/m);
  match(config, /^ address-family ipv4\n {2}neighbor 10\.255\.255\.1 activate$/m);
});

Deno.test("BIRD gets a filter that takes the allowed prefixes and nothing else", async () => {
  const { config } = renderBird(
    await design(
      ", families: [ipv4-unicast], role: rs, connect: both",
      'listen: "10.255.255.1:1790"\n  originate: { max_routes: 5, allowed_prefixes: [192.168.99.0/24, { prefix: 10.0.0.0/8, ge: 16, le: 24 }] }',
      { multihop: 2 },
    ),
  );
  strictEqual(
    config,
    `filter netglass_in_v4 {
  if net ~ [ 192.168.99.0/24, 10.0.0.0/8{16,24} ] then {
    bgp_local_pref = 50;
    accept;
  }
  reject;
}
protocol bgp netglass {
  description "netglass";
  local 10.255.255.2 as 65000;
  neighbor 10.255.255.1 port 1790 as 65099;
  multihop 2;
  local role rs_client;
  hold time 90;
  ipv4 {
    import filter netglass_in_v4;
    export all;
    import limit 5 action restart;
  };
}
`,
  );
});

Deno.test("Junos gets set commands and their delete", async () => {
  const { config, rollback } = renderJunos(
    await design(undefined, undefined, { tunnel: { ...TUNNEL, name: "gr-0/0/0.7", key: 42 } }),
  );
  strictEqual(
    config,
    `set interfaces gr-0/0/0 unit 7 description netglass
set interfaces gr-0/0/0 unit 7 tunnel source 198.51.100.1
set interfaces gr-0/0/0 unit 7 tunnel destination 192.0.2.1
set interfaces gr-0/0/0 unit 7 tunnel key 42
set interfaces gr-0/0/0 unit 7 family inet mtu 1476
set interfaces gr-0/0/0 unit 7 family inet address 10.255.255.2/30
set policy-options policy-statement NETGLASS-IN term v4 from route-filter 192.168.99.0/24 exact
set policy-options policy-statement NETGLASS-IN term v4 then local-preference 50
set policy-options policy-statement NETGLASS-IN term v4 then accept
set policy-options policy-statement NETGLASS-IN term rest then reject
set policy-options policy-statement NETGLASS-OUT term all then accept
set protocols bgp group NETGLASS type external
set protocols bgp group NETGLASS neighbor 10.255.255.1 description netglass
set protocols bgp group NETGLASS neighbor 10.255.255.1 local-address 10.255.255.2
set protocols bgp group NETGLASS neighbor 10.255.255.1 peer-as 65099
set protocols bgp group NETGLASS neighbor 10.255.255.1 hold-time 90
set protocols bgp group NETGLASS neighbor 10.255.255.1 passive
set protocols bgp group NETGLASS neighbor 10.255.255.1 family inet unicast prefix-limit maximum 20
set protocols bgp group NETGLASS neighbor 10.255.255.1 import NETGLASS-IN
set protocols bgp group NETGLASS neighbor 10.255.255.1 export NETGLASS-OUT
`,
  );
  strictEqual(
    rollback,
    `delete protocols bgp group NETGLASS
delete policy-options policy-statement NETGLASS-IN
delete policy-options policy-statement NETGLASS-OUT
delete interfaces gr-0/0/0 unit 7
`,
  );
});

Deno.test("without an allowed prefix the router takes nothing from us, on every platform", async () => {
  const bare = await design(", families: [ipv4-unicast]", "");
  match(renderRouterBgp(bare, "frr").config, /^route-map NETGLASS-IN-V4 deny 10$/m);
  doesNotMatch(renderRouterBgp(bare, "ios").config, /NETGLASS-IN-V4 permit/);
  match(renderBird(bare).config, /^filter netglass_in_v4 \{\n {2}reject;\n\}$/m);
  doesNotMatch(renderJunos(bare).config, /NETGLASS-IN .* accept/);
});

Deno.test("prefixes of other peers are not written", async () => {
  const bgp = await speaker(
    "",
    "originate: { allowed_prefixes: [{ prefix: 192.0.2.0/24, peers: [RR1] }] }",
  );
  const [peer] = bgp.peers;
  ok(peer !== undefined);
  const options = { ourAddress: null, localPref: 50, multihop: null, tunnel: null };
  strictEqual(designOf(bgp, peer, options).prefixes.length, 1);
  strictEqual(designOf(bgp, { ...peer, name: "rr2" }, options).prefixes.length, 0);
});

Deno.test("the design as data names both ends and what is taken", async () => {
  const json = designJson(await design(undefined, undefined, { tunnel: TUNNEL }));
  deepStrictEqual(json.policies, [{
    name: "NETGLASS-IN-V4",
    prefixes: [{ prefix: "192.168.99.0/24", ge: 24, le: 24 }],
    set: { local_pref: 50 },
    otherwise: "reject",
  }]);
  deepStrictEqual(json.tunnel, {
    type: "gre",
    interface: "Tunnel0",
    router: { outer_address: "198.51.100.1", inner_address: "10.255.255.2/30" },
    netglass: { outer_address: "192.0.2.1", inner_address: "10.255.255.1/30" },
    key: null,
    mtu: 1476,
  });
});

Deno.test("where our address is not known, it is asked for", async () => {
  const bgp = await speaker("");
  const [peer] = bgp.peers;
  ok(peer !== undefined);
  const options = { ourAddress: null, localPref: 50, multihop: null, tunnel: null };
  throws(() => designOf(bgp, { ...peer, local_address: null }, options), {
    code: "input.peer_config",
  });
  throws(() => designOf(bgp, peer, { ...options, ourAddress: "2001:db8::1" }), {
    code: "input.peer_config",
  });
  throws(() => designOf(defaultConfig().bgp, peer, options), { code: "input.peer_config" });
});

const RENDERERS: Readonly<Record<string, (design: PeerDesign) => string>> = {
  ios: (design) => renderRouterBgp(design, "ios").config,
  eos: (design) => renderRouterBgp(design, "eos").config,
  frr: (design) => renderRouterBgp(design, "frr").config,
  bird: (design) => renderBird(design).config,
  junos: (design) => renderJunos(design).config,
};

for (const [platform, render] of Object.entries(RENDERERS)) {
  Deno.test(`${platform}: what is written for the other side is read back as our entry`, async () => {
    const written = await design(", hold_time_sec: 30, connect: active", ALLOWED, {
      tunnel: TUNNEL,
    });
    const stanza = readStanza(render(written));
    deepStrictEqual(stanza.notUnderstood, []);
    strictEqual(stanza.neighbors.length, 1);
    const [neighbor] = stanza.neighbors;
    ok(neighbor !== undefined);
    deepStrictEqual(proposePeer(neighbor, "rr1", null), {
      localAs: 65_099,
      entry: {
        name: "rr1",
        address: "10.255.255.2",
        // The lines of Junos name the AS of the router only where it is set, with routing-options.
        ...platform === "junos" ? {} : { remote_as: 65_000 },
        local_address: "10.255.255.1",
        connect: "active",
        hold_time_sec: 30,
        families: ["ipv4-unicast", "ipv6-unicast"],
        add_path: "off",
      },
      missing: platform === "junos" ? ["remote_as"] : [],
    });
  });
}

Deno.test("a session without IPv4 has it taken off where the platform puts it on by itself", async () => {
  const ipv6 = await design(", families: [ipv6-unicast]");
  for (const platform of ["ios", "eos", "frr"] as const) {
    const { config } = renderRouterBgp(ipv6, platform);
    match(config, /^ address-family ipv4(?: unicast)?\n {2}no neighbor 10\.255\.255\.1 activate$/m);
    const [neighbor] = readStanza(config).neighbors;
    deepStrictEqual([...neighbor?.families ?? []], ["ipv6-unicast"]);
  }
});

Deno.test("the stanza of the seed is read, with the address of its tunnel", () => {
  const { neighbors, notUnderstood } = readStanza(`interface Tunnel0
 ip address 10.255.255.2 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel destination 192.0.2.1
!
route-map NETCLAW-IN permit 10
 set local-preference 50
!
router bgp 65000
 neighbor 10.255.255.1 remote-as 65099
 neighbor 10.255.255.1 description NetClaw-Protocol-MCP
 neighbor 10.255.255.1 update-source Tunnel0
 address-family ipv4 unicast
  neighbor 10.255.255.1 activate
  neighbor 10.255.255.1 route-map NETCLAW-IN in
  neighbor 10.255.255.1 route-map NETCLAW-OUT out
`);
  deepStrictEqual(notUnderstood, []);
  const [neighbor] = neighbors;
  ok(neighbor !== undefined);
  deepStrictEqual(proposePeer(neighbor, "rr1", null).entry, {
    name: "rr1",
    address: "10.255.255.2",
    remote_as: 65_000,
    local_address: "10.255.255.1",
    connect: "both",
    families: ["ipv4-unicast"],
    add_path: "off",
  });
});

Deno.test("groups give what they say to their members, once, also where one is a member of itself", () => {
  const { neighbors } = readStanza(`router bgp 64496.7
 neighbor G peer-group
 neighbor G peer-group G
 neighbor G remote-as 65099
 neighbor G timers 10 30
 neighbor 192.0.2.1 peer-group G
 neighbor 2001:DB8::1 peer-group G
`);
  deepStrictEqual(
    neighbors.map((
      { ourAddress, ourAs, theirAs, holdTimeSec },
    ) => [ourAddress, ourAs, theirAs, holdTimeSec]),
    [["192.0.2.1", 65_099, 4_226_809_863, 30], ["2001:db8::1", 65_099, 4_226_809_863, 30]],
  );
});

Deno.test("Junos in braces is read, group and neighbor together", () => {
  const { neighbors, notUnderstood } = readStanza(`
routing-options { autonomous-system 65000; }
protocols {
    bgp {
        group AGENTS {
            type external; /* a comment; with { braces */
            hold-time 30;
            peer-as 65099;
            neighbor 10.255.255.1 { local-address 10.255.255.2; passive; family inet6 { unicast; } damping; }
        }
    }
}`);
  deepStrictEqual(notUnderstood, ["damping"]);
  deepStrictEqual(
    neighbors.map(({ families, ...rest }) => ({ ...rest, families: [...families] })),
    [{
      ourAddress: "10.255.255.1",
      ourAs: 65_099,
      theirAs: 65_000,
      theirAddress: "10.255.255.2",
      holdTimeSec: 30,
      theirRole: null,
      isPassive: true,
      ourPort: null,
      sendsPaths: false,
      families: ["ipv6-unicast"],
    }],
  );
});

for (
  const text of [
    "router bgp 65000\n neighbor 192.0.2.1 remote-as 65099\n neighbor 192.0.2.1 password 7 hunter2",
    'protocol bgp a { neighbor 192.0.2.1 as 65099; password "hunter2"; }',
    'set protocols bgp group g neighbor 192.0.2.1 authentication-key "hunter2"',
  ]
) {
  Deno.test(`a key for TCP-MD5 is told of and not shown: ${text.slice(0, 15)}`, () => {
    const stanza = readStanza(text);
    match(stanza.notes.join(), /TCP-MD5/);
    doesNotMatch(JSON.stringify([stanza.notUnderstood, stanza.notes]), /hunter2/);
  });
}

Deno.test("no secret of a line that is not understood is shown", () => {
  const { notUnderstood } = readStanza(`interface Dialer1
 ppp chap password 7 08314D5D1A
 isis authentication-key s3cret
router bgp 65000
 neighbor 192.0.2.1 remote-as 65099
 neighbor 192.0.2.1 ao secret "s3 cret"
`);
  deepStrictEqual(notUnderstood, [
    "ppp chap password (left out)",
    "isis authentication-key (left out)",
    "neighbor 192.0.2.1 ao secret (left out)",
  ]);
});

Deno.test("what is not understood is named", () => {
  deepStrictEqual(
    readStanza(`router bgp 65000
 neighbor 192.0.2.1 remote-as 65099
 neighbor 192.0.2.1 bfd strict
 address-family vpnv4
  neighbor 192.0.2.1 activate
`).notUnderstood,
    ["neighbor 192.0.2.1 bfd strict", "address-family vpnv4"],
  );
});

Deno.test("any text is read or refused, and quickly", () => {
  const word = fc.constantFrom(
    ...[
      "router bgp 1",
      "protocol bgp x",
      "protocols",
      "bgp",
      "group",
      "neighbor",
      "192.0.2.1",
      "{",
    ],
    ...[
      "}",
      ";",
      "\n",
      "set",
      "peer-group",
      "G",
      "/*",
      '"',
      "as",
      "local role",
      "__proto__",
      "toString",
    ],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 60, size: "max" }).map((words) => words.join(" ")),
  );
  fc.assert(fc.property(text, (one) => {
    try {
      ok(readStanza(one).neighbors.length <= 50);
    } catch (error) {
      ok(error instanceof InputError);
    }
  }));
  // A leaf in Junos costs as much as the way to it.
  const wide = `protocols { bgp { group a { ${"x ".repeat(16_000)}{ ${"a;".repeat(16_000)}`;
  throws(() => readStanza(wide), InputError);
  for (const big of ["bgp ", "bgp group ", "{", "/*", "router bgp 1\nneighbor G peer-group G\n"]) {
    try {
      readStanza(big.repeat(60_000));
    } catch (error) {
      ok(error instanceof InputError);
    }
  }
});
