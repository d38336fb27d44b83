import assert from "node:assert/strict";
import { captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, HELLO, ipv4, pcapFile, tcp } from "../../../tests/support/pcap_samples.ts";
import { askHierarchy } from "./hierarchy.ts";

const RAW_IP = 101;

Deno.test("a protocol inside itself counts once, and packets end in what carries the data", async () => {
  const plain = ipv4(6, tcp(HELLO)), tunnelled = ipv4(4, plain);
  const capture = captureOf(pcapFile(RAW_IP, [plain, plain, plain, tunnelled].map(fromHex)));
  const answer = await askHierarchy({}, [capture], UNHURRIED);
  const share = (packets: number, bytes: number, packet_percent: number, byte_percent: number) => ({
    packets,
    bytes,
    packet_percent,
    byte_percent,
  });
  const all = share(4, 200, 100, 100);
  assert.deepEqual(answer.hierarchy, { data: all, ip: all, raw: all, tcp: all });
  assert.deepEqual(answer.top_protocols, [{ protocol: "tcp", packets: 4, percent: 100 }]);
  assert.deepEqual(answer.tree.map(({ path, packets, bytes }) => [path, packets, bytes]), [
    ["raw", 4, 200],
    ["raw:ip", 4, 200],
    ["raw:ip:tcp", 3, 135],
    ["raw:ip:tcp:data", 3, 135],
    ["raw:ip:ip", 1, 65],
    ["raw:ip:ip:tcp", 1, 65],
    ["raw:ip:ip:tcp:data", 1, 65],
  ]);
  assert.deepEqual(answer.tree[2], { path: "raw:ip:tcp", ...share(3, 135, 75, 67.5) });
  assert.equal(answer.total_paths, 7);
});

Deno.test("a capture without packets has no protocols", async () => {
  const answer = await askHierarchy({}, [captureOf(pcapFile(RAW_IP, []))], UNHURRIED);
  assert.deepEqual(answer.hierarchy, {});
  assert.deepEqual(answer.tree, []);
});
