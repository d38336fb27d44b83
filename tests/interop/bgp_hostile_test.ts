/**
 * The server process with its speaker, on loopback, among peers that break every custom: nobody gets
 * more than is due to him, and those that behave notice nothing.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Table } from "../../bench/bgp/table.ts";
import { tableStream } from "../../bench/bgp/table_stream.ts";
import { generateCapture } from "../../bench/generate_capture.ts";
import { MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import { encodeNotification } from "../../lib/bgp/codec/notification.ts";
import type { BgpPeer, PeerVoice } from "../support/bgp_peer.ts";
import { announcementOf, blockOfPrefixes, fatAnnouncements } from "../support/scripted_bgp.ts";
import { diagnosisOf, listenerOf, shownPeer, untilPeerIs, untilUp } from "./bgp_shown.ts";
import { loopbackStage, OUR_AS, PEER_AS, QUEUE_BYTES } from "./loopback_stage.ts";
import { poll } from "./route_server_rig.ts";

/** What it hears up to the end, KEEPALIVEs left out; a NOTIFICATION counts more than how it ends. */
async function heardOf(peer: BgpPeer): Promise<string[]> {
  const heard: string[] = [];
  for (let one = await peer.hear(); one !== "end" && one !== "reset"; one = await peer.hear()) {
    heard.push(one);
  }
  return heard;
}

/** What a peer lived through that does its part until the connection ends. */
interface Life {
  /** Between two messages that it heard, milliseconds. */
  longestSilenceMs: number;
  /** The last NOTIFICATION, `code/subcode`. */
  notification: string | null;
}

/** Answers KEEPALIVEs with KEEPALIVEs until the connection ends. */
async function stayUp(peer: BgpPeer): Promise<Life> {
  const life: Life = { longestSilenceMs: 0, notification: null };
  let heardAtMs = Date.now();
  try {
    for (let one = await peer.next(); one !== null; one = await peer.next()) {
      const nowMs = Date.now();
      life.longestSilenceMs = Math.max(life.longestSilenceMs, nowMs - heardAtMs);
      heardAtMs = nowMs;
      if (one.type === MESSAGE.notification) life.notification = `${one.body[0]}/${one.body[1]}`;
      else await peer.keepalive();
    }
  } catch {
    // The end of the test closes it.
  }
  return life;
}

/** Sends whole messages, some at a time, so that this process and this peer have their turns too. */
async function pour(peer: BgpPeer, messages: Uint8Array): Promise<void> {
  let from = 0;
  for (let at = 0; at < messages.length;) {
    // The length of a message stands behind the marker (RFC 4271 section 4.1).
    at += (messages[at + 16] ?? 0) * 256 + (messages[at + 17] ?? 0);
    if (at - from < PIECE_BYTES && at < messages.length) continue;
    await peer.send(messages.subarray(from, at));
    await new Promise((resolve) => setTimeout(resolve));
    from = at;
  }
}

const PIECE_BYTES = 131_072;
/** Three hold times of three seconds, and a little. */
const THREE_HOLD_TIMES_MS = 10_000;

Deno.test("OPENs that cannot be accepted are refused with their code, and nothing else is touched", async (t) => {
  const cases: readonly (readonly [name: string, voice: PeerVoice, answer: string])[] = [
    ["another-as", { asn: 65_003 }, "NOTIFICATION 2/2"],
    ["as-zero", { asn: 0 }, "NOTIFICATION 2/2"],
    ["our-as", { asn: OUR_AS }, "NOTIFICATION 2/2"],
    ["no-identifier", { routerId: 0 }, "NOTIFICATION 2/3"],
    ["hold-one", { holdTimeSec: 1 }, "NOTIFICATION 2/6"],
    ["hold-two", { holdTimeSec: 2 }, "NOTIFICATION 2/6"],
  ];
  await using on = await loopbackStage([
    ...cases.map(([name]) => ({ name })),
    { name: "good" },
    { name: "wild" },
    { name: "same-identifier" },
  ]);
  const good = await on.dial("good");
  await good.establish();
  await good.send(announcementOf(blockOfPrefixes(1, 500), [PEER_AS]));
  const staying = stayUp(good);
  for (const [name, voice, answer] of cases) {
    await t.step(name, async () => {
      const peer = await on.dial(name, voice);
      await peer.open();
      deepEqual(await heardOf(peer), ["OPEN", answer]);
    });
  }
  await t.step("our own identifier is refused within our AS only (RFC 6286)", async () => {
    const peer = await on.dial("same-identifier", { routerId: 0xc0_00_02_01 });
    await peer.establish();
    peer.connection.close();
  });
  const streams = {
    "an HTTP request": new TextEncoder().encode("GET / HTTP/1.1\r\nHost: router.example\r\n\r\n"),
    // A TLS 1.2 record of a ClientHello.
    "a TLS ClientHello": Uint8Array.of(0x16, 3, 1, 0, 46, 1, 0, 0, 42, 3, 3, ...new Array(40)),
  };
  for (const [what, octets] of Object.entries(streams)) {
    await t.step(`${what} is answered as a message out of step`, async () => {
      // The wait after a failure is over when a connection gets an OPEN again.
      await poll("the port answers the peer", async () => {
        const peer = await on.dial("wild");
        await peer.send(octets).catch(() => {});
        const heard = await heardOf(peer);
        peer.connection.close();
        if (heard.length === 0) return false;
        deepEqual(heard, ["OPEN", "NOTIFICATION 1/1"]);
        return true;
      });
    });
  }
  await t.step("what follows a NOTIFICATION is not looked at", async () => {
    await poll("the peer comes up and ends it with more to say", async () => {
      const peer = await on.dial("wild");
      try {
        await peer.establish();
      } catch {
        peer.connection.close();
        return false;
      }
      const behind = announcementOf(["203.0.113.0/24"], [PEER_AS]);
      await peer.send(Uint8Array.of(...encodeNotification(6, 4, new Uint8Array(0)), ...behind));
      await heardOf(peer);
      return true;
    });
    await untilPeerIs(on.netglass, "wild", "is ended by the peer", ({ last_error }) => {
      const { code, subcode } = last_error?.notification ?? {};
      return last_error?.kind === "notification_received" && code === 6 && subcode === 4;
    });
    equal((await shownPeer(on.netglass, "wild")).prefixes_received, 0);
  });
  await t.step(
    "a second session from the same address is refused, the first lives on",
    async () => {
      const second = await on.dial("good");
      await second.open();
      deepEqual((await heardOf(second)).at(-1), "NOTIFICATION 6/7");
    },
  );
  await t.step("an address that nobody knows hears nothing at all", async () => {
    const stranger = await on.dialFrom("127.0.4.1");
    await stranger.open().catch(() => {});
    deepEqual(await heardOf(stranger), []);
    await poll("the doctor counts it", async () => {
      const { strangers, recent_strangers } = await listenerOf(on.netglass);
      return strangers === 1 && recent_strangers[0] === "127.0.4.1";
    });
  });
  const { state, sessions_established, prefixes_received } = await shownPeer(on.netglass, "good");
  deepEqual([state, sessions_established, prefixes_received], ["Established", 1, 500]);
  good.connection.close();
  await staying;
});

Deno.test("silent connections shut nobody out: neither the peer itself nor another", async () => {
  await using on = await loopbackStage([{ name: "good" }, { name: "silent" }]);
  await Promise.all(Array.from({ length: 64 }, () => on.dial("silent")));
  await Promise.all(Array.from({ length: 64 }, () => on.dialFrom("127.0.4.1")));
  const good = await on.dial("good");
  await good.establish();
  const late = await on.dial("silent");
  await late.establish();
  await untilUp(on.netglass, "good", "silent");
});

Deno.test("max_prefixes lets N in and meets N + 1 as configured", async (t) => {
  const limit = (action: string) => ({
    name: action,
    fields: `max_prefixes: 10, max_prefixes_action: ${action}, max_prefixes_restart_sec: 1`,
  });
  await using on = await loopbackStage([limit("warn"), limit("restart"), limit("idle")]);
  const reach = async (name: string): Promise<BgpPeer> => {
    const peer = await on.dial(name);
    await peer.establish();
    await peer.send(announcementOf(blockOfPrefixes(1, 10), [PEER_AS]));
    // What the table holds may be told a moment before the state is.
    await untilPeerIs(
      on.netglass,
      name,
      "is up with ten prefixes",
      (one) => one.state === "Established" && one.prefixes_received === 10,
    );
    // One that is there already is not one more.
    await peer.send(announcementOf(["10.1.0.0/24"], [PEER_AS, 65_010]));
    await peer.send(announcementOf(["10.2.0.0/24"], [PEER_AS]));
    return peer;
  };
  await t.step("warn: it stays up, with all of them", async () => {
    await reach("warn");
    await untilPeerIs(on.netglass, "warn", "has eleven", (one) => one.prefixes_received === 11);
    equal((await shownPeer(on.netglass, "warn")).state, "Established");
  });
  await t.step("restart: Cease 6/1, nothing is kept, and it is let in again", async () => {
    const peer = await reach("restart");
    equal((await heardOf(peer)).at(-1), "NOTIFICATION 6/1");
    await untilPeerIs(on.netglass, "restart", "is empty", (one) => one.prefixes_received === 0);
    await poll("it comes up again", async () => {
      const again = await on.dial("restart");
      return await again.establish().then(() => true, () => false);
    });
  });
  await t.step("idle: Cease 6/1, and it stays out", async () => {
    const peer = await reach("idle");
    equal((await heardOf(peer)).at(-1), "NOTIFICATION 6/1");
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const again = await on.dial("idle");
    await again.open().catch(() => {});
    deepEqual(await heardOf(again), []);
    equal((await diagnosisOf(on.netglass, "idle")).verdict, "over_prefix_limit");
    equal((await shownPeer(on.netglass, "idle")).is_disabled, true);
  });
});

Deno.test("a session with hold time 3 s lives through everything that the server does beside it", async (t) => {
  await using on = await loopbackStage(
    [
      { name: "quiet", fields: "hold_time_sec: 3" },
      { name: "feed" },
      { name: "source" },
      { name: "deaf", asn: 65_003, fields: "transit: [source], hold_time_sec: 0" },
    ],
    { top: (directory) => `toolsets: [bgp, capture]\npcap: { allowed_paths: ["${directory}"] }` },
  );
  const capture = (n: number): string => `${on.directory}/${n}.pcap`;
  generateCapture({ packets: 400_000, out: capture(0) });
  const table = new Table({ ipv4: 300_000, ipv6: 0, attributeSets: 60_000, seed: 7 });
  const views = [tableStream(table, 0), tableStream(table, 1)];
  // What the kernels on the way take is far less.
  const fat = fatAnnouncements(4_000, [PEER_AS]);
  const quiet = await on.dial("quiet", { holdTimeSec: 3 });
  await quiet.establish();
  const quietLife = stayUp(quiet);
  const staying: Promise<Life>[] = [];
  const stillQuiet = async (): Promise<void> => {
    const { state, sessions_established } = await shownPeer(on.netglass, "quiet");
    deepEqual([state, sessions_established], ["Established", 1]);
  };
  const deaf = await on.dial("deaf", { asn: 65_003, holdTimeSec: 0 });
  await deaf.establish();
  await t.step("a peer that reads nothing has no more than its queue waiting", async () => {
    const source = await on.dial("source");
    await source.establish();
    staying.push(stayUp(source));
    await pour(source, fat);
    await untilPeerIs(
      on.netglass,
      "deaf",
      "takes no more",
      ({ counters }) => counters.queued_bytes > 65_536,
    );
    const { state, counters } = await shownPeer(on.netglass, "deaf");
    equal(state, "Established");
    ok(counters.queued_bytes <= QUEUE_BYTES, `${counters.queued_bytes}`);
    await stillQuiet();
  });
  const feed = await on.dial("feed");
  await feed.establish();
  await t.step("a table is loaded and changed for three hold times", async () => {
    staying.push(stayUp(feed));
    const begunMs = Date.now();
    for (let load = 0; load < 2 || Date.now() - begunMs < THREE_HOLD_TIMES_MS; load++) {
      await pour(feed, views[load % 2] ?? new Uint8Array(0));
    }
    await untilPeerIs(
      on.netglass,
      "feed",
      "is all there",
      (one) => one.prefixes_received === 300_000,
    );
    await stillQuiet();
  });
  await t.step("captures are scanned for three hold times and more", async () => {
    const begunMs = Date.now();
    for (let scan = 0; Date.now() - begunMs < THREE_HOLD_TIMES_MS; scan++) {
      const { success } = await on.netglass.call("pcap_summary", { file_path: capture(scan) });
      equal(success, true);
      // Under another name it is another capture: nothing of this scan helps the next.
      await Deno.rename(capture(scan), capture(scan + 1));
    }
    await stillQuiet();
  });
  await t.step("the peer that reads nothing gets Cease 6/8, and nobody else anything", async () => {
    // Half a minute in which nothing is taken is the patience with a full queue.
    await untilPeerIs(on.netglass, "deaf", "is ended", ({ last_error }) => last_error !== null);
    const { last_error } = await shownPeer(on.netglass, "deaf");
    deepEqual(
      [last_error?.kind, last_error?.notification?.code, last_error?.notification?.subcode],
      ["notification_sent", 6, 8],
    );
    match(last_error?.detail ?? "", /reads nothing/);
    for (const name of ["feed", "source"]) {
      equal((await shownPeer(on.netglass, name)).state, "Established");
    }
    await stillQuiet();
  });
  await t.step("in the middle of a table the end is Cease 6/2, at once", async () => {
    let isOver = false;
    const pouring = (async () => {
      while (!isOver) await pour(feed, views[0] ?? new Uint8Array(0)).catch(() => isOver = true);
    })();
    const begunMs = Date.now();
    await on.netglass.end();
    ok(Date.now() - begunMs < 10_000);
    isOver = true;
    await pouring;
    const { longestSilenceMs, notification } = await quietLife;
    equal(notification, "6/2");
    // Else its own hold timer would have ended the session.
    ok(longestSilenceMs < 3_000, `${longestSilenceMs} ms`);
    for (const { notification } of await Promise.all(staying)) equal(notification, "6/2");
  });
});

Deno.test("a session that falls silent keeps its peer out until its hold time is over", async () => {
  await using on = await loopbackStage([{ name: "reborn", fields: "hold_time_sec: 3" }]);
  const lost = await on.dial("reborn", { holdTimeSec: 3 });
  await lost.establish();
  await lost.send(announcementOf(["203.0.113.0/24"], [PEER_AS]));
  const silentAtMs = Date.now();
  await untilPeerIs(on.netglass, "reborn", "has its prefix", (one) => one.prefixes_received === 1);
  // The old session may live yet, for all that is known here (RFC 4271 section 6.8).
  const early = await on.dial("reborn", { holdTimeSec: 3, routerId: 0xc0_00_02_63 });
  await early.open();
  equal((await heardOf(early)).at(-1), "NOTIFICATION 6/7");
  equal((await heardOf(lost)).at(-1), "NOTIFICATION 4/0");
  ok(Date.now() - silentAtMs > 2_900);
  await poll("it is let in, with another identifier", async () => {
    const again = await on.dial("reborn", { holdTimeSec: 3, routerId: 0xc0_00_02_63 });
    return await again.establish().then(() => true, () => false);
  });
  await untilUp(on.netglass, "reborn");
  const { sessions_established, prefixes_received } = await shownPeer(on.netglass, "reborn");
  deepEqual([sessions_established, prefixes_received], [2, 0]);
});
