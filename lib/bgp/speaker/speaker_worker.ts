/**
 * The worker in which sessions and tables live.
 *
 * @module
 */
import { serveParent } from "../../io/worker.ts";
import { serveSpeaker, type SpeakerStart } from "./serve_speaker.ts";
import type { ToThread } from "./speaker_messages.ts";

// The main thread posts what `SpeakerLine` is typed to post.
const post = serveParent((data) => handle(data as ToThread<SpeakerStart>));
const handle = serveSpeaker(post);
