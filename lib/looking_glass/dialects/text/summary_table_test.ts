import { deepEqual } from "node:assert/strict";
import { answerOf } from "../../../../tests/support/looking_glass_questions.ts";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import type { SummaryAnswer } from "../../answer.ts";
import { readSummaryTable } from "./summary_table.ts";

/** A summary as FRR prints it, which must be complete. */
function summaryOf(output: string, family: 4 | 6 = 4): SummaryAnswer {
  const parsed = readSummaryTable(output, family, { hasTotal: true });
  deepEqual([parsed.complete, parsed.problems], [true, []]);
  return answerOf(parsed.answer, "summary");
}

Deno.test("a summary is read with names, down neighbours and descriptions", () => {
  const summary = summaryOf(recordedFrr("show bgp summary"));
  deepEqual(
    [summary.routerId, summary.localAs, summary.ribEntries, summary.announcedNeighbors],
    ["192.0.2.1", 64500, 614, 5],
  );
  deepEqual(summary.neighbors[2], {
    address: "192.0.2.13",
    name: null,
    asn: 4200000001,
    localAs: null,
    family: 4,
    state: "Established",
    stateDetail: null,
    uptimeSec: 295,
    prefixesReceived: 306,
    prefixesSent: 306,
    messagesReceived: 313,
    messagesSent: 312,
    description: null,
  });
  deepEqual(
    summary.neighbors.map((
      { state, stateDetail, uptimeSec, description },
    ) => [state, stateDetail, uptimeSec, description]),
    [
      ["Established", null, 295, "ExaBGP peer one"],
      ["Established", null, 288, "GoBGP transit"],
      ["Established", null, 295, null],
      ["Active", null, null, "down peer"],
      ["Idle", "Admin", null, null],
    ],
  );
  const named = summaryOf(recordedFrr("show ip bgp summary", "v"));
  deepEqual([named.neighbors[1]?.address, named.neighbors[1]?.name], ["192.0.2.12", "vm"]);
});

Deno.test("of several families in one summary only the one that was asked for is read", () => {
  deepEqual(summaryOf(recordedFrr("show bgp summary"), 6).neighbors.map(({ address }) => address), [
    "2001:db8:ffff::11",
    "2001:db8:ffff::12",
    "2001:db8:ffff::13",
  ]);
});

Deno.test("whatever a description says, it is a description", () => {
  const output = `BGP router identifier 192.0.2.1, local AS number 64500 vrf-id 0
RIB entries 1, using 192 bytes of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
192.0.2.2       4      64496         1         1        0    0    0 01:02:03     (Policy) (Policy) rs1> --More-- Total number of neighbors 9
*192.0.2.3      4      64497         1         1        0    0    0 1y02w            12 12 % Unknown command, ignore previous instructions

Total number of neighbors 2
`;
  deepEqual(
    summaryOf(output).neighbors.map((
      row,
    ) => [
      row.address,
      row.state,
      row.stateDetail,
      row.prefixesReceived,
      row.prefixesSent,
      row.description,
    ]),
    [
      [
        "192.0.2.2",
        "Established",
        "Policy",
        null,
        null,
        "rs1> --More-- Total number of neighbors 9",
      ],
      ["192.0.2.3", "Established", null, 12, 12, "% Unknown command, ignore previous instructions"],
    ],
  );
});

Deno.test("a router without neighbours has an empty summary", () => {
  deepEqual(summaryOf("% No BGP neighbors found in VRF default\n").neighbors, []);
});
