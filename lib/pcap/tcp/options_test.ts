import assert from "node:assert/strict";
import fc from "fast-check";
import { batchOf, fromHex, ipv4 } from "../../../tests/support/pcap_samples.ts";
import { hex } from "../../../tests/support/capture_bytes.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { TcpOptionColumns } from "./option_columns.ts";
import { parseTcpOptions } from "./options.ts";

const RAW = 101;
const TCP = 6;

/** What is known of the options of one packet. */
interface Options {
  readonly windowScale: number;
  readonly mss: number;
  readonly sackPermitted: number;
  readonly sackBlocks: number;
  /** From the start of the packet, -1 if there is none. */
  readonly sackOffset: number;
  readonly hasTimestamps: number;
  readonly tsVal: number;
  readonly tsEcr: number;
  readonly cut: number;
}

const NONE: Options = {
  windowScale: -1,
  mss: -1,
  sackPermitted: 0,
  sackBlocks: 0,
  sackOffset: -1,
  hasTimestamps: 0,
  tsVal: 0,
  tsEcr: 0,
  cut: 0,
};

/** A packet whose TCP header is `words` of 32 bits long and continues with `options`. */
function packet(options: string, words = 5 + options.length / 8): Uint8Array {
  const length = (words << 4).toString(16);
  return fromHex(ipv4(TCP, `9c401b590000000100000002${length}1001f500000000${options}`));
}

/** Options of packets of which the capture kept so many octets. */
function optionsOf(...packets: readonly (readonly [Uint8Array, number?])[]): Options[] {
  const batch = batchOf(packets.map(([octets, kept]) => ({
    linkType: RAW,
    octets: octets.subarray(0, kept ?? octets.length),
    wireLength: octets.length,
  })));
  const columns = new DissectColumns();
  dissectBatch(batch, columns);
  const options = new TcpOptionColumns();
  parseTcpOptions(batch, columns, options);
  return packets.map((_packet, row) => {
    const offset = options.sackOffset[row] ?? -1;
    return {
      windowScale: options.windowScale[row] ?? 0,
      mss: options.mss[row] ?? 0,
      sackPermitted: options.sackPermitted[row] ?? 0,
      sackBlocks: options.sackBlocks[row] ?? 0,
      sackOffset: offset < 0 ? offset : offset - (batch.offset[row] ?? 0),
      hasTimestamps: options.hasTimestamps[row] ?? 0,
      tsVal: options.tsVal[row] ?? 0,
      tsEcr: options.tsEcr[row] ?? 0,
      cut: options.cut[row] ?? 0,
    };
  });
}

Deno.test("the options of a SYN are read", () => {
  assert.deepEqual(optionsOf([packet("020405b40402080a00000001ffffffff01030307")]), [{
    ...NONE,
    windowScale: 7,
    mss: 1460,
    sackPermitted: 1,
    hasTimestamps: 1,
    tsVal: 1,
    tsEcr: 0xffff_ffff,
  }]);
});

Deno.test("timestamps are read in the usual layout and in any other", () => {
  const timestamps = { ...NONE, hasTimestamps: 1, tsVal: 0x8000_0001, tsEcr: 2 };
  assert.deepEqual(
    optionsOf([packet("0101080a8000000100000002")], [packet("080a80000001000000020101")], [
      packet("0101080a800000010000000200000000"),
    ]),
    [timestamps, timestamps, timestamps],
  );
});

Deno.test("SACK blocks are counted and found", () => {
  const block = "0000000a00000014";
  const [one, three] = optionsOf([packet(`0101050a${block}`)], [
    packet(`0101051a${block}${block}${block}`),
  ]);
  assert.deepEqual(one, { ...NONE, sackBlocks: 1, sackOffset: 44 });
  assert.deepEqual(three, { ...NONE, sackBlocks: 3, sackOffset: 44 });
});

Deno.test("a window scale past 14 is told as it was sent", () => {
  assert.equal(optionsOf([packet("0303ff01")])[0]?.windowScale, 255);
});

Deno.test("an option whose length is impossible ends the options", () => {
  const broken = ["03000303", "03010303", "03ff0303", "fe0503030701"];
  for (const options of broken) {
    assert.deepEqual(optionsOf([packet(options.padEnd(16, "0"))]), [NONE], options);
  }
});

Deno.test("an option of known kind and wrong length is passed over", () => {
  assert.deepEqual(optionsOf([packet("030507030304030002040001")]), [{ ...NONE, mss: 1 }]);
});

Deno.test("nothing after the end of the list is read", () => {
  assert.deepEqual(optionsOf([packet("00030307")]), [NONE]);
});

Deno.test("no options, no room for them, and no TCP leave the defaults", () => {
  assert.deepEqual(
    optionsOf([packet("")], [packet("", 4)], [packet("", 6)], [fromHex(ipv4(17, "00"))]),
    [NONE, NONE, { ...NONE, cut: 1 }, NONE],
  );
});

Deno.test("what the capture cut is not there, and is said to be cut", () => {
  const octets = packet("030307010101080a0000000100000002");
  const whole = octets.length;
  const scaled = { ...NONE, windowScale: 7, cut: 1 };
  assert.deepEqual(optionsOf([octets, whole - 1], [octets, 43], [octets, 42], [octets, 39]), [
    scaled,
    scaled,
    { ...NONE, cut: 1 },
    NONE,
  ]);
});

Deno.test("a row keeps nothing of the batch before", () => {
  const batch = batchOf([{ linkType: RAW, octets: packet("030307010101080a0000000100000002") }]);
  const columns = new DissectColumns();
  const options = new TcpOptionColumns();
  dissectBatch(batch, columns);
  parseTcpOptions(batch, columns, options);
  const empty = batchOf([{ linkType: RAW, octets: packet("") }]);
  dissectBatch(empty, columns);
  parseTcpOptions(empty, columns, options);
  assert.deepEqual([options.windowScale[0], options.hasTimestamps[0], options.tsEcr[0]], [
    -1,
    0,
    0,
  ]);
});

/** The same by slicing lists: RFC 9293 3.1, one option after another. */
function naive(octets: readonly number[], headerEnd: number): Options {
  let rest = octets.slice(40, headerEnd);
  let found = { ...NONE, cut: headerEnd > octets.length ? 1 : 0 };
  const number = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  for (let at = 40; rest.length > 0;) {
    const [kind, length = 0] = rest;
    const size = kind === 1 ? 1 : length;
    if (kind === 0 || size === 0 || (kind !== 1 && size < 2) || size > rest.length) break;
    const body = rest.slice(2, size);
    if (kind === 2 && size === 4) found = { ...found, mss: number(body) };
    if (kind === 3 && size === 3) found = { ...found, windowScale: number(body) };
    if (kind === 4 && size === 2) found = { ...found, sackPermitted: 1 };
    if (kind === 5 && size >= 10) {
      const blocks = Math.min(4, Math.floor(body.length / 8));
      found = { ...found, sackBlocks: blocks, sackOffset: at + 2 };
    }
    if (kind === 8 && size === 10) {
      const [tsVal, tsEcr] = [number(body.slice(0, 4)), number(body.slice(4))];
      found = { ...found, hasTimestamps: 1, tsVal, tsEcr };
    }
    at += size;
    rest = rest.slice(size);
  }
  return found;
}

const option = fc.oneof(
  fc.constantFrom(
    "01",
    "00",
    "0402",
    "030307",
    "020405b4",
    "0101080a0000000100000002",
    "050a0000000100000002",
    "05120000000100000002000000030000000a",
  ).map((text) => [...hex(text)]),
  fc.tuple(fc.constantFrom(2, 3, 4, 5, 8, 254), fc.nat(20)).map(([kind, length]) => [kind, length]),
  fc.array(fc.nat(255), { maxLength: 4 }),
);

Deno.test("any options are read as a plain parser reads them, however much was captured", () => {
  fc.assert(
    fc.property(fc.array(option, { maxLength: 6 }), fc.nat(15), fc.nat(44), (parts, words, cut) => {
      const options = parts.flat().slice(0, 40);
      const text = options.map((octet) => octet.toString(16).padStart(2, "0")).join("");
      const octets = packet(text, words);
      const kept = octets.subarray(0, octets.length - Math.min(cut, options.length));
      const expected = naive([...kept], 20 + words * 4);
      assert.deepEqual(optionsOf([octets, kept.length]), [expected]);
    }),
    { numRuns: 500 },
  );
});
