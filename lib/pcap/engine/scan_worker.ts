/**
 * The worker in which captures are parsed.
 *
 * @module
 */
import { serveTidyParent } from "../../io/tidy_worker.ts";
import { QuestionRunner } from "./question_runner.ts";
import type { WorkerRequest } from "./thread_messages.ts";
import { workerLoop } from "./worker_loop.ts";

const post = serveTidyParent((data) => handle(data as WorkerRequest));
const handle = workerLoop(new QuestionRunner(), post);
