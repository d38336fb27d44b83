/**
 * The worker in which captures are parsed.
 *
 * @module
 */
import { serveParent } from "../../io/worker.ts";
import { QuestionRunner } from "./question_runner.ts";
import type { WorkerRequest } from "./thread_messages.ts";
import { workerLoop } from "./worker_loop.ts";

const post = serveParent((data) => handle(data as WorkerRequest));
const handle = workerLoop(new QuestionRunner(), post);
