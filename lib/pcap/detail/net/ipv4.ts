/**
 * Fields of IPv4 with its options (RFC 791 §3.1).
 *
 * @module
 */
import { headerChecksum } from "../checksum_field.ts";
import { ABSENT, type Around, type LayerReader } from "../layer_reader.ts";
import { IP_PROTOCOL_WORDS } from "../words.ts";
import { DSCP_WORDS, ECN_WORDS } from "./traffic_class.ts";

/** Header and options; tells the transport which addresses are around it. */
export function ipv4Fields(layer: LayerReader, around: Around): void {
  around.ip = null;
  layer.bits("ip.version", 0, 1, 4, 15);
  const words = layer.uint(0, 1) & 15;
  if (layer.has(0, 1)) layer.add("ip.hdr_len", words * 4);
  layer.bits("ip.dsfield.dscp", 1, 1, 2, 63, DSCP_WORDS);
  layer.bits("ip.dsfield.ecn", 1, 1, 0, 3, ECN_WORDS);
  layer.number("ip.len", 2, 2, { 0: "left to segmentation offload: the whole frame" });
  layer.hexNumber("ip.id", 4, 2);
  layer.flag("ip.flags.rb", 6, 1, 7);
  layer.flag("ip.flags.df", 6, 1, 6);
  const hasMore = layer.flag("ip.flags.mf", 6, 1, 5);
  const fragment = layer.uint(6, 2) & 0x1fff;
  if (layer.has(6, 2)) layer.add("ip.frag_offset", fragment, `${fragment * 8} octets`);
  layer.number("ip.ttl", 8, 1);
  layer.number("ip.proto", 9, 1, IP_PROTOCOL_WORDS);
  headerChecksum(layer, around, "ip.checksum", 10, words * 4);
  layer.address("ip.src", 12, 4);
  layer.address("ip.dst", 16, 4);
  if (!layer.has(0, 20)) return;
  around.ip = {
    addressLength: 4,
    src: layer.pos + 12,
    dst: layer.pos + 16,
    isFragment: hasMore || fragment !== 0,
  };
  options(layer, words * 4);
}

const END = 0, NO_OPERATION = 1, RECORD_ROUTE = 7, TIMESTAMP = 68, ROUTER_ALERT = 148;
const LOOSE_ROUTE = 131, STRICT_ROUTE = 137;

/** Option types (IANA ip-parameters). */
const OPTIONS = {
  0: "end of options",
  1: "no operation",
  7: "record route",
  68: "timestamp",
  130: "security",
  131: "loose source route",
  136: "stream identifier",
  137: "strict source route",
  148: "router alert",
};

function options(layer: LayerReader, end: number): void {
  for (let at = 20; at < end && layer.has(at, 1);) {
    const type = layer.number("ip.opt.type", at, 1, OPTIONS);
    if (type === END) return;
    if (type === NO_OPERATION) {
      at++;
      continue;
    }
    const length = layer.number("ip.opt.len", at + 1, 1);
    if (length === ABSENT) return;
    if (length < 2 || at + length > end) {
      layer.note(at, `option length ${length} with ${end - at} octets of options left`);
      return;
    }
    option(layer, type, at, length);
    at += length;
  }
}

function option(layer: LayerReader, type: number, at: number, length: number): void {
  if (type === ROUTER_ALERT) layer.number("ip.opt.ra", at + 2, 2);
  else if (type === TIMESTAMP) {
    layer.number("ip.opt.ptr", at + 2, 1);
    layer.bits("ip.opt.overflow", at + 3, 1, 4, 15);
    layer.bits("ip.opt.flag", at + 3, 1, 0, 15);
  } else if (type === RECORD_ROUTE || type === LOOSE_ROUTE || type === STRICT_ROUTE) {
    layer.number("ip.opt.ptr", at + 2, 1);
    const name = type === RECORD_ROUTE ? "ip.rec_rt" : "ip.src_rt";
    for (let hop = at + 3; hop + 4 <= at + length; hop += 4) layer.address(name, hop, 4);
  }
}
