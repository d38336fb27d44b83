/**
 * Arguments and results that the tools about our routes share.
 *
 * @module
 */
import { z } from "zod";

/** Longest reason, characters: it is shown, recorded and put to a person. */
const MAX_REASON_CHARS = 300;

/** Longest wait for peers to take a change, milliseconds. */
export const CHANGE_BUDGET_MS = 20_000;

export const networkInput = () =>
  z.string().min(3).max(50).describe('Prefix without host bits: "192.0.2.0/24", "2001:db8::/32"');

export const reasonInput = () =>
  z.string().max(MAX_REASON_CHARS).default("").describe(
    "Why, in a sentence: recorded, and shown to whoever confirms",
  );

export const lifetimeInput = () =>
  z.int().min(10).max(2_592_000).optional().describe(
    "Seconds until it ends by itself; default bgp.originate.default_lifetime_sec",
  );

export const localPrefInput = () => z.int().min(0).max(4_294_967_295);

/** Peer by peer, what was sent. */
export const peersOutput = () =>
  z.array(z.object({
    peer: z.string(),
    state: z.enum(["sent", "pending", "not_exported"]),
    reason: z.string().nullable(),
    messages_hex: z.array(z.string()).describe("UPDATE messages as sent"),
    sent_at: z.string().nullable().describe("When the kernel took the last octet"),
  }));

/** A lease as `leaseRow` makes it. */
export const leaseOutput = () =>
  z.object({
    lease_id: z.string().describe("The plan_id it was made by; audit_log knows it by that"),
    network: z.string(),
    state: z.enum(["planned", "pending", "announced", "withdrawn", "expired"]),
    note: z.string().nullable().describe("Why it is in that state"),
    peers: z.array(z.string()),
    next_hop: z.string().nullable().describe("null: our address on the session"),
    prepend: z.number(),
    med: z.number().nullable(),
    local_pref: z.number().describe("Sent to iBGP peers only"),
    communities: z.array(z.string()),
    reason: z.string().describe("As the caller gave it"),
    call_id: z.string().describe("The call that asked for it"),
    asked_by: z.string().describe("The client that asked for it, or renewed it last"),
    created_at: z.string(),
    expires_at: z.string(),
    ended_at: z.string().nullable(),
    renewals: z.number(),
  });
