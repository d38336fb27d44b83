/**
 * A packet as a row of a list.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { Protocol, protocolName } from "../dissect/protocol.ts";
import { type PathTable, ROOT_PATH } from "../dissect/path_table.ts";
import { DerivedColumns } from "../filter/derived_columns.ts";
import type { PassBatch } from "../pass.ts";
import { isoTime } from "../questions/iso_time.ts";
import { infoLine } from "./info_line.ts";

/** One packet. What a packet does not have is null. */
export interface PacketRow {
  /** From 1, as Wireshark counts frames. */
  readonly packet_number: number;
  /** ISO 8601, UTC. */
  readonly timestamp: string | null;
  /** Seconds since the first packet. */
  readonly time_relative: number | null;
  readonly src_ip: string | null;
  readonly src_port: number | null;
  readonly dst_ip: string | null;
  readonly dst_port: number | null;
  /** The innermost protocol that was recognized. */
  readonly protocol: string;
  /** Octets on the wire. */
  readonly length: number;
  /** Number as in Wireshark's `tcp.stream` or `udp.stream`. */
  readonly stream: number | null;
  readonly info: string;
}

const TCP = 6;

/** Makes rows; sees every batch, because stream and sequence numbers need what came before. */
export class PacketRows {
  readonly #derived = new DerivedColumns(new Set(["udp_stream", "relative_numbers"]));

  /** Takes the next batch; rows can then be made of its packets. */
  addBatch(batch: PassBatch): void {
    this.#derived.addBatch(batch);
  }

  /** The row of a packet of the last batch. */
  row(batch: PassBatch, row: number): PacketRow {
    const { packets, dissected, flows } = batch;
    const hasTime = packets.noTime[row] !== 1;
    const ns = flows.timeNs[row] ?? NaN;
    const isTcp = dissected.l4Protocol[row] === TCP;
    const stream = isTcp ? flows.tcp[row] ?? -1 : this.#derived.udpStream[row] ?? -1;
    return {
      packet_number: packets.firstFrame + row,
      timestamp: hasTime ? isoTime(flows.baseSec, ns) : null,
      time_relative: hasTime ? Math.round(ns - this.#derived.firstNs) / 1e9 : null,
      src_ip: addressAt(batch, row, dissected.srcOffset[row] ?? -1),
      src_port: presentOr(dissected.srcPort[row]),
      dst_ip: addressAt(batch, row, dissected.dstOffset[row] ?? -1),
      dst_port: presentOr(dissected.dstPort[row]),
      protocol: lastProtocol(dissected.paths, dissected.path[row] ?? ROOT_PATH),
      length: packets.wireLength[row] ?? 0,
      stream: presentOr(stream),
      info: infoLine(batch, this.#derived, row),
    };
  }
}

function presentOr(value: number | undefined): number | null {
  return value === undefined || value < 0 ? null : value;
}

function addressAt({ packets, dissected }: PassBatch, row: number, offset: number): string | null {
  const length = dissected.addressLength[row] ?? 0;
  if (offset < 0 || length === 0) return null;
  return renderAddress(addressFromBytes(packets.bytes.subarray(offset, offset + length)));
}

/** What says nothing of the content of a packet. */
const UNTELLING: ReadonlySet<number> = new Set([
  Protocol.data,
  Protocol.malformed,
  Protocol.short,
]);

function lastProtocol(paths: PathTable, path: number): string {
  let node = path;
  while (node !== ROOT_PATH && UNTELLING.has(paths.protocolOf(node))) node = paths.parentOf(node);
  return protocolName(paths.protocolOf(node)).toUpperCase();
}
