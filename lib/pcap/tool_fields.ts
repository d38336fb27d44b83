/**
 * Fields that the tools about captures share.
 *
 * @module
 */
import { z } from "zod";

/** Time a tool may take to scan a capture, milliseconds; a partial scan is no answer, so it is long. */
export const SCAN_BUDGET_MS = 600_000;

/** The path of a capture. */
export function filePath(): z.ZodString {
  return z.string().min(1).max(4096).describe(
    "Capture (pcap, pcapng, snoop; plain, gzip or zstd) in a directory of pcap.allowed_paths",
  );
}

/** Inputs of every tool about one capture. */
export function captureInput() {
  return {
    file_path: filePath(),
    max_packets: z.int().min(0).max(4_294_967_295).default(0).describe(
      "Most packets to read; 0: the whole file, as far as pcap.max_packets allows",
    ),
  };
}

/** Outputs of every tool about captures: how much of the file the answer rests on. */
export function coverageOutput() {
  return {
    file_path: z.string(),
    complete: z.boolean(),
    truncated_at: z.number().nullable(),
    scanned_packets: z.number(),
    limited_by: z.enum(["max_packets"]).nullable(),
    warnings: z.array(z.string()),
  };
}

/** How far the capture can be trusted. */
export function qualityOutput() {
  return z.object({
    grade: z.enum(["good", "fair", "poor"]),
    findings: z.array(z.object({
      code: z.string(),
      severity: z.enum(["low", "medium", "high"]),
      text: z.string(),
      count: z.number(),
      frames: z.array(z.number()).readonly(),
    })).readonly(),
    consequences: z.array(z.string()).readonly().describe("What to distrust"),
  });
}
