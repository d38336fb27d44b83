/**
 * Arguments that are not what they should be, in every text of every tool: each is refused with a
 * clear error or put into canonical form, and a router never hears anything but canonical commands.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { type RouteServer, serveRoutes } from "../../tests/support/route_server.ts";
import { reply, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";

const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?)`;
const PREFIX = String.raw`${ADDRESS}(?:/\d{1,3})?`;
const SHOW = `show (?:ip bgp|bgp ipv6 unicast)`;
/** All that a router of Cisco's kind may be asked, in the canonical form of every argument. */
const CANONICAL = new RegExp(
  `^(?:terminal length 0|${SHOW} (?:summary|${PREFIX}(?: longer-prefixes)?|` +
    String.raw`neighbors ${ADDRESS} routes|community \d+:\d+|regexp [\d_^$()[\]+*.:-]+)|` +
    `(?:ping|traceroute) ${ADDRESS})$`,
);

/** `[destination, what is looked up]`, or what is wrong with it. */
const DESTINATIONS: readonly (readonly [string, string])[] = [
  ["8.8.8.8/24", "8.8.8.0/24"],
  ["8.8.8.0/255.255.255.0", "8.8.8.0/24"],
  ["::ffff:8.8.8.8", "8.8.8.8"],
  ["::ffff:8.8.8.0/120", "8.8.8.0/24"],
  ["2001:DB8:0::1", "2001:db8::1"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["::/0", "::/0"],
  ["64:ff9b::808:808", "64:ff9b::808:808"],
  ["2002::/16", "2002::/16"],
  ["224.0.0.1", "224.0.0.1"],
  ["100.64.0.1", "100.64.0.1"],
  ["240.0.0.1", "240.0.0.1"],
  ["192.0.2.1", "192.0.2.1"],
  [
    "2606:4700::1111%x\nshow run",
    'Cannot read "2606:4700::1111%x\\nshow run" as an address: a zone means something on fe80::/10 only',
  ],
  ["fe80::1%eth0", 'Cannot read "fe80::1%eth0" as an address: no zone is accepted here'],
  ["8.8.8.8\r\nclear ip bgp *", 'Cannot read "8.8.8.8\\r\\nclear ip bgp *" as an address'],
  ["8.8.8.8 | redirect tftp:", 'Cannot read "8.8.8.8 | redirect tftp:" as an IPv6 address'],
  ["??", 'Cannot read "??" as an address'],
  ["\t\t", 'Cannot read "\\t\\t" as an address'],
  ["\x03\x1a", 'Cannot read "\\u0003\\u001a" as an address'],
  ["\xff\xf4", 'Cannot read "\\u00ff\\u00f4" as an address'],
  ["8.8.8.8\0", 'Cannot read "8.8.8.8\\u0000" as an address'],
  ["8.8.8.8\u202e", 'Cannot read "8.8.8.8\\u202e" as an address'],
  ["8.8.8\u200b.8", 'Cannot read "8.8.8\\u200b.8" as an address'],
  ["８.8.8.8", 'Cannot read "\\uff18.8.8.8" as an address'],
  ["٨.8.8.8", 'Cannot read "\\u0668.8.8.8" as an address'],
  ["08.8.8.8", 'Cannot read "08.8.8.8" as an address'],
  ["0x8.8.8.8", 'Cannot read "0x8.8.8.8" as an address'],
  ["134744072", 'Cannot read "134744072" as an address'],
  ["8.8.8", 'Cannot read "8.8.8" as an address'],
  ["8.8.8.0/33", 'Cannot read "8.8.8.0/33" as a prefix: IPv4 has 32 bits'],
  ["8.8.8.0/-1", 'Cannot read "8.8.8.0/-1" as a prefix'],
  ["8.8.8.0/024", 'Cannot read "8.8.8.0/024" as a prefix'],
  ["8.8.8.0/0.0.0.255", 'Cannot read "8.8.8.0/0.0.0.255": "0.0.0.255" is no netmask'],
];

function router(): Promise<RouteServer> {
  return serveRoutes({ answers: () => "% Network not in table\n" });
}

/** Everything that it was sent, but for what a telnet client says of itself. */
function assertCanonical({ heard, octets }: RouteServer): void {
  for (const line of heard) assert.match(line, CANONICAL);
  const printable = new RegExp(String.raw`^(?:[\x20-\x7e]|\r\n|\x03|\xff[\xfb-\xfe].)*$`, "s");
  const said = octets.map((piece) => new TextDecoder("latin1").decode(piece)).join("");
  assert.match(said, printable);
  assert.doesNotMatch(said, /[?|\t!;%"'`\\]/);
}

Deno.test("strange destinations are refused with a reason, or looked up in canonical form", async () => {
  await using server = await router();
  await using stage = new GlassStage([routeServer(server.port, { dialect: "ios" })]);
  for (const [text, wanted] of DESTINATIONS) {
    const outcome = await stage.call("route_lookup", { destination: text });
    if (outcome.ok) {
      assert.equal(outcome.structured.destination, wanted);
      const note = text === wanted || text.toLowerCase().startsWith("2001")
        ? null
        : `Looked up as ${wanted}.`;
      assert.equal(outcome.structured.note, note);
      assert.equal(outcome.structured.parse_status, "no_routes_found");
      assert.equal(String(outcome.structured.command).endsWith(` ${wanted}`), true);
    } else {
      assert.deepEqual([outcome.error.code, outcome.error.message], ["input.destination", wanted]);
      assert.match(outcome.error.hint, /^Give an address or a prefix, for example 192\.0\.2\.10/);
    }
  }
  assertCanonical(server);
});

/** Pieces that routers, shells and terminals give a meaning, and whole arguments to put them into. */
const spice = fc.constantFrom(
  ...["\n", "\r\n", "\r", "\0", "\t", "?", "|", ";", "!", "%", "\x03", "\x1a", "\x1b[A", "\x7f"],
  ...["\xff\xf4", " ", "$(id)", "`", "\\", '"', "'", "\u202e", "８", " | redirect tftp:", "exit"],
  ...["show run", "configure terminal", "clear ip bgp *", "%eth0", "/24", "/33", ".*", "_", "^$"],
);
const word = fc.constantFrom(
  ...["192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "AS15169", "64500", "Lab", "ixp", "rs.example"],
  ...["origin:15169", 'path:"^3356 .* 15169$"', "community:65535:666", "longer:192.0.2.0/24"],
  ...["neighbor:192.0.2.1", "via:3356"],
);
const good = fc.oneof(
  { weight: 2, arbitrary: word },
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(fc.constantFrom("origin:", "via:", "community:1:"), fc.nat(70_000)).map((two) =>
    two.join("")
  ),
);
const hostile = fc.oneof(
  { weight: 4, arbitrary: good },
  { weight: 3, arbitrary: fc.tuple(good, spice, good).map(([a, b, c]) => a + b + c) },
  { weight: 3, arbitrary: fc.tuple(good, spice).map(([a, b]) => a + b) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 90 }) },
);

/** A call with a hostile text in one place or several. */
const calls: fc.Arbitrary<readonly [string, Record<string, unknown>]> = fc.oneof(
  fc.record({ destination: hostile, server: fc.option(hostile, { nil: undefined }) })
    .map((args) => ["route_lookup", args] as const),
  fc.record({ query: hostile, family: fc.constantFrom("ipv4", "ipv6") })
    .map((args) => ["route_search", args] as const),
  fc.record({ destination: hostile, servers: fc.array(hostile, { maxLength: 2 }) })
    .map((args) => ["route_compare", { ...args, more_specifics: true }] as const),
  fc.record({
    prefix: hostile,
    expected_origins: fc.array(hostile, { minLength: 1, maxLength: 2 }),
    expected_upstreams: fc.array(hostile, { maxLength: 1 }),
    allowed_more_specifics: fc.array(hostile, { maxLength: 1 }),
  }).map((args) => ["check_announcement", args] as const),
  fc.record({ server: hostile }).map((args) => ["bgp_summary", args] as const),
  fc.record({ ip: hostile }).map((args) => ["lg_ping", args] as const),
  fc.record({ ip: hostile }).map((args) => ["lg_traceroute", args] as const),
  fc.record({ search: hostile }).map((args) => ["list_servers", args] as const),
  fc.record({ asn: hostile }).map((args) => ["asn_owner", args] as const),
  fc.record({ ip: hostile }).map((args) => ["ip_lookup", args] as const),
);

Deno.test("whatever stands in an argument, routers hear canonical commands and callers clear words", async () => {
  await using server = await router();
  const dns = await startScriptedDnsServer((query) => [reply(query, { rcode: 3 })]);
  const entry = { dialect: "ios", ping: true, traceroute: true, tags: ["ixp"] } as const;
  const stage = new GlassStage([routeServer(server.port, entry)], { resolvers: [dns.endpoint] });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(calls, async ([tool, args]) => {
      const outcome = await stage.call(tool, args);
      if (outcome.ok) answered++;
      else {
        assert.match(outcome.error.code, /^(?:input|policy|remote)\./, JSON.stringify(args));
        assert.ok(outcome.error.hint !== "", outcome.error.message);
      }
    }),
    { numRuns: 4_000 },
  );
  await stage[Symbol.asyncDispose]();
  await dns.stop();
  assert.ok(answered > 300 && server.heard.length > 100, `${answered} ${server.heard.length}`);
  assertCanonical(server);
});
