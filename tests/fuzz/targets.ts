/**
 * Every fuzz target: one per parser of foreign bytes or text.
 *
 * @module
 */
import { bgpTargets } from "./bgp_targets.ts";
import { callTargets } from "./call_targets.ts";
import { captureTargets } from "./capture_targets.ts";
import { dialectTargets } from "./dialect_targets.ts";
import { dnsTargets } from "./dns_targets.ts";
import { mrtTargets } from "./mrt_targets.ts";
import { nameTargets } from "./name_targets.ts";
import { printoutTargets } from "./printout_targets.ts";
import { recordTargets } from "./record_targets.ts";
import { registryTargets } from "./registry_targets.ts";
import { rtrTargets } from "./rtr_targets.ts";
import { settingTargets } from "./setting_targets.ts";
import type { FuzzTarget } from "./target.ts";
import { telnetTargets } from "./telnet_targets.ts";

/** In the order in which the driver runs them. */
export const targets: readonly FuzzTarget[] = [
  ...dnsTargets,
  ...printoutTargets,
  ...nameTargets,
  ...settingTargets,
  ...callTargets,
  ...recordTargets,
  ...captureTargets,
  ...telnetTargets,
  ...dialectTargets,
  ...rtrTargets,
  ...registryTargets,
  ...bgpTargets,
  ...mrtTargets,
];
