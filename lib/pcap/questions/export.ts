/**
 * The question `export`: the packets that satisfy a filter, as a pcapng file.
 *
 * @module
 */
import { type Capture, type QuestionContext, STOP_WALK } from "../engine/question.ts";
import { PcapngWriter } from "../export/pcapng_writer.ts";
import { expressionOf } from "../filter/conditions.ts";
import { Filter } from "../filter/filter.ts";
import type { Conditions } from "../filter/no_conditions.ts";
import type { PassBatch } from "../pass.ts";
import { type Coverage, coverageOf } from "./coverage.ts";

/** Parameters of {@link askExport}. */
export interface ExportParams extends Conditions {
  /** Most packets and octets of the file. */
  readonly limit_packets: number;
  readonly limit_bytes: number;
}

/** Answer of {@link askExport}. */
export interface ExportAnswer extends Coverage {
  /** All conditions as one Wireshark display filter. */
  readonly filter_expression: string;
  readonly total_packets_scanned: number;
  readonly exported_packets: number;
  /** The bound at which the export ended though more packets may match, or null. */
  readonly export_limited_by: "limit_packets" | "limit_bytes" | null;
  /** Packets that had no time, or one before 1970, and are filed under 1970. */
  readonly packets_without_time: number;
  /** The file, in pieces. */
  readonly chunks: Uint8Array<ArrayBuffer>[];
}

/**
 * Copies packets out of a capture.
 * @throws {InputError} `input.filter`, `input.filter_cost`, `input.address`, `input.protocol`
 */
export async function askExport(
  params: ExportParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<ExportAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const filter = new Filter(expressionOf(params));
  const copy = new PacketCopy(new PcapngWriter("netglass", `Packets that match ${filter.text}`));
  let limitedBy: ExportAnswer["export_limited_by"] = null;
  const facts = await capture.walk(filter.needs, (batch) => {
    const mask = filter.select(batch);
    for (let row = 0; row < batch.packets.count && limitedBy === null; row++) {
      if (mask[row] !== 1) continue;
      if (copy.packets >= params.limit_packets) limitedBy = "limit_packets";
      else if (copy.sizeWith(batch, row) > params.limit_bytes) limitedBy = "limit_bytes";
      else copy.add(batch, row);
    }
    return limitedBy === null ? undefined : STOP_WALK;
  });
  return {
    ...coverageOf(facts),
    filter_expression: filter.text,
    total_packets_scanned: facts.packets,
    exported_packets: copy.packets,
    export_limited_by: limitedBy,
    packets_without_time: copy.withoutTime,
    chunks: copy.finish(),
  };
}

/** Copies packets of batches to a file. */
class PacketCopy {
  packets = 0;
  withoutTime = 0;
  readonly #writer: PcapngWriter;

  constructor(writer: PcapngWriter) {
    this.#writer = writer;
  }

  /** Size of the file with one packet more, at most. */
  sizeWith({ packets }: PassBatch, row: number): number {
    return this.#writer.sizeBytes + PcapngWriter.sizeOf(packets.capturedLength[row] ?? 0);
  }

  add({ packets }: PassBatch, row: number): void {
    const offset = packets.offset[row] ?? 0;
    const sec = packets.timeSec[row] ?? 0;
    const isTimed = packets.noTime[row] !== 1 && sec >= 0;
    this.#writer.add(
      {
        id: packets.interfaceId[row] ?? 0,
        linkType: packets.linkType[row] ?? 0,
        fcsLength: packets.fcsLength[row] ?? 0,
      },
      {
        bytes: packets.bytes.subarray(offset, offset + (packets.capturedLength[row] ?? 0)),
        wireLength: packets.wireLength[row] ?? 0,
        timeSec: isTimed ? sec : 0,
        timeNsec: isTimed ? packets.timeNsec[row] ?? 0 : 0,
      },
    );
    this.packets++;
    if (!isTimed) this.withoutTime++;
  }

  finish(): Uint8Array<ArrayBuffer>[] {
    return this.#writer.finish();
  }
}
