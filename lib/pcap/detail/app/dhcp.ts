/**
 * Fields of DHCP and its options (RFC 2131 §2, RFC 2132).
 *
 * @module
 */
import { ABSENT, type LayerReader } from "../layer_reader.ts";

const COOKIE = 0x63825363;
const PAD = 0, END = 255;
const MESSAGE_TYPE = 53;

const MESSAGE_TYPES = {
  1: "Discover",
  2: "Offer",
  3: "Request",
  4: "Decline",
  5: "ACK",
  6: "NAK",
  7: "Release",
  8: "Inform",
};

/** Option codes (IANA bootp-dhcp-parameters). */
const OPTIONS = {
  1: "subnet mask",
  3: "router",
  6: "domain name server",
  12: "host name",
  15: "domain name",
  26: "interface MTU",
  28: "broadcast address",
  42: "NTP server",
  43: "vendor-specific",
  50: "requested address",
  51: "lease time",
  53: "message type",
  54: "server identifier",
  55: "parameter request list",
  57: "maximum message size",
  58: "renewal time",
  59: "rebinding time",
  60: "vendor class",
  61: "client identifier",
  66: "TFTP server",
  67: "boot file",
  81: "client name",
  82: "relay agent information",
  119: "domain search",
  121: "classless static routes",
};

/** Options that are lists of addresses, with their field. */
const ADDRESS_OPTIONS: Readonly<Record<number, string>> = {
  1: "dhcp.option.subnet_mask",
  3: "dhcp.option.router",
  6: "dhcp.option.domain_name_server",
  28: "dhcp.option.broadcast_address",
  42: "dhcp.option.ntp_server",
  50: "dhcp.option.requested_ip_address",
  54: "dhcp.option.dhcp_server_id",
};

/** Options that are text, with their field. */
const TEXT_OPTIONS: Readonly<Record<number, string>> = {
  12: "dhcp.option.hostname",
  15: "dhcp.option.domain_name",
  60: "dhcp.option.vendor_class_id",
};

/** Options that are a number of seconds, with their field. */
const TIME_OPTIONS: Readonly<Record<number, string>> = {
  51: "dhcp.option.ip_address_lease_time",
  58: "dhcp.option.renewal_time_value",
  59: "dhcp.option.rebinding_time_value",
};

/** Most options that are shown. */
const OPTIONS_MAX = 48;

/** Header and options. */
export function dhcpFields(layer: LayerReader): void {
  layer.number("dhcp.type", 0, 1, { 1: "request", 2: "reply" });
  layer.hexNumber("dhcp.hw.type", 1, 1, { 1: "Ethernet" });
  const hardwareLength = layer.number("dhcp.hw.len", 2, 1);
  layer.number("dhcp.hops", 3, 1);
  layer.hexNumber("dhcp.id", 4, 4);
  layer.number("dhcp.secs", 8, 2);
  layer.flag("dhcp.flags.bc", 10, 2, 15);
  layer.address("dhcp.ip.client", 12, 4);
  layer.address("dhcp.ip.your", 16, 4);
  layer.address("dhcp.ip.server", 20, 4);
  layer.address("dhcp.ip.relay", 24, 4);
  if (hardwareLength === 6) layer.mac("dhcp.hw.mac_addr", 28);
  if (layer.uint(236, 4) !== COOKIE) return;
  let at = 240;
  for (let count = 0; count < OPTIONS_MAX && layer.has(at, 1); count++) {
    const type = layer.uint(at, 1);
    if (type === PAD) {
      at++;
      continue;
    }
    layer.number("dhcp.option.type", at, 1, OPTIONS);
    const length = type === END ? ABSENT : layer.uint(at + 1, 1);
    if (length === ABSENT) return;
    if (!layer.has(at + 2, length)) {
      layer.note(at, `option length ${length} with ${layer.size - at - 2} octets left`);
      return;
    }
    option(layer, type, at + 2, length);
    at += 2 + length;
  }
}

function option(layer: LayerReader, type: number, at: number, length: number): void {
  const addresses = ADDRESS_OPTIONS[type];
  const text = TEXT_OPTIONS[type];
  const time = TIME_OPTIONS[type];
  if (type === MESSAGE_TYPE) layer.number("dhcp.option.dhcp", at, 1, MESSAGE_TYPES);
  else if (addresses !== undefined) {
    for (let one = at; one + 4 <= at + length; one += 4) layer.address(addresses, one, 4);
  } else if (text !== undefined) layer.text(text, at, length);
  else if (time !== undefined && length === 4) {
    layer.add(time, layer.uint(at, 4), "seconds");
  } else layer.octets("dhcp.option.value", at, length);
}
