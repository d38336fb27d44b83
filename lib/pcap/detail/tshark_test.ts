/**
 * Agreement with tshark: every field that is shown exists there, and has the same values in every
 * sample and recorded capture, or differs as written down.
 */
import assert from "node:assert/strict";
import { findProgram, gatedTest } from "../../../tests/interop/daemon.ts";
import { DETAIL_SAMPLES } from "../../../tests/support/detail_samples.ts";
import { batchesOf, fromHex, pcapFile, SAMPLES } from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { decodePacket } from "./packet_detail.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);
const ALL_SAMPLES = [...SAMPLES, ...DETAIL_SAMPLES];

/** Samples that tshark reads otherwise, with the reason. */
const SAMPLES_DIFFER: ReadonlyMap<string, string> = new Map([
  ["IPv4 total length below the header", "tshark stops at the length, we show the whole header"],
  ["IPv4 header length 2", "tshark stops at the length, we show the whole header"],
  ["TCP data offset 2", "tshark stops at the length, we show the whole header"],
  ["UDP length 3", "tshark stops at the length, we show the whole header"],
  ["TCP option of length 0", "tshark does not show it, we do"],
  ["DNS compression loop", "tshark goes on behind the name, we stop"],
  ["IP in IP 60 deep", "our bound is 16 tunnels"],
  ["MPLS pseudowire with control word", "tshark guesses that there is none"],
  ["MPLS pseudowire without control word", "tshark guesses that there is one"],
  ["NFLOG big-endian", "tshark takes the byte order of the file for that of the host"],
  ["UDP, QUIC Initial", "tshark decrypts the Initial and finds our zeros malformed"],
]);

/** Fields whose values differ, with the reason. */
const FIELDS_DIFFER: ReadonlyMap<string, string> = new Map([
  ["ip.version", "tshark gives that of IPv6 under this name as well"],
  ["ip.len", "tshark makes up a length where it is 0"],
  ["geneve.option.length", "tshark adds it twice"],
  ["dhcp.option.type", "tshark shows the end as 0"],
  ["dhcp.option.value", "we show it where the option is not decoded"],
  ["tcp.len", "tshark has none in a cut quotation"],
  ["tcp.seq_raw", "tshark does not read a cut quotation to its end"],
  ["wlan.da", "tshark takes that of the A-MSDU subframe"],
  ["wlan.sa", "tshark takes that of the A-MSDU subframe"],
  ["http.request.line", "we show lines without a field of their own only"],
  ["udp.length", "tshark computes one for UDP-Lite"],
]);

const STATUS = ["Bad", "Good", "Unverified", "Not present", "Illegal"];

/** A value in one spelling: numbers decimal, octets without colons, times in ISO 8601. */
function spelled(value: number | string | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  const text = `${value}`;
  if (STATUS.includes(text)) return `${STATUS.indexOf(text)}`;
  if (/^0x[0-9a-f]+$/i.test(text)) return `${Number.parseInt(text, 16)}`;
  if (/^([0-9a-f]{2}:)+[0-9a-f]{2}$/.test(text)) return text.replaceAll(":", "");
  if (/^[A-Z][a-z]{2} +\d+, \d{4} /.test(text)) {
    return new Date(text.replace(/000000 /, " ")).toISOString();
  }
  if (text === "NULL") return "0";
  return text === "<Root>" ? "." : text;
}

/** Values of each field of each packet. */
function valuesOf(file: Uint8Array): ReadonlyMap<string, readonly string[]>[] {
  const packets: Map<string, string[]>[] = [];
  const scratch = new DissectColumns();
  for (const batch of batchesOf(file)) {
    const columns = new DissectColumns();
    dissectBatch(batch, columns);
    for (let row = 0; row < batch.count; row++) {
      const values = new Map<string, string[]>();
      for (const { fields } of decodePacket(batch, columns, row, scratch).layers) {
        for (const { name, value } of fields) {
          const list = values.get(name) ?? [];
          values.set(name, list);
          list.push(spelled(value));
        }
      }
      packets.push(values);
    }
  }
  return packets;
}

async function tshark(args: string[]): Promise<string[]> {
  const child = new Deno.Command("tshark", { args, stderr: "null" });
  return new TextDecoder().decode((await child.output()).stdout).split("\n");
}

/** What tshark says otherwise, one line each. */
async function differences(path: string, labels: readonly string[]): Promise<string[]> {
  const ours = valuesOf(await Deno.readFile(path));
  const names = [...new Set(ours.flatMap((values) => [...values.keys()]))];
  const preferences = [
    "ip.check_checksum:TRUE",
    "tcp.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
    "tcp.desegment_tcp_streams:FALSE",
    "tcp.analyze_sequence_numbers:FALSE",
  ].flatMap((one) => ["-o", one]);
  const theirs = await tshark([
    "-n",
    "-r",
    path,
    ...preferences,
    "-T",
    "fields",
    "-E",
    "aggregator=|",
    ...names.flatMap((name) => ["-e", name]),
  ]);
  const found: string[] = [];
  ours.forEach((values, index) => {
    const label = labels[index] ?? `frame ${index + 1}`;
    if (SAMPLES_DIFFER.has(label)) return;
    const cells = (theirs[index] ?? "").split("\t");
    names.forEach((name, column) => {
      if (FIELDS_DIFFER.has(name) || !values.has(name)) return;
      const cell = cells[column] ?? "";
      const there = cell === "" ? "" : cell.split("|").map(spelled).join("|");
      const here = values.get(name)?.join("|") ?? "";
      if (there !== here) found.push(`${label}: ${name} is ${here}, tshark says ${there}`);
    });
  });
  return found;
}

const missing = () => findProgram("tshark") === null ? "tshark is not installed" : null;

gatedTest("every field that a sample shows is one that tshark knows", missing, async () => {
  const known = new Set((await tshark(["-G", "fields"])).map((line) => line.split("\t")[2]));
  const shown = new Set<string>();
  for (const { linkType, hex } of ALL_SAMPLES) {
    for (const name of valuesOf(pcapFile(linkType, [fromHex(hex)]))[0]?.keys() ?? []) {
      shown.add(name);
    }
  }
  assert.ok(shown.size > 200);
  assert.deepEqual([...shown].filter((name) => !known.has(name)), []);
});

gatedTest("tshark shows the same values for every sample", missing, async () => {
  for (const linkType of new Set(ALL_SAMPLES.map((one) => one.linkType))) {
    const samples = ALL_SAMPLES.filter((one) => one.linkType === linkType);
    const path = await Deno.makeTempFile({ suffix: ".pcap" });
    try {
      await Deno.writeFile(path, pcapFile(linkType, samples.map(({ hex }) => fromHex(hex))));
      assert.deepEqual(await differences(path, samples.map(({ name }) => name)), []);
    } finally {
      await Deno.remove(path);
    }
  }
});

gatedTest("tshark shows the same values for every packet that was recorded", missing, async () => {
  for await (const { name } of Deno.readDir(CAPTURES)) {
    if (!name.endsWith(".pcap")) continue;
    const path = decodeURIComponent(new URL(name, CAPTURES).pathname);
    assert.deepEqual(await differences(path, []), [], name);
  }
});
