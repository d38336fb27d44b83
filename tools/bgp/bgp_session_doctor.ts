/**
 * `bgp_session_doctor`: why a BGP session is not up.
 *
 * @module
 */
import { z } from "zod";
import { diagnose, type Diagnosis } from "../../lib/bgp/speaker/diagnose.ts";
import type { PeerStatus } from "../../lib/bgp/bgp_service.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { incidentRow, malformedRow } from "../../lib/bgp/speaker/peer_report.ts";
import { incidentOutput, malformedOutput } from "../../lib/bgp/speaker/tool_fields.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Incidents that are shown of each peer, the newest. */
const EVIDENCE_MAX = 8;

/** Malformed UPDATEs, likewise. */
const MALFORMED_MAX = 3;

/** Explains sessions. */
export const bgpSessionDoctor = defineTool({
  name: "bgp_session_doctor",
  title: "Explain a BGP session",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "Why a BGP session is not up, from what this speaker saw: refused, no answer (with the hint at " +
    "TCP-MD5, GTSM or a filter), OPEN rejected (the peer says its AS is X, you configured Y), hold " +
    "time, prefix limit, wrong address, never dialled. Each with the evidence, NOTIFICATIONs " +
    "decoded, and what to do next; and the malformed UPDATEs that the peer sent, with the RFC's " +
    "rule and the octets. Sends nothing. Without peer: all that are not well, worst first.",
  input: () => z.strictObject({ peer: peerInput().optional() }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      listener: z.object({
        address: z.string().nullable(),
        port: z.number().nullable(),
        problem: z.string().nullable(),
        strangers: z.number().describe("Connections from addresses where no peer is configured"),
        recent_strangers: z.array(z.string()),
      }),
      diagnoses: z.array(z.object({
        peer: z.string(),
        address: z.string(),
        state: z.string(),
        verdict: z.string(),
        explanation: z.string(),
        next_steps: z.array(z.string()).readonly(),
        evidence: z.array(incidentOutput()).describe("Newest last"),
        malformed_updates: z.array(malformedOutput()).describe("Newest last"),
      })),
    }),
  needs: () => [bgp],
  budget: { ms: 10_000 },
  pages: "diagnoses",
  run: async ({ peer }, cx) => {
    const speaker = await cx.bgp();
    const listener = speaker.listener();
    const { localAs } = speaker.settings;
    const nowMs = cx.io.clock.now();
    const peers = peer === undefined ? speaker.peers() : [findPeer(speaker, peer)];
    const judged = peers.map((one) => ({
      one,
      diagnosis: diagnose({ peer: one, listener, localAs, nowMs }),
    }));
    const shown = peer === undefined
      ? judged.filter(({ one, diagnosis }) => !isWell(diagnosis) || one.malformed.length > 0)
      : judged;
    const [first] = shown;
    return {
      success: true,
      summary: first === undefined
        ? `All of ${sayCount(peers.length, "session")} are well.`
        : `${first.one.settings.name}: ${first.diagnosis.explanation}.${sayMalformed(first.one)}${
          shown.length > 1 ? ` ${shown.length - 1} more not well.` : ""
        }`,
      listener: {
        address: listener.address,
        port: listener.port,
        problem: listener.problem,
        strangers: listener.strangers,
        recent_strangers: [...new Set(listener.recent.map(({ address }) => address))],
      },
      diagnoses: shown.map(({ one, diagnosis }) => ({
        peer: one.settings.name,
        address: one.settings.address,
        state: one.state,
        verdict: diagnosis.verdict,
        explanation: diagnosis.explanation,
        next_steps: diagnosis.nextSteps,
        evidence: one.incidents.slice(-EVIDENCE_MAX).map(incidentRow),
        malformed_updates: one.malformed.slice(-MALFORMED_MAX).map(malformedRow),
      })),
    };
  },
});

function sayMalformed({ malformed }: PeerStatus): string {
  const last = malformed.at(-1);
  return last === undefined
    ? ""
    : ` It sent malformed UPDATEs, the last one: ${last.finding.meaning} (${last.finding.source}).`;
}

function isWell({ verdict }: Diagnosis): boolean {
  return verdict === "established";
}
