import assert from "node:assert/strict";
import { labServer } from "../../../tests/support/lab_router.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { PolicyDenied } from "../../errors/mod.ts";
import { files } from "../../io/files.ts";
import { Ledger } from "./ledger.ts";

const HOUR_MS = 3_600_000;
/** 2026-01-31T08:00:00Z. */
const MORNING_MS = Date.UTC(2026, 0, 31, 8);

const limited = labServer(23, {
  host: "RS.example",
  daily_connections: 3,
  daily_bytes: 1_000,
});

async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await test(`${parent}/audit`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

function ledgerOf(directory: string | null, clock = new ManualClock(MORNING_MS)): Ledger {
  return new Ledger({ directory, files, clock });
}

function use(connections: number, bytes: number) {
  return { connections, bytes };
}

Deno.test("a host without limits is counted and never refused", async () => {
  const ledger = ledgerOf(null);
  const free = labServer(23);
  ledger.record(free, use(5_000, 10_000_000));
  await ledger.admitConnection(free);
  assert.equal(await ledger.admitBytes(free), Infinity);
  assert.deepEqual(await ledger.quota(free), {
    connectionsUsed: 5_000,
    bytesUsed: 10_000_000,
    connectionsLeft: null,
    bytesLeft: null,
  });
});

Deno.test("the last connection is admitted, the one behind it refused until there is room", async () => {
  const clock = new ManualClock(MORNING_MS);
  const ledger = ledgerOf(null, clock);
  ledger.record(limited, use(1, 100));
  await clock.pass(2 * HOUR_MS);
  ledger.record(limited, use(1, 100));
  await ledger.admitConnection(limited);
  ledger.record(limited, use(1, 100));
  await assert.rejects(ledger.admitConnection(limited), (error) => {
    assert.ok(error instanceof PolicyDenied);
    assert.equal(error.code, "policy.quota");
    assert.equal(
      error.message,
      'Cannot ask "Lab 23": its operator allows 3 connections in 24 hours, and they are used up',
    );
    assert.deepEqual(error.detail, {
      rule: "looking_glass.servers.daily_connections",
      config_key: "looking_glass.servers.daily_connections",
      host: "RS.example",
      limit: 3,
      room_at: "2026-02-01T08:05:00.000Z",
      retry_after_sec: 22 * 3_600 + 5 * 60,
    });
    return true;
  });
  await clock.pass(22 * HOUR_MS + 5 * 60_000);
  await ledger.admitConnection(limited);
});

Deno.test("the octets that are left bound the next answer; without any there is none", async () => {
  const ledger = ledgerOf(null);
  ledger.record(limited, use(1, 990));
  assert.equal(await ledger.admitBytes(limited), 10);
  ledger.record(limited, use(0, 500));
  await assert.rejects(ledger.admitBytes(limited), { code: "policy.quota" });
  await assert.rejects(ledger.admitConnection(limited), { code: "policy.quota" });
  assert.equal((await ledger.quota(limited)).bytesLeft, 0);
});

Deno.test("entries of one host share its limits, whatever its case and port", async () => {
  const ledger = ledgerOf(null);
  ledger.record(limited, use(3, 0));
  const other = { ...limited, name: "Other", host: "rs.EXAMPLE", port: 2605 };
  await assert.rejects(ledger.admitConnection(other), { code: "policy.quota" });
});

Deno.test("use is on disk once settled, in a file of its day, and read after a restart", () =>
  inDirectory(async (directory) => {
    const clock = new ManualClock(MORNING_MS);
    const ledger = ledgerOf(directory, clock);
    ledger.record(limited, use(1, 0));
    ledger.record(limited, use(0, 120));
    await ledger.settled();
    const path = `${directory}/looking-glass-2026-01-31.jsonl`;
    assert.equal(
      await Deno.readTextFile(path),
      `\n{"time_ms":${MORNING_MS},"host":"rs.example","connections":1,"bytes":120}\n`,
    );
    await clock.pass(20 * HOUR_MS);
    ledger.record(limited, use(1, 30));
    await ledger.settled();
    const again = ledgerOf(directory, clock);
    const { connectionsUsed, bytesUsed } = await again.quota(limited);
    assert.deepEqual([connectionsUsed, bytesUsed], [2, 150]);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), [
      "looking-glass-2026-01-31.jsonl",
      "looking-glass-2026-02-01.jsonl",
    ]);
  }));

Deno.test("what another process uses counts within seconds", () =>
  inDirectory(async (directory) => {
    const clock = new ManualClock(MORNING_MS);
    const mine = ledgerOf(directory, clock), theirs = ledgerOf(directory, clock);
    mine.record(limited, use(1, 0));
    await mine.admitConnection(limited);
    theirs.record(limited, use(2, 0));
    await theirs.settled();
    await clock.pass(5_000);
    await assert.rejects(mine.admitConnection(limited), { code: "policy.quota" });
    await assert.rejects(theirs.admitConnection(limited), { code: "policy.quota" });
  }));

Deno.test("damaged lines, lines of another day and half a line count as none", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(directory);
    const line = (fields: object) =>
      JSON.stringify({
        time_ms: MORNING_MS,
        host: "rs.example",
        connections: 1,
        bytes: 7,
        ...fields,
      });
    await Deno.writeTextFile(
      `${directory}/looking-glass-2026-01-31.jsonl`,
      [
        line({}),
        "",
        "not json",
        "null",
        "[1]",
        line({ time_ms: MORNING_MS + 48 * HOUR_MS }),
        line({ time_ms: "soon" }),
        line({ connections: -1 }),
        line({ bytes: 1e300 }),
        line({ host: 5 }),
        line({ bytes: 9 }).slice(0, 40),
      ].join("\n"),
    );
    const clock = new ManualClock(MORNING_MS);
    const ledger = ledgerOf(directory, clock);
    assert.deepEqual((await ledger.quota(limited)).bytesUsed, 7);
    ledger.record(limited, use(0, 5));
    await ledger.settled();
    assert.deepEqual((await ledgerOf(directory, clock).quota(limited)).bytesUsed, 12);
  }));

Deno.test("a disk that cannot be written loses nothing while the process lives", async () => {
  const clock = new ManualClock(MORNING_MS);
  const broken = {
    makeDirectory: () => Promise.resolve(),
    readText: () => Promise.reject(new Error("no disk")),
    openAppend: () => Promise.reject(new Error("no disk")),
  };
  const ledger = new Ledger({ directory: "anywhere", files: broken, clock });
  for (let at = 0; at < 3; at++) {
    ledger.record(limited, use(1, 1));
    await ledger.settled();
    await clock.pass(6_000);
  }
  assert.deepEqual((await ledger.quota(limited)).bytesUsed, 3);
  await assert.rejects(ledger.admitConnection(limited), { code: "policy.quota" });
});
