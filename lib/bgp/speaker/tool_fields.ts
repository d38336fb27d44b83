/**
 * Results that the tools about peers share.
 *
 * @module
 */
import { z } from "zod";

const families = <T extends z.ZodType>(of: T) => z.object({ ipv4: of, ipv6: of });

/** An incident as `incidentRow` makes it. */
export const incidentOutput = () =>
  z.object({
    time: z.string(),
    kind: z.string(),
    direction: z.enum(["active", "passive"]).nullable().describe("active: we dialled"),
    state: z.string(),
    detail: z.string(),
    notification: z.object({
      code: z.number(),
      subcode: z.number(),
      name: z.string(),
      meaning: z.string().nullable(),
      source: z.string(),
      hard_reset_of: z.string().nullable(),
      remote_said: z.string().nullable().describe("Words of the peer (RFC 9003): data"),
      data_hex: z.string(),
    }).nullable(),
  });

/** A malformed UPDATE as `malformedRow` makes it. */
export const malformedOutput = () =>
  z.object({
    time: z.string(),
    fault: z.string(),
    meaning: z.string(),
    source: z.string().describe("RFC and section that say what is done"),
    done: z.enum(["left_out", "routes_withdrawn", "session_ended"])
      .describe("left_out: the attribute or prefix alone"),
    attribute: z.string().nullable(),
    update_count: z.number().describe("UPDATEs with this fault since the start"),
    announced_count: z.number(),
    announced: z.array(z.string()).describe("At most 20 of the prefixes"),
    message_bytes: z.number(),
    message_hex: z.string().describe("The first 512 octets; the audit record has all"),
  });

/** A peer as `peerRow` makes it. */
export const peerOutput = () =>
  z.object({
    name: z.string(),
    peer: z.string(),
    peer_as: z.number(),
    state: z.string(),
    reason: z.string(),
    local_addr: z.string().nullable(),
    is_ibgp: z.boolean(),
    uptime: z.number().describe("Seconds; 0 unless Established"),
    since: z.string(),
    prefixes_received: z.number(),
    prefixes_sent: z.number(),
    received: families(z.number()),
    sent: families(z.number()),
    end_of_rib_received: families(z.boolean()),
    is_disabled: z.boolean(),
    sessions_established: z.number().describe("Since the start"),
    last_error: incidentOutput().nullable(),
  });

const capabilities = () =>
  z.array(z.object({ code: z.number(), name: z.string(), value: z.string() })).readonly();

/** The session as `sessionRow` makes it. */
export const sessionOutput = () => ({
  negotiated: z.object({
    router_id: z.string(),
    direction: z.enum(["active", "passive"]),
    local_port: z.number(),
    remote_port: z.number(),
    hold_time_sec: z.number(),
    keepalive_sec: z.number(),
    families: families(z.boolean()),
    four_octet_as: z.boolean(),
    extended_messages: z.boolean(),
    extended_next_hop: z.boolean(),
    add_path_receive: families(z.boolean()),
    route_refresh: z.boolean(),
    enhanced_refresh: z.boolean(),
    graceful_restart_sec: z.number().nullable(),
    capabilities_sent: capabilities(),
    capabilities_received: capabilities(),
  }).nullable(),
  counters: z.object({
    messages_received: z.number(),
    messages_sent: z.number(),
    updates_received: z.number(),
    updates_sent: z.number(),
    received_bytes: z.number(),
    sent_bytes: z.number(),
    queued_bytes: z.number(),
    treated_as_withdraw: z.number(),
    attributes_discarded: z.number(),
  }),
});
