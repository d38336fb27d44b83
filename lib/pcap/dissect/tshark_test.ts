/**
 * Agreement with tshark: the protocol path of every sample, and over a capture the fields of each
 * frame and the hierarchy down to the transport. Named captures come from the environment.
 */
import assert from "node:assert/strict";
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import {
  batchesOf,
  fromHex,
  pcapFile,
  type Sample,
  SAMPLES,
} from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "./columns.ts";
import { dissectBatch } from "./dissect.ts";
import { Hierarchy, type HierarchyNode } from "./hierarchy.ts";

/** Captures to compare as well, directories or files, separated by colons. */
const CAPTURES = "NETGLASS_TEST_CAPTURES";

async function tshark(...args: string[]): Promise<string> {
  const child = new Deno.Command("tshark", { args: ["-n", ...args], stderr: "null" });
  return new TextDecoder().decode((await child.output()).stdout);
}

function hasTshark(): boolean {
  try {
    return new Deno.Command("tshark", { args: ["-v"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

const AVAILABLE = hasTshark();
const REQUIRED = Deno.env.get("NETGLASS_REQUIRE_INTEROP") === "1";

function interop(name: string, run: () => Promise<void>): void {
  const suffix = AVAILABLE || REQUIRED ? "" : " (skipped: tshark is not installed)";
  Deno.test({ name: name + suffix, ignore: suffix !== "", fn: run });
}

/** frame.protocols without the dissectors that only dispatch and those beneath the transport. */
function asPath(protocols: string): string {
  const dispatchers = new Set([
    "ethertype",
    "wlan_radio",
    "ipv6.hopopts",
    "ipv6.routing",
    "ipv6.fraghdr",
    "ipv6.dstopts",
  ]);
  return protocols.split(":").filter((name) => !dispatchers.has(name)).join(":");
}

async function protocolsOf(linkType: number, samples: readonly Sample[]): Promise<string[]> {
  const path = await Deno.makeTempFile({ suffix: ".pcap" });
  try {
    await Deno.writeFile(path, pcapFile(linkType, samples.map(({ hex }) => fromHex(hex))));
    return (await tshark(
      "-r",
      path,
      "-o",
      "tcp.analyze_sequence_numbers:false",
      "-T",
      "fields",
      "-e",
      "frame.protocols",
    )).trimEnd().split(
      "\n",
    );
  } finally {
    await Deno.remove(path);
  }
}

interop(
  "tshark names the same protocol path for every sample, or differs as written down",
  async () => {
    const wrong: string[] = [];
    for (const linkType of new Set(SAMPLES.map((one) => one.linkType))) {
      const samples = SAMPLES.filter((one) => one.linkType === linkType);
      const seen = await protocolsOf(linkType, samples);
      samples.forEach((one, index) => {
        const path = asPath(seen[index] ?? "");
        // frame.protocols names a label stack once, io,phs each label.
        const wanted = (one.tshark?.path ?? one.path).replace(/(?:mpls:)+/, "mpls:");
        if (path !== wanted) wrong.push(`${one.name}: tshark ${path}, expected ${wanted}`);
      });
    }
    assert.deepEqual(wrong, []);
  },
);

const FIELDS = [
  "ip.src",
  "ip.dst",
  "ipv6.src",
  "ipv6.dst",
  "tcp.srcport",
  "tcp.dstport",
  "udp.srcport",
  "udp.dstport",
  "tcp.len",
  "udp.length",
  "tcp.seq_raw",
  "tcp.ack_raw",
  "tcp.window_size_value",
  "tcp.flags",
] as const;

/** The same fields from the columns. Frames that quote another (ICMP errors) keep the outer one. */
function fieldsOf(columns: DissectColumns, bytes: Uint8Array, row: number): string {
  const version = columns.ipVersion[row];
  const address = (offset = 0) => {
    const length = columns.addressLength[row] ?? 0;
    return renderAddress(addressFromBytes(bytes.subarray(offset, offset + length)));
  };
  const v4 = version === 4
    ? [address(columns.srcOffset[row]), address(columns.dstOffset[row])]
    : ["", ""];
  const v6 = version === 6
    ? [address(columns.srcOffset[row]), address(columns.dstOffset[row])]
    : ["", ""];
  const there = (columns.srcPort[row] ?? -1) >= 0;
  const isTcp = columns.l4Protocol[row] === 6 && there;
  const isUdp = columns.l4Protocol[row] === 17 && there;
  const ports = [`${columns.srcPort[row]}`, `${columns.dstPort[row]}`];
  const flags = `0x${(columns.tcpFlags[row] ?? 0).toString(16).padStart(4, "0")}`;
  return [
    ...v4,
    ...v6,
    ...(isTcp ? ports : ["", ""]),
    ...(isUdp ? ports : ["", ""]),
    isTcp ? `${columns.payloadWire[row]}` : "",
    isUdp ? `${(columns.payloadWire[row] ?? 0) + 8}` : "",
    ...(isTcp
      ? [`${columns.seq[row]}`, `${columns.ack[row]}`, `${columns.window[row]}`, flags]
      : ["", "", "", ""]),
  ].join("\t");
}

/** Where the comparison of captures ends: beneath, tshark reassembles. */
const TRANSPORTS = ["tcp", "udp", "icmp", "icmpv6", "sctp"];

/** Lines `path frames bytes` down to the leaves given, sorted. */
function linesOf(
  node: HierarchyNode,
  path: string[],
  lines: string[],
  leaves: readonly string[] = TRANSPORTS,
): string[] {
  for (const child of node.children) {
    const here = [...path, child.name];
    lines.push(`${here.join(":")} ${child.frames} ${child.bytes}`);
    if (!leaves.includes(child.name)) linesOf(child, here, lines, leaves);
  }
  return lines.sort();
}

/** The same lines from `-z io,phs`. */
function linesOfTshark(text: string, leaves: readonly string[] = TRANSPORTS): string[] {
  const lines: string[] = [];
  const path: string[] = [];
  let transportAt = Infinity;
  for (const line of text.split("\n")) {
    const match = /^( *)(\S+) +frames:(\d+) bytes:(\d+)/.exec(line);
    if (match === null) continue;
    const [, indent = "", name = "", frames, bytes] = match;
    const depth = indent.length / 2;
    if (depth > transportAt) continue;
    transportAt = leaves.includes(name) ? depth : Infinity;
    path.length = depth;
    path.push(name);
    lines.push(`${path.join(":")} ${frames} ${bytes}`);
  }
  return lines.sort();
}

function capturesToCompare(): string[] {
  const files: string[] = [];
  for (const place of (Deno.env.get(CAPTURES) ?? "").split(":").filter((part) => part !== "")) {
    if (Deno.statSync(place).isFile) files.push(place);
    else {
      for (const entry of Deno.readDirSync(place)) {
        if (entry.name.endsWith(".pcap")) files.push(`${place}/${entry.name}`);
      }
    }
  }
  return files.sort();
}

async function compare(path: string): Promise<void> {
  const columns = new DissectColumns();
  const hierarchy = new Hierarchy(columns.paths);
  const ours: string[] = [];
  for (const batch of batchesOf(await Deno.readFile(path))) {
    dissectBatch(batch, columns);
    hierarchy.addBatch(batch, columns);
    for (let row = 0; row < batch.count; row++) ours.push(fieldsOf(columns, batch.bytes, row));
  }
  const args = [
    "-r",
    path,
    "-o",
    "tcp.relative_sequence_numbers:false",
    "-T",
    "fields",
    "-E",
    "occurrence=f",
  ];
  const theirs = (await tshark(...args, ...FIELDS.flatMap((field) => ["-e", field]))).split("\n")
    .slice(0, -1);
  // An ICMP error quotes a packet, whose ports tshark shows as fields of the frame.
  const icmp = new Set(
    (await tshark("-r", path, "-Y", "icmp || icmpv6", "-T", "fields", "-e", "frame.number")).split(
      "\n",
    ).map(Number),
  );
  assert.equal(ours.length, theirs.length);
  const differ = ours.flatMap((line, index) =>
    icmp.has(index + 1) || line === theirs[index]
      ? []
      : [`${index + 1}: ${line} | ${theirs[index]}`]
  );
  assert.deepEqual(differ.slice(0, 5), [], `${differ.length} of ${ours.length} frames differ`);
  const tree = linesOfTshark(await tshark("-r", path, "-q", "-z", "io,phs"));
  assert.deepEqual(linesOf(hierarchy.finish(), [], []), tree);
}

interop(
  "tshark shows the same fields and hierarchy for the samples that both read alike",
  async () => {
    const alike = SAMPLES.filter((one) =>
      one.linkType === 101 && one.tshark === undefined &&
      !/ip:ip|ip:ipv6|ipv6:ip:|udplite/.test(one.path) && one.name !== "UDP length 60000"
    );
    assert.ok(alike.length > 15);
    const path = await Deno.makeTempFile({ suffix: ".pcap" });
    try {
      await Deno.writeFile(path, pcapFile(101, alike.map(({ hex }) => fromHex(hex))));
      await compare(path);
    } finally {
      await Deno.remove(path);
    }
  },
);

/** Samples whose place in `io,phs` differs from ours, with the reason. */
const HIERARCHY_DIFFERS: ReadonlyMap<string, string> = new Map([
  ["NFLOG little-endian", "tshark's tree leaves nflog out, its frame.protocols does not"],
  ["802.11 A-MSDU", "tshark puts subframes beneath wlan_aggregate, which is no protocol"],
  ["radiotap, FCS at the end", "tshark puts its own wlan_radio between radiotap and wlan"],
  ["PPP with direction", "tshark does not count the direction octet"],
  ["UDP, QUIC Initial", "tshark decrypts the Initial and finds our zeros malformed"],
]);

interop("tshark's hierarchy has the same tree for the samples that both read alike", async () => {
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const linkType of new Set(SAMPLES.map((one) => one.linkType))) {
    const alike = SAMPLES.filter((one) =>
      one.linkType === linkType && one.tshark === undefined && !HIERARCHY_DIFFERS.has(one.name)
    );
    if (alike.length === 0) continue;
    const path = await Deno.makeTempFile({ suffix: ".pcap" });
    try {
      await Deno.writeFile(path, pcapFile(linkType, alike.map(({ hex }) => fromHex(hex))));
      const columns = new DissectColumns();
      const hierarchy = new Hierarchy(columns.paths);
      for (const batch of batchesOf(await Deno.readFile(path))) {
        dissectBatch(batch, columns);
        hierarchy.addBatch(batch, columns);
      }
      const text = await tshark(
        "-r",
        path,
        "-o",
        "tcp.analyze_sequence_numbers:false",
        "-q",
        "-z",
        "io,phs",
      );
      ours.push(...linesOf(hierarchy.finish(), [`${linkType}`], [], []));
      theirs.push(...linesOfTshark(text, []).map((line) => `${linkType}:${line}`));
    } finally {
      await Deno.remove(path);
    }
  }
  const onlyOurs = ours.filter((line) => !theirs.includes(line));
  const onlyTheirs = theirs.filter((line) => !ours.includes(line));
  assert.deepEqual({ onlyOurs, onlyTheirs }, { onlyOurs: [], onlyTheirs: [] });
});

for (const path of capturesToCompare()) {
  interop(
    `tshark shows the same fields and hierarchy for ${path.split("/").pop()}`,
    () => compare(path),
  );
}
