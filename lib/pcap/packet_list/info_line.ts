/**
 * One line about a packet, in the spirit of Wireshark's Info column.
 *
 * @module
 */
import { rcodeName } from "../../dns_wire/message.ts";
import { typeName } from "../../dns_wire/records.ts";
import { readHttpFirstLine } from "../app/http.ts";
import { readServerName } from "../app/tls.ts";
import { tcpFlagWords } from "../detail/transport/tcp.ts";
import { readDnsMessage } from "../dns/dns_message.ts";
import { Fragment } from "../dissect/columns.ts";
import { describeMalformed } from "../dissect/malformed.ts";
import { Protocol } from "../dissect/protocol.ts";
import type { DerivedColumns } from "../filter/derived_columns.ts";
import type { PassBatch } from "../pass.ts";
import { arpLine } from "./arp_line.ts";
import { icmpLine } from "./icmp_line.ts";

/** Longest line, characters. */
const LINE_MAX = 200;

const TCP = 6;

/** The line of a row. Sequence numbers count from the start of the connection, as in Wireshark. */
export function infoLine(batch: PassBatch, derived: DerivedColumns, row: number): string {
  const parts = [transportLine(batch, derived, row), applicationLine(batch, row)];
  const fault = describeMalformed(batch.dissected.malformed[row] ?? 0);
  if (fault !== "") parts.push(`[malformed: ${fault}]`);
  const line = parts.filter((part) => part !== "").join(" ");
  return line.length <= LINE_MAX ? line : `${line.slice(0, LINE_MAX - 1)}…`;
}

function transportLine(batch: PassBatch, derived: DerivedColumns, row: number): string {
  const { dissected, packets } = batch;
  if (dissected.fragment[row] === Fragment.later) {
    return `Fragment, offset ${dissected.fragmentOffset[row]}, ID 0x${hex(dissected.ipId[row])}`;
  }
  const srcPort = dissected.srcPort[row] ?? -1;
  if (srcPort >= 0) {
    const ports = `${srcPort} → ${dissected.dstPort[row]}`;
    const length = `Len=${dissected.payloadWire[row]}`;
    return dissected.l4Protocol[row] === TCP
      ? `${ports} ${tcpText(batch, derived, row)} ${length}`
      : `${ports} ${length}`;
  }
  if ((dissected.icmpType[row] ?? -1) >= 0) return icmpLine(packets, dissected, row);
  const path = dissected.path[row] ?? 0;
  if (dissected.paths.protocolOf(path) === Protocol.arp) return arpLine(packets, dissected, row);
  return `${dissected.paths.nameOf(path)} ${packets.wireLength[row]} bytes`;
}

function tcpText({ dissected }: PassBatch, derived: DerivedColumns, row: number): string {
  const bits = dissected.tcpFlags[row] ?? 0;
  const seq = derived.seq[row] ?? NaN;
  const ack = derived.ack[row] ?? NaN;
  const hasAck = (bits & 0x10) !== 0;
  return `[${tcpFlagWords(bits)}] Seq=${Number.isNaN(seq) ? dissected.seq[row] : seq}` +
    (hasAck ? ` Ack=${Number.isNaN(ack) ? dissected.ack[row] : ack}` : "") +
    ` Win=${dissected.window[row]}`;
}

function applicationLine({ dissected, packets }: PassBatch, row: number): string {
  const offset = dissected.payloadOffset[row] ?? -1;
  const length = dissected.payloadCaptured[row] ?? 0;
  if (offset < 0 || length === 0) return "";
  switch (dissected.app[row]) {
    case Protocol.dns:
    case Protocol.mdns:
    case Protocol.llmnr: {
      // Over TCP the length of the message stands before it (RFC 1035 §4.2.2).
      const skip = dissected.l4Protocol[row] === TCP ? 2 : 0;
      return dnsLine(packets.bytes.subarray(offset + skip, offset + length));
    }
    case Protocol.tls: {
      const name = readServerName(packets.view, offset, length);
      return name === null ? "" : `Client Hello (SNI=${name})`;
    }
    case Protocol.http: {
      const line = readHttpFirstLine(packets.view, offset, length);
      if (line === null) return "";
      return line.type === "request"
        ? `${line.method} ${line.path} ${line.version}`.trimEnd()
        : `${line.version} ${line.status}`;
    }
    default:
      return "";
  }
}

function dnsLine(octets: Uint8Array): string {
  const { facts } = readDnsMessage(octets, true);
  if (facts === null) return "";
  const { id, isResponse, rcode, question, addresses } = facts;
  const asked = question === null ? "" : ` ${typeName(question.type)} ${question.name}`;
  const kind = isResponse ? "Standard query response" : "Standard query";
  const failed = isResponse && rcode !== 0 ? ` ${rcodeName(rcode)}` : "";
  const found = addresses.length === 0 ? "" : ` → ${addresses.join(" ")}`;
  return `${kind} 0x${hex(id)}${failed}${asked}${found}`;
}

function hex(value = 0): string {
  return value.toString(16).padStart(4, "0");
}
