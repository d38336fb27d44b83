/**
 * What captures lie in the allowed directories, told by content and not by name.
 *
 * @module
 */
import { basename } from "node:path";
import { NetglassError, PermissionMissing } from "../errors/mod.ts";
import { openCapture } from "../io/capture_file.ts";
import { findFiles } from "../io/directory_walk.ts";
import { realPathSync } from "../io/files.ts";
import { enclosingRoot } from "../policy/paths.ts";
import { compressionOf } from "./compression.ts";
import { turn } from "./engine/turn.ts";
import { isPcap } from "./pcap.ts";
import { isPcapng } from "./pcapng.ts";
import { isSnoop } from "./snoop.ts";

/** What a file begins like; what a compressed one holds is not looked at. */
export type CaptureKind = "pcap" | "pcapng" | "snoop" | "gzip" | "zstd";

/** A file that may be a capture. */
export interface ListedCapture {
  readonly name: string;
  /** Real path. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Time of the last change, milliseconds since the Unix epoch. */
  readonly modifiedMs: number;
  readonly kind: CaptureKind;
}

/** One allowed directory. */
export interface ListedDirectory {
  /** As configured. */
  readonly path: string;
  /** `missing`: there is nothing, or nothing that may be seen. */
  readonly state: "read" | "missing" | "unreadable";
  /** The flag that is missing, where it is one. */
  readonly flag: string | null;
}

/** What lies there. */
export interface CaptureList {
  /** Newest first. */
  readonly captures: readonly ListedCapture[];
  readonly directories: readonly ListedDirectory[];
  /** False if a bound ended the search, or something could not be read. */
  readonly isComplete: boolean;
}

/** Levels of directories beneath an allowed one. */
const DEPTH_MAX = 8;
/** Entries of directories looked at, all together. */
const ENTRIES_MAX = 20_000;
/** The longest magic number, octets. */
const HEAD_BYTES = 8;

/**
 * Looks through `directories`.
 * @throws the signal's reason once it aborts
 */
export async function listCaptures(
  directories: readonly string[],
  signal: AbortSignal,
): Promise<CaptureList> {
  const found = new Map<string, ListedCapture>();
  const states: ListedDirectory[] = [];
  let entriesLeft = ENTRIES_MAX;
  let isComplete = true;
  for (const path of directories) {
    const root = realPathSync(path);
    if (root === null) {
      states.push({ path, state: "missing", flag: null });
      continue;
    }
    try {
      const walked = await findFiles(root, { depth: DEPTH_MAX, entries: entriesLeft });
      entriesLeft -= walked.entries;
      isComplete &&= !walked.isPartial;
      for (const file of walked.files) {
        signal.throwIfAborted();
        const capture = await lookAt(file, root);
        if (capture !== null) found.set(capture.path, capture);
      }
      states.push({ path, state: "read", flag: null });
    } catch (error) {
      if (!(error instanceof NetglassError)) throw error;
      const flag = error instanceof PermissionMissing ? String(error.detail.flag) : null;
      states.push({ path, state: "unreadable", flag });
      isComplete = false;
    }
  }
  const captures = [...found.values()].sort((a, b) =>
    b.modifiedMs - a.modifiedMs || (a.path < b.path ? -1 : 1)
  );
  return { captures, directories: states, isComplete };
}

/** The file if it begins like a capture and may be read; null if not, or if it is gone by now. */
async function lookAt(path: string, root: string): Promise<ListedCapture | null> {
  // A directory of thousands of files must not keep the thread from its other work.
  await turn();
  try {
    using file = openCapture(path, (real) => enclosingRoot(real, [root]) !== null);
    const head = new Uint8Array(HEAD_BYTES);
    const kind = kindOf(head.subarray(0, file.readSync(head) ?? 0));
    const { realPath, sizeBytes, mtimeMs } = file.identity;
    return kind === null
      ? null
      : { name: basename(realPath), path: realPath, sizeBytes, modifiedMs: mtimeMs, kind };
  } catch (error) {
    if (error instanceof NetglassError) return null;
    throw error;
  }
}

function kindOf(head: Uint8Array): CaptureKind | null {
  const compression = compressionOf(head);
  if (compression !== null || head.length < HEAD_BYTES) return compression;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const first = view.getUint32(0);
  if (isPcap(first)) return "pcap";
  if (isPcapng(first)) return "pcapng";
  return isSnoop(first, view.getUint32(4)) ? "snoop" : null;
}
