import assert from "node:assert/strict";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { HostTurns } from "../../lib/io/host_turns.ts";
import { getHttp } from "../../lib/io/http_get.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { rdapLookup } from "./rdap_lookup.ts";

const FIXTURES = new URL("../../tests/fixtures/registry/", import.meta.url);
type Answer = (request: Request) => Response | Promise<Response>;

const rdap = (body: BodyInit) =>
  new Response(body, { headers: { "content-type": "application/rdap+json" } });
const fixture = (name: string): Answer => async () =>
  rdap(await Deno.readFile(new URL(name, FIXTURES)));

/** Serves `answer` on loopback. */
function serve(answer: Answer) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return answer(request);
  });
  return { asked, base: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

/** Asks the tool, whose only servers are these hosts. */
async function look(
  hosts: readonly string[],
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const turns = new HostTurns(systemClock, 0);
  const input = rdapLookup.input.parse(args) as { timeout: number };
  const cx = loopbackContext({
    intel: { rdap: { hosts } },
    net: { getHttp: (request) => getHttp(request, { turns, userAgent: "netglass/test" }) },
    signal: AbortSignal.timeout(input.timeout * 1000),
  });
  return rdapLookup.output.parse(await rdapLookup.run(input, cx)) as Record<string, unknown>;
}

/** Asks a server that answers so. */
async function ask(query: string, answer: Answer, more: Record<string, unknown> = {}) {
  const server = serve(answer);
  try {
    return { answer: await look([server.base], { query, ...more }), asked: server.asked };
  } finally {
    await server.stop();
  }
}

const failing = async (answer: Answer, more: Record<string, unknown> = {}) => {
  try {
    await ask("193.0.6.139", answer, more);
  } catch (error) {
    assert.ok(error instanceof RemoteFailure, String(error));
    return error;
  }
  throw new Error("it was answered");
};

/** A network around what the tests ask about. */
const network = (more: Record<string, unknown> = {}) =>
  rdap(JSON.stringify({
    objectClassName: "ip network",
    startAddress: "193.0.0.0",
    endAddress: "193.0.7.255",
    ...more,
  }));

Deno.test("a network is told with holder, abuse contact, dates and parent", async () => {
  const server = serve(fixture("rdap_ip.json"));
  try {
    // A documentation prefix is asked of nobody, so the answer is about another one than the question.
    const answer = await look([server.base], { query: "193.0.6.139" });
    assert.deepEqual(server.asked, ["/ip/193.0.6.139"]);
    const { contacts, registrant, abuse, ...facts } = answer;
    assert.deepEqual(facts, {
      success: true,
      summary:
        "193.0.6.139 is EXAMPLE-NET, 198.51.100.0 to 198.51.100.255; held by Example Holder B.V.; NL; registered 2003-03-17; abuse abuse@example.com.",
      query: "193.0.6.139",
      query_type: "ip",
      found: true,
      rdap_url: `${server.base}/ip/193.0.6.139`,
      handle: "198.51.100.0 - 198.51.100.255",
      name: "EXAMPLE-NET",
      country: "NL",
      type: "ASSIGNED PA",
      parent_handle: "198.51.0.0 - 198.51.255.255",
      start_address: "198.51.100.0",
      end_address: "198.51.100.255",
      cidrs: ["198.51.100.0/24"],
      start_asn: null,
      end_asn: null,
      asn_hint: null,
      status: ["active"],
      registered: "2003-03-17T12:15:57Z",
      changed: "2020-12-04T14:45:34Z",
      expires: null,
      events: [
        { action: "registration", date: "2003-03-17T12:15:57Z" },
        { action: "last changed", date: "2020-12-04T14:45:34Z" },
      ],
      registrar: null,
      nameservers: [],
      dnssec_signed: null,
      remarks: ["One network, documented."],
      problems: ["the answer is about 198.51.100.0 to 198.51.100.255"],
    });
    assert.deepEqual(registrant, {
      handle: "ORG-EX1-TEST",
      roles: ["registrant"],
      name: "Example Holder B.V.",
      organization: null,
      emails: ["holder@example.com"],
      phones: [],
      address: "Main Street 1 Amsterdam NETHERLANDS",
      country: null,
    });
    assert.deepEqual((abuse as { phones: string[] }).phones, ["+31-20-555-0100"]);
    assert.deepEqual((contacts as { handle: string }[]).map(({ handle }) => handle), ["TEST-MNT"]);
  } finally {
    await server.stop();
  }
});

Deno.test("an abuse contact inside the holder is found, and the origin that the holder names", async () => {
  const { answer } = await ask("193.0.6.139", fixture("rdap_ip_nested.json"));
  const { emails, of } = answer.abuse as { emails: string[]; of: string };
  assert.deepEqual([emails, of, answer.asn_hint], [
    ["network-abuse@example.net"],
    "EXAMPLE-1",
    "AS64496",
  ]);
});

Deno.test("a domain is told with registrar, status, expiry, name servers and DNSSEC", async () => {
  const { answer, asked } = await ask("bücher.example", fixture("rdap_domain.json"));
  assert.deepEqual(asked, ["/domain/xn--bcher-kva.example"]);
  assert.equal(
    answer.summary,
    "xn--bcher-kva.example registrar Example Registrar, Inc.; registered 1995-08-14; expires 2027-08-13; abuse abuse@registrar.example.",
  );
  assert.deepEqual(
    [answer.unicode_name, answer.registrar, answer.expires, answer.dnssec_signed, answer.problems],
    ["bücher.example", "Example Registrar, Inc.", "2027-08-13T04:00:00Z", true, undefined],
  );
  assert.deepEqual(answer.nameservers, [
    { name: "ns1.example.net", addresses: ["192.0.2.53", "2001:db8::53"] },
    { name: "ns2.example.net", addresses: [] },
  ]);
  assert.deepEqual((answer.contacts as { ids?: string[] }[])[0]?.ids, ["IANA Registrar ID 376"]);
});

Deno.test("AS numbers, name servers and entities are told alike", async () => {
  const as = (await ask("AS64500", fixture("rdap_autnum.json"))).answer;
  assert.deepEqual([as.query_type, as.start_asn, as.end_asn, as.problems], [
    "autnum",
    64496,
    64511,
    undefined,
  ]);
  const server =
    (await ask("ns1.example.net", fixture("rdap_nameserver.json"), { type: "nameserver" })).answer;
  assert.deepEqual(server.nameservers, [
    { name: "ns1.example.net", addresses: ["192.0.2.53", "2001:db8::53"] },
  ]);
  const entity = (await ask("ORG-EX1-TEST", fixture("rdap_entity.json"))).answer;
  assert.deepEqual([entity.name, entity.country], ["Example Holder B.V.", "NL"]);
  assert.equal(
    (entity.registrant as { address: string }).address,
    "Suite 2, Main Street 1, Floor 3, Amsterdam, 1000 AA, Netherlands",
  );
});

Deno.test("a redirect is followed to a host that is listed, and to no other", async () => {
  const registry = serve(() => network({ name: "THERE" }));
  const redirector = serve(() => Response.redirect(`${registry.base}/ip/193.0.6.139`));
  try {
    const answer = await look([redirector.base, registry.base], { query: "193.0.6.139" });
    assert.deepEqual([answer.name, answer.rdap_url], [
      "THERE",
      `${registry.base}/ip/193.0.6.139`,
    ]);
    await assert.rejects(look([redirector.base], { query: "193.0.6.139" }), (error) => {
      assert.ok(error instanceof RemoteFailure);
      const { host } = new URL(registry.base);
      assert.equal(error.detail.failure, "redirect");
      assert.equal(
        error.hint,
        `The registry responsible is at "${host}": add it to intel.rdap.hosts to follow it there.`,
      );
      return true;
    });
    assert.equal(registry.asked.length, 1);
  } finally {
    await Promise.all([redirector.stop(), registry.stop()]);
  }
});

Deno.test("the registry responsible is asked first where it is listed, else the first host", async () => {
  const urls: string[] = [];
  const cx = loopbackContext({
    net: {
      getHttp: (request) => {
        urls.push(request.url);
        return Promise.reject(new RemoteFailure("http", "x", { detail: { status: 404 } }));
      },
    },
  });
  for (const query of ["193.0.6.139", "example.com", "AS3333", "example.org"]) {
    const answer = await rdapLookup.run(rdapLookup.input.parse({ query }), cx);
    assert.equal(answer.found, false);
  }
  assert.deepEqual(urls, [
    "https://rdap.db.ripe.net/ip/193.0.6.139",
    "https://rdap.verisign.com/com/v1/domain/example.com",
    "https://rdap.org/autnum/3333",
    "https://rdap.org/domain/example.org",
  ]);
});

Deno.test("what no registry has is an answer", async () => {
  const { answer } = await ask(
    "AS64511",
    () =>
      new Response('{"errorCode":404}', {
        status: 404,
        headers: { "content-type": "application/rdap+json" },
      }),
  );
  assert.deepEqual([answer.success, answer.found, answer.handle], [true, false, null]);
  assert.match(String(answer.summary), /^No registration of AS64511: 127\.0\.0\.1:\d+ has none\.$/);
});

Deno.test("429 says when to ask again", async () => {
  const error = await failing(() =>
    new Response("", { status: 429, headers: { "retry-after": "30" } })
  );
  assert.deepEqual([error.detail.status, error.detail.retry_after_sec, error.retryable], [
    429,
    30,
    true,
  ]);
});

Deno.test("100 MB, another type, half an answer and a slow drip all end soon and say why", async () => {
  const headers = { "content-type": "application/rdap+json" };
  const chunk = new Uint8Array(1 << 20).fill(32);
  let sent = 0;
  const flood = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          if (++sent > 100) controller.close();
          else controller.enqueue(chunk);
        },
      }),
      { headers },
    );
  assert.equal((await failing(flood)).detail.failure, "too_large");
  assert.ok(sent < 50, `${sent} MB were taken`);
  const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
  assert.equal((await failing(page)).detail.failure, "content_type");
  const drip = () => new Response(new ReadableStream(), { headers });
  assert.equal((await failing(drip, { timeout: 1 })).detail.failure, "timeout");
  for (const body of ["", "[", "[]", '"x"', '{"objectClassName":"domain"}', "\xff"]) {
    assert.equal((await failing(() => rdap(body))).code, "remote.answer", body);
  }
});

Deno.test("an answer whose every part is broken is told as far as it goes", async () => {
  const { answer } = await ask("193.0.6.139", () =>
    network({
      handle: 7,
      name: ["x"],
      country: {},
      status: "active",
      events: [null, { eventAction: "registration" }, { eventAction: 1, eventDate: 2 }],
      entities: { a: 1 },
      nameservers: [{ ldhName: null }],
      remarks: [{ description: "one text" }, 7],
      cidr0_cidrs: [{ v4prefix: "193.0.0.0" }],
      arin_originas0_originautnums: ["AS1", -1, 1.5],
      endAddress: "193.0.7.255",
    }));
  assert.deepEqual(
    [answer.handle, answer.name, answer.country, answer.status, answer.events, answer.contacts],
    ["7", null, null, ["active"], [{ action: "1", date: "2" }], []],
  );
  assert.deepEqual([answer.cidrs, answer.asn_hint, answer.remarks], [[], null, ["one text"]]);
});

Deno.test("more than fits is counted, not dropped in silence", async () => {
  const entities = Array.from(
    { length: 40 },
    (_, at) => ({ handle: `H${at}`, roles: ["technical"] }),
  );
  const { answer } = await ask("193.0.6.139", () => network({ entities }));
  assert.equal((answer.contacts as unknown[]).length, 12);
  assert.deepEqual(answer.problems, ["28 of 40 entities not shown"]);
});

Deno.test("an address that no registry gives out is told to nobody", async () => {
  for (const query of ["10.0.0.1", "fd00::/8", "192.0.2.0/24"]) {
    await assert.rejects(look(["http://127.0.0.1:9"], { query }), { code: "input.special_use" });
  }
});

Deno.test("the guards name domains and name servers, which are looked up and not reached", () => {
  const guards = (args: Record<string, unknown>) => rdapLookup.guards(rdapLookup.input.parse(args));
  assert.deepEqual(guards({ query: "Example.com" }), [{ kind: "query", text: "example.com" }]);
  assert.deepEqual(guards({ query: "ns1.example.net", type: "nameserver" }), [
    { kind: "query", text: "ns1.example.net" },
  ]);
  for (const query of ["193.0.6.139", "AS3333", "ORG-X-RIPE", "!"]) {
    assert.deepEqual(guards({ query }), [], query);
  }
});

Deno.test("without a host the key is named", async () => {
  await assert.rejects(look([], { query: "AS3333" }), { code: "env.rdap_hosts" });
});
