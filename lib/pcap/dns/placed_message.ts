/**
 * A message with its place in the capture: one record, filled anew for each message.
 *
 * @module
 */
import { type Host, NOBODY } from "./host_table.ts";
import type { Name } from "./name_table.ts";

/** What a message says, and where it was. Valid until the next one. */
export class PlacedMessage {
  id = 0;
  isResponse = false;
  isTruncated = false;
  /** With the upper bits of EDNS. */
  rcode = 0;
  /** Payload size of EDNS, octets; -1 without. */
  ednsBytes = -1;
  /** Name of the first question; null if the message asks nothing. */
  name: Name | null = null;
  type = 0;
  class = 0;
  /** The side that asks. */
  client: Host = NOBODY;
  /** The side that is asked. */
  server: Host = NOBODY;
  /** Id of the flow, which stands for addresses, ports, transport and tunnel. */
  flow = -1;
  isTcp = false;
  /** Network identifier of the VXLAN or Geneve tunnel, 0 outside of one. */
  tenant = 0;
  ns = 0;
  frame = 0;
}
