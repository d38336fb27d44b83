/** MRT files of our writer, our generator and four daemons: read here as bgpdump reads them. */
import { equal, ok } from "node:assert/strict";
import { outputOf, type ReceiverKind, RECEIVERS, startReceiver } from "../../bench/bgp/receiver.ts";
import { peerAddress } from "../../bench/bgp/send_table.ts";
import { SendingPeer } from "../../bench/bgp/sending_peer.ts";
import { peerAs, Table } from "../../bench/bgp/table.ts";
import { writeRibFile, writeUpdateFile } from "../../bench/bgp/table_mrt.ts";
import { churnStream, tableStream } from "../../bench/bgp/table_stream.ts";
import { dumpLines, joined, sampleTable, sampleUpdates } from "../support/mrt_samples.ts";
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
