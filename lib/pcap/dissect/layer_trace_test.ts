/** Every header of a packet with its place: tunnels, and what an ICMP error quotes. */
import assert from "node:assert/strict";
import {
  batchesOf,
  fromHex,
  ipv4,
  MAC,
  pcapFile,
  tcp,
} from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "./columns.ts";
import { traceLayers } from "./dissect.ts";
import { LayerTrace } from "./layer_trace.ts";
import { protocolName } from "./protocol.ts";

function headersOf(hex: string): string[] {
  const trace = new LayerTrace();
  const [batch] = batchesOf(pcapFile(1, [fromHex(hex)]));
  assert.ok(batch !== undefined);
  traceLayers(batch, 0, trace, new DissectColumns());
  const start = batch.offset[0] ?? 0;
  return Array.from(
    { length: trace.count },
    (_, at) => `${protocolName(trace.protocol[at] ?? 0)}@${(trace.pos[at] ?? 0) - start}`,
  );
}

Deno.test("every header of a tunnel is named with its offset", () => {
  const inner = MAC + "0800" + ipv4(6, tcp(""));
  const hex = MAC + "0800" + ipv4(47, "00006558" + inner);
  assert.deepEqual(headersOf(hex), ["eth@0", "ip@14", "gre@34", "eth@38", "ip@52", "tcp@72"]);
});

Deno.test("the packet that an ICMP error quotes is named too", () => {
  const hex = MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(6, tcp("")));
  assert.deepEqual(headersOf(hex), ["eth@0", "ip@14", "icmp@34", "ip@42", "tcp@62"]);
});

Deno.test("an echo request quotes nothing", () => {
  const hex = MAC + "0800" + ipv4(1, "0800000000000000" + ipv4(6, tcp("")));
  assert.deepEqual(headersOf(hex), ["eth@0", "ip@14", "icmp@34"]);
});
