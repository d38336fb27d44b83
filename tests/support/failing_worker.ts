/**
 * A worker of captures whose questions misbehave: `hierarchy` (a real name, for its type) dies,
 * hangs or answers as `params.act` says.
 *
 * @module
 */
import { QuestionRunner } from "../../lib/pcap/engine/question_runner.ts";
import type { WorkerRequest } from "../../lib/pcap/engine/thread_messages.ts";
import { workerLoop } from "../../lib/pcap/engine/worker_loop.ts";
import { serveTidyParent } from "../../lib/io/tidy_worker.ts";

/** What the question does. */
export type Act = "die" | "hang" | "wait" | "answer";

const runner = new QuestionRunner({
  hierarchy: async (params) => {
    const { act } = params as { act: Act };
    if (act === "die") {
      setTimeout(() => {
        throw new Error("a fault of the parser");
      }, 0);
    }
    while (act === "hang");
    if (act !== "answer") await new Promise(() => {});
    return { total_packets: 1 };
  },
});
const post = serveTidyParent((data) => handle(data as WorkerRequest));
const handle = workerLoop(runner, post);
