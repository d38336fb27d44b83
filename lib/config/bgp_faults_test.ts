import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { parseCommunity } from "../route/community.ts";
import { checkCommunity, checkRouterId, checkUnicastAddress } from "./check_bgp_text.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";

const FILE = "/f.yaml";

function load(text: string): Promise<LoadedConfig> {
  return loadConfig({
    configFile: FILE,
    argv: {},
    env: () => undefined,
    readFile: () => text,
    cwd: "/srv",
    home: null,
    platform: "linux",
  });
}

/** The problems of a file, its name and the words around the list left out. */
async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await load(text);
    return [];
  } catch (error) {
    return (error as Error).message
      .replace(/^Cannot load the configuration(, \d+ problems)?:\s+/, "")
      .split(/\n\s+/)
      .map((line) => line.replace(/^\/f\.yaml:\d+: bgp\./, ""));
  }
}

/** A speaker that is right, with one more line in its section. */
function speaker(line: string): string {
  return `bgp:\n  local_as: 65099\n  router_id: 10.255.255.1\n  ${line}\n`;
}

/** A speaker with one peer that is right, and more fields of it. */
function peer(fields: string): string {
  return speaker(`peers: [{ name: rr1, address: 10.255.255.2, remote_as: 65000, ${fields} }]`);
}

const cases: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
  ["a speaker without AS number and identifier", "bgp: { enabled: true }", [
    "enabled: found true without bgp.local_as, wanted our AS number there, such as 65099",
    "enabled: found true without bgp.router_id, wanted four octets there, such as 192.0.2.1",
  ]],
  ["AS_TRANS as our number", speaker("enabled: false").replace("65099", "23456"), [
    "local_as: found 23456, wanted another AS number (RFC 6793: AS_TRANS)",
  ]],
  ["an identifier of zero", speaker("enabled: true").replace("10.255.255.1", "0.0.0.0"), [
    'router_id: found text "0.0.0.0", wanted four octets such as 192.0.2.1, and not 0.0.0.0 (RFC 6286)',
  ]],
  ["listening everywhere", speaker('listen: "0.0.0.0:179"'), [
    'listen: found text "0.0.0.0:179", which is every address, wanted an address of this host, or bgp.listen_any: true',
  ]],
  ["listening everywhere over IPv6", speaker('listen: "[::]:179"'), [
    'listen: found text "[::]:179", which is every address, wanted an address of this host, or bgp.listen_any: true',
  ]],
  ["listening without a port", speaker("listen: 192.0.2.1"), [
    'listen: found text "192.0.2.1", wanted an address with a port, such as "192.0.2.1:179" or "[2001:db8::1]:179"',
  ]],
  [
    "an address twice",
    speaker(
      "peers: [{ name: a, address: 192.0.2.1, remote_as: 1 }, { name: b, address: 192.0.2.1, remote_as: 2 }]",
    ),
    [
      'peers[1].address: found text "192.0.2.1" again, wanted each address once (first of peer "a")',
    ],
  ],
  [
    "a peer that is called by the address of another",
    speaker(
      "peers: [{ name: 192.0.2.2, address: 192.0.2.1, remote_as: 1 }, { name: 192.0.2.3, address: 192.0.2.3, remote_as: 2 }]",
    ),
    [
      'peers[0].name: found text "192.0.2.2", an address of another, wanted a name, or its own address',
    ],
  ],
  ["a peer without AS number", speaker("peers: [{ name: a, address: 192.0.2.1 }]"), [
    'peers[0].remote_as: found nothing, wanted a whole number from 1 to 4294967295 (AS number) (no peer is named text "a" yet)',
  ]],
  ["a peer at a group address", speaker("peers: [{ name: a, address: 224.0.0.5, remote_as: 1 }]"), [
    'peers[0].address: found text "224.0.0.5", wanted a unicast address without zone, such as 192.0.2.1 or 2001:db8::1',
  ]],
  [
    "an address that is not canonical",
    speaker("peers: [{ name: a, address: '2001:DB8::1', remote_as: 1 }]"),
    ['peers[0].address: found text "2001:DB8::1", wanted the address as 2001:db8::1'],
  ],
  ["a name that routers would read as more", peer("transit: ['x; drop']"), [
    'peers[0].transit[0]: found text "x; drop", wanted a word of 1 to 40 letters, digits, dots, hyphens and underscores, such as rr1',
  ]],
  ["AS_TRANS as the peer's number", peer("enabled: true").replace("65000", "23456"), [
    "peers[0].remote_as: found 23456, wanted the AS number itself (RFC 6793: 23456 is AS_TRANS)",
  ]],
  ["a local address of the other family", peer("local_address: '2001:db8::1'"), [
    'peers[0].local_address: found text "2001:db8::1", wanted an IPv4 address, as address is one',
  ]],
  ["the peer's address as ours", peer("local_address: 10.255.255.2"), [
    'peers[0].local_address: found text "10.255.255.2", the peer\'s own, wanted an address of ours',
  ]],
  ["waiting where nothing listens", peer("connect: passive"), [
    "peers[0].connect: found passive without bgp.listen, wanted active, or an address in bgp.listen",
  ]],
  ["a hold time of one second", peer("hold_time_sec: 1"), [
    "peers[0].hold_time_sec: found 1, wanted 0, or 3 and more (RFC 4271 §4.2)",
  ]],
  ["a hold time of two seconds", peer("hold_time_sec: 2"), [
    "peers[0].hold_time_sec: found 2, wanted 0, or 3 and more (RFC 4271 §4.2)",
  ]],
  ["a role within the AS", peer("role: peer").replace("65000", "65099"), [
    "peers[0].role: found peer within our own AS, wanted null (RFC 9234 §4: roles are for eBGP)",
  ]],
  ["strictness about no role", peer("strict_role: true"), [
    "peers[0].strict_role: found true without role, wanted a role, or false",
  ]],
  ["transit of a peer that is none", peer("transit: [rr2]"), [
    'peers[0].transit: found text "rr2", wanted the name of a peer (rr1)',
  ]],
  ["transit of itself", peer("transit: [RR1]"), [
    'peers[0].transit: found text "RR1", the peer itself, wanted the name of another peer',
  ]],
  ["a next hop of the other family", peer("next_hop: { ipv6: 192.0.2.1 }"), [
    'peers[0].next_hop.ipv6: found text "192.0.2.1", wanted an IPv6 address',
  ]],
  [
    "lengths outside of an allowed prefix",
    speaker(
      "originate: { allowed_prefixes: [{ prefix: 192.0.2.0/24, ge: 23 }, { prefix: 10.0.0.0/8, ge: 16, le: 12 }, { prefix: 198.51.100.0/24, le: 33 }] }",
    ),
    [
      "originate.allowed_prefixes[0].ge: found 23, wanted 24 to 32",
      "originate.allowed_prefixes[1].le: found 12, wanted 16 to 32",
      "originate.allowed_prefixes[2].le: found 33, wanted 24 to 32",
    ],
  ],
  [
    "an allowed prefix with bits behind its length",
    speaker("originate: { allowed_prefixes: [192.0.2.1/24] }"),
    [
      'originate.allowed_prefixes[0].prefix: found text "192.0.2.1/24", wanted the prefix as 192.0.2.0/24',
    ],
  ],
  [
    "an allowed prefix of a peer that is none",
    speaker("originate: { allowed_prefixes: [{ prefix: 192.0.2.0/24, peers: [rr1] }] }"),
    [
      'originate.allowed_prefixes[0].peers: found text "rr1", wanted the name of a peer (there is none)',
    ],
  ],
  [
    "a lifetime beyond the longest",
    speaker("originate: { default_lifetime_sec: 900, max_lifetime_sec: 600 }"),
    [
      "originate.default_lifetime_sec: found 900, wanted at most bgp.originate.max_lifetime_sec, 600",
    ],
  ],
];

for (const [name, text, problems] of cases) {
  Deno.test(`refused: ${name}`, async () => deepStrictEqual(await problemsOf(text), problems));
}

Deno.test("the shape of the design is taken as it stands", async () => {
  const { config: { bgp, tunnels } } = await load(`
bgp:
  enabled: true
  local_as: 65099
  router_id: 10.255.255.1
  listen: "10.255.255.1:179"
  peers:
    - { name: rr1, address: 10.255.255.2, port: 179, remote_as: 65000, local_address: 10.255.255.1, connect: both,
        hold_time_sec: 90, families: [ipv4-unicast, ipv6-unicast], max_prefixes: 1500000, max_prefixes_action: restart,
        role: null, add_path: receive, transit: [] }
  originate:
    allowed_prefixes: ["192.168.99.0/24", { prefix: "2001:db8::/32", ge: 48, le: 48, peers: [rr1], communities: ["64500:1"] }]
tunnels: { manage: true, allowed_names: ["gre-*"], allowed_remotes: ["192.0.2.0/24", "2001:db8::1"] }
`);
  deepStrictEqual(bgp.peers[0], {
    name: "rr1",
    address: "10.255.255.2",
    port: 179,
    remote_as: 65_000,
    local_address: "10.255.255.1",
    connect: "both",
    hold_time_sec: 90,
    connect_retry_sec: 5,
    delay_open_sec: 0,
    families: ["ipv4-unicast", "ipv6-unicast"],
    max_prefixes: 1_500_000,
    max_prefixes_action: "restart",
    max_prefixes_restart_sec: 300,
    role: null,
    strict_role: false,
    add_path: "receive",
    extended_messages: true,
    extended_next_hop: false,
    graceful_restart: true,
    import_policy: null,
    transit: [],
    next_hop: { ipv4: null, ipv6: null },
    enabled: true,
  });
  deepStrictEqual(bgp.originate.allowed_prefixes, [
    { prefix: "192.168.99.0/24", ge: null, le: null, origin_as: null, peers: [], communities: [] },
    {
      prefix: "2001:db8::/32",
      ge: 48,
      le: 48,
      origin_as: null,
      peers: ["rr1"],
      communities: ["64500:1"],
    },
  ]);
  deepStrictEqual(tunnels, {
    manage: true,
    allowed_names: ["gre-*"],
    allowed_remotes: ["192.0.2.0/24", "2001:db8::1"],
  });
});

Deno.test("listening everywhere is taken where the configuration says that it is meant", async () => {
  const { config } = await load(speaker('listen: "[::]:1790"\n  listen_any: true'));
  strictEqual(config.bgp.listen, "[::]:1790");
});

Deno.test("a community that the configuration takes is one that lib/route reads", () => {
  const part = fc.oneof(
    fc.nat(70_000).map(String),
    fc.constantFrom("", "00", "4294967296", "rt", "x"),
  );
  const text = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(":")),
    fc.constantFrom("no-export", "no-advertise", "nopeer", "blackhole", "graceful-shutdown"),
    fc.constantFrom("no-export-subconfed", "llgr-stale", "no-llgr", "rt:65536:65535", "ro:1:70000"),
  );
  let taken = 0;
  fc.assert(fc.property(text, (one) => {
    if (checkCommunity(one) !== null) return;
    parseCommunity(one);
    taken++;
  }));
  ok(taken > 10);
});

Deno.test("any text is judged, none is thrown at", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const check of [checkUnicastAddress, checkRouterId, checkCommunity]) {
      const wanted = check(text);
      ok(wanted === null || wanted.length > 0);
    }
  }));
});
