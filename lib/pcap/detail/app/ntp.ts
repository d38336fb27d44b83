/**
 * Fields of NTP (RFC 5905 §7.3).
 *
 * @module
 */
import { ABSENT, type LayerReader } from "../layer_reader.ts";

const LEAPS = { 0: "no warning", 1: "61 seconds", 2: "59 seconds", 3: "clock not synchronized" };
const MODES = {
  1: "symmetric active",
  2: "symmetric passive",
  3: "client",
  4: "server",
  5: "broadcast",
  6: "control message",
  7: "private use",
};
const STRATA = { 0: "unspecified or kiss-o'-death", 1: "primary reference", 16: "unsynchronized" };

/** Seconds from 1900 to 1970 (RFC 5905 §6). */
const ERA_OFFSET_SEC = 2_208_988_800;

/** Header; control and private messages have another one after the first octet. */
export function ntpFields(layer: LayerReader): void {
  layer.bits("ntp.flags.li", 0, 1, 6, 3, LEAPS);
  layer.bits("ntp.flags.vn", 0, 1, 3, 7);
  const mode = layer.bits("ntp.flags.mode", 0, 1, 0, 7, MODES);
  if (mode === 6 || mode === 7) return;
  const stratum = layer.number("ntp.stratum", 1, 1, STRATA);
  power(layer, "ntp.ppoll", 2);
  power(layer, "ntp.precision", 3);
  seconds(layer, "ntp.rootdelay", 4);
  seconds(layer, "ntp.rootdispersion", 8);
  layer.octets("ntp.refid", 12, 4, stratum === 0 || stratum === 1 ? code(layer) : undefined);
  ["ntp.reftime", "ntp.org", "ntp.rec", "ntp.xmt"].forEach((name, index) =>
    time(layer, name, 16 + 8 * index)
  );
}

/** A power of two of seconds. */
function power(layer: LayerReader, name: string, at: number): void {
  const value = layer.uint(at, 1);
  if (value === ABSENT) return;
  const exponent = value > 127 ? value - 256 : value;
  layer.add(name, value, `2^${exponent} s`);
}

/** Sixteen bits of seconds, sixteen of their fraction. */
function seconds(layer: LayerReader, name: string, at: number): void {
  const value = layer.uint(at, 4);
  if (value !== ABSENT) layer.add(name, value, `${value / 65536} s`);
}

/** Reference or kiss code in letters. */
function code(layer: LayerReader): string | undefined {
  const text = layer.textAt(12, 4).replace(/\0+$/, "");
  return /^[A-Z0-9]{1,4}$/.test(text) ? text : undefined;
}

function time(layer: LayerReader, name: string, at: number): void {
  const whole = layer.uint(at, 4);
  const fraction = layer.uint(at + 4, 4);
  if (whole === ABSENT || fraction === ABSENT) return;
  if (whole === 0 && fraction === 0) {
    layer.add(name, 0, "not set");
    return;
  }
  // Times before 1968 are of the era that begins in 2036 (RFC 4330 §3).
  const era = whole < 0x80000000 ? 0x100000000 : 0;
  const unix = whole + era - ERA_OFFSET_SEC + fraction / 0x100000000;
  layer.add(name, new Date(unix * 1000).toISOString());
}
