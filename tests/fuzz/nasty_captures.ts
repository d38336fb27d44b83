/**
 * Captures that break readers, each with the outcome that is right. Made here, after the formats
 * and after what is known to have broken other programs.
 *
 * @module
 */
import { NASTY_FILES } from "./nasty_files.ts";
import { NASTY_PACKETS } from "./nasty_packets.ts";

/** A capture and its right outcome. */
export interface NastyCapture {
  /** What is nasty about it. */
  readonly name: string;
  /** Builds the file. */
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  readonly outcome: Outcome;
  /** Packets that capinfos counts (null: it refuses), where that differs, with the reason. */
  readonly capinfos?: { readonly packets: number | null; readonly because: string };
}

/** What must come of a capture. */
export type Outcome =
  /** Not a capture: the code of the error. */
  | { readonly refused: string }
  | {
    readonly packets: number;
    readonly complete: boolean;
    /** Codes of the warnings, each once, in order. */
    readonly warnings: readonly string[];
    /** Flows that were opened, where it matters. */
    readonly flows?: number;
    /** Packets with a header that contradicts itself, where it matters. */
    readonly malformed?: number;
  };

/** All of them. */
export const NASTY_CAPTURES: readonly NastyCapture[] = [...NASTY_FILES, ...NASTY_PACKETS];
