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
  export const capturedLength: u32 = 1024;
  export const wireLength: u32 = 2048;
  export const timeSec: u32 = 4096;
  export const timeNsec: u32 = 6144;
  export const linkType: u32 = 7168;
  export const interfaceId: u32 = 7680;
  export const fcsLength: u32 = 8192;
  export const noTime: u32 = 8448;
  export const path: u32 = 8704;
  export const app: u32 = 9216;
  export const ipVersion: u32 = 9472;
  export const addressLength: u32 = 9728;
  export const payloadCaptured: u32 = 9984;
  export const payloadWire: u32 = 11008;
  export const tcpFlags: u32 = 12032;
  export const seq: u32 = 12544;
  export const ack: u32 = 13568;
  export const window: u32 = 14592;
  export const vlanDepth: u32 = 15104;
  export const tunnelDepth: u32 = 15360;
  export const tunnelKind: u32 = 15616;
  export const tunnelId: u32 = 15872;
  export const fragment: u32 = 16896;
  export const fragmentOffset: u32 = 17152;
  export const fragmentMore: u32 = 18176;
  export const ipId: u32 = 18432;
  export const ttl: u32 = 19456;
  export const malformed: u32 = 19712;
  export const cut: u32 = 20224;
  export const srcOffset: u32 = 20480;
  export const dstOffset: u32 = 21504;
  export const l4Protocol: u32 = 22528;
  export const srcPort: u32 = 23040;
  export const dstPort: u32 = 24064;
  export const l3Offset: u32 = 25088;
  export const l4Offset: u32 = 26112;
  export const payloadOffset: u32 = 27136;
  export const vlanId: u32 = 28160;
  export const icmpType: u32 = 28672;
  export const icmpCode: u32 = 29184;
  export const state: u32 = 29696;
  export const flowFlow: u32 = 29952;
  export const flowTcp: u32 = 30976;
  export const flowDirection: u32 = 32000;
  export const flowIsNew: u32 = 32256;
  export const flowIsReused: u32 = 32512;
  export const flowTimeNs: u32 = 32768;
  export const optionWindowScale: u32 = 34816;
  export const optionMss: u32 = 35328;
  export const optionSackPermitted: u32 = 36352;
  export const optionSackBlocks: u32 = 36608;
  export const optionSackOffset: u32 = 36864;
  export const optionHasTimestamps: u32 = 37888;
  export const optionTsVal: u32 = 38144;
  export const optionTsEcr: u32 = 39168;
  export const optionCut: u32 = 40192;
  export const foundFlags: u32 = 40448;
  export const foundDuplicateAck: u32 = 41472;
  export const keyHash: u32 = 42496;
  export const keyKind: u32 = 43520;
  export const keyTenant: u32 = 44544;
  export const keyPorts: u32 = 45568;
  export const keySrc: u32 = 46592;
  export const keyDst: u32 = 47616;
  export const keyTouched: u32 = 48640;
  export const keyRow: u32 = 49664;
  export const leftRow: u32 = 53760;
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
