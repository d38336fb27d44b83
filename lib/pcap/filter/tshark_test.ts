/**
 * Agreement with `tshark -Y`: the same frame numbers for the same filter, over a generated capture
 * and over a sample of every encapsulation. Where the two differ, the reason is written down.
 */
import assert from "node:assert/strict";
import { generateCapture } from "../../../bench/generate_capture.ts";
import { findProgram, gatedTest } from "../../../tests/interop/daemon.ts";
import { fromHex, pcapFile, SAMPLES } from "../../../tests/support/pcap_samples.ts";
import { walkPackets } from "../engine/walk.ts";
import { openCapture } from "../../io/capture_file.ts";
import type { Expression } from "./expression.ts";
import { Filter } from "./filter.ts";
import { parseCaptureFilter } from "./parse_capture.ts";
import { parseDisplayFilter } from "./parse_display.ts";

/** Processes at the same time. */
const AT_ONCE = 4;

function noTshark(): string | null {
  return findProgram("tshark") === null ? "tshark is not installed" : null;
}

/** Frames of `path` that match. */
async function framesOf(path: string, expression: Expression): Promise<number[]> {
  const filter = new Filter(expression);
  using source = openCapture(path, () => true);
  const frames: number[] = [];
  const { signal } = new AbortController();
  await walkPackets(source, { needs: filter.needs, maxPackets: 0, signal }, (batch) => {
    const mask = filter.select(batch);
    for (let row = 0; row < batch.packets.count; row++) {
      if (mask[row] === 1) frames.push(batch.packets.firstFrame + row);
    }
  });
  return frames;
}

async function tsharkFrames(path: string, filter: string): Promise<number[]> {
  const { success, stdout, stderr } = await new Deno.Command("tshark", {
    args: ["-n", "-r", path, "-Y", filter, "-T", "fields", "-e", "frame.number"],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").map(Number);
}

interface Comparison {
  readonly expression: Expression;
  /** What tshark is asked. */
  readonly display: string;
}

/** Filters whose frames differ, `ignored` frames left out; and how many filters matched at all. */
async function compare(
  path: string,
  comparisons: readonly Comparison[],
  ignored: ReadonlySet<number> = new Set(),
): Promise<{ wrong: string[]; matching: number }> {
  const wrong: string[] = [];
  const waiting = [...comparisons];
  let matching = 0;
  const work = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const known = (frame: number) => !ignored.has(frame);
      const ours = (await framesOf(path, one.expression)).filter(known);
      const theirs = (await tsharkFrames(path, one.display)).filter(known);
      if (theirs.length > 0) matching++;
      if (ours.join() !== theirs.join()) {
        wrong.push(`${one.display}: ours ${ours.slice(0, 20)}, tshark ${theirs.slice(0, 20)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { wrong, matching };
}

function displayFilters(texts: readonly string[]): Comparison[] {
  return texts.map((text) => ({ expression: parseDisplayFilter(text), display: text }));
}

async function withFile(
  write: (path: string) => void | Promise<void>,
  use: (path: string) => Promise<void>,
) {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await write(path);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

const GENERATED = [
  "tcp",
  "udp",
  "ip",
  "ipv6",
  "vlan",
  "dns",
  "frame.number == 5",
  "frame.number in {1, 5..10, 100}",
  "frame.len > 1000",
  "frame.cap_len <= 74",
  "frame.time_relative >= 0.5",
  "frame.time_delta > 0.0003",
  "frame.time_epoch > 1700000000.5",
  'frame.protocols contains "dns"',
  "eth.src[0:3] == 02:00:00",
  "eth.dst == eth.src",
  "eth.type == 0x0800",
  "eth.type == 0x8100",
  "vlan.id == 101",
  "vlan.id in {101..103}",
  "vlan.etype == 0x86dd",
  "ip.src == 10.0.0.0/8",
  "ip.dst != 10.0.0.0/8",
  "ip.addr == 10.1.0.0/20",
  "ip.addr != 10.1.0.0/20",
  "!(ip.addr == 10.1.0.0/20)",
  "ip.src > 10.1.0.128",
  "ip.ttl == 64",
  "ip.len > 1400",
  "ip.proto == 6",
  "ip.flags.df == 1",
  "ip.frag_offset == 0",
  "ip.id > 30000",
  "ip.version == 6",
  "ip.hdr_len == 20",
  "ip.dsfield.dscp == 0",
  "ipv6.src == fd00::1:100/120",
  "ipv6.dst == fd00::/16",
  "ipv6.hlim <= 64",
  "ipv6.nxt == 6",
  "ipv6.plen > 100",
  "tcp.port == 443",
  "tcp.port != 443",
  "tcp.port !== 443",
  "all tcp.port > 1000",
  "tcp.port in {80, 8000..9000}",
  "tcp.srcport == 443 && tcp.flags.syn == 1",
  "not tcp.port == 443",
  "tcp.flags == 0x012",
  "tcp.flags & 2",
  "tcp.flags & 0x12 == 0x12",
  "tcp.flags.fin == 1 || tcp.flags.reset == 1",
  "tcp.flags.push == 1 and tcp.len > 100",
  "tcp.flags.syn",
  "tcp.len == 0",
  "tcp.hdr_len > 20",
  "tcp.window_size_value == 0",
  "tcp.seq_raw > 4000000000",
  "tcp.ack_raw == 0",
  "tcp.seq == 1",
  "tcp.ack == 1",
  "tcp.stream == 3",
  "tcp.stream in {1, 5, 10..12}",
  "udp.stream == 3",
  "tcp.options.mss",
  "tcp.options.mss_val == 1460",
  "tcp.options.wscale.shift == 7",
  "tcp.options.sack_perm",
  "tcp.options.timestamp.tsval > 1000",
  "tcp.options.timestamp.tsecr == 0",
  "tcp.payload[0:2] == 17:03",
  'tcp contains "a"',
  'tcp matches "[0-9]z.{2}q"',
  "tcp[13] & 2",
  "tcp[13] == 0x18",
  "tcp[0:2] == 01:bb",
  "frame[12:2] == 08:00",
  "frame[-2:] == 00:00",
  "tcp.analysis.flags",
  "tcp.analysis.retransmission",
  "tcp.analysis.fast_retransmission",
  "tcp.analysis.duplicate_ack",
  "tcp.analysis.zero_window",
  "tcp.analysis.lost_segment",
  "udp.port == 53",
  "udp.length > 60",
  "dns.id > 30000",
  "dns.flags.response == 0",
  "dns.flags.rcode == 3",
  "dns.flags.rcode != 0",
  "dns.qry.type == 28",
  'dns.qry.name contains "1"',
  'dns.qry.name matches "^[a-m]"',
  "dns.count.answers > 0",
  "(tcp || udp) && vlan",
  "tcp || udp && vlan",
  "tcp and udp or ipv6 and not vlan",
] as const;

gatedTest("a generated capture has the same frames as with tshark", noTshark, async () => {
  await withFile(
    (out) => void generateCapture({ packets: 4000, flows: 100, seed: 7, out }),
    async (path) => {
      const { wrong, matching } = await compare(path, displayFilters(GENERATED));
      assert.deepEqual(wrong, []);
      assert.ok(matching > 80, `only ${matching} filters match anything`);
    },
  );
});

/** pcap-filter expressions with display filters that mean the same to tshark. */
const CAPTURE_FILTERS: readonly (readonly [string, string])[] = [
  ["tcp port 443", "tcp.port == 443"],
  ["port 53", "udp.port == 53 or tcp.port == 53"],
  ["src port 443 and not vlan", "(tcp.srcport == 443 or udp.srcport == 443) and not vlan"],
  ["tcp portrange 80-443", "tcp.port in {80..443}"],
  ["src net 10.0.0.0/8", "ip.src == 10.0.0.0/8 or arp.src.proto_ipv4 == 10.0.0.0/8"],
  ["net fd00::1:100/120", "ipv6.addr == fd00::1:100/120"],
  ["ip6 and udp", "ipv6 and udp"],
  ["tcp or udp and vlan", "(tcp or udp) and vlan"],
  ["vlan 101", "vlan.id == 101"],
  ["less 74", "frame.len <= 74"],
  ["greater 1000 and ip proto 6", "frame.len >= 1000 and ip.proto == 6"],
  ["tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "tcp.flags.syn == 1 or tcp.flags.fin == 1"],
  ["tcp[tcpflags] = tcp-syn", "tcp.flags == 0x002"],
  ["ip[8] = 64", "ip.ttl == 64"],
  ["ether proto 0x86dd", "eth.type == 0x86dd"],
];

gatedTest(
  "pcap-filter expressions have the frames of their equivalents in tshark",
  noTshark,
  async () => {
    await withFile(
      (out) => void generateCapture({ packets: 4000, flows: 100, seed: 7, out }),
      async (path) => {
        const { wrong, matching } = await compare(
          path,
          CAPTURE_FILTERS.map(([text, display]) => ({
            expression: parseCaptureFilter(text),
            display,
          })),
        );
        assert.deepEqual(wrong, []);
        assert.equal(matching, CAPTURE_FILTERS.length);
      },
    );
  },
);

const ENCAPSULATED = [
  "ip",
  "ipv6",
  "arp",
  "tcp",
  "vlan",
  "gre",
  "vxlan",
  "mpls",
  "ip.src == 10.1.2.3",
  "ip.addr == 10.4.5.6 and tcp",
  "ip.dst != 10.1.2.3",
  "ip.ttl == 64",
  "ip.proto == 47",
  "ip.proto != 6",
  "tcp.srcport == 12345",
  "tcp.len == 5",
  "tcp.payload contains 68:65",
  "tcp.window_size_value == 512",
  "tcp[13] == 0x18",
  "tcp.hdr_len == 20",
  "udp.port == 4789",
  "udp.dstport == 2000",
  "udp.srcport == 1000",
  "eth.addr == 02:00:00:00:00:01",
  "vlan.id == 100",
  "vlan.id in {1..3}",
  "vlan.priority == 1",
  "mpls.label == 100",
  "mpls.ttl == 255",
  "vxlan.vni > 0",
  "geneve.vni > 0",
  "gtp.teid > 0",
  "gre.proto == 0x6558",
  "gre.key > 0",
  "pppoe.session_id == 1",
  "arp.opcode == 1",
  "arp.src.proto_ipv4 == 10.1.2.3",
  "arp.dst.hw_mac == 00:00:00:00:00:00",
  "icmp.type == 3",
  "icmpv6.type == 128",
  "icmpv6.echo.identifier >= 0",
  "sctp.port == 1000 or sctp.port != 1000",
  "sctp.verification_tag >= 0",
  "ip.flags.mf == 1",
  "ip.frag_offset > 0",
  "dns.qry.name == a",
  "dns.id == 0x1234",
  "ntp",
  "tls",
  'http.request.method == "GET"',
] as const;

/** Samples of which tshark makes something else, by name. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ["MPLS pseudowire with control word", "tshark guesses that there is no control word"],
  ["MPLS pseudowire without control word", "tshark guesses otherwise"],
  ["IPv4 first fragment", "tshark shows the transport in the last fragment only"],
  ["IPv4 total length below the header", "tshark shows no fields after the length"],
  ["IPv4 header length 2", "tshark shows no fields after the length"],
  ["IP in IP 60 deep", "we follow 16 tunnels"],
  ["TCP data offset 2", "tshark shows no fields after the offset"],
  ["UDP length 3", "tshark shows no fields after the length"],
]);

for (const linkType of [1, 101]) {
  gatedTest(
    `the encapsulations of link type ${linkType} have the same frames as with tshark`,
    noTshark,
    async () => {
      const samples = SAMPLES.filter((one) => one.linkType === linkType);
      const ignored = new Set(
        samples.flatMap(({ name }, index) => DIFFERENT.has(name) ? [index + 1] : []),
      );
      const file = pcapFile(linkType, samples.map(({ hex }) => fromHex(hex)));
      await withFile((path) => Deno.writeFile(path, file), async (path) => {
        const { wrong } = await compare(path, displayFilters(ENCAPSULATED), ignored);
        assert.deepEqual(wrong, []);
      });
    },
  );
}

gatedTest(
  "the frames of connections recorded between real hosts are the same",
  noTshark,
  async () => {
    const path = new URL("../../../tests/fixtures/captures/real-keepalive.pcap", import.meta.url);
    const { wrong } = await compare(
      path.pathname,
      displayFilters([
        "tcp.analysis.keep_alive",
        "tcp.analysis.keep_alive_ack",
        "tcp.len == 1",
        "frame.time_delta > 1",
        "ip.src == ip.dst",
        "tcp.seq == tcp.ack",
      ]),
    );
    assert.deepEqual(wrong, []);
  },
);
