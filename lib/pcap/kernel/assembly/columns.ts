/**
 * Where the columns of a batch lie, from the address of the first; the same order and sizes as in
 * `kernel.ts`, which checks them. AssemblyScript.
 */

import { bindVectors } from "./vectors";

/** Address of the first column. */
export let base: u32 = 0;

/** Tables that TypeScript fills: protocol by TCP port, by UDP port, tunnel by UDP port, path by kind. */
export let tcpPorts: u32 = 0;
export let udpPorts: u32 = 0;
export let udpTunnels: u32 = 0;
export let paths: u32 = 0;

/** Told once where everything lies. */
export function bind(columns: u32, tcp: u32, udp: u32, tunnels: u32, pathTable: u32): void {
  base = columns;
  tcpPorts = tcp;
  udpPorts = udp;
  udpTunnels = tunnels;
  paths = pathTable;
  bindVectors();
}

/** Offsets of the columns from `base`. */
export namespace Column {
  export const offset: u32 = 0;
  export const capturedLength: u32 = 4096;
  export const wireLength: u32 = 8192;
  export const timeSec: u32 = 16384;
  export const timeNsec: u32 = 24576;
  export const linkType: u32 = 28672;
  export const interfaceId: u32 = 30720;
  export const fcsLength: u32 = 32768;
  export const noTime: u32 = 33792;
  export const path: u32 = 34816;
  export const app: u32 = 36864;
  export const ipVersion: u32 = 37888;
  export const addressLength: u32 = 38912;
  export const payloadCaptured: u32 = 39936;
  export const payloadWire: u32 = 44032;
  export const tcpFlags: u32 = 48128;
  export const seq: u32 = 50176;
  export const ack: u32 = 54272;
  export const window: u32 = 58368;
  export const vlanDepth: u32 = 60416;
  export const tunnelDepth: u32 = 61440;
  export const tunnelKind: u32 = 62464;
  export const tunnelId: u32 = 63488;
  export const fragment: u32 = 67584;
  export const fragmentOffset: u32 = 68608;
  export const fragmentMore: u32 = 72704;
  export const ipId: u32 = 73728;
  export const ttl: u32 = 77824;
  export const malformed: u32 = 78848;
  export const cut: u32 = 80896;
  export const srcOffset: u32 = 81920;
  export const dstOffset: u32 = 86016;
  export const l4Protocol: u32 = 90112;
  export const srcPort: u32 = 92160;
  export const dstPort: u32 = 96256;
  export const l3Offset: u32 = 100352;
  export const l4Offset: u32 = 104448;
  export const payloadOffset: u32 = 108544;
  export const vlanId: u32 = 112640;
  export const icmpType: u32 = 114688;
  export const icmpCode: u32 = 116736;
  export const state: u32 = 118784;
  export const flowFlow: u32 = 119808;
  export const flowTcp: u32 = 123904;
  export const flowDirection: u32 = 128000;
  export const flowIsNew: u32 = 129024;
  export const flowIsReused: u32 = 130048;
  export const flowTimeNs: u32 = 131072;
  export const optionWindowScale: u32 = 139264;
  export const optionMss: u32 = 141312;
  export const optionSackPermitted: u32 = 145408;
  export const optionSackBlocks: u32 = 146432;
  export const optionSackOffset: u32 = 147456;
  export const optionHasTimestamps: u32 = 151552;
  export const optionTsVal: u32 = 152576;
  export const optionTsEcr: u32 = 156672;
  export const optionCut: u32 = 160768;
  export const foundFlags: u32 = 161792;
  export const foundDuplicateAck: u32 = 165888;
  export const keyHash: u32 = 169984;
  export const keyKind: u32 = 174080;
  export const keyTenant: u32 = 178176;
  export const keyPorts: u32 = 182272;
  export const keySrc: u32 = 186368;
  export const keyDst: u32 = 190464;
  export const keyTouched: u32 = 194560;
  export const keyRow: u32 = 198656;
  export const leftRow: u32 = 215040;
}

/** Marks in the column `state`, as in `dissect/dissect.ts`. */
export namespace RowState {
  export const odd: u32 = 1;
  export const pathMissing: u32 = 2;
  export const done: u32 = 4;
  /** Done, and its key was read. */
  export const keyed: u32 = 5;
}

/** The mark of four rows whose keys were read. */
export const KEYED_4: u32 = RowState.keyed * 0x01010101;
