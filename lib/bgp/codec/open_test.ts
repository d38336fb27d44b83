import assert from "node:assert/strict";
import fc from "fast-check";
import { messageOf, octetsOf } from "../../../tests/support/bgp_octets.ts";
import { type Capabilities, describeCapability, NO_CAPABILITIES } from "./capability.ts";
import { checkOpen, decodeOpen, encodeOpen, type OpenMessage } from "./open.ts";

const EXPECTED = { remoteAs: 65_010, localAs: 65_000, localRouterId: 0x0a000001 };

/** An OPEN of AS 65010 with the identifier 10.0.0.2; fields and parameters in hexadecimal. */
function body(
  { version = "04", asn = "fdf2", hold = "005a", id = "0a000002", parameters = "00" } = {},
): Uint8Array {
  return octetsOf(version + asn + hold + id + parameters);
}

/** One parameter of type 2 with these capabilities, and the length in front. */
function parametersOf(hex: string): string {
  const size = octetsOf(hex).length;
  const digits = (value: number): string => value.toString(16).padStart(2, "0");
  return `${digits(size + 2)}02${digits(size)}${hex}`;
}

/** `ok`, or `2/2 fdf2` with the data. */
function verdict(octets: Uint8Array, expected = EXPECTED): string {
  const decoded = decodeOpen(octets, 0, octets.length);
  const fault = "fault" in decoded ? decoded.fault : checkOpen(decoded.open, expected);
  return fault === null ? "ok" : `${fault.code}/${fault.subcode} ${fault.data.toHex()}`.trim();
}

function opened(octets: Uint8Array): OpenMessage {
  const decoded = decodeOpen(octets, 0, octets.length);
  assert.ok("open" in decoded);
  return decoded.open;
}

const AS4 = parametersOf("41040000fdf2");
const INTERNAL = { ...EXPECTED, localAs: 65_010 };

for (
  const [name, octets, expected, wanted] of [
    ["no parameters", body(), "ok"],
    ["version 3", body({ version: "03" }), "2/1 0004"],
    ["version 5", body({ version: "05" }), "2/1 0004"],
    ["AS 0", body({ asn: "0000" }), "2/2 0000"],
    ["AS 23456 without the capability", body({ asn: "5ba0" }), "2/2 5ba0"],
    ["another AS", body({ asn: "fdf3" }), "2/2 fdf3"],
    ["our own AS where another is configured", body({ asn: "fde8" }), "2/2 fde8"],
    ["AS 0 in the capability", body({ parameters: parametersOf("410400000000") }), "2/2 0000"],
    [
      "another AS in the capability",
      body({ asn: "5ba0", parameters: parametersOf("410400030d40") }),
      "2/2 00030d40",
    ],
    ["the capability and My AS at odds", body({ asn: "fdf3", parameters: AS4 }), "2/2 fdf2"],
    ["AS_TRANS where the AS fits two octets", body({ asn: "5ba0", parameters: AS4 }), "2/2 fdf2"],
    ["the identifier 0.0.0.0", body({ id: "00000000" }), "2/3 00000000"],
    ["our identifier in another AS (RFC 6286 §2.2)", body({ id: "0a000001" }), "ok"],
    ["our identifier in our AS", body({ id: "0a000001" }), "2/3 0a000001", INTERNAL],
    ["the identifier 224.0.0.1 (RFC 6286 §2.1)", body({ id: "e0000001" }), "ok"],
    ["a hold time of 0", body({ hold: "0000" }), "ok"],
    ["a hold time of 1", body({ hold: "0001" }), "2/6 0001"],
    ["a hold time of 2", body({ hold: "0002" }), "2/6 0002"],
    ["a hold time of 3", body({ hold: "0003" }), "ok"],
    ["a hold time of 65535", body({ hold: "ffff" }), "ok"],
    ["the parameter of authentication", body({ parameters: "03010100" }), "2/4 010100"],
    ["an unknown parameter", body({ parameters: "026300" }), "2/4 6300"],
    [
      "parameters longer than the message",
      body({ parameters: "08020641040000fdf2" }).subarray(0, 16),
      "2/0",
    ],
    ["parameters shorter than the message", body({ parameters: "00ff" }), "2/0"],
    ["a parameter that overruns", body({ parameters: "0302ff01" }), "2/0"],
    ["a parameter of one octet", body({ parameters: "0102" }), "2/0"],
    ["a capability that overruns", body({ parameters: "0402024104" }), "2/0"],
    ["a capability of one octet", body({ parameters: "03020141" }), "2/0"],
    ["AS4 of two octets", body({ parameters: parametersOf("4102fdf2") }), "2/0 4102fdf2"],
    [
      "Multiprotocol of three octets",
      body({ parameters: parametersOf("0103000100") }),
      "2/0 0103000100",
    ],
    ["Route Refresh with a value", body({ parameters: parametersOf("020100") }), "2/0 020100"],
    [
      "Graceful Restart of three octets",
      body({ parameters: parametersOf("4003000000") }),
      "2/0 4003000000",
    ],
    [
      "ADD-PATH of five octets",
      body({ parameters: parametersOf("45050001010100") }),
      "2/0 45050001010100",
    ],
    ["an unknown capability", body({ parameters: parametersOf("fa03010203") }), "ok"],
    [
      "a capability without meaning in a short form",
      body({ parameters: parametersOf("4700") }),
      "ok",
    ],
    ["AS4 twice, the same", body({ parameters: parametersOf("41040000fdf2 41040000fdf2") }), "ok"],
    [
      "AS4 twice, at odds: the last counts",
      body({ parameters: parametersOf("41040000fdf2 410400030d40") }),
      "2/2 00030d40",
    ],
    ["RFC 9072", body({ parameters: "ffff000902000641040000fdf2" }), "ok"],
    ["RFC 9072 behind a length of one", body({ parameters: "01ff000902000641040000fdf2" }), "ok"],
    ["RFC 9072 that is cut", body({ parameters: "ffff00" }), "2/0"],
    ["RFC 9072 that overruns", body({ parameters: "ffff000a02000641040000fdf2" }), "2/0"],
  ] as const
) {
  Deno.test(`an OPEN with ${name}: ${expected}`, () => {
    assert.equal(verdict(octets, wanted), expected);
  });
}

Deno.test("a fault of the AS says both numbers", () => {
  const fault = checkOpen(opened(body({ asn: "fdf3" })), EXPECTED);
  assert.equal(fault?.why, "the peer says its AS is 65011, configured is 65010");
});

Deno.test("an OPEN with every capability that is spoken is read, those of others beside them", () => {
  const { capabilities, ...rest } = opened(
    body({
      parameters: parametersOf(
        "010400010001 010400020001 0200 0506000100010002 0600 090103 " +
          "400a0078 00010180 00020180 41040000fdf2 45080001010300020103 4600 4700",
      ),
    }),
  );
  assert.deepEqual([rest.asn, rest.holdTimeSec, rest.routerId], [65_010, 90, 0x0a000002]);
  const families = [{ afi: 1, safi: 1 }, { afi: 2, safi: 1 }];
  assert.deepEqual(capabilities, {
    families,
    routeRefresh: true,
    extendedNextHop: [{ afi: 1, safi: 1, nextHopAfi: 2 }],
    extendedMessage: true,
    role: 3,
    hasRoleConflict: false,
    gracefulRestart: {
      isRestarting: false,
      notification: false,
      restartSec: 120,
      families: families.map((family) => ({ ...family, isForwarding: true })),
    },
    as4: 65_010,
    addPath: families.map((family) => ({ ...family, mode: 3 })),
    enhancedRefresh: true,
  });
});

Deno.test("two roles are a conflict, the same twice is none", () => {
  assert.equal(
    opened(body({ parameters: parametersOf("090103 090104") })).capabilities.hasRoleConflict,
    true,
  );
  assert.equal(
    opened(body({ parameters: parametersOf("090103 090103") })).capabilities.hasRoleConflict,
    false,
  );
});

Deno.test("a capability in words", () => {
  for (
    const [code, value, words] of [
      [1, "00010001", "ipv4-unicast"],
      [1, "00194146", "AFI 25 SAFI 70"],
      [5, "000100010002", "ipv4-unicast via AFI 2"],
      [6, "", ""],
      [9, "03", "customer"],
      [9, "09", "role 9"],
      [64, "c07800010180", "restart time 120 s, restarting, notification, ipv4-unicast forwarding"],
      [65, "00030d40", "AS 200000"],
      [69, "00010101 00020103", "ipv4-unicast receive, ipv6-unicast both"],
      [73, "0362616200", "0362616200"],
      [65, "fdf2", "fdf2"],
      [250, "00".repeat(40), `${"00".repeat(32)} … (40 octets)`],
    ] as const
  ) assert.equal(describeCapability({ code, value: octetsOf(value) }).value, words);
  assert.equal(describeCapability({ code: 250, value: octetsOf("") }).name, "capability 250");
});

const family = fc.record({
  afi: fc.integer({ min: 1, max: 65_535 }),
  safi: fc.integer({ min: 1, max: 255 }),
});
const families = fc.uniqueArray(family, {
  maxLength: 60,
  selector: ({ afi, safi }) => `${afi}/${safi}`,
});
const anyCapabilities: fc.Arbitrary<Capabilities> = fc.record({
  families,
  routeRefresh: fc.boolean(),
  extendedNextHop: fc.array(
    fc.record({ afi: fc.nat(65_535), safi: fc.nat(255), nextHopAfi: fc.nat(65_535) }),
    { maxLength: 20 },
  ),
  extendedMessage: fc.boolean(),
  role: fc.option(fc.nat(255)),
  hasRoleConflict: fc.constant(false),
  gracefulRestart: fc.option(fc.record({
    isRestarting: fc.boolean(),
    notification: fc.boolean(),
    restartSec: fc.nat(4095),
    families: fc.array(
      fc.record({ afi: fc.nat(65_535), safi: fc.nat(255), isForwarding: fc.boolean() }),
      { maxLength: 10 },
    ),
  })),
  as4: fc.option(fc.nat(0xffff_ffff)),
  addPath: fc.array(fc.record({ afi: fc.nat(65_535), safi: fc.nat(255), mode: fc.nat(255) }), {
    maxLength: 20,
  }),
  enhancedRefresh: fc.boolean(),
});

Deno.test("what is written is read again, in the short form and in that of RFC 9072", () => {
  fc.assert(
    fc.property(
      anyCapabilities,
      fc.integer({ min: 1, max: 65_535 }),
      fc.nat(65_535),
      fc.nat(0xffff_ffff),
      (capabilities, asn, holdTimeSec, routerId) => {
        const message = encodeOpen({ asn, holdTimeSec, routerId, capabilities });
        assert.deepEqual(
          message.subarray(0, 19),
          messageOf(1, message.subarray(19)).subarray(0, 19),
        );
        const open = opened(message.subarray(19));
        assert.deepEqual(open.capabilities, structuredClone(capabilities));
        assert.deepEqual(
          [open.shortAs, open.holdTimeSec, open.routerId],
          [asn, holdTimeSec, routerId],
        );
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("an AS of four octets is AS_TRANS in the two that have no room", () => {
  const capabilities = { ...NO_CAPABILITIES, as4: 200_000 };
  const open = opened(
    encodeOpen({ asn: 200_000, holdTimeSec: 90, routerId: 1, capabilities }).subarray(19),
  );
  assert.deepEqual([open.shortAs, open.asn], [23_456, 200_000]);
});
