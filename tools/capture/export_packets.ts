/**
 * `export_packets`: the packets of a capture that satisfy a filter, as a file.
 *
 * @module
 */
import { z } from "zod";
import type { Config } from "../../lib/config/config.ts";
import { InputError, PolicyDenied, Unavailable } from "../../lib/errors/mod.ts";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { askCaptures } from "../../lib/pcap/ask_captures.ts";
import { sayCoverage } from "../../lib/pcap/questions/coverage.ts";
import { NO_CONDITIONS } from "../../lib/pcap/filter/no_conditions.ts";
import { assertOwnFilters } from "../../lib/pcap/filter/own_filters.ts";
import { FILTER_TEXT_MAX } from "../../lib/pcap/filter/tokens.ts";
import type { ExportAnswer } from "../../lib/pcap/questions/export.ts";
import { sayBytes } from "../../lib/pcap/questions/say_amount.ts";
import { captureInput, coverageOutput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";

/** Largest file that is written; it is held in memory until it is. */
const EXPORT_BYTES_MAX = 268_435_456;

/** Exports packets by a filter of the caller's. */
export const exportPackets = defineTool({
  name: "export_packets",
  title: "Export packets of a capture",
  toolset: "capture",
  effect: "export",
  reach: "local",
  description:
    "Writes the packets that satisfy a filter (Wireshark display filter or pcap-filter, as " +
    "custom_filter takes) to a new pcapng file in the directory pcap.export_path, with their " +
    "times, lengths and interfaces, for Wireshark or a colleague. Never overwrites; bounded by limit_packets and limit_bytes. To see packets here " +
    "use filter_packets or pcap_packet. Reads the whole file.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      filter_expression: z.string().min(1).max(FILTER_TEXT_MAX).describe(
        "Wireshark display filter or pcap-filter",
      ),
      name: z.string().min(1).max(100).describe(
        "Name of the new file: letters, digits, dot, hyphen, underscore; .pcapng is added",
      ),
      limit_packets: z.int().min(1).max(10_000_000).default(1_000_000).describe(
        "Most packets to write",
      ),
      limit_bytes: z.int().min(1024).max(EXPORT_BYTES_MAX).default(67_108_864).describe(
        "Largest file to write, bytes",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      filter_expression: z.string(),
      total_packets_scanned: z.number(),
      exported_packets: z.number(),
      export_limited_by: z.enum(["limit_packets", "limit_bytes"]).nullable(),
      packets_without_time: z.number(),
      export_file: z.string().nullable().describe(
        "Null if nothing matched and nothing was written",
      ),
      export_bytes: z.number(),
    }),
  offered: ({ pcap }) => pcap.export_path !== null,
  needs: ({ pcap }) =>
    pcap.export_path === null ? [captures] : [
      captures,
      // The finished file is moved to its name, which takes reading as well.
      { kind: "read", path: pcap.export_path },
      { kind: "write", path: pcap.export_path },
    ],
  budget: { ms: SCAN_BUDGET_MS },
  run: async ({ file_path, max_packets, name, filter_expression, ...limits }, cx) => {
    const directory = exportDirectory(cx.config);
    assertOwnFilters(cx.config);
    const fileName = fileNameOf(name);
    const params = { ...NO_CONDITIONS, filter: filter_expression, ...limits };
    const { chunks, ...answer } = await askCaptures(cx, {
      question: "export",
      paths: [file_path],
      params,
      max_packets,
    });
    const written = answer.exported_packets === 0 ? null : await write(directory, fileName, chunks);
    const file = { export_file: written?.path ?? null, export_bytes: written?.sizeBytes ?? 0 };
    const summary = `${sayExport(answer, file)}${sayCoverage(answer)}`;
    return { success: true, summary, file_path, ...answer, ...file };
  },
});

/** Loaded when it is needed: most servers export nothing. */
async function write(directory: string, name: string, chunks: readonly Uint8Array[]) {
  const { writeNewFile } = await import("../../lib/io/new_file.ts");
  try {
    return await writeNewFile(directory, name, chunks);
  } catch (error) {
    if (!(error instanceof Unavailable && error.code === "env.file_exists")) throw error;
    throw new Unavailable("file_exists", `Cannot write "${directory}/${name}": it exists already`, {
      hint: "Give another name: what is there is never replaced.",
    });
  }
}

function exportDirectory(config: Config): string {
  const directory = config.pcap.export_path;
  if (directory !== null) return directory;
  throw new PolicyDenied(
    "export_path",
    "Cannot export packets: rule pcap.export_path names no directory to write to",
    {
      hint: 'Set pcap.export_path: "/path/to/exports" and start the server again.',
      detail: { rule: "pcap.export_path", config_key: "pcap.export_path" },
    },
  );
}

function fileNameOf(name: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) return `${name.replace(/\.pcapng$/, "")}.pcapng`;
  throw new InputError("name", `Cannot name a file ${JSON.stringify(name)}`, {
    hint: "Use letters, digits, dot, hyphen and underscore, no dot at the start: resets-0950.",
  });
}

function sayExport(
  answer: Omit<ExportAnswer, "chunks">,
  { export_file, export_bytes }: { export_file: string | null; export_bytes: number },
): string {
  const of = `of ${answer.total_packets_scanned} packets`;
  if (export_file === null) {
    return `None ${of} matches ${answer.filter_expression}; nothing was written.`;
  }
  const limited = answer.export_limited_by === null
    ? ""
    : ` ${answer.export_limited_by} ended it, more may match.`;
  return `${answer.exported_packets} ${of} written to ${export_file}, ${
    sayBytes(export_bytes)
  }.${limited}`;
}
