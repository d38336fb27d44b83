/**
 * The worker that makes batches for another one to analyze.
 *
 * @module
 */
import { serveTidyParent } from "../../io/tidy_worker.ts";
import { feedLoop } from "./feed_loop.ts";

// The one message is the port to the other worker.
serveTidyParent((data) => feedLoop(data as MessagePort));
