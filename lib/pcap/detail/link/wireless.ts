/**
 * Fields of 802.11 frames and of the radiotap header before them, as far as they say who talks to
 * whom and how well they hear each other.
 *
 * @module
 */
import { ABSENT, type LayerReader } from "../layer_reader.ts";

/** Radiotap fields in order of their bit, with size and alignment in octets (radiotap.org). */
const RADIOTAP: readonly { readonly size: number; readonly align: number }[] = [
  { size: 8, align: 8 },
  { size: 1, align: 1 },
  { size: 1, align: 1 },
  { size: 4, align: 2 },
  { size: 2, align: 2 },
  { size: 1, align: 1 },
  { size: 1, align: 1 },
  { size: 2, align: 2 },
  { size: 2, align: 2 },
  { size: 2, align: 2 },
  { size: 1, align: 1 },
  { size: 1, align: 1 },
  { size: 1, align: 1 },
];
const FLAGS = 1, RATE = 2, CHANNEL = 3, SIGNAL = 5, NOISE = 6, ANTENNA = 11;

/** Most words of the presence bitmap that are followed. */
const PRESENT_WORDS_MAX = 32;

/** Radiotap: version, length, and of the first namespace what is said of signal and channel. */
export function radiotapFields(layer: LayerReader): void {
  layer.number("radiotap.version", 0, 1);
  const length = layer.uint(2, 2, true);
  if (length === ABSENT) return;
  layer.add("radiotap.length", length);
  const present = layer.uint(4, 4, true);
  if (present === ABSENT) return;
  let at = 8;
  let word = present;
  for (let words = 1; (word & 0x80000000) !== 0 && words <= PRESENT_WORDS_MAX; words++) {
    word = layer.uint(at, 4, true);
    at += 4;
  }
  RADIOTAP.forEach(({ size, align }, bit) => {
    if (((present >>> bit) & 1) === 0) return;
    at = Math.ceil(at / align) * align;
    if (at + size <= length && layer.has(at, size)) radiotapField(layer, bit, at);
    at += size;
  });
}

function radiotapField(layer: LayerReader, bit: number, at: number): void {
  if (bit === FLAGS) layer.hexNumber("radiotap.flags", at, 1);
  else if (bit === RATE) layer.add("radiotap.datarate", layer.uint(at, 1) / 2, "Mb/s");
  else if (bit === CHANNEL) layer.add("radiotap.channel.freq", layer.uint(at, 2, true), "MHz");
  else if (bit === SIGNAL) layer.add("radiotap.dbm_antsignal", signed(layer.uint(at, 1)), "dBm");
  else if (bit === NOISE) layer.add("radiotap.dbm_antnoise", signed(layer.uint(at, 1)), "dBm");
  else if (bit === ANTENNA) layer.number("radiotap.antenna", at, 1);
}

function signed(octet: number): number {
  return octet > 127 ? octet - 256 : octet;
}

const KINDS = { 0: "management", 1: "control", 2: "data", 3: "extension" };

/** 802.11 MAC header (IEEE 802.11 §9.2). */
export function wlanFields(layer: LayerReader): void {
  layer.bits("wlan.fc.version", 0, 1, 0, 3);
  const kind = layer.bits("wlan.fc.type", 0, 1, 2, 3, KINDS);
  layer.bits("wlan.fc.subtype", 0, 1, 4, 15);
  layer.flag("wlan.fc.retry", 1, 1, 3);
  layer.flag("wlan.fc.protected", 1, 1, 6);
  layer.mac("wlan.ra", 4);
  if (kind !== 0 && kind !== 2) return;
  layer.mac("wlan.ta", 10);
  const system = layer.uint(1, 1) & 3;
  if (kind === 0 || system === 0) {
    layer.mac("wlan.da", 4);
    layer.mac("wlan.sa", 10);
    layer.mac("wlan.bssid", 16);
  } else if (system === 1) {
    layer.mac("wlan.bssid", 4);
    layer.mac("wlan.sa", 10);
    layer.mac("wlan.da", 16);
  } else if (system === 2) {
    layer.mac("wlan.da", 4);
    layer.mac("wlan.bssid", 10);
    layer.mac("wlan.sa", 16);
  } else {
    layer.mac("wlan.da", 16);
    layer.mac("wlan.sa", 24);
  }
  const sequence = layer.uint(22, 2, true);
  if (sequence === ABSENT) return;
  layer.add("wlan.frag", sequence & 15);
  layer.add("wlan.seq", sequence >>> 4);
  if (kind === 0) layer.headerLength = 24;
}
