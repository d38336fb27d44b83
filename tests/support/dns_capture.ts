/**
 * Captures of DNS for tests: messages as the package dns-packet (not ours) writes them, in packets
 * with a time each, and what a pass finds in them.
 *
 * @module
 */
import assert from "node:assert/strict";
import dnsPacket from "dns-packet";
import { DnsTraffic } from "../../lib/pcap/dns/dns_traffic.ts";
import type { DnsFindings } from "../../lib/pcap/dns/findings.ts";
import { AnalysisKernel } from "../../lib/pcap/kernel/analysis_kernel.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import { DatagramAssembler } from "../../lib/pcap/stream/fragments.ts";
import { addressToBytes, parseAddress } from "../../lib/ip/address.ts";
import { sourceOf } from "./capture_bytes.ts";

/** An IP packet, linktype RAW, and when it was captured. */
export interface TimedPacket {
  /** Milliseconds from the start. */
  readonly ms: number;
  readonly octets: Uint8Array;
  /** Octets kept, if fewer. */
  readonly captured?: number;
}

/** Address and port, `192.0.2.1:53` or `[2001:db8::1]:53`. */
export type Endpoint = string;

/** An encoded message; `more` is passed on to dns-packet. */
export function message(
  type: "query" | "response",
  id: number,
  name: string,
  more: Record<string, unknown> = {},
  recordType = "A",
): Uint8Array {
  // The package publishes no types; it checks its own input.
  const options = {
    type,
    id,
    questions: [{ type: recordType, name }],
    ...more,
  } as Parameters<typeof dnsPacket.encode>[0];
  return Uint8Array.from(dnsPacket.encode(options));
}

/** A UDP datagram in IP. */
export function udpPacket(ms: number, from: Endpoint, to: Endpoint, data: Uint8Array): TimedPacket {
  const [src, dst] = [endpointOf(from), endpointOf(to)];
  const udp = new Uint8Array(8 + data.length);
  const view = new DataView(udp.buffer);
  view.setUint16(0, src.port);
  view.setUint16(2, dst.port);
  view.setUint16(4, udp.length);
  udp.set(data, 8);
  return { ms, octets: ipPacket(17, src.address, dst.address, udp) };
}

/** A TCP segment in IP. */
export function tcpPacket(
  ms: number,
  from: Endpoint,
  to: Endpoint,
  seq: number,
  flags: number,
  data: Uint8Array = new Uint8Array(0),
): TimedPacket {
  const [src, dst] = [endpointOf(from), endpointOf(to)];
  const tcp = new Uint8Array(20 + data.length);
  const view = new DataView(tcp.buffer);
  view.setUint16(0, src.port);
  view.setUint16(2, dst.port);
  view.setUint32(4, seq >>> 0);
  view.setUint16(12, 0x5000 | flags);
  view.setUint16(14, 512);
  tcp.set(data, 20);
  return { ms, octets: ipPacket(6, src.address, dst.address, tcp) };
}

/** The two halves of a datagram in IPv4, cut at `at` octets of its payload, a multiple of eight. */
export function fragmentsOf(packet: TimedPacket, at: number): [TimedPacket, TimedPacket] {
  const header = packet.octets.slice(0, 20);
  const half = (payload: Uint8Array, field: number): TimedPacket => {
    const octets = new Uint8Array(20 + payload.length);
    octets.set(header);
    octets.set(payload, 20);
    const view = new DataView(octets.buffer);
    view.setUint16(2, octets.length);
    view.setUint16(6, field);
    return { ms: packet.ms, octets };
  };
  const payload = packet.octets.subarray(20);
  return [half(payload.subarray(0, at), 0x2000), half(payload.subarray(at), at / 8)];
}

/** A classic nanosecond capture of the packets, in their order. */
export function captureOf(packets: readonly TimedPacket[]): Uint8Array {
  const kept = packets.map(({ octets, captured }) => octets.subarray(0, captured));
  const bytes = new Uint8Array(kept.reduce((sum, one) => sum + 16 + one.length, 24));
  const view = new DataView(bytes.buffer);
  [0xa1b23c4d, 0x00040002, 0, 0, 65_535, 101].forEach((word, index) =>
    view.setUint32(4 * index, word, true)
  );
  let at = 24;
  packets.forEach(({ ms, octets }, index) => {
    const part = kept[index] ?? octets;
    const ns = Math.round(ms * 1e6);
    view.setUint32(at, 1_700_000_000 + Math.floor(ns / 1e9), true);
    view.setUint32(at + 4, ns % 1e9, true);
    view.setUint32(at + 8, part.length, true);
    view.setUint32(at + 12, octets.length, true);
    bytes.set(part, at + 16);
    at += 16 + part.length;
  });
  return bytes;
}

/** What a pass over a capture finds of DNS: the same with compiled code and without. */
export async function dnsFindings(capture: Uint8Array): Promise<DnsFindings> {
  const fragments = new DatagramAssembler();
  const dns = new DnsTraffic(() => fragments.completed);
  let kernel: AnalysisKernel | null = null;
  let compiled: DnsTraffic | null = null;
  const options = {
    needs: { flows: true },
    maxPackets: 0,
    signal: new AbortController().signal,
  };
  const facts = await walkPackets(sourceOf(capture), options, (batch) => {
    kernel ??= new AnalysisKernel(batch.arena ?? assert.fail());
    kernel.turnTo(batch);
    compiled ??= new DnsTraffic(() => fragments.completed, kernel);
    fragments.addBatch(batch);
    compiled.addBatch(batch);
    dns.addBatch(batch);
  });
  const found = dns.finish(facts);
  assert.deepEqual((compiled ?? new DnsTraffic(() => [])).finish(facts), found);
  return found;
}

function endpointOf(text: Endpoint): { address: Uint8Array; port: number } {
  const colon = text.lastIndexOf(":");
  const address = parseAddress(text.slice(0, colon).replace(/[[\]]/g, ""));
  return { address: addressToBytes(address), port: Number(text.slice(colon + 1)) };
}

/** An IP packet of either version around a payload. */
export function ipPacket(protocol: number, src: Uint8Array, dst: Uint8Array, payload: Uint8Array) {
  const isV6 = src.length === 16;
  const header = isV6 ? 40 : 20;
  const octets = new Uint8Array(header + payload.length);
  const view = new DataView(octets.buffer);
  if (isV6) {
    view.setUint32(0, 0x60000000);
    view.setUint16(4, payload.length);
    view.setUint16(6, protocol << 8 | 64);
  } else {
    view.setUint16(0, 0x4500);
    view.setUint16(2, octets.length);
    view.setUint16(4, 0x1234);
    view.setUint16(8, 64 << 8 | protocol);
  }
  octets.set(src, isV6 ? 8 : 12);
  octets.set(dst, isV6 ? 24 : 16);
  octets.set(payload, header);
  return octets;
}
