/**
 * Records what BGP daemons send to a peer with every capability, on loopback aliases:
 * `deno run -A tests/interop/record_bgp_messages.ts [NAME …]` writes NAME.hex and NAME.json in tests/golden_wire/bgp.
 *
 * @module
 */
import { NO_CAPABILITIES } from "../../lib/bgp/codec/capability.ts";
import { Framer } from "../../lib/bgp/codec/frame.ts";
import {
  encodeKeepalive,
  encodeMessage,
  HEADER_BYTES,
} from "../../lib/bgp/codec/message_header.ts";
import { decodeOpen, encodeOpen } from "../../lib/bgp/codec/open.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { FAMILIES } from "../../lib/bgp/family.ts";
import { writeGolden, writeOctets } from "../support/bgp_golden.ts";

const HOST = "127.0.77.10";
const PORT = 17_907;
/** How long a daemon may take to send its table, milliseconds, from its OPEN on. */
const TABLE_MS = 4_000;

/** One daemon: its files, how it is started, and what is done once it runs. */
interface Recording {
  readonly files: Readonly<Record<string, string>>;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Run one after the other when the session is up. */
  readonly then?: readonly (readonly [string, ...string[]])[];
  /** Our OPEN has no AS numbers of four octets. */
  readonly isShort?: true;
}

const BIRD = (asn: string, extras: string): string =>
  `log stderr all;
router id 10.0.0.2;
protocol device { }
protocol static s4 { ipv4;
  route 198.51.100.0/24 blackhole { bgp_community.add((65002,100)); bgp_community.add((65535,65281));
    bgp_large_community.add((65002,1,2)); bgp_ext_community.add((rt,65002,7)); bgp_med = 50;
    bgp_path.prepend(4200000001); };
  route 203.0.113.0/24 blackhole; }
protocol static s6 { ipv6; route 2001:db8:2::/48 blackhole; }
protocol bgp peer1 {
  local 127.0.77.2 as ${asn};
  neighbor ${HOST} port ${PORT} as 65010;
  multihop 64;
  ${extras}
  hold time 90; keepalive time 30; connect retry time 1; connect delay time 1; error wait time 1, 1;
  ipv4 { import all; export all; next hop address 192.0.2.2; EXTRA4 };
  ipv6 { import all; export all; next hop address fd00::2; EXTRA6 };
}
`;

const RECORDINGS: Readonly<Record<string, Recording>> = {
  bird: {
    files: {
      "bird.conf": BIRD(
        "65002",
        "local role customer; enable extended messages yes; graceful restart yes; graceful restart time 120;",
      ).replace("EXTRA4", "add paths on; extended next hop yes;").replace(
        "EXTRA6",
        "add paths on;",
      ),
    },
    argv: ["bird", "-f", "-c", "bird.conf", "-s", "bird.ctl"],
  },
  bird_two_octets: {
    files: {
      "bird.conf": BIRD("4200000002", "").replace("EXTRA4", "").replace("EXTRA6", ""),
    },
    argv: ["bird", "-f", "-c", "bird.conf", "-s", "bird.ctl"],
    isShort: true,
  },
  frr: {
    files: {
      "frr.conf": `hostname frr
router bgp 65003
 bgp router-id 10.0.0.3
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 bgp graceful-restart
 neighbor ${HOST} remote-as 65010
 neighbor ${HOST} port ${PORT}
 neighbor ${HOST} update-source 127.0.77.3
 neighbor ${HOST} ebgp-multihop 255
 neighbor ${HOST} disable-connected-check
 neighbor ${HOST} local-role customer
 neighbor ${HOST} capability extended-nexthop
 neighbor ${HOST} timers 30 90
 neighbor ${HOST} timers connect 1
 neighbor ${HOST} advertisement-interval 0
 address-family ipv4 unicast
  network 198.51.100.0/24 route-map SETC
  network 203.0.113.0/24
  aggregate-address 203.0.112.0/22
  neighbor ${HOST} activate
  neighbor ${HOST} addpath-tx-all-paths
 exit-address-family
 address-family ipv6 unicast
  network 2001:db8:3::/48
  neighbor ${HOST} activate
 exit-address-family
!
route-map SETC permit 10
 set community 65003:100 no-export
 set large-community 65003:1:2
 set extcommunity rt 65003:7
 set metric 50
!
`,
    },
    argv: [
      "/usr/lib/frr/bgpd",
      "-Z",
      "-S",
      "-p",
      "0",
      "-f",
      "frr.conf",
      "-i",
      "frr.pid",
      "--vty_socket",
      ".",
      "-P",
      "0",
    ],
  },
  gobgp: {
    files: {
      "gobgp.toml": `[global.config]
  as = 65004
  router-id = "10.0.0.4"
  port = -1
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${HOST}"
    peer-as = 65010
  [neighbors.transport.config]
    local-address = "127.0.77.4"
    remote-port = ${PORT}
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 255
  [neighbors.timers.config]
    hold-time = 90
    connect-retry = 1
    idle-hold-time-after-reset = 1
  [neighbors.graceful-restart.config]
    enabled = true
    restart-time = 120
  [neighbors.add-paths.config]
    receive = true
    send-max = 8
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = true
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv6-unicast"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = true
`,
    },
    argv: ["gobgpd", "-f", "gobgp.toml", "-t", "toml", "--api-hosts", "127.0.77.4:50077"],
    then: [
      "global rib add 198.51.100.0/24 nexthop 192.0.2.4 med 50 community 65004:100 large-community 65004:1:2 rt 65004:7",
      "global rib add -a ipv6 2001:db8:4::/48 nexthop fd00::4",
      "global rib del 198.51.100.0/24 nexthop 192.0.2.4",
    ].map((order) => ["gobgp", "-u", "127.0.77.4", "-p", "50077", ...order.split(" ")] as const),
  },
  openbgpd: {
    files: {
      "openbgpd.conf": `AS 65005
router-id 10.0.0.5
fib-update no
listen on 127.0.77.5 port 11797
socket "openbgpd.sock"
nexthop qualify via default
network 198.51.100.0/24 set { community 65005:100 large-community 65005:1:2 ext-community rt 65005:7 med 50 nexthop 192.0.2.5 }
network 203.0.113.0/24 set nexthop 192.0.2.5
network 2001:db8:5::/48 set nexthop fd00::5
neighbor ${HOST} {
  remote-as 65010
  local-address 127.0.77.5
  port ${PORT}
  multihop 64
  holdtime 90
  announce IPv4 unicast
  announce IPv6 unicast
  announce policy customer
  announce add-path recv yes
  announce add-path send all
  announce enhanced refresh yes
}
allow from any
allow to any
`,
    },
    argv: ["/usr/sbin/bgpd", "-d", "-f", "openbgpd.conf"],
  },
  exabgp: {
    files: {
      "exabgp.conf":
        `neighbor ${HOST} { router-id 10.0.0.6; local-address 127.0.77.6; local-as 65006; peer-as 65010; connect ${PORT}; hold-time 90;
 capability { graceful-restart 120; route-refresh enable; add-path send/receive; extended-message enable; asn4 enable; }
 family { ipv4 unicast; ipv6 unicast; }
 static {
  route 198.51.100.0/24 next-hop 192.0.2.6 as-path [ 65006 64999 ] community [ 65006:100 no-export ] large-community [ 65006:1:2 ] med 50;
  route 203.0.113.0/24 next-hop 192.0.2.6 originator-id 10.0.0.9 atomic-aggregate aggregator ( 65006:10.0.0.6 ) attribute [ 0x63 0xc0 0x0102 ];
  route 2001:db8:6::/48 next-hop fd00::6; }
}
`,
    },
    argv: ["exabgp", "exabgp.conf"],
    env: { "exabgp.daemon.user": "root", "exabgp.tcp.bind": "" },
  },
};

/** Our OPEN: AS 65010 with everything, as the provider of a customer. */
function ourOpen(isShort: boolean): Uint8Array {
  const families = [...FAMILIES];
  return encodeOpen({
    asn: 65_010,
    holdTimeSec: 90,
    routerId: 0x0a000001,
    capabilities: {
      ...NO_CAPABILITIES,
      families,
      routeRefresh: true,
      enhancedRefresh: !isShort,
      extendedMessage: !isShort,
      extendedNextHop: isShort ? [] : [{ afi: 1, safi: 1, nextHopAfi: 2 }],
      role: isShort ? null : 0,
      gracefulRestart: {
        isRestarting: false,
        notification: true,
        restartSec: 0,
        families: families.map((family) => ({ ...family, isForwarding: false })),
      },
      as4: isShort ? null : 65_010,
      addPath: isShort ? [] : families.map((family) => ({ ...family, mode: 1 })),
    },
  });
}

async function run([program, ...args]: readonly [string, ...string[]], cwd: string): Promise<void> {
  await new Deno.Command(program, { args, cwd, stdout: "null", stderr: "null" }).output();
}

/** Ends the daemon if it still runs. */
function end(daemon: Deno.ChildProcess): void {
  try {
    daemon.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** All messages of one session, until the daemon has been ended. */
async function record(recording: Recording): Promise<Uint8Array[]> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(recording.files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
  }
  const listener = Deno.listen({ hostname: HOST, port: PORT });
  const [program, ...args] = recording.argv;
  const daemon = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { ...recording.env },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const connection = await listener.accept();
    await connection.write(ourOpen(recording.isShort === true));
    const messages: Uint8Array[] = [];
    const framer = new Framer();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const work = async (): Promise<void> => {
      for (const order of recording.then ?? []) {
        await run(order, folder);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      daemon.kill("SIGTERM");
    };
    for (;;) {
      const count = await connection.read(framer.room()).catch(() => null);
      if (count === null) break;
      framer.filled(count);
      while (framer.next()) {
        const body = framer.octets.slice(framer.bodyStart, framer.bodyEnd);
        messages.push(encodeMessage(framer.type, body));
        if (framer.type !== 1) continue;
        framer.isExtended = recording.isShort !== true;
        await connection.write(encodeKeepalive());
        timer ??= setTimeout(() => void work(), TABLE_MS);
      }
      if (framer.fault !== null) throw new Error(framer.fault.why);
    }
    connection.close();
    return messages;
  } finally {
    listener.close();
    end(daemon);
    await daemon.status;
    await Deno.remove(folder, { recursive: true });
  }
}

/** The session as it was agreed on, read from the daemon's OPEN. */
function agreedOn(messages: readonly Uint8Array[], isShort: boolean): CodecTraits {
  const message = messages[0] ?? new Uint8Array(0);
  const decoded = decodeOpen(message, HEADER_BYTES, message.length);
  if ("fault" in decoded) throw new Error(decoded.fault.why);
  const { asn, capabilities: { addPath, extendedMessage, extendedNextHop } } = decoded.open;
  const sendsPathIds = (afi: number): boolean =>
    !isShort && addPath.some((entry) => entry.afi === afi && (entry.mode & 2) !== 0);
  return {
    as4: !isShort,
    extendedMessage: !isShort && extendedMessage,
    families: [true, true],
    addPathReceive: [sendsPathIds(1), sendsPathIds(2)],
    addPathSend: [false, false],
    extendedNextHop: !isShort && extendedNextHop.length > 0,
    isEbgp: true,
    localAs: 65_010,
    peerAs: asn,
    localAddresses: [HOST],
  };
}

for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(RECORDINGS)) {
  const recording = RECORDINGS[name];
  if (recording === undefined) throw new Error(`No recording "${name}"`);
  const messages = await record(recording);
  writeOctets(name, messages);
  writeGolden(name, agreedOn(messages, recording.isShort === true));
  console.log(`${name}: ${messages.length} messages`);
}
