/**
 * The worker that makes batches for another one to analyze.
 *
 * @module
 */
import { serveParent } from "../../io/worker.ts";
import { feedLoop } from "./feed_loop.ts";

// The one message is the port to the other worker.
serveParent((data) => feedLoop(data as MessagePort));
