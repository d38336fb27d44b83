import assert from "node:assert/strict";
import fc from "fast-check";
import { PlainFlowTable } from "../../../tests/support/plain_flow_table.ts";
import { emptyBatch } from "../../../tests/support/pcap_samples.ts";
import { BATCH_PACKETS, type PacketBatch } from "../batch.ts";
import { DissectColumns, Fragment, Tunnel } from "../dissect/columns.ts";
import { Beginning, FlowColumns } from "./flow_columns.ts";
import { FlowHash } from "./flow_hash.ts";
import type { FlowReader, Side } from "./flow_reader.ts";
import { FlowTable, type FlowTableOptions } from "./flow_table.ts";

const TCP = 6, UDP = 17, ICMP = 1;
const SYN = 0x02, ACK = 0x10;
const SIDES: readonly Side[] = [0, 1];

/** A packet as the columns have it. */
interface Row {
  /** Last octet of the addresses, which are 10.0.0.x and 2001:db8::x. */
  readonly src: number;
  readonly dst: number;
  readonly isV6?: boolean;
  /** -1: no ports. */
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly protocol?: number;
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly tunnel?: number;
  readonly tunnelId?: number;
  readonly fragment?: number;
  readonly ipId?: number;
  readonly wireLength?: number;
  readonly ns?: number;
  readonly noTime?: boolean;
  /** No IP at all. */
  readonly isNoIp?: boolean;
  /** The capture ends within the TCP header. */
  readonly isCut?: boolean;
}

const ROW_OCTETS = 32;

/** A dissected batch of the rows given, at most {@link BATCH_PACKETS}. */
function batchOfRows(rows: readonly Row[], firstFrame: number, out: FlowColumns) {
  const bytes = new Uint8Array(rows.length * ROW_OCTETS);
  const packets: PacketBatch = emptyBatch(bytes, new DataView(bytes.buffer));
  const columns = new DissectColumns();
  columns.clear();
  packets.count = rows.length;
  packets.firstFrame = firstFrame;
  rows.forEach((one, row) => {
    const at = row * ROW_OCTETS;
    packets.offset[row] = at;
    packets.capturedLength[row] = ROW_OCTETS;
    packets.wireLength[row] = one.wireLength ?? 100;
    packets.noTime[row] = one.noTime === true ? 1 : 0;
    out.timeNs[row] = one.ns ?? 0;
    if (one.isNoIp === true) return;
    const length = one.isV6 === true ? 16 : 4;
    for (const [end, value] of [[0, one.src], [1, one.dst]] as const) {
      bytes.set(length === 4 ? [10, 0, 0] : [0x20, 1, 0xd, 0xb8], at + end * length);
      bytes[at + end * length + length - 1] = value;
    }
    columns.ipVersion[row] = length === 4 ? 4 : 6;
    columns.addressLength[row] = length;
    columns.srcOffset[row] = at;
    columns.dstOffset[row] = at + length;
    columns.l4Protocol[row] = one.protocol ?? TCP;
    columns.l4Offset[row] = at;
    columns.srcPort[row] = one.srcPort ?? -1;
    columns.dstPort[row] = one.dstPort ?? -1;
    if (one.isCut === true) columns.l4Offset[row] = at + ROW_OCTETS - 19;
    columns.tcpFlags[row] = one.isCut === true ? 0 : one.flags ?? 0;
    columns.seq[row] = one.isCut === true ? 0 : one.seq ?? 0;
    columns.ack[row] = one.isCut === true ? 0 : one.ack ?? 0;
    columns.tunnelKind[row] = one.tunnel ?? Tunnel.none;
    columns.tunnelId[row] = one.tunnelId ?? 0;
    columns.fragment[row] = one.fragment ?? Fragment.whole;
    columns.ipId[row] = one.ipId ?? 0;
  });
  return { packets, columns };
}

/** What the table said of a packet. */
interface Placed {
  readonly flow: number;
  readonly tcp: number;
  readonly direction: number;
  readonly isNew: number;
  readonly isReused: number;
}

/** Puts rows into a table, `size` at a time; what it said of each. */
function place(
  table: Pick<FlowTable, "addBatch"> | PlainFlowTable,
  rows: readonly Row[],
  size = BATCH_PACKETS,
): Placed[] {
  const out = new FlowColumns();
  const placed: Placed[] = [];
  for (let start = 0; start < rows.length; start += size) {
    const part = rows.slice(start, start + size);
    const { packets, columns } = batchOfRows(part, start + 1, out);
    table.addBatch(packets, columns, out);
    part.forEach((_, row) =>
      placed.push({
        flow: out.flow[row]!,
        tcp: out.tcp[row]!,
        direction: out.direction[row]!,
        isNew: out.isNew[row]!,
        isReused: out.isReused[row]!,
      })
    );
  }
  return placed;
}

/** All that a reader tells of a flow, as the plain table keeps it. */
function told(flows: FlowReader, id: number) {
  return {
    id,
    protocol: flows.protocol(id),
    tenant: flows.tenant(id),
    tcp: flows.tcpNumber(id),
    stream: flows.stream(id),
    firstFrame: flows.firstFrame(id),
    isReused: flows.isReused(id),
    initiator: flows.initiator(id),
    firstNs: flows.firstNs(id),
    lastNs: flows.lastNs(id),
    ends: SIDES.map((side) => ({
      address: flows.address(id, side),
      port: flows.port(id, side),
      packets: flows.packets(id, side),
      octets: flows.octets(id, side),
      base: flows.baseSequence(id, side),
    })),
  };
}

const port = fc.integer({ min: 1, max: 3 });
const anyRow: fc.Arbitrary<Row> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ protocol: TCP }) },
  { weight: 3, arbitrary: fc.constant({ protocol: UDP }) },
  { weight: 1, arbitrary: fc.constant({ protocol: ICMP }) },
).chain(({ protocol }) =>
  fc.record({
    protocol: fc.constant(protocol),
    src: fc.integer({ min: 1, max: 4 }),
    dst: fc.integer({ min: 1, max: 4 }),
    isV6: fc.boolean(),
    srcPort: protocol === ICMP ? fc.constant(-1) : port,
    dstPort: protocol === ICMP ? fc.constant(-1) : port,
    flags: protocol === TCP ? fc.constantFrom(0, SYN, SYN | ACK, ACK, ACK | 1, 4) : fc.constant(0),
    seq: fc.constantFrom(0, 1, 1000, 0xffff_ffff),
    ack: fc.constantFrom(0, 7),
    tunnel: fc.constantFrom(Tunnel.none, Tunnel.none, Tunnel.vxlan, Tunnel.gtpU),
    tunnelId: fc.constantFrom(0, 5, 0xffffff),
    wireLength: fc.integer({ min: 60, max: 1514 }),
    ns: fc.integer({ min: -1000, max: 1_000_000 }),
    noTime: fc.constantFrom(false, false, false, true),
    isNoIp: fc.constantFrom(false, false, false, false, true),
    isCut: fc.constantFrom(false, false, false, true),
    ipId: fc.integer({ min: 0, max: 2 }),
    fragment: fc.constantFrom(Fragment.whole, Fragment.whole, Fragment.first, Fragment.later),
  })
).map((row) => row.fragment === Fragment.later ? { ...row, srcPort: -1, dstPort: -1 } : row);
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 400, size: "max" });
const batchSize = fc.integer({ min: 1, max: BATCH_PACKETS });

Deno.test("every packet belongs where the plain table puts it, and every flow adds up to the same", () => {
  fc.assert(fc.property(anyRows, batchSize, (rows, size) => {
    const table = new FlowTable();
    const plain = new PlainFlowTable();
    assert.deepEqual(place(table, rows, size), place(plain, rows, size));
    const { flows } = table;
    assert.equal(flows.size, plain.flows.length);
    for (const { hasSyn: _, hasHead: __, ...flow } of plain.flows) {
      assert.deepEqual(told(flows, flow.id), { ...flow, ends: [...flow.ends] });
      if (flow.tcp >= 0) assert.equal(flows.flowOfTcp(flow.tcp), flow.id);
    }
  }));
});

/** Every packet is counted once, in a flow of its own ends, whatever is evicted. */
function assertConserved(rows: readonly Row[], size: number, options: FlowTableOptions): void {
  const table = new FlowTable(options);
  const placed = place(table, rows, size);
  const { flows } = table;
  const sum = { flows: flows.evicted.flows, packets: 0, octets: 0 };
  const tcps = new Set<number>();
  for (let id = 0; id < flows.size; id++) {
    sum.flows++;
    for (const side of SIDES) {
      sum.packets += flows.packets(id, side);
      sum.octets += flows.octets(id, side);
    }
    const tcp = flows.tcpNumber(id);
    if (tcp < 0) continue;
    assert.equal(flows.flowOfTcp(tcp), id);
    assert.ok(!tcps.has(tcp));
    tcps.add(tcp);
  }
  const ip = rows.filter(({ isNoIp }) => isNoIp !== true);
  assert.equal(sum.packets + flows.evicted.packets, ip.length);
  assert.equal(
    sum.octets + flows.evicted.octets,
    ip.reduce((octets, { wireLength }) => octets + (wireLength ?? 100), 0),
  );
  assert.equal(sum.flows, flows.opened);
  assert.equal(sum.flows, placed.filter(({ isNew }) => isNew === 1).length);
  const hosts = flows.hosts();
  for (
    const [top, count, end] of [
      [hosts.talkers, hosts.sources, "src"],
      [hosts.destinations, hosts.sinks, "dst"],
    ] as const
  ) {
    assert.equal(top.reduce((packets, host) => packets + host.packets, 0), ip.length);
    assert.equal(count, new Set(ip.map((row) => `${row.isV6 === true} ${row[end]}`)).size);
  }
  assert.ok(flows.size <= (options.flowsMax ?? Infinity));
  assert.ok(flows.tcpSize <= (options.flowsMax ?? Infinity));
  const owners: string[] = [];
  rows.forEach((row, index) => {
    const { flow, isNew } = placed[index]!;
    if (row.isNoIp === true) return assert.equal(flow, -1);
    const ends = [row.src, row.dst].sort().join(" ");
    const owner = `${row.isV6} ${row.protocol} ${ends}`;
    if (isNew === 1) owners[flow] = owner;
    assert.equal(owners[flow], owner);
  });
}

Deno.test("a full table conserves packets and octets and mixes no flows", () => {
  fc.assert(
    fc.property(
      anyRows,
      batchSize,
      fc.integer({ min: 1, max: 12 }),
      (rows, size, flowsMax) => assertConserved(rows, size, { flowsMax }),
    ),
  );
});

/** A hash that tells nothing apart. */
class SameHash extends FlowHash {
  override pair(): number {
    return 0x12345678;
  }
}

Deno.test("keys that all have one hash cost flows, not packets, nor more than a bounded search", () => {
  fc.assert(
    fc.property(batchSize, (size) => {
      const rows: Row[] = Array.from({ length: 600 }, (_, index) => ({
        src: 1 + index % 10,
        dst: 250,
        isV6: false,
        protocol: UDP,
        srcPort: index % 200,
        dstPort: 2,
      }));
      assertConserved(rows, size, { hash: new SameHash() });
    }),
    { numRuns: 5 },
  );
});

Deno.test("both directions have one hash, and ports swapped between the ends another", () => {
  const hash = new FlowHash();
  const view = new DataView(new ArrayBuffer(32));
  view.setInt32(12, 1);
  view.setInt32(28, 2);
  const four = (a: number, b: number, p: number, q: number) =>
    hash.pair(hash.end4(a, p), hash.end4(b, q), 6, 0);
  const six = (a: number, b: number, p: number, q: number) =>
    hash.pair(hash.end6(view, a, p), hash.end6(view, b, q), 6, 0);
  assert.equal(four(1, 2, 80, 1024), four(2, 1, 1024, 80));
  assert.equal(six(0, 16, 80, 1024), six(16, 0, 1024, 80));
  assert.notEqual(four(1, 2, 80, 1024), four(1, 2, 1024, 80));
  assert.notEqual(six(0, 16, 80, 1024), six(0, 16, 1024, 80));
});

const A_TO_B: Row = { src: 1, dst: 2, srcPort: 1000, dstPort: 80, protocol: UDP };
const B_TO_A: Row = { src: 2, dst: 1, srcPort: 80, dstPort: 1000, protocol: UDP };

Deno.test("an idle flow makes room, one that goes on stays", () => {
  const table = new FlowTable({ flowsMax: 2 });
  const other = (src: number): Row => ({ ...A_TO_B, src });
  const placed = place(table, [A_TO_B, other(3), B_TO_A, other(4), A_TO_B, other(5), A_TO_B]);
  assert.deepEqual(placed.map(({ flow }) => flow), [0, 1, 0, 1, 0, 1, 0]);
  assert.deepEqual(table.flows.evicted, { flows: 2, packets: 2, octets: 200 });
  assert.equal(table.flows.packets(0, 0), 3);
});

Deno.test("a connection that was reset makes room before one that goes on", () => {
  const table = new FlowTable({ flowsMax: 3 });
  const tcp = (src: number, flags: number): Row => ({
    src,
    dst: 9,
    srcPort: 1,
    dstPort: 2,
    protocol: TCP,
    flags,
    seq: 1,
    ack: 1,
  });
  const rows = [tcp(1, ACK), tcp(1, ACK), tcp(2, ACK), tcp(2, 4), tcp(3, ACK), tcp(3, ACK)];
  const placed = place(table, [...rows, tcp(4, ACK)]);
  assert.deepEqual(placed[6], { flow: 1, tcp: 1, direction: 0, isNew: 1, isReused: 0 });
  assert.equal(table.flows.address(1, 0), "10.0.0.4");
});

Deno.test("a TCP number begins with the first packet that has the header", () => {
  const table = new FlowTable({ flowsMax: 1 });
  const tcp = (src: number, isCut: boolean): Row => ({
    src,
    dst: 9,
    srcPort: 1,
    dstPort: 2,
    protocol: TCP,
    flags: ACK,
    isCut,
  });
  // The second flow has the number of the first one, which made room.
  const rows = [tcp(1, false), tcp(2, true), tcp(2, true), tcp(2, false), tcp(2, false)];
  assert.deepEqual(
    place(table, rows).map(({ tcp, isNew }) => [tcp, isNew]),
    [
      [0, Beginning.flow],
      [-1, Beginning.flow],
      [-1, Beginning.nothing],
      [0, Beginning.tcp],
      [0, Beginning.nothing],
    ],
  );
});

Deno.test("a connection whose ports were taken over makes room before one that goes on", () => {
  const table = new FlowTable({ flowsMax: 3 });
  const syn = (src: number, seq: number): Row => ({
    src,
    dst: 9,
    srcPort: 1,
    dstPort: 2,
    protocol: TCP,
    flags: SYN,
    seq,
  });
  const rows = [syn(1, 100), syn(2, 7), syn(2, 7), syn(2, 8), syn(2, 8), syn(1, 100), syn(4, 1)];
  const placed = place(table, rows);
  assert.deepEqual(placed.map(({ flow }) => flow), [0, 1, 1, 2, 2, 0, 1]);
  assert.deepEqual(placed.map(({ isReused }) => isReused), [0, 0, 0, 1, 0, 0, 0]);
});

Deno.test("more IPv6 flows than the index begins with stay apart as it grows", () => {
  const rows: Row[] = [];
  for (let src = 0; src < 100; src++) {
    for (let srcPort = 0; srcPort < 100; srcPort++) {
      rows.push({ src, dst: 255, isV6: true, srcPort, dstPort: 53, protocol: UDP });
    }
  }
  const table = new FlowTable();
  const placed = place(table, [...rows, ...rows]);
  assert.equal(table.flows.size, 10_000);
  assert.deepEqual(
    placed.map(({ flow }) => flow),
    [...rows, ...rows].map((_, index) => index % 10_000),
  );
  assert.equal(table.flows.address(4242, 0), "2001:db8::2a");
  assert.equal(table.flows.port(4242, 0), 42);
});

Deno.test("a later fragment goes where the first went, one without a first where its addresses do", () => {
  const first: Row = { ...B_TO_A, fragment: Fragment.first, ipId: 7 };
  const later: Row = {
    ...first,
    srcPort: -1,
    dstPort: -1,
    fragment: Fragment.later,
  };
  const placed = place(new FlowTable(), [A_TO_B, first, later, { ...later, ipId: 8 }]);
  assert.deepEqual(placed.map(({ flow, direction }) => [flow, direction]), [
    [0, 0],
    [0, 1],
    [0, 1],
    [1, 0],
  ]);
});

Deno.test("a fragment is not given to a flow that took the place of its own", () => {
  const first: Row = { ...A_TO_B, fragment: Fragment.first, ipId: 7 };
  const later: Row = { ...first, srcPort: -1, dstPort: -1, fragment: Fragment.later };
  const thief: Row = { ...A_TO_B, srcPort: 5, dstPort: 6 };
  const table = new FlowTable({ flowsMax: 1 });
  const placed = place(table, [first, thief, later]);
  assert.deepEqual(placed.map(({ isNew }) => isNew), [1, 1, 1]);
  assert.equal(table.flows.port(0, 0), -1);
});

Deno.test("the SYN sender is the initiator, or who the SYN+ACK goes to, or who spoke first", () => {
  const tcp = (isBack: boolean, flags: number): Row => ({
    ...(isBack ? B_TO_A : A_TO_B),
    protocol: TCP,
    flags,
    seq: 1,
    ack: 2,
  });
  const initiator = (...rows: Row[]): string => {
    const table = new FlowTable();
    place(table, rows);
    return table.flows.address(0, table.flows.initiator(0));
  };
  assert.equal(initiator(tcp(false, SYN), tcp(true, SYN | ACK)), "10.0.0.1");
  assert.equal(initiator(tcp(true, SYN | ACK), tcp(false, ACK)), "10.0.0.1");
  assert.equal(initiator(tcp(true, SYN | ACK), tcp(false, SYN)), "10.0.0.1");
  assert.equal(initiator(tcp(true, ACK), tcp(false, ACK)), "10.0.0.2");
});

Deno.test("a TCP header that was cut after its ports has no TCP number", () => {
  const out = new FlowColumns();
  const { packets, columns } = batchOfRows([{ ...A_TO_B, protocol: TCP }], 1, out);
  packets.capturedLength[0] = 12;
  const table = new FlowTable();
  table.addBatch(packets, columns, out);
  assert.deepEqual([out.flow[0], out.tcp[0]], [0, -1]);
  assert.equal(table.flows.baseSequence(0, 0), -1);
});

Deno.test("a table for no flows, or for more than an index can hold, is refused", () => {
  assert.throws(() => new FlowTable({ flowsMax: 0 }), RangeError);
  assert.throws(() => new FlowTable({ flowsMax: 2 ** 21 }), RangeError);
});
