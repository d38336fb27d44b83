/**
 * Starts Deno with derived flags and tries what they must allow and refuse. Nothing leaves loopback.
 */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import type { Config } from "../config/config.ts";
import { defaultConfig } from "../config/load.ts";
import type { NeedyTool } from "./need.ts";
import { resolvers, routeServers, run, targets, udp } from "./need.ts";
import { denoJsonPermissions, permissionFlags } from "./permission_formats.ts";
import type { PermissionSet } from "./permission_set.ts";
import { derivePermissions, type HostFacts } from "./permissions.ts";

const portCheck: NeedyTool = { name: "port_check", needs: () => [resolvers, targets] };
const dnsLookup: NeedyTool = { name: "dns_lookup", needs: () => [resolvers, targets, udp] };
const routeLookup: NeedyTool = { name: "route_lookup", needs: () => [routeServers] };
const ping: NeedyTool = { name: "ping", needs: () => [run("ping"), resolvers] };

const GRANTED = new URL("./granted.ts", import.meta.url).href;

/** Answers each attempt of a list with `ok`, or the name of the error. */
const PROBE = `
import { createSocket } from "node:dgram";
import { compareGranted } from ${JSON.stringify(GRANTED)};
const attempts = {
  connect: async ([hostname, port]) => (await Deno.connect({ hostname, port })).close(),
  read: ([path]) => void Deno.readTextFileSync(path),
  write: ([path]) => Deno.writeTextFileSync(path, "x"),
  env: ([name]) => void Deno.env.get(name),
  run: async ([name]) => void await new Deno.Command(name, { clearEnv: true }).output(),
  import: async ([url]) => {
    try {
      await import(url);
    } catch (error) {
      return /^Requires import access/.test(error.message) ? "refused" : error.message;
    }
  },
  listen: ([hostname, port]) => Deno.listen({ hostname, port }).close(),
  udp: ([address]) => new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    // node:dgram throws a refused binding past its caller.
    addEventListener("error", (event) => { event.preventDefault(); reject(event.error); });
    socket.on("error", reject);
    socket.bind(0, address, () => socket.close(resolve));
  }),
  compare: ([set]) => compareGranted(set, (question) => Deno.permissions.querySync(question).state),
};
const results = [];
for (const [kind, ...args] of JSON.parse(Deno.args[0])) {
  try {
    results.push(await attempts[kind](args) ?? "ok");
  } catch (error) {
    results.push(error.name);
  }
}
console.log(JSON.stringify(results));
`;

type Attempt = readonly [kind: string, ...args: unknown[]];

interface Bench {
  readonly folder: string;
  /** Port of a server on every IPv4 loopback address. */
  readonly port: number;
  readonly probe: string;
}

async function withBench(run: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const server = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const accepting = (async () => {
    for await (const connection of server) connection.close();
  })();
  try {
    const probe = `${folder}/probe.ts`;
    await Deno.writeTextFile(probe, PROBE);
    await Deno.mkdir(`${folder}/captures`);
    await Deno.writeTextFile(`${folder}/captures/a.pcap`, "inside");
    await Deno.writeTextFile(`${folder}/secret`, "outside");
    await run({ folder, port: server.addr.port, probe });
  } finally {
    server.close();
    await accepting;
    await Deno.remove(folder, { recursive: true });
  }
}

async function attempt(
  flags: readonly string[],
  bench: Bench,
  attempts: readonly Attempt[],
): Promise<unknown[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", ...flags, bench.probe, JSON.stringify(attempts)],
    cwd: bench.folder,
  }).output();
  const errors = new TextDecoder().decode(stderr);
  ok(code === 0, errors);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function derive(
  bench: Bench,
  change: (config: Config) => Config,
  tools: readonly NeedyTool[],
  facts: Partial<HostFacts> = {},
): PermissionSet {
  const base: Config = {
    ...defaultConfig(),
    pcap: { ...defaultConfig().pcap, allowed_paths: [`${bench.folder}/captures`] },
  };
  return derivePermissions(
    change(base),
    tools,
    {
      platform: "linux",
      resolvers: ["127.0.0.53"],
      realPath: (path) => {
        try {
          return Deno.realPathSync(path);
        } catch {
          return null;
        }
      },
      configFiles: [`${bench.folder}/config.yaml`],
      moduleRoots: [],
      moduleHost: null,
      ...facts,
    },
    { transport: "stdio" },
  );
}

function secured(security: Partial<Config["security"]>): (config: Config) => Config {
  return (config) => ({ ...config, security: { ...config.security, ...security } });
}

const isLinux = Deno.build.os === "linux";

Deno.test({
  name: "derived flags let through what is listed and stop the rest",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(
        bench,
        (config) => ({
          ...secured({ allowed_targets: ["127.0.0.1"] })(config),
          audit: { path: `${bench.folder}/audit` },
        }),
        [portCheck, dnsLookup],
      );
      await Deno.mkdir(`${bench.folder}/audit`);
      const expected: readonly (readonly [Attempt, unknown])[] = [
        [["connect", "127.0.0.1", bench.port], "ok"],
        [["connect", "127.0.0.2", bench.port], "NotCapable"],
        [["connect", "0.0.0.0", bench.port], "NotCapable"],
        [["connect", "169.254.169.254", 80], "NotCapable"],
        [["connect", "127.0.0.53", bench.port], "NotCapable"],
        [["connect", "::1", bench.port], "NotCapable"],
        [["udp", "0.0.0.0"], "ok"],
        [["read", `${bench.folder}/captures/a.pcap`], "ok"],
        [["read", `${bench.folder}/secret`], "NotCapable"],
        [["read", `${bench.folder}/captures/../secret`], "NotCapable"],
        [["read", `${bench.folder}/config.yaml`], "NotFound"],
        [["write", `${bench.folder}/audit/1.jsonl`], "ok"],
        [["write", `${bench.folder}/captures/b.pcap`], "NotCapable"],
        [["env", "NETGLASS_CONFIG"], "ok"],
        [["env", "PATH"], "NotCapable"],
        [["run", "sh"], "NotCapable"],
        [["listen", "127.0.0.2", 0], "NotCapable"],
        [["import", "https://127.0.0.1:2/x.ts"], "refused"],
        [["import", "https://jsr.io/x.ts"], "refused"],
        [["compare", set], { missing: [], wider: [] }],
      ];
      const { flags } = permissionFlags(set);
      deepStrictEqual(
        await attempt(flags, bench, expected.map(([one]) => one)),
        expected.map(([, result]) => result),
      );
    }),
});

Deno.test({
  name: "an enabled route server can be dialled at its port, on loopback too, and no other",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(bench, (config) => {
        const [server] = config.looking_glass.servers;
        ok(server !== undefined);
        const login = { username: null, password: null, password_env: "LAB_PASSWORD" };
        const own = { ...server, host: "127.0.0.3", port: bench.port, login, enabled: true };
        const servers = [
          own,
          { ...own, host: "2001:db8::1" },
          { ...own, host: "127.0.0.4", enabled: false },
        ];
        return {
          ...secured({ allowed_targets: ["192.0.2.1"] })(config),
          looking_glass: { ...config.looking_glass, servers },
        };
      }, [routeLookup]);
      const expected: readonly (readonly [Attempt, unknown])[] = [
        [["connect", "127.0.0.3", bench.port], "ok"],
        [["connect", "127.0.0.3", bench.port + 1], "NotCapable"],
        [["connect", "127.0.0.4", bench.port], "NotCapable"],
        [["connect", "localhost", bench.port], "NotCapable"],
        [["env", "LAB_PASSWORD"], "ok"],
        [["compare", set], { missing: [], wider: [] }],
      ];
      deepStrictEqual(
        await attempt(permissionFlags(set).flags, bench, expected.map(([one]) => one)),
        expected.map(([, result]) => result),
      );
    }),
});

Deno.test({
  name: "with an open network the deny list holds, around the name server that lies inside",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(bench, secured({ network: "open", block_private: true }), [dnsLookup]);
      const expected: readonly (readonly [Attempt, unknown])[] = [
        [["connect", "127.0.0.53", bench.port], "ok"],
        [["connect", "127.0.0.1", bench.port], "NotCapable"],
        [["connect", "127.0.0.52", bench.port], "NotCapable"],
        [["connect", "127.0.0.54", bench.port], "NotCapable"],
        [["connect", "127.255.255.255", bench.port], "NotCapable"],
        [["connect", "localhost", bench.port], "NotCapable"],
        [["connect", "0.0.0.0", bench.port], "NotCapable"],
        [["connect", "::", bench.port], "NotCapable"],
        [["connect", "::1", bench.port], "NotCapable"],
        [["connect", "::ffff:127.0.0.1", bench.port], "NotCapable"],
        [["connect", "10.0.0.1", bench.port], "NotCapable"],
        [["connect", "192.168.0.1", bench.port], "NotCapable"],
        [["udp", "0.0.0.0"], "NotCapable"],
        [["compare", set], { missing: [], wider: [] }],
      ];
      const { flags } = permissionFlags(set);
      deepStrictEqual(
        await attempt(flags, bench, expected.map(([one]) => one)),
        expected.map(([, result]) => result),
      );
    }),
});

Deno.test({
  name: "the same set in a deno.json holds under -P",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(bench, secured({ allowed_targets: ["127.0.0.1"] }), [portCheck]);
      await Deno.writeTextFile(
        `${bench.folder}/deno.json`,
        JSON.stringify({ permissions: { default: denoJsonPermissions(set) } }),
      );
      deepStrictEqual(
        await attempt(["-P"], bench, [
          ["connect", "127.0.0.1", bench.port],
          ["connect", "127.0.0.2", bench.port],
          ["read", `${bench.folder}/captures/a.pcap`],
          ["read", `${bench.folder}/secret`],
          ["import", "https://127.0.0.1:2/x.ts"],
          ["compare", set],
        ]),
        ["ok", "NotCapable", "ok", "NotCapable", "refused", { missing: [], wider: [] }],
      );
    }),
});

Deno.test({
  name: "a launch with everything is wider in every kind",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(bench, secured({}), [ping]);
      const [compared] = await attempt(["-A"], bench, [["compare", set]]);
      const { missing, wider } = compared as { missing: unknown[]; wider: string[] };
      deepStrictEqual(missing, []);
      deepStrictEqual(wider.filter((text) => !text.startsWith("--deny-net")), [
        "--allow-net is granted without a list",
        "--allow-run is granted without a list",
        "--allow-read is granted without a list",
        "--allow-write is granted without a list",
        "--allow-env is granted without a list",
        "--allow-sys is granted without a list",
        "--allow-import is granted without a list",
        "--allow-ffi is granted",
      ]);
      match(wider.join("\n"), /--deny-net=169\.254\.169\.254 is not in force/);
    }),
});

Deno.test({
  name: "a launch with nothing misses everything and is wider in the imports of Deno only",
  ignore: !isLinux,
  fn: () =>
    withBench(async (bench) => {
      const set = derive(
        bench,
        secured({ allowed_targets: ["127.0.0.1", "*.a.example"], block_cloud_metadata: false }),
        [portCheck],
        { configFiles: [] },
      );
      const [compared] = await attempt(["--no-prompt"], bench, [["compare", {
        ...set,
        net: { ...set.net, deny: [] },
        env: set.env.slice(0, 1),
      }]]);
      const { missing, wider } = compared as { missing: { flag: string }[]; wider: string[] };
      deepStrictEqual(missing.map(({ flag }) => flag), [
        "--allow-net=127.0.0.53:53",
        "--allow-net=127.0.0.1",
        "--allow-net=*.a.example",
        `--allow-read=${bench.folder}/captures`,
        "--allow-read=/etc/resolv.conf",
        "--allow-env=HOME",
      ]);
      deepStrictEqual(wider, ["modules can be imported from remote hosts (the default of Deno)"]);
    }),
});
