/**
 * How TCP connections begin and end, as far as the flow table must know: where sequence numbers
 * start, who opened the connection, whether a SYN is a new one, whether it is over.
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import * as layout from "./flow_record.ts";
import { Cold, Hot, State } from "./flow_record.ts";
import type { FlowRecords } from "./flow_records.ts";
import type { Side } from "./flow_reader.ts";

/** Flags (RFC 9293 §3.1). */
export const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;

const HEADER_OCTETS = 20;

/** True if the octets of the header before its options were captured. */
export function hasTcpHeader(packets: PacketBatch, columns: DissectColumns, row: number): boolean {
  // A header that is not there leaves no flags; without any, it is looked for.
  if (columns.tcpFlags[row] !== 0) return true;
  const end = (packets.offset[row] ?? 0) + (packets.capturedLength[row] ?? 0);
  return end - (columns.l4Offset[row] ?? end) >= HEADER_OCTETS;
}

/** True if a row is a SYN with another sequence number than that of its side: a new connection. */
export function isReuse(
  records: FlowRecords,
  columns: DissectColumns,
  row: number,
  id: number,
  direction: Side,
): boolean {
  if (((columns.tcpFlags[row] ?? 0) & (SYN | ACK)) !== SYN) return false;
  const base = records.baseSequence(id, direction);
  return base >= 0 && base !== columns.seq[row];
}

/** Follows the connection of flow `id` by a row whose header is there. */
export function trackTcp(
  records: FlowRecords,
  columns: DissectColumns,
  row: number,
  id: number,
  direction: Side,
  isNew: boolean,
): void {
  const flags = columns.tcpFlags[row] ?? 0;
  learnBases(records, columns, row, id, direction);
  if ((flags & FIN) !== 0) records.mark(id, State.fin << direction);
  if ((flags & RST) !== 0) records.mark(id, State.reset);
  if ((flags & SYN) === 0) return;
  const state = records.word(id, Hot.state);
  if ((flags & ACK) !== 0) {
    if (isNew) records.mark(id, State.initiatorIsB);
  } else if ((state & State.synSeen) === 0) {
    const others = state & ~State.initiatorIsB;
    records.hot.i32[(id << layout.HOT_WORDS_LOG2) + Hot.state] = others | State.synSeen |
      (direction === 1 ? State.initiatorIsB : 0);
  }
}

/**
 * Takes the base sequence numbers that a row tells: as far as they are unknown, and that of any
 * SYN-ACK, as tshark does.
 */
function learnBases(
  records: FlowRecords,
  columns: DissectColumns,
  row: number,
  id: number,
  direction: Side,
): void {
  const state = records.word(id, Hot.state);
  const flags = columns.tcpFlags[row] ?? 0;
  const bases = id * layout.COLD_WORDS + Cold.base;
  const isSynAck = (flags & (SYN | ACK)) === (SYN | ACK);
  if (isSynAck || (state & (State.baseKnown << direction)) === 0) {
    const seq = columns.seq[row] ?? 0;
    records.cold.u32[bases + direction] = (flags & SYN) !== 0 ? seq : seq - 1;
    records.mark(id, State.baseKnown << direction);
  }
  const other = 1 - direction;
  if ((flags & ACK) !== 0 && (state & (State.baseKnown << other)) === 0) {
    records.cold.u32[bases + other] = (columns.ack[row] ?? 0) - 1;
    records.mark(id, State.baseKnown << other);
  }
}
