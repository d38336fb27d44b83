/** When there is no index of a capture. */
import assert from "node:assert/strict";
import {
  batchesOf,
  fromHex,
  ipv4,
  MAC,
  pcapFile,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { dissectBatch } from "../dissect/dissect.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import { FlowTable } from "../flow/flow_table.ts";
import type { PassFacts } from "../pass.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";
import type { IndexFault } from "./index_budget.ts";
import { IndexBuilder, type PacketIndex } from "./packet_index.ts";

const FLOWS = [1, 2, 3].map((port) => fromHex(MAC + "0800" + ipv4(17, udp(port, 9, ""))));
const QUOTE = fromHex(MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(17, udp(7, 53, ""))));

/** The index of a capture with room for `flowsMax` flows and `octets` octets, or what is wrong. */
function indexOf(
  frames: readonly Uint8Array[],
  flowsMax: number,
  octets: number = Infinity,
): PacketIndex | IndexFault {
  let left = octets;
  const builder = new IndexBuilder({
    take: (wanted) => wanted <= left && (left -= wanted) >= 0,
  });
  const table = new FlowTable({ flowsMax });
  const dissected = new DissectColumns();
  for (const packets of batchesOf(pcapFile(1, frames))) {
    const flows = new FlowColumns();
    dissectBatch(packets, dissected);
    table.addBatch(packets, dissected, flows);
    const options = new TcpOptionColumns();
    builder.addBatch({ packets, dissected, flows, options, tcpFlags: new TcpFlagColumns() });
  }
  return builder.finish({ packets: frames.length } as PassFacts);
}

Deno.test("flows that made room for others cannot be told apart: no index", () => {
  assert.equal(typeof indexOf(FLOWS, 3), "object");
  assert.equal(indexOf(FLOWS, 2), "bounds");
});

Deno.test("the memory is asked for before it is taken: columns, odd packets, flows", () => {
  const columns = 16_384 * 24;
  assert.equal(indexOf(FLOWS, 3, columns - 1), "memory");
  assert.equal(indexOf(FLOWS, 3, columns), "memory");
  assert.equal(indexOf([QUOTE], 3, columns + 100), "memory");
  assert.equal(typeof indexOf([...FLOWS, QUOTE], 10, columns + 2 ** 16), "object");
});

Deno.test("packets with several headers of a kind are kept whole, others are not", () => {
  const index = indexOf([...FLOWS, QUOTE, ...FLOWS], 10);
  assert.ok(typeof index === "object");
  assert.deepEqual(index.odd.map(({ count, frame }) => [count, frame[0]]), [[1, 4]]);
});
