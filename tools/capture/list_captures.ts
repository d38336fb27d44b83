/**
 * `list_captures`: what captures there are to ask about.
 *
 * @module
 */
import { z } from "zod";
import { defineTool } from "../../lib/mcp/define_tool.ts";
import type { CaptureList } from "../../lib/pcap/capture_list.ts";

/** Lists the captures in the allowed directories. */
export const listCaptures = defineTool({
  name: "list_captures",
  title: "List captures",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Lists the captures in the directories of pcap.allowed_paths, newest first, with the file_path " +
    "that the other capture tools take. Files are told by their first bytes, not by name; of a " +
    "compressed one only the compression is told. Reads no packets: for what a capture holds use " +
    "pcap_summary. Symbolic links are passed over. Takes a second or two for thousands of files.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      captures: z.array(z.object({
        name: z.string(),
        file_path: z.string(),
        size_bytes: z.number(),
        modified: z.string(),
        kind: z.enum(["pcap", "pcapng", "snoop", "gzip", "zstd"]),
      })),
      directories: z.array(z.object({
        path: z.string(),
        state: z.enum(["read", "missing", "unreadable"]),
        flag: z.string().nullable(),
      })),
    }),
  needs: () => [],
  budget: { ms: 30_000 },
  pages: "captures",
  run: async (_given, cx) => {
    // Loaded here: a server that is started does without.
    const { listCaptures } = await import("../../lib/pcap/capture_list.ts");
    const list = await listCaptures(cx.config.pcap.allowed_paths, cx.signal);
    return {
      success: true,
      summary: sayList(list),
      complete: list.isComplete,
      captures: list.captures.map((one) => ({
        name: one.name,
        file_path: one.path,
        size_bytes: one.sizeBytes,
        modified: new Date(one.modifiedMs).toISOString(),
        kind: one.kind,
      })),
      directories: [...list.directories],
    };
  },
});

/** What a person would say of it. */
export function sayList({ captures, directories, isComplete }: CaptureList): string {
  if (directories.length === 0) {
    return "No directory is listed in pcap.allowed_paths, so there are no captures to ask about.";
  }
  const named = (state: CaptureList["directories"][number]["state"]): string =>
    directories.filter((one) => one.state === state).map(({ path }) => JSON.stringify(path))
      .join(", ");
  const missing = named("missing");
  const unreadable = named("unreadable");
  const [newest] = captures;
  const count = newest === undefined
    ? "No captures"
    : captures.length === 1
    ? `One capture, ${JSON.stringify(newest.name)}`
    : `${captures.length} captures, the newest ${JSON.stringify(newest.name)}`;
  return [
    `${count}, in the directories of pcap.allowed_paths${isComplete ? "" : " as far as searched"}.`,
    ...(missing === "" ? [] : [`There is no ${missing}.`]),
    ...(unreadable === "" ? [] : [`${unreadable} cannot be read.`]),
  ].join(" ");
}
