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

/** Inputs that name one flow, in one of three ways. */
export function flowInput() {
  const endpoint = z.string().min(3).max(64);
  return {
    stream: z.union([z.int().min(0).max(4_294_967_295), z.string().max(16)]).nullable()
      .default(null).describe('Number as tshark counts: "tcp:5", "udp:3", or 5 with protocol'),
    packet_number: z.int().min(1).max(4_294_967_295).nullable().default(null).describe(
      "Instead of stream: any packet of it",
    ),
    endpoints: z.array(endpoint).length(2).nullable().default(null).describe(
      'Instead of stream: both ends in any order, "192.0.2.1:1024" and "[2001:db8::1]:443"; the first such conversation',
    ),
    protocol: z.enum(["tcp", "udp"]).default("tcp").describe(
      "With endpoints or a bare stream number",
    ),
  };
}

/** `tcp:5`, whether the number of {@link flowInput} came with its protocol or without. */
export function streamName(
  { stream, protocol }: {
    readonly stream: number | string | null;
    readonly protocol: "tcp" | "udp";
  },
): string | null {
  if (stream === null) return null;
  return /^\d+$/.test(`${stream}`) ? `${protocol}:${stream}` : `${stream}`;
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

/** Outputs that name a conversation in a list. */
export function flowEndsOutput() {
  return {
    src_ip: z.string(),
    src_port: z.number().nullable(),
    dst_ip: z.string(),
    dst_port: z.number().nullable(),
    protocol: z.string(),
    stream: z.number().nullable(),
    vni: z.number().optional().describe("VXLAN or Geneve network around it"),
  };
}

/** Outputs of a list of conversations: what is in none, for want of room. */
export function evictedOutput() {
  return z.object({ conversations: z.number(), packets: z.number(), bytes: z.number() })
    .describe("Idle ones that made room in the flow table and cannot be listed");
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
