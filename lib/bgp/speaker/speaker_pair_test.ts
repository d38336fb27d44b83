import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  freePort,
  pairSettings,
  serviceOf,
  untilPeer,
} from "../../../tests/support/speaker_pair.ts";
import {
  origination,
  peerSettings,
  speakerSettings,
} from "../../../tests/support/speaker_settings.ts";
import { parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { VrpTable } from "../../route/vrp_table.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import type { BgpSpeaker, PeerStatus } from "../bgp_service.ts";
import { createBgpService } from "./create_bgp_service.ts";
import { systemClock } from "../../io/clock.ts";
import type { Clock } from "../../io/io.ts";

const isUp = ({ state }: { readonly state: string }): boolean => state === "Established";

const hasNotification = ({ incidents }: PeerStatus): boolean =>
  incidents.some(({ kind }) => kind === "notification_received");

/** The prefixes in the tables of a speaker. */
function prefixesOf({ rib }: BgpSpeaker): readonly string[] {
  const found: string[] = [];
  rib.read(() => {
    for (const family of [0, 1] as const) {
      rib.walk(family, { within: null, from: null }, (id) => {
        found.push(renderPrefix(rib.prefixOf(id)));
      });
    }
  });
  return found;
}

for (const thread of ["inline", "worker"] as const) {
  Deno.test(`two speakers exchange routes over loopback, in a thread: ${thread}`, async () => {
    const settings = pairSettings();
    const services = [serviceOf(settings.us, thread), serviceOf(settings.them, thread)] as const;
    try {
      const [us, them] = await Promise.all(services.map((service) => service.open()));
      ok(us !== undefined && them !== undefined);
      await untilPeer(us, isUp);
      const nowMs = Date.now();
      const sent = await us.announce(origination("192.0.2.0/24", nowMs));
      equal(sent.peers[0]?.state, "sent", String(sent.peers[0]?.reason));
      equal(sent.peers[0]?.messages.length, 1);
      equal((await us.announce(origination("2001:db8:1::/48", nowMs))).peers[0]?.state, "sent");
      await untilPeer(them, ({ received: [v4, v6] }) => v4 === 1 && v6 === 1);
      // A route of that moment may go out before the table of which these are the end.
      await untilPeer(them, ({ endOfRib: [v4, v6] }) => v4 && v6);
      deepEqual(prefixesOf(them), ["192.0.2.0/24", "2001:db8:1::/48"]);
      const best = them.rib.read(() =>
        them.rib.best(them.rib.find(parsePrefix("192.0.2.0/24").prefix))
      );
      const attributes = them.rib.attributes(best?.attributes ?? -1);
      equal(attributes.nextHop, "127.0.0.1");
      deepEqual(attributes.communities, ["65535:65281"]);
      await untilPeer(us, ({ sent: [v4, v6] }) => v4 === 1 && v6 === 1);
      deepEqual(us.originations().map(({ id }) => id), ["192.0.2.0/24", "2001:db8:1::/48"]);

      equal((await us.withdraw("192.0.2.0/24")).peers[0]?.state, "sent");
      await untilPeer(them, ({ received }) => received[0] === 0);

      await services[0].stop("maintenance tonight");
      const down = await untilPeer(them, hasNotification);
      await untilPeer(them, ({ received }) => received[1] === 0);
      const told = down.incidents.findLast(({ kind }) => kind === "notification_received");
      // A hard reset, as both know RFC 8538: nothing of ours may be kept.
      deepEqual([told?.code, told?.subcode], [6, 9]);
      deepEqual([...told?.data?.subarray(0, 2) ?? []], [6, 2]);
      equal(new TextDecoder().decode(told?.data?.subarray(3)), "maintenance tonight");
      await rejects(services[0].open(), { code: "env.shutdown" });
    } finally {
      await Promise.all(services.map((service) => service.stop("the test is over")));
    }
  });
}

for (const thread of ["inline", "worker"] as const) {
  Deno.test(`the kill switch ends a speaker that does not answer, and its routes, in a thread: ${thread}`, async () => {
    const settings = pairSettings();
    /** Has no patience with the kill switch. */
    const hasty: Clock = {
      ...systemClock,
      sleep: (ms, signal) => ms === 5_000 ? Promise.resolve() : systemClock.sleep(ms, signal),
    };
    const services = [
      serviceOf(settings.us, thread, hasty),
      serviceOf(settings.them, thread),
    ] as const;
    try {
      const [us, them] = await Promise.all(services.map((service) => service.open()));
      ok(us !== undefined && them !== undefined);
      await untilPeer(us, isUp);
      await us.announce(origination("192.0.2.0/24", Date.now()));
      await untilPeer(them, ({ received }) => received[0] === 1);
      deepEqual(await us.withdrawAll(), new Map());
      await untilPeer(them, ({ received }) => received[0] === 0);
      deepEqual(us.originations(), []);
      await rejects(us.withdraw("192.0.2.0/24"), { code: "env.bgp_thread" });
      // Its successor announces nothing.
      const next = await services[0].open();
      await untilPeer(next, isUp);
      deepEqual([next.originations(), prefixesOf(them)], [[], []]);
    } finally {
      await Promise.all(services.map((service) => service.stop("the test is over")));
    }
  });
}

Deno.test("a stranger is sent away without a word, and counted", async () => {
  const { them } = pairSettings();
  const service = serviceOf(them);
  try {
    const speaker = await service.open();
    const { address, port } = speaker.listener();
    ok(address !== null && port !== null);
    // The system chooses 127.0.0.1 for a loopback peer, which is configured; 127.0.0.2 is not.
    const { connectFrom } = await import("../../io/dial_from.ts");
    const socket = await connectFrom("127.0.0.3", address, port, AbortSignal.timeout(5_000));
    equal(await socket.read(new Uint8Array(64)).catch(() => null), null);
    socket.close();
    for (let tries = 0; speaker.listener().strangers === 0 && tries < 500; tries++) {
      await systemClock.sleep(10);
    }
    equal(speaker.listener().strangers, 1);
    equal(speaker.listener().recent[0]?.address, "127.0.0.3");
  } finally {
    await service.stop("the test is over");
  }
});

Deno.test("a peer can be disabled with a text and enabled again", async () => {
  const settings = pairSettings({ gracefulRestart: false }, { gracefulRestart: false });
  const services = [serviceOf(settings.us), serviceOf(settings.them)] as const;
  try {
    const [us, them] = await Promise.all(services.map((service) => service.open()));
    ok(us !== undefined && them !== undefined);
    await untilPeer(us, isUp);
    await us.disable(0, "wait for me");
    const down = await untilPeer(us, ({ isDisabled, state }) => isDisabled && state === "Idle");
    equal(down.negotiated, null);
    const told = await untilPeer(them, hasNotification);
    equal(
      new TextDecoder().decode(told.incidents.at(-1)?.data?.subarray(1)),
      "wait for me",
    );
    await us.enable(0);
    await untilPeer(us, isUp);
  } finally {
    await Promise.all(services.map((service) => service.stop("the test is over")));
  }
});

Deno.test("too many prefixes end the session on the wire with Cease 6/1", async () => {
  const settings = pairSettings({ gracefulRestart: false }, {
    gracefulRestart: false,
    maxPrefixes: 1,
    maxPrefixesAction: "idle",
  });
  const services = [serviceOf(settings.us), serviceOf(settings.them)] as const;
  try {
    const [us, them] = await Promise.all(services.map((service) => service.open()));
    ok(us !== undefined && them !== undefined);
    await untilPeer(us, isUp);
    await us.announce(origination("192.0.2.0/24", Date.now()));
    await us.announce(origination("198.51.100.0/24", Date.now()));
    const idle = await untilPeer(them, ({ isDisabled }) => isDisabled);
    deepEqual(idle.incidents.map(({ code, subcode }) => [code, subcode]).at(-1), [6, 1]);
    const told = await untilPeer(us, ({ incidents }) => incidents.length > 0);
    deepEqual([told.incidents[0]?.code, told.incidents[0]?.subcode], [6, 1]);
    await untilPeer(them, ({ received }) => received[0] === 0);
  } finally {
    await Promise.all(services.map((service) => service.stop("the test is over")));
  }
});

Deno.test("a speaker that is not enabled says which key enables it", async () => {
  const service = createBgpService({
    settings: null,
    io: { clock: systemClock },
    roaPayloads: null,
    thread: "worker",
    logBug: () => {},
  });
  await rejects(service.open(), { code: "env.bgp", detail: { config_key: "bgp.enabled" } });
  await service.stop("nothing runs");
});

Deno.test("a listener that cannot be opened is told, and dialling goes on", async () => {
  const settings = speakerSettings({
    listen: { address: "192.0.2.1", port: 1_790 },
    peers: [peerSettings({ enabled: false })],
  });
  const service = serviceOf(settings);
  try {
    const speaker = await service.open();
    for (let tries = 0; speaker.listener().problem === null && tries < 500; tries++) {
      await systemClock.sleep(10);
    }
    ok(speaker.listener().problem?.startsWith('Cannot listen on "192.0.2.1:1790"'));
    equal(speaker.peers()[0]?.isDisabled, true);
  } finally {
    await service.stop("the test is over");
  }
});

Deno.test("origins are judged by the payloads of the source, also those that were there before", async () => {
  const settings = pairSettings();
  const table = new VrpTable();
  table.add({ prefix: parsePrefix("192.0.2.0/24").prefix, maxLength: 24, asn: 65_001 });
  table.add({ prefix: parsePrefix("198.51.100.0/24").prefix, maxLength: 24, asn: 64_999 });
  const gate = Promise.withResolvers<void>();
  const them = createBgpService({
    settings: settings.them,
    io: { clock: systemClock },
    roaPayloads: () =>
      Promise.resolve({
        read: async () => {
          await gate.promise;
          return { table };
        },
      }),
    thread: "worker",
    logBug: (bug) => {
      throw bug;
    },
  });
  const us = serviceOf(settings.us);
  try {
    const [speaker, judge] = await Promise.all([us.open(), them.open()]);
    await untilPeer(speaker, isUp);
    for (const prefix of ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]) {
      await speaker.announce(origination(prefix, Date.now()));
    }
    await untilPeer(judge, ({ received }) => received[0] === 3);
    const { rib } = judge;
    const states = () =>
      rib.read(() =>
        ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map((prefix) =>
          rib.best(rib.find(parsePrefix(prefix).prefix))?.rpki
        )
      );
    deepEqual(states(), ["unverified", "unverified", "unverified"]);
    gate.resolve();
    for (let tries = 0; states()[0] === "unverified" && tries < 500; tries++) {
      await systemClock.sleep(10);
    }
    deepEqual(states(), ["valid", "invalid", "not_found"]);
  } finally {
    await Promise.all([us.stop("the test is over"), them.stop("the test is over")]);
  }
});

Deno.test("routes of one peer go to another one where transit is configured, and to no one else", async () => {
  const port = freePort("127.0.0.1");
  const outer = (localAs: number, host: number): SpeakerSettings =>
    speakerSettings({
      localAs,
      routerId: `10.0.0.${host}`,
      peers: [peerSettings({
        name: "hub",
        address: "127.0.0.1",
        port,
        remoteAs: 65_001,
        localAddress: `127.0.0.${host}`,
        connect: "active",
      })],
    });
  const inner = (index: number, name: string, parts: Partial<PeerSettings> = {}): PeerSettings =>
    peerSettings({
      index,
      name,
      address: `127.0.0.${index + 11}`,
      remoteAs: 65_011 + index,
      connect: "passive",
      ...parts,
    });
  const hub = speakerSettings({
    listen: { address: "127.0.0.1", port },
    peers: [
      inner(0, "source"),
      inner(1, "target", { transitFrom: ["source"] }),
      inner(2, "bystander"),
    ],
  });
  const services = [
    serviceOf(hub),
    ...[11, 12, 13].map((host) => serviceOf(outer(65_000 + host, host))),
  ];
  try {
    const [, source, target, bystander] = await Promise.all(
      services.map((service) => service.open()),
    );
    ok(source !== undefined && target !== undefined && bystander !== undefined);
    await Promise.all([source, target, bystander].map((one) => untilPeer(one, isUp)));
    const nowMs = Date.now();
    await source.announce(origination("192.0.2.0/24", nowMs, { communities: [] }));
    // No-export is attached to this one.
    await source.announce(origination("203.0.113.0/24", nowMs));
    await source.announce(
      origination("2001:db8:1::/48", nowMs, { communities: [], nextHop: "2001:db8::9" }),
    );
    await untilPeer(target, ({ received: [v4, v6] }) => v4 === 1 && v6 === 1);
    deepEqual(prefixesOf(target), ["192.0.2.0/24", "2001:db8:1::/48"]);
    const { rib } = target;
    const best = rib.read(() => rib.best(rib.find(parsePrefix("192.0.2.0/24").prefix)));
    const { asPath, nextHop } = rib.attributes(best?.attributes ?? -1);
    deepEqual([asPath, nextHop], [[{ kind: "sequence", asns: [65_001, 65_011] }], "127.0.0.1"]);
    deepEqual(prefixesOf(bystander), []);

    await source.withdraw("192.0.2.0/24");
    await untilPeer(target, ({ received }) => received[0] === 0);
    await source.stop("gone");
    await untilPeer(target, ({ received }) => received[1] === 0);
    deepEqual(prefixesOf(bystander), []);
  } finally {
    await Promise.all(services.map((service) => service.stop("the test is over")));
  }
});
