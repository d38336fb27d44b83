/**
 * The thread that reads one MRT file and ends: what is wrong with a file ends nothing else.
 *
 * @module
 */
import { errorToWire, type WireError } from "../../errors/error_wire.ts";
import { serveParent } from "../../io/worker.ts";
import { answerMrt, type MrtFile, type MrtQuestion } from "./mrt_question.ts";

/** The one message that it takes. */
export interface MrtOrder {
  readonly file: MrtFile;
  readonly question: MrtQuestion;
}

/** What it says. */
export type MrtReport =
  | { readonly kind: "progress"; readonly readBytes: number }
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "failed"; readonly error: WireError };

/** Octets of the file between two reports of progress. */
const PROGRESS_BYTES = 4 << 20;

const report: (message: MrtReport) => void = serveParent((data) => {
  const { file, question } = data as MrtOrder;
  let told = 0;
  const onProgress = (readBytes: number): void => {
    if (readBytes < told + PROGRESS_BYTES) return;
    told = readBytes;
    report({ kind: "progress", readBytes });
  };
  answerMrt(file, question, { onProgress }).then(
    (answer) => report({ kind: "answered", answer }),
    (error: unknown) => report({ kind: "failed", error: errorToWire(error) }),
  );
});
