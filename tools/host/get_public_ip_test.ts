import assert from "node:assert/strict";
import { defaultConfig } from "../../lib/config/load.ts";
import { HostTurns } from "../../lib/io/host_turns.ts";
import { getHttp } from "../../lib/io/http_get.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { getPublicIp } from "./get_public_ip.ts";

const text = (body: string) => () =>
  new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } });
const page = (body: string) => () =>
  new Response(body, { headers: { "content-type": "text/html" } });

/** Runs the tool against services that answer so, each at a path of its own. */
async function find(answers: readonly (() => Response | Promise<Response>)[], timeout = 10) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => answers[Number(new URL(request.url).pathname.slice(1))]?.() ?? new Response(),
  );
  const turns = new HostTurns(systemClock, 0);
  const cx = loopbackContext({
    intel: {
      public_ip: { services: answers.map((_, at) => `http://127.0.0.1:${server.addr.port}/${at}`) },
    },
    net: { getHttp: (request) => getHttp(request, { turns, userAgent: "netglass/test" }) },
  });
  try {
    const answer = await getPublicIp.run(getPublicIp.input.parse({ timeout }), cx);
    return getPublicIp.output.parse(answer) as Record<string, unknown> & {
      services: { address: string | null; problem?: string; error_code?: string }[];
    };
  } finally {
    await server.shutdown();
  }
}

Deno.test("services that agree confirm the address of each family", async () => {
  const answer = await find([text("8.8.4.4\n"), text(" 8.8.4.4 "), text("2606:4700:0::1111")]);
  const { services, ...facts } = answer;
  assert.deepEqual(services.map(({ address }) => address), [
    "8.8.4.4",
    "8.8.4.4",
    "2606:4700::1111",
  ]);
  assert.match(String(facts.service_used), /\/0$/);
  assert.deepEqual({ ...facts, service_used: null }, {
    success: true,
    summary: "Others see this host as 8.8.4.4 and 2606:4700::1111 (3 of 3 services).",
    public_ip: "8.8.4.4",
    public_ipv4: "8.8.4.4",
    public_ipv6: "2606:4700::1111",
    confirmed: true,
    differs: false,
    portal: false,
    service_used: null,
  });
});

Deno.test("services that differ are said to, and most of them decide", async () => {
  const answer = await find([text("8.8.8.8"), text("8.8.4.4"), text("8.8.4.4")]);
  assert.deepEqual(
    [answer.public_ip, answer.differs, answer.confirmed],
    ["8.8.4.4", true, false],
  );
  assert.equal(
    answer.summary,
    "Others see this host as 8.8.4.4 (3 of 3 services); the services differ: there may be several ways out, or a proxy.",
  );
});

Deno.test("one answer alone is not confirmed", async () => {
  const answer = await find([text("8.8.4.4"), () => new Response("", { status: 503 })]);
  assert.deepEqual([answer.public_ip, answer.confirmed, answer.portal], ["8.8.4.4", false, false]);
  assert.equal(answer.services[1]?.error_code, "remote.http");
  assert.match(String(answer.summary), /no second service confirms it\.$/);
});

Deno.test("what a portal says is never an address", async () => {
  const portals = [
    page("8.8.4.4"),
    text("<html>1.2.3.4: log in</html>"),
    text("8.8.4.4 8.8.8.8"),
    text("your address: 8.8.4.4"),
    text("134744072"),
    text("0x08080404"),
    text("8.8.4"),
    text(""),
    text("192.168.0.1"),
    text("::1"),
    text("fe80::1%eth0"),
    text("100.64.0.1"),
    text("8.8.4.4".repeat(100_000)),
    () => Response.redirect("http://portal.example/"),
  ];
  const answer = await find(portals);
  assert.deepEqual(answer.services.filter(({ address }) => address !== null), []);
  assert.deepEqual([answer.success, answer.public_ip, answer.portal], [false, null, true]);
  assert.equal(
    answer.summary,
    "No service named our address (14 asked); something else answered in place of a service, perhaps a portal.",
  );
});

Deno.test("a service that never ends its answer ends with the time, the others count", async () => {
  const headers = { "content-type": "text/plain" };
  const drip = () => new Response(new ReadableStream(), { headers });
  const answer = await find([drip, text("8.8.4.4"), text("8.8.4.4")], 1);
  assert.equal(answer.confirmed, true);
  assert.match(String(answer.services[0]?.problem), /nothing answered in time/);
});

Deno.test("the shipped services are asked over https, two or more for each family", () => {
  const { services } = defaultConfig().intel.public_ip;
  assert.ok(services.length >= 4 && services.every((service) => service.startsWith("https://")));
  assert.equal(services.filter((service) => /ipv6|api6/.test(service)).length, 2);
});

Deno.test("without services the key is named", async () => {
  await assert.rejects(find([]), { code: "env.public_ip_services" });
});
