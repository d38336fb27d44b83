import assert from "node:assert/strict";
import { emptyBatch } from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";
import { FlowColumns } from "./flow_columns.ts";
import { PacketTally, type PacketTotals } from "./packet_tally.ts";

/** What a tally says of packets of the wire lengths given, all of interface 0 but the last. */
function tallyOf(lengths: readonly number[]): PacketTotals {
  const packets = emptyBatch(new Uint8Array(0), new DataView(new ArrayBuffer(0)));
  packets.count = lengths.length;
  packets.wireLength.set(lengths);
  packets.interfaceId[lengths.length - 1] = 7;
  const dissected = new DissectColumns();
  dissected.clear();
  dissected.l4Protocol.fill(6, 0, 2);
  dissected.tcpFlags[0] = 0x14;
  dissected.tcpFlags[2] = 0x04; // not TCP
  const options = new TcpOptionColumns();
  options.sackBlocks[1] = 2;
  const tally = new PacketTally();
  const flows = new FlowColumns();
  tally.addBatch({ packets, dissected, flows, options, tcpFlags: new TcpFlagColumns() });
  return tally.finish();
}

Deno.test("packets are counted in the class of their wire length, at both of its ends", () => {
  const totals = tallyOf([0, 63, 64, 1518, 1519, 2047, 2048, 9018, 9019, 4_294_967_295]);
  assert.deepEqual(
    totals.sizes.map(({ fromOctets, toOctets, packets }) =>
      `${fromOctets}-${toOctets ?? ""}: ${packets}`
    ),
    [
      "0-63: 2",
      "64-127: 1",
      "128-255: 0",
      "256-511: 0",
      "512-1023: 0",
      "1024-1518: 1",
      "1519-9018: 4",
      "9019-: 2",
    ],
  );
  assert.equal(totals.leastOctets, 0);
  assert.equal(totals.greatestOctets, 4_294_967_295);
});

Deno.test("resets and SACK blocks are counted of TCP packets only", () => {
  const { resets, sacks } = tallyOf([60, 60, 60]);
  assert.deepEqual({ resets, sacks }, { resets: 1, sacks: 1 });
});

Deno.test("each interface has its packets and octets", () => {
  assert.deepEqual(tallyOf([60, 70, 80]).interfaces, [
    { id: 0, packets: 2, octets: 130 },
    { id: 7, packets: 1, octets: 80 },
  ]);
});

Deno.test("without packets there is no least size", () => {
  const totals = new PacketTally().finish();
  assert.equal(totals.leastOctets, null);
  assert.equal(totals.greatestOctets, null);
});
