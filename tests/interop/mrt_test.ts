/** MRT files of our writer, our generator and four daemons: read here as bgpdump reads them. */
import { equal, ok } from "node:assert/strict";
import { outputOf, type ReceiverKind, RECEIVERS, startReceiver } from "../../bench/bgp/receiver.ts";
import { peerAddress } from "../../bench/bgp/send_table.ts";
import { SendingPeer } from "../../bench/bgp/sending_peer.ts";
import { peerAs, Table } from "../../bench/bgp/table.ts";
import { writeRibFile, writeUpdateFile } from "../../bench/bgp/table_mrt.ts";
import { churnStream, tableStream } from "../../bench/bgp/table_stream.ts";
import {
  encodeMessageRecord,
  encodePeerIndex,
  encodeRibEntries,
} from "../../lib/bgp/mrt/mrt_writer.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { hex } from "../support/capture_bytes.ts";
import {
  ATTRIBUTES,
  dumpLines,
  joined,
  message,
  sampleTable,
  sampleUpdates,
  SESSION,
  TIME_SEC,
} from "../support/mrt_samples.ts";
import { interopTest } from "./daemon.ts";

const WISH = { ipv4: 3_000, ipv6: 800, attributeSets: 500, seed: 7 };

/** Compares a file line for line; returns how many there are. */
async function holdFile(path: string): Promise<number> {
  const theirs = (await outputOf(["bgpdump", "-m", path])).split("\n").slice(0, -1);
  const { lines, coverage } = await dumpLines(await Deno.readFile(path));
  for (const [n, line] of theirs.entries()) equal(lines[n], line, `line ${n + 1} of ${path}`);
  equal(lines.length, theirs.length);
  equal(coverage.damage.count, 0);
  return lines.length;
}

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "netglass-mrt-" });
  try {
    await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interopTest(
  "files of our own are read as bgpdump reads them",
  { programs: ["bgpdump"] },
  () =>
    inFolder(async (folder) => {
      const table = new Table(WISH);
      await writeRibFile(`${folder}/rib.mrt`, table, 3);
      equal(await holdFile(`${folder}/rib.mrt`), 3 * 3_800);
      await writeUpdateFile(`${folder}/table.mrt`, tableStream(table, 0));
      equal(await holdFile(`${folder}/table.mrt`), 3_800);
      await writeUpdateFile(`${folder}/churn.mrt`, churnStream(table, 0, 5_000));
      equal(await holdFile(`${folder}/churn.mrt`), 5_000);
      await Deno.writeFile(`${folder}/samples.mrt`, joined(sampleTable(), sampleUpdates()));
      equal(await holdFile(`${folder}/samples.mrt`), 9);
    }),
);

/** Attributes without a next hop of IPv4. */
const BARE = "40010100 400200";

function oddTable(): Uint8Array<ArrayBuffer> {
  const entry = (prefix: string, attributes: Uint8Array, pathId: number | null = null) =>
    encodeRibEntries(TIME_SEC, 0, parsePrefix(prefix).prefix, [
      { peer: 0, originatedSec: 5, pathId, attributes },
    ]);
  const addresses = ["::/0", "::1/128", "::2/128", "::ffff/128", "::102:304/128", "::fffe:1:1/128"];
  const others = ["::ffff:0:0/96", "1::/16", "2001:0:1:1:1:1:1:1/128", "1:0:0:1:0:0:0:1/128"];
  return joined(
    encodePeerIndex(TIME_SEC, 1, "", [{ address: SESSION.peer, asn: 64_500, routerId: 1 }]),
    ...[...addresses, ...others].map((prefix) => entry(prefix, hex(BARE))),
    entry("10.0.0.0/8", hex(BARE)),
    entry("10.0.0.0/8", ATTRIBUTES, 7),
    entry("2001:db8::/32", ATTRIBUTES, 8),
    // An IPv4-mapped next hop.
    entry("2001:db8::/32", hex(`800e11 10 00000000000000000000ffffc0000201 ${BARE}`)),
    // Segments of a confederation, and a set.
    entry(
      "10.0.0.0/8",
      hex(
        "40010102 400220 0302 0000fde9 0000fdea 0401 0000fdeb 0202 0000fbf4 0000fbf5 0101 0000fbf6",
      ),
    ),
    entry("10.0.0.0/8", hex(`${BARE} c00708 0000fbf6 ffffffff`)),
    entry("10.0.0.0/8", hex(`${BARE} c0080c ffff0000 ffff029a ffffff03`)),
  );
}

function oddUpdates(): Uint8Array<ArrayBuffer> {
  const record = (body: string, hasPathId = false) =>
    encodeMessageRecord({ sec: TIME_SEC, microseconds: null }, SESSION, message(2, hex(body)), {
      hasPathId,
    });
  return joined(
    // A bit behind the length of a withdrawn prefix.
    record("0002 070b 0000"),
    record(`0000 000e ${BARE} 400304 c0000201 00000007 080a`, true),
    // IPv4 in MP_REACH_NLRI.
    record(`0000 0015 ${BARE} 800e0b 0001 01 04 c0000201 00 080a`),
  );
}

interopTest(
  "odd routes are printed as bgpdump prints them",
  { programs: ["bgpdump"] },
  () =>
    inFolder(async (folder) => {
      await Deno.writeFile(`${folder}/table.mrt`, oddTable());
      equal(await holdFile(`${folder}/table.mrt`), 17);
      await Deno.writeFile(`${folder}/updates.mrt`, oddUpdates());
      equal(await holdFile(`${folder}/updates.mrt`), 3);
    }),
);

/** What a daemon writes while two peers send it a table, and when it dumps. */
async function holdDaemon(kind: ReceiverKind, files: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    await Deno.chmod(folder, 0o755);
    const table = new Table(WISH);
    {
      await using receiver = await startReceiver(kind, { peers: 2, folder, mrt: true });
      const peers = await Promise.all([0, 1].map((peer) =>
        SendingPeer.open({
          address: kind.address,
          port: kind.port,
          localAddress: peerAddress(peer),
          asn: peerAs(peer),
          routerId: [10, 9, 0, 1 + peer],
        })
      ));
      await Promise.all(peers.map((peer, n) => peer.send(tableStream(table, n))));
      await untilTrue(async () => await receiver.count() >= 2 * 3_800);
      // Tables are dumped every two seconds, the one that is under way perhaps without all routes.
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      for (const peer of peers) peer.close();
    }
    let lines = 0;
    for (const name of files) lines += await holdFile(`${folder}/${name}`);
    ok(lines >= 2 * 3_800, `${lines} lines`);
  });
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("It did not come true within 30 s");
}

const DUMPS: Readonly<Record<keyof typeof RECEIVERS, readonly string[]>> = {
  bird: ["updates.mrt", "rib4.mrt", "rib6.mrt"],
  frr: ["updates.mrt", "rib.mrt"],
  openbgpd: ["updates.mrt", "rib.mrt"],
  gobgp: ["updates.mrt"],
};

for (const [name, kind] of Object.entries(RECEIVERS)) {
  interopTest(
    `files that ${kind.name} writes are read as bgpdump reads them`,
    { programs: ["bgpdump", ...kind.programs], root: true },
    // The keys of the two tables are the same.
    () => holdDaemon(kind, DUMPS[name as keyof typeof RECEIVERS]),
  );
}
