/**
 * The record types that are understood, one row per code point with its RFC, and how the data of
 * each reads in presentation form and as fields; every other type is shown as RFC 3597 hex.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../ip/address.ts";
import { type DnsReader, quoteText, renderText } from "./wire.ts";

/** A field of a record: numbers and texts under the names that the RFC gives them, in snake_case. */
export type DnsFields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The data of one record. */
export interface DnsData {
  /** Presentation form; for MX the exchange alone, for TXT the joined strings without quotes. */
  readonly value: string;
  /** Preference of MX, priority of SRV, HTTPS and SVCB. */
  readonly priority?: number;
  /** The parts, for types that have several. */
  readonly fields?: DnsFields;
}

interface TypeRow {
  readonly name: string;
  readonly code: number;
  /** Where the data is defined. */
  readonly rfc: string;
  readonly decode: (data: DnsReader) => DnsData;
}

const TYPES: readonly TypeRow[] = [
  { name: "A", code: 1, rfc: "RFC 1035 §3.4.1", decode: (d) => ({ value: address(d, 4) }) },
  { name: "NS", code: 2, rfc: "RFC 1035 §3.3.11", decode: oneName },
  { name: "CNAME", code: 5, rfc: "RFC 1035 §3.3.1", decode: oneName },
  { name: "SOA", code: 6, rfc: "RFC 1035 §3.3.13", decode: soa },
  { name: "PTR", code: 12, rfc: "RFC 1035 §3.3.12", decode: oneName },
  { name: "HINFO", code: 13, rfc: "RFC 1035 §3.3.2", decode: hinfo },
  { name: "MX", code: 15, rfc: "RFC 1035 §3.3.9", decode: mx },
  { name: "TXT", code: 16, rfc: "RFC 1035 §3.3.14", decode: txt },
  { name: "AAAA", code: 28, rfc: "RFC 3596 §2.2", decode: (d) => ({ value: address(d, 16) }) },
  { name: "LOC", code: 29, rfc: "RFC 1876 §2", decode: loc },
  { name: "SRV", code: 33, rfc: "RFC 2782", decode: srv },
  { name: "NAPTR", code: 35, rfc: "RFC 3403 §4", decode: naptr },
  { name: "DNAME", code: 39, rfc: "RFC 6672 §2.1", decode: oneName },
  { name: "DS", code: 43, rfc: "RFC 4034 §5.1", decode: ds },
  { name: "SSHFP", code: 44, rfc: "RFC 4255 §3.1", decode: sshfp },
  { name: "RRSIG", code: 46, rfc: "RFC 4034 §3.1", decode: rrsig },
  { name: "NSEC", code: 47, rfc: "RFC 4034 §4.1", decode: nsec },
  { name: "DNSKEY", code: 48, rfc: "RFC 4034 §2.1", decode: dnskey },
  { name: "TLSA", code: 52, rfc: "RFC 6698 §2.1", decode: tlsa },
  { name: "CDS", code: 59, rfc: "RFC 7344 §3.1", decode: ds },
  { name: "CDNSKEY", code: 60, rfc: "RFC 7344 §3.2", decode: dnskey },
  { name: "SVCB", code: 64, rfc: "RFC 9460 §2.2", decode: svcb },
  { name: "HTTPS", code: 65, rfc: "RFC 9460 §9", decode: svcb },
  { name: "SPF", code: 99, rfc: "RFC 7208 §3.1", decode: txt },
  { name: "URI", code: 256, rfc: "RFC 7553 §4.5", decode: uri },
  { name: "CAA", code: 257, rfc: "RFC 8659 §4.1", decode: caa },
];

/** Types that exist in a question only, and OPT (RFC 6891), whose record is no data. */
const META_TYPES: Readonly<Record<string, number>> = { OPT: 41, ANY: 255 };

const rowByCode = new Map(TYPES.map((row) => [row.code, row]));
const codeByName = new Map([
  ...TYPES.map((row): [string, number] => [row.name, row.code]),
  ...Object.entries(META_TYPES),
]);
const metaByCode = new Map(Object.entries(META_TYPES).map(([name, code]) => [code, name]));

/** Code point of a record type, or undefined. */
export function typeCode(name: string): number | undefined {
  return codeByName.get(name);
}

/** Name of a code point; `TYPE65280` for one that has none here (RFC 3597 §5). */
export function typeName(code: number): string {
  return rowByCode.get(code)?.name ?? metaByCode.get(code) ?? `TYPE${code}`;
}

/**
 * Decodes the data of one record; `data` holds exactly that.
 *
 * @throws {DecodeError} `decode.dns_*`
 */
export function decodeData(code: number, data: DnsReader): DnsData {
  const decoded = (rowByCode.get(code)?.decode ?? generic)(data);
  data.expectEnd(typeName(code));
  return decoded;
}

/** RFC 3597 §5. */
function generic(d: DnsReader): DnsData {
  const length = d.remaining;
  return { value: length === 0 ? "\\# 0" : `\\# ${length} ${hex(d.rest())}` };
}

function oneName(d: DnsReader): DnsData {
  return { value: d.name("name") };
}

function soa(d: DnsReader): DnsData {
  const fields = {
    mname: d.name("mname"),
    rname: d.name("rname"),
    serial: d.u32("serial"),
    refresh_sec: d.u32("refresh"),
    retry_sec: d.u32("retry"),
    expire_sec: d.u32("expire"),
    minimum_sec: d.u32("minimum"),
  };
  return { value: Object.values(fields).join(" "), fields };
}

function hinfo(d: DnsReader): DnsData {
  return { value: `${quoteText(d.characterString("cpu"))} ${quoteText(d.characterString("os"))}` };
}

function mx(d: DnsReader): DnsData {
  const priority = d.u16("preference");
  return { value: d.name("exchange"), priority };
}

function txt(d: DnsReader): DnsData {
  const parts: Uint8Array[] = [];
  while (d.remaining > 0) parts.push(d.characterString("text"));
  // Joined before decoding: a character of several octets may straddle two strings.
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  const value = renderText(joined);
  return parts.length > 1 ? { value, fields: { strings: parts.map(renderText) } } : { value };
}

function srv(d: DnsReader): DnsData {
  const fields = {
    priority: d.u16("priority"),
    weight: d.u16("weight"),
    port: d.u16("port"),
    target: d.name("target"),
  };
  return { value: Object.values(fields).join(" "), priority: fields.priority, fields };
}

function naptr(d: DnsReader): DnsData {
  const order = d.u16("order");
  const preference = d.u16("preference");
  const flags = d.characterString("flags");
  const services = d.characterString("services");
  const regexp = d.characterString("regexp");
  const replacement = d.name("replacement");
  return {
    value: `${order} ${preference} ${quoteText(flags)} ${quoteText(services)} ${
      quoteText(regexp)
    } ${replacement}`,
    fields: {
      order,
      preference,
      flags: renderText(flags),
      services: renderText(services),
      regexp: renderText(regexp),
      replacement,
    },
  };
}

function ds(d: DnsReader): DnsData {
  const fields = {
    key_tag: d.u16("key tag"),
    algorithm: d.u8("algorithm"),
    digest_type: d.u8("digest type"),
    digest: hex(d.rest()),
  };
  return { value: Object.values(fields).join(" "), fields };
}

function sshfp(d: DnsReader): DnsData {
  const fields = {
    algorithm: d.u8("algorithm"),
    fingerprint_type: d.u8("fingerprint type"),
    fingerprint: hex(d.rest()),
  };
  return { value: Object.values(fields).join(" "), fields };
}

function rrsig(d: DnsReader): DnsData {
  const fields = {
    type_covered: typeName(d.u16("type covered")),
    algorithm: d.u8("algorithm"),
    labels: d.u8("labels"),
    original_ttl: d.u32("original TTL"),
    expiration: dnsTime(d.u32("expiration")),
    inception: dnsTime(d.u32("inception")),
    key_tag: d.u16("key tag"),
    signer: d.name("signer"),
  };
  // Keys and signatures are long and say nothing by themselves: in the value only.
  return { value: `${Object.values(fields).join(" ")} ${base64(d.rest())}`, fields };
}

function nsec(d: DnsReader): DnsData {
  const next = d.name("next domain name");
  const types: string[] = [];
  while (d.remaining > 0) {
    const window = d.u8("window block");
    const bitmap = d.bytes(d.u8("bitmap length"), "bitmap");
    bitmap.forEach((octet, index) => {
      for (let bit = 0; bit < 8; bit++) {
        if (octet & (0x80 >> bit)) types.push(typeName(window * 256 + index * 8 + bit));
      }
    });
  }
  return { value: [next, ...types].join(" "), fields: { next_domain: next, types } };
}

function dnskey(d: DnsReader): DnsData {
  const whole = d.message.subarray(d.offset, d.end);
  const flags = d.u16("flags");
  const protocol = d.u8("protocol");
  const algorithm = d.u8("algorithm");
  const publicKey = base64(d.rest());
  return {
    value: `${flags} ${protocol} ${algorithm} ${publicKey}`,
    fields: {
      flags,
      protocol,
      algorithm,
      key_tag: keyTag(whole),
      // RFC 4034 §2.1.1: bit 7 zone key, bit 15 secure entry point; RFC 5011 §2.1: bit 8 revoked.
      zone_key: (flags & 0x0100) !== 0,
      secure_entry_point: (flags & 0x0001) !== 0,
      revoked: (flags & 0x0080) !== 0,
    },
  };
}

function tlsa(d: DnsReader): DnsData {
  const fields = {
    usage: d.u8("usage"),
    selector: d.u8("selector"),
    matching_type: d.u8("matching type"),
    association_data: hex(d.rest()),
  };
  return { value: Object.values(fields).join(" "), fields };
}

function uri(d: DnsReader): DnsData {
  const priority = d.u16("priority");
  const weight = d.u16("weight");
  const target = d.rest();
  return {
    value: `${priority} ${weight} ${quoteText(target)}`,
    priority,
    fields: { priority, weight, target: renderText(target) },
  };
}

function caa(d: DnsReader): DnsData {
  const flags = d.u8("flags");
  const tag = renderText(d.characterString("tag"));
  const value = d.rest();
  return {
    value: `${flags} ${tag} ${quoteText(value)}`,
    // RFC 8659 §4.1: bit 0 of flags, issuer critical.
    fields: { flags, critical: (flags & 0x80) !== 0, tag, value: renderText(value) },
  };
}

interface ServiceParameter {
  readonly name: string;
  readonly rfc: string;
  readonly decode: (value: DnsReader) => string | readonly string[];
}

/** Service parameter keys (RFC 9460 §14.3.2). */
const SERVICE_PARAMETERS: Readonly<Record<number, ServiceParameter>> = {
  0: { name: "mandatory", rfc: "RFC 9460 §8", decode: (v) => list(v, () => keyName(v.u16("key"))) },
  1: {
    name: "alpn",
    rfc: "RFC 9460 §7.1",
    decode: (v) => list(v, () => renderText(v.characterString("alpn"))),
  },
  2: { name: "no-default-alpn", rfc: "RFC 9460 §7.1", decode: () => "" },
  3: { name: "port", rfc: "RFC 9460 §7.2", decode: (v) => v.u16("port").toString() },
  4: { name: "ipv4hint", rfc: "RFC 9460 §7.3", decode: (v) => list(v, () => address(v, 4)) },
  5: { name: "ech", rfc: "RFC 9848 §3", decode: (v) => base64(v.rest()) },
  6: { name: "ipv6hint", rfc: "RFC 9460 §7.3", decode: (v) => list(v, () => address(v, 16)) },
  7: { name: "dohpath", rfc: "RFC 9461 §5", decode: (v) => renderText(v.rest()) },
  8: { name: "ohttp", rfc: "RFC 9540 §4", decode: () => "" },
};

function keyName(key: number): string {
  return SERVICE_PARAMETERS[key]?.name ?? `key${key}`;
}

function list(value: DnsReader, item: () => string): readonly string[] {
  const items: string[] = [];
  while (value.remaining > 0) items.push(item());
  return items;
}

function svcb(d: DnsReader): DnsData {
  const priority = d.u16("priority");
  const target = d.name("target");
  const fields: Record<string, string | number | readonly string[]> = { priority, target };
  const words = [`${priority}`, target];
  while (d.remaining > 0) {
    const key = d.u16("parameter key");
    const value = d.part(d.u16("parameter length"), "parameter length");
    const decoded = SERVICE_PARAMETERS[key]?.decode(value) ?? hex(value.rest());
    value.expectEnd(keyName(key));
    fields[keyName(key).replaceAll("-", "_")] = decoded;
    const text = typeof decoded === "string" ? decoded : decoded.join(",");
    words.push(text === "" ? keyName(key) : `${keyName(key)}=${text}`);
  }
  return { value: words.join(" "), priority, fields };
}

function loc(d: DnsReader): DnsData {
  if (d.message[d.offset] !== 0) return generic(d);
  d.u8("version");
  const [size, horizontal, vertical] = [d.u8("size"), d.u8("precision"), d.u8("precision")].map(
    // Four bits of mantissa, four of exponent, centimeters.
    (octet) => ((octet >> 4) * 10 ** (octet & 15)) / 100,
  );
  const latitude = d.u32("latitude") - 2 ** 31;
  const longitude = d.u32("longitude") - 2 ** 31;
  // Centimeters above a reference 100 km below the WGS 84 spheroid.
  const altitude = d.u32("altitude") / 100 - 100_000;
  return {
    value: `${arc(latitude, "N", "S")} ${arc(longitude, "E", "W")} ${
      altitude.toFixed(2)
    }m ${size}m ${horizontal}m ${vertical}m`,
    fields: {
      latitude_deg: Number((latitude / 3_600_000).toFixed(7)),
      longitude_deg: Number((longitude / 3_600_000).toFixed(7)),
      altitude_m: altitude,
    },
  };
}

/** Thousandths of a second of arc as degrees, minutes, seconds. */
function arc(milliseconds: number, positive: string, negative: string): string {
  const total = Math.abs(milliseconds);
  const degrees = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const seconds = ((total % 60_000) / 1000).toFixed(3);
  return `${degrees} ${minutes} ${seconds} ${milliseconds < 0 ? negative : positive}`;
}

function address(d: DnsReader, length: 4 | 16): string {
  return renderAddress(addressFromBytes(d.bytes(length, "address")));
}

/** RFC 4034 §3.2: seconds since 1970 as YYYYMMDDHHmmSS. */
function dnsTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+Z$/g, "");
}

/** RFC 4034 appendix B. */
function keyTag(data: Uint8Array): number {
  let sum = 0;
  data.forEach((octet, index) => sum += index & 1 ? octet : octet << 8);
  return (sum + (sum >>> 16)) & 0xffff;
}

function hex(octets: Uint8Array): string {
  return octets.toHex();
}

function base64(octets: Uint8Array): string {
  return octets.toBase64();
}
