import assert from "node:assert/strict";
import {
  ACK,
  FIN,
  RST,
  type Segment,
  segmentBatch,
  SYN,
} from "../../../tests/support/tcp_segments.ts";
import { ConnectionCounter } from "./connection_counter.ts";
import { TcpFlagAnalyzer } from "./flag_analyzer.ts";
import { TcpFlag } from "./flags.ts";
import type { TcpFindings } from "./tcp_findings.ts";

function findingsOf(segments: readonly Segment[], cellsMax?: number): TcpFindings {
  const batch = segmentBatch(segments);
  new TcpFlagAnalyzer().addBatch(batch);
  const counter = new ConnectionCounter(cellsMax === undefined ? {} : { cellsMax });
  counter.addBatch(batch);
  return counter.finish();
}

/** A connection of which each of the numbered data segments comes once more. */
function repeated(connection: number, times: number): Segment[] {
  const data: Segment = { connection, seq: 1, ack: 1, length: 10 };
  return [data, { connection, side: 1, seq: 1, ack: 11 }, ...Array<Segment>(times).fill(data)];
}

Deno.test("findings are counted in all and per connection, with frames as evidence", () => {
  const findings = findingsOf([...repeated(0, 1), ...repeated(1, 2)]);
  assert.deepEqual(findings.totals["spurious_retransmission"], { segments: 3, connections: 2 });
  assert.deepEqual(findings.totals["zero_window"], { segments: 0, connections: 0 });
  assert.equal(findings.segments, 7);
  assert.deepEqual(
    findings.connection(1)?.counts.map(({ name, side, frames }) => [
      name,
      side,
      frames,
    ]),
    [["retransmission", 0, [6, 7]], ["spurious_retransmission", 0, [6, 7]]],
  );
});

Deno.test("connections are ranked by the findings asked for", () => {
  const findings = findingsOf([
    ...repeated(0, 1),
    ...repeated(1, 3),
    ...repeated(2, 3),
    { connection: 3, flags: RST },
  ]);
  const { retransmission, reset } = TcpFlag;
  assert.deepEqual(findings.affected(retransmission, 2), { flows: [1, 2], total: 3 });
  assert.deepEqual(findings.affected(retransmission | reset, 9).flows, [1, 2, 0, 3]);
  assert.deepEqual(findings.affected(TcpFlag.dsack, 9), { flows: [], total: 0 });
});

Deno.test("a connection without findings has an outcome and no counts", () => {
  const findings = findingsOf([
    { flags: SYN, seq: 1 },
    { side: 1, flags: SYN | ACK, seq: 9, ack: 2 },
    { seq: 2, ack: 10 },
    { seq: 2, ack: 10, flags: FIN | ACK },
    { connection: 1, flags: SYN },
  ]);
  assert.deepEqual(findings.connection(0), {
    flow: 0,
    handshake: "complete",
    end: "half_closed",
    synFrom: 0,
    endedBy: 0,
    counts: [],
  });
  assert.equal(findings.handshakes.complete, 1);
  assert.equal(findings.handshakes.unanswered, 1);
  assert.deepEqual(findings.ends, { closed: 0, half_closed: 1, reset: 0, open: 1 });
  assert.equal(findings.connections, 2);
  assert.equal(findings.connection(2), null);
});

Deno.test("flows are listed by how their connection began and ended", () => {
  const findings = findingsOf([
    { flags: SYN },
    { connection: 1, flags: SYN },
    { connection: 1, side: 1, flags: RST | ACK },
    { connection: 2, flags: SYN },
    { connection: 3 },
  ]);
  assert.deepEqual(findings.began("unanswered", 1), { flows: [0], total: 2 });
  assert.deepEqual(findings.began("refused", 9), { flows: [1], total: 1 });
  assert.deepEqual(findings.ended("open", 9), { flows: [0, 2, 3], total: 3 });
  assert.deepEqual(findings.ended("closed", 9), { flows: [], total: 0 });
});

Deno.test("segments whose options the capture cut are counted", () => {
  const batch = segmentBatch([{}, {}]);
  batch.options.cut[1] = 1;
  const counter = new ConnectionCounter();
  counter.addBatch(batch);
  assert.equal(counter.finish().cutSegments, 1);
});

Deno.test("an evicted connection stays in the totals, and its counts are said to be gone", () => {
  const findings = findingsOf([
    ...repeated(0, 2),
    { flags: SYN, seq: 50, isNew: true },
    { side: 1, flags: RST | ACK, ack: 51 },
  ]);
  assert.equal(findings.totals["retransmission"]?.segments, 2);
  assert.equal(findings.notKept, 4);
  assert.equal(findings.connections, 2);
  assert.deepEqual([findings.handshakes.no_syn, findings.handshakes.refused], [1, 1]);
  assert.deepEqual(findings.connection(0)?.counts.map(({ name }) => name), ["reset"]);
});

Deno.test("a full table counts on in the totals and says how much it did not keep", () => {
  const findings = findingsOf([...repeated(0, 1), ...repeated(1, 3)], 2);
  assert.equal(findings.totals["retransmission"]?.segments, 4);
  assert.equal(findings.totals["retransmission"]?.connections, 1);
  assert.equal(findings.notKept, 6);
  assert.deepEqual(findings.connection(1)?.counts, []);
});
