import assert from "node:assert/strict";
import { batchOf, fromHex, SAMPLES } from "../../../tests/support/pcap_samples.ts";
import { DissectColumns } from "./columns.ts";
import { dissectBatch } from "./dissect.ts";
import { Hierarchy } from "./hierarchy.ts";

function packet(name: string): { linkType: number; octets: Uint8Array; wireLength: number } {
  const one = SAMPLES.find((sample) => sample.name === name);
  assert.ok(one);
  return { linkType: one.linkType, octets: fromHex(one.hex), wireLength: 1000 };
}

Deno.test("frames and wire bytes add up along every branch", () => {
  const columns = new DissectColumns();
  const hierarchy = new Hierarchy(columns.paths);
  const batch = batchOf([
    packet("Ethernet, IPv4, TCP"),
    packet("Ethernet, IPv4, TCP"),
    packet("Ethernet, IPv6, TCP"),
    packet("Ethernet, ARP"),
  ]);
  dissectBatch(batch, columns);
  hierarchy.addBatch(batch, columns);
  const leaf = (name: string, frames: number) => ({
    name,
    frames,
    bytes: frames * 1000,
    children: [],
  });
  assert.deepEqual(hierarchy.finish(), {
    name: "frame",
    frames: 4,
    bytes: 4000,
    children: [{
      name: "eth",
      frames: 4,
      bytes: 4000,
      children: [
        {
          name: "ip",
          frames: 2,
          bytes: 2000,
          children: [{ ...leaf("tcp", 2), children: [leaf("data", 2)] }],
        },
        leaf("arp", 1),
        {
          name: "ipv6",
          frames: 1,
          bytes: 1000,
          children: [{ ...leaf("tcp", 1), children: [leaf("data", 1)] }],
        },
      ],
    }],
  });
});

Deno.test("a hierarchy can be asked for while packets still come", () => {
  const columns = new DissectColumns();
  const hierarchy = new Hierarchy(columns.paths);
  assert.deepEqual(hierarchy.finish(), { name: "frame", frames: 0, bytes: 0, children: [] });
  const batch = batchOf([packet("Ethernet, ARP")]);
  for (let round = 1; round <= 2; round++) {
    dissectBatch(batch, columns);
    hierarchy.addBatch(batch, columns);
    assert.equal(hierarchy.finish().frames, round);
    assert.equal(hierarchy.finish().children[0]?.frames, round);
  }
});
