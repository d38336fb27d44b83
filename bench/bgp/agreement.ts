/**
 * The same feeds given to BIRD and to our speaker over loopback, and what their tables then say:
 * best paths prefix by prefix beside BIRD's, Adj-RIB-In path by path beside what bgpdump reads out of
 * the feeds themselves.
 */
import type { BgpSpeaker } from "../../lib/bgp/bgp_service.ts";
import type { RibReader } from "../../lib/bgp/rib/rib_reader.ts";
import type { PeerSettings } from "../../lib/bgp/settings.ts";
import { createBgpService } from "../../lib/bgp/speaker/create_bgp_service.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { parsePrefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { outputOf, RECEIVERS, startReceiver } from "./receiver.ts";
import { type RibFilePeer, writeTables } from "./rib_file.ts";
import { peerAddress } from "./send_table.ts";
import { SendingPeer } from "./sending_peer.ts";
import { writeUpdateFile } from "./table_mrt.ts";
import { TextLineStream } from "./text_lines.ts";

/** A feed to both. */
export interface AgreementFeed {
  readonly asn: number;
  readonly routerId: readonly [number, number, number, number];
  /** Whole UPDATE messages. */
  readonly stream: Uint8Array;
  /**
   * The same outcome without what was changed on the way: BIRD 2.0.12 with deterministic MED leaves
   * one prefix in two hundred with another best path after changes than when it is given their
   * outcome at once. Absent: BIRD is sent `stream`.
   */
  readonly settled?: Uint8Array;
  /** A prefix that the stream announces last and that no other feed has. */
  readonly last: string;
}

/** What a comparison came to. */
export interface Agreement {
  /** How many were compared. */
  readonly compared: number;
  readonly differences: number;
  /** The first of them, in words. */
  readonly examples: readonly string[];
}

/** Both comparisons, and at which steps of the decision paths lost. */
export interface Agreements {
  readonly bestPaths: Agreement;
  readonly adjRibIn: Agreement;
  readonly lostBy: Readonly<Record<string, number>>;
}

const ADDRESS = "127.0.0.7", PORT = 21_796;
const EXAMPLES = 20;
const PATIENCE_MS = 300_000;

/** Sends the feeds to both and compares; `folder` is empty, and files stay in it. */
export async function compareTables(
  feeds: readonly AgreementFeed[],
  localAs: number,
  folder: string,
): Promise<Agreements> {
  const theirs = await bestOfBird(feeds, localAs, folder);
  const service = createBgpService({
    settings: settingsOf(feeds, localAs),
    io: { clock: systemClock },
    roaPayloads: null,
    thread: "worker",
    logBug: (bug) => {
      throw bug;
    },
  });
  try {
    const speaker = await service.open();
    const peers = await sendAll(feeds, ADDRESS, PORT);
    await until(() => feeds.every(({ last }) => speaker.rib.find(parsePrefix(last).prefix) !== -1));
    await atRest(speaker);
    const agreements = {
      bestPaths: compareBest(speaker.rib, theirs),
      adjRibIn: await compareAdjRibIn(speaker.rib, feeds, folder),
      lostBy: lossesOf(speaker.rib),
    };
    for (const peer of peers) peer.close();
    return agreements;
  } finally {
    await service.stop("The comparison is done");
  }
}

/** The peer of our best path of every prefix that has one, beside that of theirs. */
function compareBest(rib: RibReader, theirs: Map<string, string>): Agreement {
  const comparison = new Comparison(theirs);
  for (const family of [0, 1] as const) {
    rib.walk(family, { within: null, from: null }, (id) => {
      const path = rib.best(id);
      if (path !== null) comparison.take(renderPrefix(rib.prefixOf(id)), `feed${path.peer}`);
    });
  }
  return comparison.end();
}

/** How often a path that may be best is not, by the step at which it lost. */
function lossesOf(rib: RibReader): Record<string, number> {
  const losses: Record<string, number> = {};
  for (const family of [0, 1] as const) {
    rib.walk(family, { within: null, from: null }, (id) => {
      const [best, ...others] = rib.paths(id).filter(({ ineligible }) => ineligible === "none");
      if (best === undefined) return;
      for (const other of others) {
        const step = rib.lostBy(best, other) ?? "not at all";
        losses[step] = (losses[step] ?? 0) + 1;
      }
    });
  }
  return losses;
}

/** Our tables and the feeds, each as bgpdump reads them out of a file. */
async function compareAdjRibIn(
  rib: RibReader,
  feeds: readonly AgreementFeed[],
  folder: string,
): Promise<Agreement> {
  const peers: RibFilePeer[] = feeds.map(({ asn }, n) => ({ address: peerAddress(n), asn }));
  await writeTables(`${folder}/tables.mrt`, rib, peers);
  const theirs = new Map<string, string>();
  for (const [n, { asn, stream }] of feeds.entries()) {
    await writeUpdateFile(`${folder}/feed${n}.mrt`, stream, asn);
    for await (const line of linesOf(["bgpdump", "-m", `${folder}/feed${n}.mrt`])) {
      const [, , kind, , , prefix, ...attributes] = line.split("|");
      const key = `${peerAddress(n)} ${prefix}`;
      if (kind === "A") theirs.set(key, attributes.join("|"));
      else if (kind === "W") theirs.delete(key);
    }
  }
  const comparison = new Comparison(theirs);
  for await (const line of linesOf(["bgpdump", "-m", `${folder}/tables.mrt`])) {
    // Kind, time, B, address of the peer, its AS number, prefix, and the rest of the attributes.
    const [, , , address, , prefix, ...attributes] = line.split("|");
    comparison.take(`${address} ${prefix}`, attributes.join("|"));
  }
  return comparison.end();
}

/** Compares what comes, each key once, with what is there. */
class Comparison {
  readonly #theirs: Map<string, string>;
  readonly #examples: string[] = [];
  #compared = 0;
  #differences = 0;

  /** `theirs` is used up. */
  constructor(theirs: Map<string, string>) {
    this.#theirs = theirs;
  }

  take(key: string, our: string): void {
    this.#compared++;
    const their = this.#theirs.get(key);
    this.#theirs.delete(key);
    if (our !== their) this.#differ(`${key}: ours ${our}, theirs ${their ?? "none"}`);
  }

  end(): Agreement {
    for (const [key, their] of this.#theirs) {
      this.#compared++;
      this.#differ(`${key}: ours none, theirs ${their}`);
    }
    return {
      compared: this.#compared,
      differences: this.#differences,
      examples: this.#examples,
    };
  }

  #differ(example: string): void {
    this.#differences++;
    if (this.#examples.length < EXAMPLES) this.#examples.push(example);
  }
}

/** The peer of BIRD's best path of every prefix. */
async function bestOfBird(
  feeds: readonly AgreementFeed[],
  localAs: number,
  folder: string,
): Promise<Map<string, string>> {
  const kind = { ...RECEIVERS.bird, prepare: () => prepareBird(feeds, localAs, folder) };
  await using bird = await startReceiver(kind, { peers: feeds.length, folder });
  const client = ["birdc", "-r", "-s", `${bird.folder}/bird.ctl`];
  const sent = feeds.map((feed) => ({ ...feed, stream: feed.settled ?? feed.stream }));
  const peers = await sendAll(sent, kind.address, kind.port);
  for (const { last } of feeds) {
    await until(async () =>
      (await outputOf([...client, "show", "route", last])).includes(`${last} `)
    );
  }
  const best = new Map<string, string>();
  for (const table of ["master4", "master6"]) {
    for await (const line of linesOf([...client, "show", "route", "primary", "table", table])) {
      const [, prefix, peer] = /^(\S+\/\d+) +\w+ \[(feed\d+) /.exec(line) ?? [];
      if (prefix !== undefined && peer !== undefined) best.set(prefix, peer);
    }
  }
  for (const peer of peers) peer.close();
  return best;
}

/** BIRD compares MED by whoever came first unless it is told to be deterministic. */
async function prepareBird(
  feeds: readonly AgreementFeed[],
  localAs: number,
  folder: string,
): Promise<readonly string[]> {
  const protocols = feeds.map(({ asn }, n) =>
    `protocol bgp feed${n} from feed { neighbor ${peerAddress(n)} as ${asn}; }\n`
  );
  await Deno.writeTextFile(
    `${folder}/bird.conf`,
    `log stderr all; router id 10.0.0.2; protocol device { }
protocol static r4 { ipv4; route 192.0.2.0/24 unreachable; }
protocol static r6 { ipv6; route fd00::/64 unreachable; }
template bgp feed {
  local ${RECEIVERS.bird.address} port ${RECEIVERS.bird.port} as ${localAs};
  strict bind yes; multihop; passive on; hold time 180; deterministic med on;
  ipv4 { import all; export none; gateway recursive; };
  ipv6 { import all; export none; gateway recursive; };
}
${protocols.join("")}`,
  );
  return ["bird", "-f", "-c", `${folder}/bird.conf`, "-s", `${folder}/bird.ctl`];
}

function settingsOf(feeds: readonly AgreementFeed[], localAs: number) {
  const peers = feeds.map(({ asn }, index): PeerSettings => ({
    index,
    name: `feed${index}`,
    address: peerAddress(index),
    port: 179,
    remoteAs: asn,
    localAddress: ADDRESS,
    connect: "passive",
    holdTimeSec: 180,
    connectRetrySec: 5,
    delayOpenSec: 0,
    families: ["ipv4-unicast", "ipv6-unicast"],
    maxPrefixes: null,
    maxPrefixesAction: "warn",
    maxPrefixesRestartSec: 60,
    role: null,
    strictRole: false,
    addPath: "off",
    extendedMessages: false,
    extendedNextHop: false,
    gracefulRestart: false,
    importPolicy: "all",
    transitFrom: [],
    nextHop: { ipv4: null, ipv6: null },
    enabled: true,
  }));
  return {
    localAs,
    routerId: "10.0.0.7",
    listen: { address: ADDRESS, port: PORT },
    peers,
    rpkiInvalid: "mark" as const,
    sendQueueBytes: 1_048_576,
    limits: {
      prefixes: [2_000_000, 500_000] as const,
      attributeSets: 4_000_000,
      changes: 4_096,
    },
  };
}

/** Opens all sessions, then sends all streams at the same time. */
async function sendAll(
  feeds: readonly AgreementFeed[],
  address: string,
  port: number,
): Promise<SendingPeer[]> {
  const peers = await Promise.all(
    feeds.map(({ asn, routerId }, n) =>
      SendingPeer.open({ address, port, localAddress: peerAddress(n), asn, routerId })
    ),
  );
  await Promise.all(peers.map((peer, n) => peer.send(feeds[n]!.stream)));
  return peers;
}

/** Waits until nothing has been written for a while. */
async function atRest({ rib }: Pick<BgpSpeaker, "rib">): Promise<void> {
  let before = -1;
  await until(async () => {
    const now = rib.version;
    if (now === before) return true;
    before = now;
    await systemClock.sleep(300);
    return false;
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
    if (await holds()) return;
    await systemClock.sleep(100);
  }
  throw new Error(`It did not come true within ${PATIENCE_MS} ms`);
}

/** What a command prints, line by line. */
async function* linesOf([program = "", ...args]: readonly string[]): AsyncGenerator<string> {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  yield* child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  await child.status;
}
