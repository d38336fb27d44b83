/**
 * From one change to its octets at another peer: a peer announces and withdraws a prefix of its own, and
 * another one, to which its routes are passed on, hears of it, while the tables hold a feed.
 */
import { type Contestant, type ContestantWish, pause } from "./contestant.ts";
import { Senders } from "./senders.ts";
import { openPeer } from "./send_table.ts";
import { Table } from "./table.ts";
import { UpdateStream } from "./table_stream.ts";
import { untilSettled } from "./settled.ts";

/** Set-up: who talks, whose feed fills the tables, and who listens. */
const TALKER = 0, FEED = 1, LISTENER = 2;
export const CHANGE_WISH: ContestantWish = { peers: 3, transit: true };
/** Between two changes, milliseconds. */
const BETWEEN_MS = 20;
const PATIENCE_MS = 10_000;
/** 198.18.0.0: the first address that is announced. */
const FIRST_ADDRESS = 0xc6120000;

/** Milliseconds of each of `rounds` changes, with the feed in `file`, of `paths` paths. */
export async function changeTimesMs(
  contestant: Contestant,
  { file, paths, rounds }: {
    readonly file: string;
    readonly paths: number;
    readonly rounds: number;
  },
): Promise<number[]> {
  const { at } = contestant;
  await using feed = await Senders.start({ to: at, files: [file], firstPeer: FEED });
  const [talker, listener] = await Promise.all([openPeer(at, TALKER), openPeer(at, LISTENER)]);
  try {
    const { sent } = await feed.send();
    await untilSettled(contestant, sent, async () => await contestant.count() >= paths);
    const times: number[] = [];
    for (const octets of changes(rounds)) {
      const heard = listener.heard();
      const late = new AbortController();
      const started = performance.now();
      talker.write(octets);
      await Promise.race([heard, tooLate(late.signal)]);
      times.push(performance.now() - started);
      late.abort();
      await pause(BETWEEN_MS);
    }
    return times;
  } finally {
    talker.close();
    listener.close();
  }
}

/** UPDATEs that announce a host, withdraw it, announce the next one, and so on. */
function* changes(rounds: number): Generator<Uint8Array> {
  const table = new Table({ ipv4: 10, ipv6: 0, attributeSets: 1, seed: 1 });
  for (let round = 0; round < rounds; round++) {
    const stream = new UpdateStream(table, TALKER);
    const address = FIRST_ADDRESS + Math.floor(round / 2);
    if (round % 2 === 0) stream.announceHost(address);
    else stream.withdrawHost(address);
    yield stream.octets.taken();
  }
}

function tooLate(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The other peer heard nothing for ${PATIENCE_MS} ms`)),
      PATIENCE_MS,
    );
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}
