import assert from "node:assert/strict";
import { dnsLookup } from "../../tools/connectivity/dns_lookup.ts";
import { loopbackContext } from "../loopback_context.ts";
import { type Daemon, freePort, interopTest, startDaemon } from "./daemon.ts";

/** Twelve strings of 200 characters: more than 1232 octets. */
const LARGE_TXT = Array.from(
  { length: 12 },
  (_, index) => `large TXT "${String(index).padStart(3, "0")}${"x".repeat(197)}"`,
).join("\n");

const ZONE = `$ORIGIN netglass.test.
$TTL 300
@ SOA ns1 hostmaster 2026112101 7200 900 1209600 60
@ NS ns1
@ MX 10 mail
@ MX 20 mail.example.net.
@ CAA 0 issue "ca.example"
@ CAA 128 iodef "mailto:security@netglass.test"
ns1 A 127.0.0.1
mail A 192.0.2.25
www 60 A 192.0.2.80
www 60 A 192.0.2.81
www AAAA 2001:db8::80
www HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.80 ipv6hint=2001:db8::80
alias CNAME www
dangling CNAME nowhere
_dmarc TXT "v=DMARC1; p=reject"
two TXT "one " "text"
_sip._tcp SRV 5 10 5060 sip
_dns SVCB 1 dns.example.net. mandatory=alpn alpn=dot port=853 key667="hello"
number NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@netglass.test!" .
_443._tcp.www TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
host SSHFP 4 2 fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210
here LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m
child DS 60485 13 2 3a1f2b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70a
child NS ns.child
ns.child A 192.0.2.99
${LARGE_TXT}
`;

const REVERSE_V4 = `$ORIGIN 2.0.192.in-addr.arpa.
$TTL 300
@ SOA ns1.netglass.test. h.netglass.test. 1 1 1 1 1
@ NS ns1.netglass.test.
80 PTR www.netglass.test.
odd TYPE65280 \\# 4 0a000001
`;
const REVERSE_V6 = `$ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
$TTL 300
@ SOA ns1.netglass.test. h.netglass.test. 1 1 1 1 1
@ NS ns1.netglass.test.
0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR www.netglass.test.
`;

/** Knot with three zones on an unprivileged port of loopback; the first zone is signed. */
async function startKnot(directory: string, port: number): Promise<Daemon> {
  const write = (name: string, text: string) => Deno.writeTextFile(`${directory}/${name}`, text);
  await Deno.mkdir(`${directory}/db`);
  await write("forward.zone", ZONE);
  await write("v4.zone", REVERSE_V4);
  await write("v6.zone", REVERSE_V6);
  await write(
    "knot.conf",
    `server:
  rundir: "${directory}"
  listen: 127.0.0.1@${port}
  nsid: "knot-under-test"
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
control:
  listen: "${directory}/knot.sock"
database:
  storage: "${directory}/db"
  journal-db-max-size: 8M
  kasp-db-max-size: 8M
  timer-db-max-size: 1M
policy:
  - id: test
    algorithm: ecdsap256sha256
    single-type-signing: on
    manual: off
template:
  - id: default
    storage: "${directory}"
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
zone:
  - domain: netglass.test
    file: forward.zone
    dnssec-signing: on
    dnssec-policy: test
  - domain: 2.0.192.in-addr.arpa
    file: v4.zone
  - domain: 8.b.d.0.1.0.0.2.ip6.arpa
    file: v6.zone
`,
  );
  return await startDaemon("knotd", ["-c", `${directory}/knot.conf`], port);
}

type Answer = Record<string, unknown> & {
  records: {
    name: string;
    record_type: string;
    value: string;
    ttl: number;
    priority?: number;
    fields?: unknown;
  }[];
};

async function ask(server: string, args: Record<string, unknown>): Promise<Answer> {
  const input = dnsLookup.input.parse({ nameserver: server, ...args });
  const answer = await dnsLookup.run(input, loopbackContext({ dnsTimeoutMs: 2000 }));
  // The schema has just checked the shape.
  return dnsLookup.output.parse(answer) as Answer;
}

interopTest("knot answers every record type, and each reads as the zone file has it", {
  programs: ["knotd"],
}, async () => {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  const server = `127.0.0.1:${port}`;
  try {
    await using _knot = await startKnot(directory, port);
    const values = async (query: string, record_type: string): Promise<string[]> =>
      (await ask(server, { query, record_type })).records
        .filter((record) => record.record_type === record_type)
        .map((record) => record.value).sort();

    const expected: readonly [string, string, readonly string[]][] = [
      ["www.netglass.test", "A", ["192.0.2.80", "192.0.2.81"]],
      ["www.netglass.test", "AAAA", ["2001:db8::80"]],
      ["alias.netglass.test", "CNAME", ["www.netglass.test"]],
      ["netglass.test", "MX", ["mail.example.net", "mail.netglass.test"]],
      ["netglass.test", "NS", ["ns1.netglass.test"]],
      ["netglass.test", "CAA", [
        '0 issue "ca.example"',
        '128 iodef "mailto:security@netglass.test"',
      ]],
      ["_dmarc.netglass.test", "TXT", ["v=DMARC1; p=reject"]],
      ["two.netglass.test", "TXT", ["one text"]],
      ["_sip._tcp.netglass.test", "SRV", ["5 10 5060 sip.netglass.test"]],
      ["www.netglass.test", "HTTPS", [
        "1 . alpn=h2,h3 ipv4hint=192.0.2.80 ipv6hint=2001:db8::80",
      ]],
      ["_dns.netglass.test", "SVCB", [
        "1 dns.example.net mandatory=alpn alpn=dot port=853 key667=68656c6c6f",
      ]],
      ["number.netglass.test", "NAPTR", [
        '100 10 "u" "E2U+sip" "!^.*$!sip:info@netglass.test!" .',
      ]],
      ["_443._tcp.www.netglass.test", "TLSA", [
        "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      ]],
      ["host.netglass.test", "SSHFP", [
        "4 2 fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
      ]],
      ["here.netglass.test", "LOC", ["52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m"]],
      ["child.netglass.test", "DS", [
        "60485 13 2 3a1f2b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70a",
      ]],
    ];
    for (const [query, type, wanted] of expected) {
      assert.deepEqual(await values(query, type), wanted, `${query} ${type}`);
    }

    const soa = await ask(server, { query: "netglass.test", record_type: "SOA" });
    assert.match(soa.records[0]?.value ?? "", /^ns1\.netglass\.test hostmaster\.netglass\.test 20/);
    assert.deepEqual(soa.flags, ["aa", "rd"]);
    assert.equal(soa.nsid, "knot-under-test");

    // Knot answers ANY with one set of records (RFC 8482); this name has but one.
    const odd = await ask(server, { query: "odd.2.0.192.in-addr.arpa", record_type: "ANY" });
    assert.equal(odd.transport, "tcp");
    assert.deepEqual(odd.records, [
      {
        name: "odd.2.0.192.in-addr.arpa",
        record_type: "TYPE65280",
        value: "\\# 4 0a000001",
        ttl: 300,
      },
    ]);

    const mx = await ask(server, { query: "netglass.test", record_type: "MX" });
    assert.deepEqual(mx.records.map((record) => record.priority).sort(), [10, 20]);
    assert.equal((await ask(server, { query: "www.netglass.test" })).records[0]?.ttl, 60);

    const chain = await ask(server, { query: "alias.netglass.test" });
    assert.deepEqual(chain.records.map((record) => record.record_type), ["CNAME", "A", "A"]);
    assert.equal(chain.status, "found");
    const v4 = await ask(server, { query: "192.0.2.80" });
    assert.equal(v4.records[0]?.value, "www.netglass.test");
    const v6 = await ask(server, { query: "2001:db8::80" });
    assert.equal(v6.records[0]?.value, "www.netglass.test");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

interopTest("knot's absences, signatures and cut answers are told apart", {
  programs: ["knotd"],
}, async () => {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  const server = `127.0.0.1:${port}`;
  try {
    await using _knot = await startKnot(directory, port);
    const nxdomain = await ask(server, { query: "nowhere.netglass.test" });
    assert.equal(nxdomain.status, "nxdomain");
    assert.equal(nxdomain.success, true);
    assert.equal(nxdomain.negative_ttl_sec, 60);
    assert.equal((await ask(server, { query: "dangling.netglass.test" })).status, "nxdomain");
    assert.equal(
      (await ask(server, { query: "mail.netglass.test", record_type: "AAAA" })).status,
      "nodata",
    );
    const referral = await ask(server, { query: "www.child.netglass.test" });
    assert.equal(referral.status, "referral");
    assert.deepEqual(referral.referral_to, ["ns.child.netglass.test"]);
    assert.equal((await ask(server, { query: "www.elsewhere.test" })).status, "refused");

    const large = await ask(server, { query: "large.netglass.test", record_type: "TXT" });
    assert.equal(large.transport, "tcp");
    assert.equal(large.transport_reason, "the answer by UDP was truncated");
    assert.equal(large.records.length, 12);
    assert.equal(large.truncated, false);
    const cut = await ask(server, {
      query: "large.netglass.test",
      record_type: "TXT",
      transport: "udp",
    });
    assert.equal(cut.truncated, true);
    assert.equal(cut.success, false);

    const plain = await ask(server, { query: "www.netglass.test" });
    assert.ok(plain.records.every((record) => record.record_type === "A"));
    const signed = await ask(server, { query: "www.netglass.test", dnssec: true });
    const rrsig = signed.records.find((record) => record.record_type === "RRSIG");
    const key = (await ask(server, { query: "netglass.test", record_type: "DNSKEY" })).records[0];
    assert.ok(rrsig !== undefined && key !== undefined);
    // The server computed the key tag of the signature; ours is computed from the key.
    assert.equal(
      (rrsig.fields as { key_tag: number }).key_tag,
      (key.fields as { key_tag: number }).key_tag,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

interopTest("knot and unbound, asked together, differ where their data does", {
  programs: ["knotd", "unbound"],
}, async () => {
  const directory = await Deno.makeTempDir();
  const [knotPort, unboundPort] = [freePort(), freePort()];
  try {
    await Deno.writeTextFile(
      `${directory}/unbound.conf`,
      `server:
  interface: 127.0.0.1
  port: ${unboundPort}
  username: ""
  chroot: ""
  directory: "${directory}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  local-zone: "netglass.test." static
  local-data: "netglass.test. 60 IN SOA ns1 h 1 1 1 1 1"
  local-data: "www.netglass.test. 60 IN A 192.0.2.80"
remote-control:
  control-enable: no
`,
    );
    await using _knot = await startKnot(directory, knotPort);
    await using _unbound = await startDaemon(
      "unbound",
      ["-d", "-c", `${directory}/unbound.conf`],
      unboundPort,
    );
    const nameservers = [`127.0.0.1:${knotPort}`, `127.0.0.1:${unboundPort}`];
    const input = dnsLookup.input.parse({ query: "www.netglass.test", nameservers });
    const answer = dnsLookup.output.parse(
      await dnsLookup.run(input, loopbackContext({ dnsTimeoutMs: 2000 })),
    );
    const records = (answer.differences as { what: string; groups: unknown }[])
      .find((difference) => difference.what === "records");
    assert.deepEqual(records?.groups, [
      { value: "A 192.0.2.80; A 192.0.2.81", servers: [nameservers[0]] },
      { value: "A 192.0.2.80", servers: [nameservers[1]] },
    ]);
    assert.equal(answer.success, true);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
