/**
 * The loop of a worker: orders come in, reports go out.
 *
 * @module
 */
import { openCapture } from "../../io/capture_file.ts";
import { enclosingRoot } from "../../policy/paths.ts";
import { makeRing, readRing } from "./byte_ring.ts";
import { errorToWire } from "../../errors/error_wire.ts";
import { Feeder } from "./feeder.ts";
import { type CaptureStore, HeldCapture, storeOfFile } from "./held_capture.ts";
import type { QuestionRunner } from "./question_runner.ts";
import type { HandedCapture, WorkerReport, WorkerRequest } from "./thread_messages.ts";

type Post = (report: WorkerReport) => void;
type LentCapture = Extract<HandedCapture, { kind: "lent" }>;

/** Takes the requests of the service, and answers with what `runner` makes of them. */
export function workerLoop(runner: QuestionRunner, post: Post): (request: WorkerRequest) => void {
  const running = new Map<number, AbortController>();
  const answer = async (request: Extract<WorkerRequest, { kind: "ask" }>): Promise<void> => {
    const { id, order } = request;
    const cancel = new AbortController();
    running.set(id, cancel);
    try {
      const captures = openAll(request.captures, post);
      const identities = captures.map(({ store }) => store.identity);
      const answer = await runner.run(order, captures, {
        signal: cancel.signal,
        onProgress: (doneBytes, totalBytes) =>
          post({ kind: "progress", id, doneBytes, totalBytes }),
      });
      post({ kind: "answered", id, reply: { answer, identities } });
    } catch (error) {
      post({ kind: "failed", id, error: errorToWire(error) });
    } finally {
      running.delete(id);
    }
  };
  return (request) => {
    switch (request.kind) {
      case "ask":
        answer(request);
        return;
      case "cancel":
        return running.get(request.id)?.abort();
      case "feeder":
        return runner.useFeeder(new Feeder(request.port));
    }
  };
}

/** Opens every capture or none. */
function openAll(handed: readonly HandedCapture[], post: Post): readonly HeldCapture[] {
  const captures: HeldCapture[] = [];
  try {
    for (const one of handed) {
      const store = one.kind === "lent" ? storeOfLent(one, post) : storeOfFile(
        openCapture(one.path, (real) => enclosingRoot(real, one.roots) !== null),
      );
      captures.push(new HeldCapture(store));
    }
    return captures;
  } catch (error) {
    for (const capture of captures) capture.release();
    throw error;
  }
}

/** The store of a capture whose bytes the service reads; its filler sees to changes of the file. */
function storeOfLent({ handle, identity }: LentCapture, post: Post): CaptureStore {
  const { sizeBytes } = identity;
  const lend = (): SharedArrayBuffer => {
    const ring = makeRing(sizeBytes);
    post({ kind: "fill", handle, ring });
    return ring;
  };
  return {
    identity,
    open: () => readRing(lend(), sizeBytes),
    share: () => ({ kind: "ring", ring: lend(), sizeBytes }),
    assertUnchanged() {},
    close: () => post({ kind: "release", handle }),
  };
}
