/**
 * The list of every tool, sorted by name; the only module that imports them all.
 *
 * @module
 */
import type { Tool } from "../lib/mcp/define_tool.ts";
import { batchDnsLookup } from "./connectivity/batch_dns_lookup.ts";
import { batchPing } from "./connectivity/batch_ping.ts";
import { batchPortCheck } from "./connectivity/batch_port_check.ts";
import { dnsLookup } from "./connectivity/dns_lookup.ts";
import { mtr } from "./connectivity/mtr.ts";
import { ping } from "./connectivity/ping.ts";
import { portCheck } from "./connectivity/port_check.ts";
import { traceroute } from "./connectivity/traceroute.ts";
import { auditLog } from "./meta/audit_log.ts";
import { capabilities } from "./meta/capabilities.ts";
import { policyExplain } from "./meta/policy_explain.ts";

/** Every tool of netglass. */
export const allTools: readonly Tool[] = [
  auditLog,
  batchDnsLookup,
  batchPing,
  batchPortCheck,
  capabilities,
  dnsLookup,
  mtr,
  ping,
  policyExplain,
  portCheck,
  traceroute,
];
