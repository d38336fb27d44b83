/**
 * A BGP daemon that takes tables from sending peers, as a process whose routes, time and memory can be
 * asked for.
 */
import { findProgram } from "../../tests/interop/daemon.ts";
import { peerAddress } from "./send_table.ts";
import { peerAs } from "./table.ts";

/** How a daemon is started. */
export interface ReceiverWish {
  /** Sending peers, which dial. */
  readonly peers: number;
  /** An empty directory of its own. */
  readonly folder: string;
  /** Have it write MRT files into its directory. */
  readonly mrt?: boolean;
  /** Pass what the first peer announces on to the last one; only BIRD is set up so. */
  readonly transit?: boolean;
}

/** One kind of daemon: its address and port, and how to run and ask it. */
export interface ReceiverKind {
  readonly name: string;
  readonly programs: readonly string[];
  readonly address: string;
  readonly port: number;
  /** Writes its configuration and answers its command line. */
  readonly prepare: (wish: ReceiverWish) => Promise<readonly string[]>;
  /** The command that tells how many paths it has, and how its output is read. */
  readonly count: {
    readonly argv: (folder: string) => readonly string[];
    readonly read: (output: string) => number;
  };
  /** Commands for questions; null: it cannot be asked. Answers are the lengths of outputs. */
  readonly questions: Readonly<
    Record<Question, ((folder: string, of: string) => readonly string[]) | null>
  >;
}

export type Question = "longest" | "origin" | "community" | "as_path";

/** Where peers dial from, and as whom. */
function neighbours(peers: number): { address: string; asn: number }[] {
  return Array.from({ length: peers }, (_, peer) => ({
    address: peerAddress(peer),
    asn: peerAs(peer),
  }));
}

async function writeConfig(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

const BIRD: ReceiverKind = {
  name: "BIRD",
  programs: ["bird", "birdc"],
  address: "127.0.0.2",
  port: 21790,
  async prepare({ peers, folder, mrt, transit = false }) {
    const dumps = mrt
      ? `mrtdump "${folder}/updates.mrt"; mrtdump protocols { states, messages };
protocol mrt { table "master4"; filename "${folder}/rib4.mrt"; period 2; }
protocol mrt { table "master6"; filename "${folder}/rib6.mrt"; period 2; }\n`
      : "";
    const listener = transit ? peers - 1 : -1;
    const feeds = neighbours(peers).map(({ address, asn }, n) =>
      `protocol bgp feed${n} from feed { neighbor ${address} as ${asn}; ${
        n === listener ? 'ipv4 { export where proto = "feed0"; };' : ""
      } }\n`
    );
    await writeConfig(
      `${folder}/bird.conf`,
      `log stderr all; router id 10.0.0.2; protocol device { }
protocol static r4 { ipv4; route 192.0.2.0/24 unreachable; }
protocol static r6 { ipv6; route fd00::/64 unreachable; }
template bgp feed {
  local 127.0.0.2 port 21790 as 65002; strict bind yes; multihop; passive on; hold time 180;
  ipv4 { import all; export none; gateway recursive; };
  ipv6 { import all; export none; gateway recursive; };
}
${dumps}${feeds.join("")}`,
    );
    return ["bird", "-f", "-c", `${folder}/bird.conf`, "-s", `${folder}/bird.ctl`];
  },
  count: {
    // Counters: "show route count" walks the table, for a tenth of a second.
    argv: (folder) => birdc(folder, 'show protocols all "feed*"'),
    read: (output) => sumOf(output, /Routes: +(\d+) imported/g),
  },
  questions: {
    longest: (folder, of) => birdc(folder, `show route for ${of} all`),
    origin: (folder, of) => birdc(folder, `show route where bgp_path.last = ${of}`),
    community: (folder, of) =>
      birdc(folder, `show route where (${of.replace(":", ",")}) ~ bgp_community`),
    as_path: (folder, of) => birdc(folder, `show route where bgp_path ~ [= * ${of} * =]`),
  },
};

function birdc(folder: string, command: string): string[] {
  return ["birdc", "-s", `${folder}/bird.ctl`, ...command.split(" ")];
}

const FRR: ReceiverKind = {
  name: "FRR",
  programs: ["/usr/lib/frr/bgpd", "vtysh"],
  address: "127.0.0.3",
  port: 21791,
  async prepare({ peers, folder, mrt }) {
    const lines = neighbours(peers).flatMap(({ address, asn }) => [
      ` neighbor ${address} remote-as ${asn}`,
      ...["update-source 127.0.0.3", "ebgp-multihop 255", "disable-connected-check", "passive"]
        .map((line) => ` neighbor ${address} ${line}`),
    ]);
    const families = (["ipv4", "ipv6"] as const).flatMap((family) => [
      ` address-family ${family} unicast`,
      ...neighbours(peers).flatMap(({ address }) => [
        `  neighbor ${address} activate`,
        `  neighbor ${address} route-map DENY out`,
      ]),
      " exit-address-family",
    ]);
    const dumps = mrt
      ? [`dump bgp updates ${folder}/updates.mrt`, `dump bgp routes-mrt ${folder}/rib.mrt 2`]
      : [];
    await writeConfig(
      `${folder}/frr.conf`,
      [
        "hostname frr",
        "router bgp 65003",
        " bgp router-id 10.0.0.3",
        " no bgp ebgp-requires-policy",
        " no bgp default ipv4-unicast",
        ...lines,
        ...families,
        "route-map DENY deny 10",
        ...dumps,
        "",
      ].join("\n"),
    );
    const files = ["-f", `${folder}/frr.conf`, "-i", `${folder}/pid`, "--vty_socket", folder];
    return ["/usr/lib/frr/bgpd", "-Z", "-S", "-p", "21791", "-l", "127.0.0.3", "-P", "0", ...files];
  },
  count: {
    argv: (folder) => vtysh(folder, "show bgp summary json"),
    read: (output) => sumOf(output, /"pfxRcd":(\d+)/g),
  },
  questions: {
    longest: (folder, of) => vtysh(folder, `show bgp ipv4 unicast ${of}`),
    origin: (folder, of) => vtysh(folder, `show bgp ipv4 unicast regexp _${of}$`),
    community: (folder, of) => vtysh(folder, `show bgp ipv4 unicast community ${of}`),
    as_path: (folder, of) => vtysh(folder, `show bgp ipv4 unicast regexp _${of}_`),
  },
};

function vtysh(folder: string, command: string): string[] {
  return ["vtysh", "--vty_socket", folder, "-c", command];
}

const OPENBGPD: ReceiverKind = {
  name: "OpenBGPD",
  programs: ["/usr/sbin/bgpd", "bgpctl"],
  address: "127.0.0.5",
  port: 21793,
  async prepare({ peers, folder, mrt }) {
    // Its children change into this directory.
    await Deno.mkdir("/run/openbgpd", { recursive: true });
    const feeds = neighbours(peers).map(({ address, asn }) =>
      `neighbor ${address} {
  remote-as ${asn}
  local-address 127.0.0.5
  multihop 64
  passive
  enforce neighbor-as no
  announce IPv4 unicast
  announce IPv6 unicast
}
`
    );
    const dumps = mrt
      ? `dump table-v2 "${folder}/rib.mrt" 2\ndump all in "${folder}/updates.mrt"\n`
      : "";
    await writeConfig(
      `${folder}/openbgpd.conf`,
      `AS 65005
router-id 10.0.0.5
fib-update no
listen on 127.0.0.5 port 21793
socket "${folder}/openbgpd.sock"
nexthop qualify via default
${dumps}${feeds.join("")}allow from any
deny to any
`,
    );
    return ["/usr/sbin/bgpd", "-d", "-f", `${folder}/openbgpd.conf`];
  },
  count: {
    argv: (folder) => bgpctl(folder, "-j show neighbor"),
    read: (output) => sumOf(output, /"prefixes": \{\s*"sent": \d+,\s*"received": (\d+)/g),
  },
  questions: {
    longest: (folder, of) => bgpctl(folder, `show rib detail ${of}`),
    origin: (folder, of) => bgpctl(folder, `show rib source-as ${of}`),
    community: (folder, of) => bgpctl(folder, `show rib community ${of}`),
    as_path: (folder, of) => bgpctl(folder, `show rib as ${of}`),
  },
};

function bgpctl(folder: string, command: string): string[] {
  return ["bgpctl", "-s", `${folder}/openbgpd.sock`, ...command.split(" ")];
}

const GOBGP: ReceiverKind = {
  name: "GoBGP",
  programs: ["gobgpd", "gobgp"],
  address: "127.0.0.4",
  port: 21792,
  async prepare({ peers, folder, mrt }) {
    const feeds = neighbours(peers).map(({ address, asn }) => {
      const families = ["ipv4-unicast", "ipv6-unicast"].map((name) =>
        `  [[neighbors.afi-safis]]\n    [neighbors.afi-safis.config]\n      afi-safi-name = "${name}"\n`
      );
      return `[[neighbors]]
  [neighbors.config]
    neighbor-address = "${address}"
    peer-as = ${asn}
  [neighbors.transport.config]
    passive-mode = true
    local-address = "127.0.0.4"
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 255
${families.join("")}`;
    });
    const dumps = mrt
      // The name is a pattern of a time, in which every digit means something: no path of a folder.
      ? `[[mrt-dump]]
  [mrt-dump.config]
    dump-type = "updates"
    file-name = "updates.mrt"
`
      : "";
    await writeConfig(
      `${folder}/gobgp.toml`,
      `[global.config]
  as = 65004
  router-id = "10.0.0.4"
  port = 21792
  local-address-list = ["127.0.0.4"]
${dumps}${feeds.join("")}`,
    );
    const api = ["--api-hosts", "127.0.0.4:21794", "--pprof-disable"];
    return ["gobgpd", "-f", `${folder}/gobgp.toml`, "-t", "toml", "-l", "error", ...api];
  },
  count: {
    argv: () => gobgp("neighbor -j"),
    read: (output) => sumOf(output, /"received":(\d+)/g),
  },
  questions: {
    longest: (_folder, of) => gobgp(`global rib -a ipv4 ${of}`),
    origin: null,
    community: null,
    as_path: null,
  },
};

function gobgp(command: string): string[] {
  return ["gobgp", "-u", "127.0.0.4", "-p", "21794", ...command.split(" ")];
}

function sumOf(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
}

/** The daemons, by the names that the bench takes. */
export const RECEIVERS: Readonly<Record<"bird" | "frr" | "openbgpd" | "gobgp", ReceiverKind>> = {
  bird: BIRD,
  frr: FRR,
  openbgpd: OPENBGPD,
  gobgp: GOBGP,
};

/** A daemon that runs. */
export interface Receiver extends AsyncDisposable {
  readonly kind: ReceiverKind;
  readonly folder: string;
  readonly pid: number;
  /** Paths that it has; throws if it has ended. */
  count(): Promise<number>;
}

/** Starts a daemon and waits until it accepts connections. */
export async function startReceiver(kind: ReceiverKind, wish: ReceiverWish): Promise<Receiver> {
  const [program = "", ...args] = await kind.prepare(wish);
  const log = await Deno.open(`${wish.folder}/log`, { create: true, write: true });
  const child = new Deno.Command(findProgram(program) ?? program, {
    args,
    cwd: wish.folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const logged = child.stderr.pipeTo(log.writable);
  let hasEnded = false;
  const status = child.status.then(() => void (hasEnded = true));
  const stop = async (): Promise<void> => {
    if (!hasEnded) child.kill("SIGTERM");
    const killer = setTimeout(() => hasEnded || child.kill("SIGKILL"), 20_000);
    await status;
    clearTimeout(killer);
    await logged;
  };
  for (let attempt = 0; attempt < 200 && !hasEnded; attempt++) {
    try {
      (await Deno.connect({ hostname: kind.address, port: kind.port })).close();
      return {
        kind,
        folder: wish.folder,
        pid: child.pid,
        async count() {
          if (hasEnded) throw new Error(`${kind.name} has ended`);
          return kind.count.read(await outputOf(kind.count.argv(wish.folder)));
        },
        [Symbol.asyncDispose]: stop,
      };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await stop();
  const said = await Deno.readTextFile(`${wish.folder}/log`);
  throw new Error(`${kind.name} did not start: ${said.slice(0, 2_000)}`);
}

/** What a command prints; empty if it fails: a daemon that is busy does not always answer. */
export async function outputOf([program = "", ...args]: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}
