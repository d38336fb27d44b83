import assert from "node:assert/strict";
import fc from "fast-check";
import { messageOf, octetsOf } from "../../../tests/support/bgp_octets.ts";
import { OPEN_CASES, openBody, parametersOf } from "../../../tests/support/nasty_opens.ts";
import { type Capabilities, describeCapability, NO_CAPABILITIES } from "./capability.ts";
import { checkOpen, decodeOpen, encodeOpen, type OpenMessage } from "./open.ts";

const EXPECTED = { remoteAs: 65_010, localAs: 65_000, localRouterId: 0x0a000001 };

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

for (const [name, octets, expected, session] of OPEN_CASES) {
  Deno.test(`an OPEN with ${name}: ${expected}`, () => {
    const localAs = session === "internal" ? EXPECTED.remoteAs : EXPECTED.localAs;
    assert.equal(verdict(octets, { ...EXPECTED, localAs }), expected);
  });
}

Deno.test("a fault of the AS says both numbers", () => {
  const fault = checkOpen(opened(openBody({ asn: "fdf3" })), EXPECTED);
  assert.equal(fault?.why, "the peer says its AS is 65011, configured is 65010");
});

Deno.test("an OPEN with every capability that is spoken is read, those of others beside them", () => {
  const { capabilities, ...rest } = opened(
    openBody({
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
    opened(openBody({ parameters: parametersOf("090103 090104") })).capabilities.hasRoleConflict,
    true,
  );
  assert.equal(
    opened(openBody({ parameters: parametersOf("090103 090103") })).capabilities.hasRoleConflict,
    false,
  );
});

Deno.test("ADD-PATH with a mode that is none is as if it were not there (RFC 7911 section 4)", () => {
  const addPathOf = (capabilities: string): Capabilities["addPath"] =>
    opened(openBody({ parameters: parametersOf(capabilities) })).capabilities.addPath;
  assert.deepEqual(addPathOf("450400010103"), [{ afi: 1, safi: 1, mode: 3 }]);
  for (const mode of ["00", "04", "06", "ff"]) {
    assert.deepEqual(addPathOf(`450800010103000201${mode}`), []);
    assert.deepEqual(addPathOf(`4504000101${mode} 450400020102`), [{ afi: 2, safi: 1, mode: 2 }]);
  }
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
      [69, "00010104", "00010104"],
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
  addPath: fc.array(
    fc.record({ afi: fc.nat(65_535), safi: fc.nat(255), mode: fc.integer({ min: 1, max: 3 }) }),
    {
      maxLength: 20,
    },
  ),
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
