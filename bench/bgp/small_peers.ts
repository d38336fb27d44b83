/** The memory of an exchange: many peers with a small part of the table each. */
import { type Contestant, pause } from "./contestant.ts";
import { treeUsage } from "./process_tree.ts";
import { Senders } from "./senders.ts";
import { untilSettled } from "./settled.ts";

/** An exchange as issue 5 has it. */
export const SMALL_PEERS = 500;

/** What it came to. */
export interface SmallPeersRun {
  readonly peakMiB: number;
  readonly paths: number;
}

/** Sessions are at rest after this time, milliseconds. */
const REST_MS = 1_500;

/** One peer for each of `files`. */
export async function runSmallPeers(
  contestant: Contestant,
  files: readonly string[],
): Promise<SmallPeersRun> {
  await using senders = await Senders.start({ to: contestant.at, files });
  await pause(REST_MS);
  const { sent } = await senders.send();
  await untilSettled(contestant, sent);
  return { peakMiB: treeUsage(contestant.pid).peakMiB, paths: await contestant.count() };
}
