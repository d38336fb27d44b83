/**
 * Whether a caller may write filters of his own.
 *
 * @module
 */
import { PolicyDenied } from "../../errors/mod.ts";
import type { Config } from "../../config/config.ts";

/**
 * Refuses filters of the caller's where the configuration does.
 * @throws {PolicyDenied} `policy.allow_custom_filters`
 */
export function assertOwnFilters(config: Config): void {
  if (config.pcap.allow_custom_filters) return;
  throw new PolicyDenied(
    "allow_custom_filters",
    "Cannot filter by an expression: rule pcap.allow_custom_filters denies it",
    {
      hint:
        "Use filter_packets with src_ip, dst_ip, protocol and port, or set pcap.allow_custom_filters: true.",
      detail: { rule: "pcap.allow_custom_filters", config_key: "pcap.allow_custom_filters" },
    },
  );
}
