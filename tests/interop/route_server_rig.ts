/**
 * A real route server with real neighbors: BIRD, OpenBGPD or FRR at 192.0.2.1 in a namespace of its
 * own, ExaBGP and GoBGP in another, which announce what tests/fixtures/looking_glass/rig says.
 *
 * @module
 */
import { Topology } from "./topology.ts";

/** The programs that the rig is made of. */
export const RIG_PROGRAMS = ["exabgp", "gobgpd", "gobgp"] as const;

/** Label of the namespace that the route server lives in. */
export const ROUTE_SERVER = "rs";
const FEED = "feed";

/** A route server with all its routes. */
export interface RouteServerRig {
  readonly network: Topology;
  /** Runs its own command-line program for a command and gives what that prints. */
  ask(command: string): Promise<string>;
  /** The program and its arguments, without a command. */
  readonly shell: readonly string[];
  /** Gives GoBGP a change to what it announces, in the words of `gobgp global rib`. */
  announce(words: string): Promise<void>;
}

/** How one daemon is run. */
interface Server {
  readonly config: string;
  /** Names in the configuration that stand for paths in the test's directory. */
  readonly paths: Readonly<Record<string, string>>;
  start(config: string, directory: string): readonly string[];
  shell(directory: string): readonly string[];
  /** True if the program takes a command as one argument. */
  readonly takesOneWord: boolean;
  /** AS number that it shares with the neighbor 192.0.2.13. */
  readonly ibgpAs: number;
  /** A command and how many routes its answer shows when all have come. */
  readonly settled: readonly [command: string, route: RegExp, count: number];
}

const RIG = new URL("../fixtures/looking_glass/rig/", import.meta.url);

const SERVERS: Readonly<Record<"bird" | "openbgpd" | "frr", Server>> = {
  bird: {
    config: "bird.conf",
    paths: { LOG: "bird.log" },
    start: (config, dir) => ["bird", "-f", "-c", config, "-s", `${dir}/s`, "-P", `${dir}/pid`],
    shell: (dir) => ["birdc", "-r", "-s", `${dir}/s`],
    takesOneWord: true,
    ibgpAs: 64500,
    settled: ["show route", /\[(?:exa1|exa6|gob6?|ib|conf) /g, 20],
  },
  openbgpd: {
    config: "openbgpd.conf",
    paths: { SOCKET: "s" },
    start: (config) => ["bgpd", "-d", "-f", config],
    shell: (dir) => ["bgpctl", "-s", `${dir}/s`],
    takesOneWord: false,
    ibgpAs: 64500,
    settled: ["show rib", /^[AI*> ]{5} +[NV!] \S+\/\d/gm, 22],
  },
  frr: {
    config: "frr.conf",
    paths: {},
    start: (config, dir) => ["sh", `${RIG.pathname}start_frr.sh`, dir, config],
    shell: (dir) => [
      ...["vtysh", "--histfile", `${dir}/history`, "--vty_socket", dir],
      ...["-d", "bgpd", "-c"],
    ],
    takesOneWord: true,
    // FRR is a member of a confederation, whose number is 64500.
    ibgpAs: 65100,
    settled: ["show bgp all", /^[VIN](?=[* ])/gm, 21],
  },
};

const POLLS = 300;
const POLL_MS = 200;

/** What GoBGP announces. */
const GOBGP_ROUTES = [
  "10.0.0.0/24 nexthop 192.0.2.12 aspath 64499 med 10 community 65002:100,blackhole large-community 65002:9:9 rt 65002:1 origin egp",
  "-a ipv6 2001:db8:1::/48 nexthop 2001:db8:ffff::12 aspath 64496",
];

/** Builds the rig, hands it over when all routes are there, and takes it down. */
export async function withRouteServer(
  daemon: keyof typeof SERVERS,
  body: (rig: RouteServerRig) => Promise<void>,
): Promise<void> {
  const server = SERVERS[daemon];
  const directory = await Deno.makeTempDir();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const network = await addNamespaces();
  // The network goes first: its end kills what runs inside, so that the pipes close.
  const running: Promise<unknown>[] = [];
  stack.defer(async () => {
    await network[Symbol.asyncDispose]();
    await Promise.all(running);
  });
  const start = (label: string, [program = "", ...args]: readonly string[]) => {
    running.push(network.spawn(label, program, args).output());
  };
  // bgpd changes its root to this directory.
  if (daemon === "openbgpd") await Deno.mkdir("/run/openbgpd", { recursive: true });
  start(ROUTE_SERVER, server.start(await configFile(server, directory), directory));
  const [program = "", ...shellArgs] = server.shell(directory);
  const ask = async (command: string): Promise<string> => {
    const words = server.takesOneWord ? [command] : command.split(" ");
    const args = [...shellArgs, ...words];
    const { stdout, stderr } = await network.tryExec(ROUTE_SERVER, program, args);
    return stdout + stderr;
  };
  await poll(
    "the route server answers",
    async () => /^(?:Table|flags|BGP table)/m.test(await ask(server.settled[0])),
  );
  start(FEED, [
    "env",
    ...["exabgp.daemon.user=root", "exabgp.log.level=WARNING", "exabgp.api.cli=false"],
    ...["exabgp", await feedFile(server, directory)],
  ]);
  start(FEED, [
    ...["gobgpd", "-f", `${RIG.pathname}gobgpd.toml`, "-t", "toml"],
    ...["--api-hosts", "127.0.0.1:50051"],
  ]);
  const announce = async (words: string): Promise<void> => {
    const args = ["-u", "127.0.0.1", "global", "rib", ...words.split(" ")];
    await poll(
      "GoBGP takes a route",
      async () => (await network.tryExec(FEED, "gobgp", args)).code === 0,
    );
  };
  for (const route of GOBGP_ROUTES) await announce(`add ${route}`);
  const [command, route, count] = server.settled;
  await poll(
    `${count} routes are there`,
    async () => [...(await ask(command)).matchAll(route)].length === count,
  );
  await body({
    network,
    ask,
    shell: server.shell(directory),
    announce,
  });
}

async function addNamespaces(): Promise<Topology> {
  const network = new Topology();
  await network.add(ROUTE_SERVER);
  await network.add(FEED);
  const hosts = [11, 12, 13, 14];
  await network.link(
    { at: ROUTE_SERVER, name: "eth0", addresses: ["192.0.2.1/24", "2001:db8:ffff::1/64"] },
    {
      at: FEED,
      name: "eth0",
      addresses: hosts.flatMap((n) => [`192.0.2.${n}/24`, `2001:db8:ffff::${n}/64`]),
    },
  );
  return network;
}

async function configFile(server: Server, directory: string): Promise<string> {
  let text = await Deno.readTextFile(new URL(server.config, RIG));
  for (const [name, file] of Object.entries(server.paths)) {
    text = text.replaceAll(`"${name}"`, `"${directory}/${file}"`);
  }
  const path = `${directory}/${server.config}`;
  // bgpd refuses a configuration that others can read.
  await Deno.writeTextFile(path, text, { mode: 0o600 });
  return path;
}

/** Both ends of the iBGP session are of the same AS, whichever the route server's is. */
async function feedFile({ ibgpAs }: Server, directory: string): Promise<string> {
  const text = await Deno.readTextFile(new URL("exabgp.conf", RIG));
  const path = `${directory}/exabgp.conf`;
  const ends = (asn: number) => `local-as ${asn}; peer-as ${asn};`;
  await Deno.writeTextFile(path, text.replace(ends(64500), ends(ibgpAs)));
  return path;
}

/** Waits until something is so. @throws {Error} if it is not within a minute */
export async function poll(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < POLLS; attempt++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`Waited in vain until ${what}`);
}
