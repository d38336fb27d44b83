/**
 * Questions about an MRT file and their answers: plain data, so that either can go to another thread.
 *
 * @module
 */
import { DecodeError } from "../../errors/mod.ts";
import { openCapture } from "../../io/capture_file.ts";
import { enclosingRoot } from "../../policy/paths.ts";
import { timeText } from "./found_route.ts";
import type { MrtDamage } from "./mrt_damage.ts";
import { type MrtMatches, type MrtSearch, SearchVisitor } from "./mrt_search.ts";
import { type MrtSummary, SummaryVisitor } from "./mrt_summary.ts";
import { isKnownRecord } from "./record_kind.ts";
import { type MrtCoverage, type MrtReading, readMrt } from "./read_mrt.ts";

/** A file, and the real directories that it must lie in. */
export interface MrtFile {
  readonly path: string;
  readonly roots: readonly string[];
}

/** What is asked. */
export type MrtQuestion =
  | { readonly kind: "summary" }
  | { readonly kind: "search"; readonly search: MrtSearch };

/** How much of the file an answer rests on; names and units are those of the wire. */
export interface ReadFacts {
  readonly file_size_bytes: number;
  readonly compression: "gzip" | null;
  readonly records: Readonly<Record<string, number>>;
  /** Of kinds that are passed over. */
  readonly records_passed_over: number;
  readonly first_time: string | null;
  readonly last_time: string | null;
  readonly complete: boolean;
  /** Octets, decompressed, up to which the file was read; null: to its end. */
  readonly truncated_at: number | null;
  readonly damage_count: number;
  readonly damage: MrtDamage[];
}

/** The answers by kind of question. */
export interface MrtAnswers {
  readonly summary: MrtSummary & ReadFacts;
  readonly search: MrtMatches & ReadFacts;
}

/**
 * Opens the file, reads it and answers.
 * @throws {PolicyDenied} `policy.allowed_paths`
 * @throws {Unavailable} `env.file_*`
 * @throws {DecodeError} `decode.mrt_compression`; `decode.mrt`: there is no MRT record in it
 */
export async function answerMrt(
  { path, roots }: MrtFile,
  question: MrtQuestion,
  reading: MrtReading,
): Promise<MrtAnswers[MrtQuestion["kind"]]> {
  using file = openCapture(path, (real) => enclosingRoot(real, roots) !== null);
  if (question.kind === "summary") {
    const visitor = new SummaryVisitor();
    const facts = readFacts(await readMrt(file, visitor, reading), file.sizeBytes);
    return { ...visitor.summary(), ...facts };
  }
  const visitor = new SearchVisitor(question.search);
  const facts = readFacts(await readMrt(file, visitor, reading), file.sizeBytes);
  return { ...visitor.matches(), ...facts };
}

function readFacts(coverage: MrtCoverage, sizeBytes: number): ReadFacts {
  const { damage, isCancelled, firstSec, lastSec } = coverage;
  const isForeign = ![...coverage.records.keys()].some(isKnownRecord) && !isCancelled;
  if (isForeign && sizeBytes > 0) throw notMrt(sizeBytes, damage.places[0]?.found);
  return {
    file_size_bytes: sizeBytes,
    compression: coverage.compression,
    records: Object.fromEntries(coverage.records),
    records_passed_over: coverage.passedOver,
    first_time: firstSec === null ? null : timeText(firstSec, null),
    last_time: lastSec === null ? null : timeText(lastSec, null),
    complete: damage.count === 0 && !isCancelled,
    truncated_at: damage.stoppedAt ?? (isCancelled ? coverage.readTo : null),
    damage_count: damage.count,
    damage: damage.places,
  };
}

function notMrt(sizeBytes: number, found = "no record of a known kind"): DecodeError {
  return new DecodeError("mrt", `Cannot read this file as MRT: ${found}`, {
    layer: "mrt",
    offset: 0,
    needed: 12,
    had: sizeBytes,
    limitedBy: "the header of the first record",
    hint: "Name a RIB or UPDATE file of a collector (RFC 6396), plain or compressed with gzip.",
  });
}
