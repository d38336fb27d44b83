/**
 * The columns of one batch side by side in one memory, in the order in which the compiled kernel
 * looks for them.
 *
 * @module
 */
import { Bug } from "../../errors/mod.ts";
import type { Arena, ColumnMemory } from "../arena.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { DissectColumns } from "../dissect/columns.ts";
import type { PathTable } from "../dissect/path_table.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import type { FlowHash } from "../flow/flow_hash.ts";
import { FlowKeys } from "../flow/flow_keys.ts";
import { type FramingBatch, makeFramingBatch } from "../framing_batch.ts";
import type { PassBatch } from "../pass.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";

/** Octets from the first column to the last, as in `assembly/columns.ts`. */
const LAST_PLACE = 215_040;

/** Words of a key as the kernel compares it: both addresses, ports, kind. */
const KEY_WORDS = 4;

/** A batch that the kernel can work on. */
export class Slot implements PassBatch {
  readonly packets: FramingBatch;
  readonly dissected: DissectColumns;
  /** A value of `RowState` for each row, between the two halves of dissection. */
  readonly state: Uint8Array;
  /** The rows that are not done then. */
  readonly left: Uint16Array;
  readonly flows: FlowColumns;
  readonly options: TcpOptionColumns;
  readonly tcpFlags: TcpFlagColumns;
  /** Told by a walk whose visitor can use it. */
  arena: Arena | null = null;
  /** Keys of the packets, while their flows are looked for. */
  readonly keys: FlowKeys;

  /** Columns in `memory`, one behind the other. */
  constructor(memory: ColumnMemory, paths: PathTable, hash: FlowHash) {
    this.packets = makeFramingBatch(memory);
    this.dissected = new DissectColumns(paths, memory);
    this.state = memory.uint8(BATCH_PACKETS);
    this.flows = new FlowColumns(memory);
    this.options = new TcpOptionColumns(memory);
    this.tcpFlags = new TcpFlagColumns(memory);
    this.keys = new FlowKeys(hash, memory);
    memory.int32(BATCH_PACKETS); // keyTouched
    memory.int32(BATCH_PACKETS * KEY_WORDS); // keyRow
    this.left = memory.uint16(BATCH_PACKETS);
    const place = this.left.byteOffset - this.address;
    // The compiled code knows the columns by their place: the last one tells whether all are there.
    if (place !== LAST_PLACE) throw new Bug(new Error(`Column at ${place}, not ${LAST_PLACE}`));
  }

  /** Address of the first column. */
  get address(): number {
    return this.packets.offset.byteOffset;
  }
}
