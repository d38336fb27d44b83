import assert from "node:assert/strict";
import {
  reply,
  type Script,
  type ScriptedQuery,
  startScriptedDnsServer,
} from "../../tests/scripted_dns_server.ts";
import { runFenced } from "../../tests/support/fenced.ts";
import { resolveHost } from "./resolve.ts";

const A = { type: "A", ttl: 60, data: "192.0.2.7" };
const AAAA = { type: "AAAA", ttl: 60, data: "2001:db8::5" };

/** Answers by the first label of the name. */
const byLabel: Script = (query) => {
  const { name, type } = query;
  switch (name.split(".")[0]) {
    case "both":
      return [reply(query, { answers: [{ name, ...(type === "A" ? A : AAAA) }] })];
    case "four":
      return [reply(query, type === "A" ? { answers: [{ name, ...A }] } : {})];
    case "fourquick":
      return type === "A" ? [reply(query, { answers: [{ name, ...A }] })] : [];
    case "alias":
      return [reply(query, {
        answers: [
          { name, type: "CNAME", ttl: 60, data: "real.test" },
          { name: "real.test", ...(type === "A" ? A : AAAA) },
        ],
      })];
    case "nx":
      return [reply(query, { rcode: 3 })];
    case "servfail":
      return [reply(query, { rcode: 2 })];
    case "refused":
      return [reply(query, { rcode: 5 })];
    case "silent":
      return [];
    default:
      return [reply(query)];
  }
};

async function withServers(
  scripts: readonly Script[],
  act: (
    resolve: (name: string, signal?: AbortSignal) => Promise<readonly string[]>,
    queries: (at: number) => readonly ScriptedQuery[],
    endpoints: readonly string[],
  ) => Promise<void>,
): Promise<void> {
  const servers = await Promise.all(scripts.map((script) => startScriptedDnsServer(script)));
  const resolvers = servers.map(({ endpoint }) => endpoint);
  try {
    await act(
      (name, signal = new AbortController().signal) =>
        resolveHost(name, signal, { resolvers, timeoutMs: 1500 }),
      (at) => servers[at]?.queries ?? [],
      resolvers,
    );
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

Deno.test("A and AAAA come together, A first, canonical", () =>
  withServers([byLabel], async (resolve, queries) => {
    assert.deepEqual(await resolve("both.test"), ["192.0.2.7", "2001:db8::5"]);
    assert.deepEqual(await resolve("four.test"), ["192.0.2.7"]);
    assert.deepEqual(await resolve("alias.test."), ["192.0.2.7", "2001:db8::5"]);
    assert.equal(queries(0).length, 6);
  }));

Deno.test("a family that is not answered does not hide the other", () =>
  withServers([byLabel], async (resolve) => {
    assert.deepEqual(await resolve("fourquick.test"), ["192.0.2.7"]);
  }));

Deno.test("no such name, no address and a failing server are told apart", () =>
  withServers([byLabel], async (resolve, _queries, [endpoint]) => {
    await assert.rejects(resolve("nx.test"), {
      code: "remote.dns_nxdomain",
      message: 'Cannot resolve "nx.test": no such name',
    });
    await assert.rejects(resolve("empty.test"), {
      code: "remote.dns_no_address",
      message: 'Cannot resolve "empty.test": it has no address',
    });
    await assert.rejects(resolve("servfail.test"), {
      code: "remote.dns_failure",
      message: `Cannot resolve "servfail.test": name server "${endpoint}" failed (SERVFAIL)`,
      retryable: true,
    });
    await assert.rejects(resolve("silent.test"), {
      code: "remote.dns_timeout",
      message: `Cannot resolve "silent.test": name server "${endpoint}" did not answer`,
      retryable: true,
    });
  }));

Deno.test("the next server is asked after silence and failure, and not after an answer", () =>
  withServers(
    [byLabel, (query) => [reply(query, { answers: [{ name: query.name, ...A }] })]],
    async (
      resolve,
      queries,
    ) => {
      for (const name of ["silent.test", "servfail.test", "refused.test"]) {
        assert.deepEqual(await resolve(name), ["192.0.2.7"], name);
      }
      const before = queries(1).length;
      await assert.rejects(resolve("nx.test"), { code: "remote.dns_nxdomain" });
      await assert.rejects(resolve("empty.test"), { code: "remote.dns_no_address" });
      assert.equal(queries(1).length, before);
    },
  ));

Deno.test("localhost is answered without asking anyone", () =>
  withServers([byLabel], async (resolve, queries) => {
    for (const name of ["localhost", "LOCALHOST.", "db.localhost"]) {
      assert.deepEqual(await resolve(name), ["127.0.0.1", "::1"]);
    }
    assert.equal(queries(0).length, 0);
    await assert.rejects(resolve("notlocalhost"), { code: "remote.dns_no_address" });
  }));

Deno.test("an abort ends the question and says whether time ran out", () =>
  withServers([byLabel], async (resolve) => {
    await assert.rejects(resolve("silent.test", AbortSignal.timeout(50)), {
      code: "remote.dns_timeout",
      message: 'Cannot resolve "silent.test": the call ran out of time',
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(resolve("silent.test", stop.signal), {
      code: "remote.dns_failure",
      message: 'Cannot resolve "silent.test": the call was cancelled',
    });
  }));

Deno.test("a name that cannot be asked about fails and does not crash", () =>
  withServers([byLabel], async (resolve) => {
    for (const name of ["a..b", "a".repeat(64), "x".repeat(300), "\0", "-"]) {
      await assert.rejects(resolve(name), /^RemoteFailure: Cannot resolve/, name);
    }
  }));

Deno.test("without name servers the missing configuration is said", async () => {
  const signal = new AbortController().signal;
  await assert.rejects(resolveHost("example.com", signal, { resolvers: [], timeoutMs: 100 }), {
    code: "env.no_resolver",
  });
  const resolversFlag = "--allow-read=/etc/resolv.conf";
  const options = { resolvers: [], timeoutMs: 100, resolversFlag };
  await assert.rejects(resolveHost("example.com", signal, options), {
    code: "permission.resolvers",
    detail: { flag: resolversFlag },
  });
});

/** Resolves in a process with these flags. */
function resolveFenced(flags: string[], resolvers: readonly string[], name: string) {
  return runFenced(
    flags,
    `
    import { resolveHost } from "root/lib/io/resolve.ts";
    return await resolveHost(${JSON.stringify(name)}, new AbortController().signal,
      { resolvers: ${JSON.stringify(resolvers)}, timeoutMs: 1000 });`,
  );
}

Deno.test("the permission for the name server is enough, and its absence is named", () =>
  withServers([byLabel], async (_resolve, queries, endpoints) => {
    const [endpoint = ""] = endpoints;
    const flags = [`--allow-net=${endpoint}`];
    assert.deepEqual(await resolveFenced(flags, endpoints, "four.test"), ["192.0.2.7"]);
    assert.partialDeepStrictEqual(await resolveFenced(flags, endpoints, "nx.test"), {
      code: "remote.dns_nxdomain",
    });
    // Without a permission for a UDP socket the rcode was asked for by TCP.
    assert.equal(queries(0).at(-1)?.transport, "tcp");
    assert.partialDeepStrictEqual(
      await resolveFenced([...flags, "--allow-net=0.0.0.0:0"], endpoints, "nx.test"),
      { code: "remote.dns_nxdomain" },
    );
    assert.equal(queries(0).at(-1)?.transport, "udp");
    assert.partialDeepStrictEqual(await resolveFenced([], endpoints, "four.test"), {
      code: "permission.net",
      detail: {
        flag: `--allow-net=${endpoint}`,
        config_line: `dns.resolvers: ["${endpoint}"]`,
      },
    });
  }));
