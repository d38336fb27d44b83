import assert from "node:assert/strict";
import { octetsOf } from "../../../tests/support/bgp_octets.ts";
import {
  decodeNotification,
  decodeShutdownText,
  encodeHardReset,
  encodeNotification,
  encodeShutdownText,
  explainNotification,
} from "./notification.ts";
import { NOTIFICATION_CODES } from "./notification_codes.ts";

function explained(code: number, subcode: number, data = "") {
  return explainNotification({ code, subcode, data: octetsOf(data) });
}

Deno.test("a NOTIFICATION that is written is read again", () => {
  const message = encodeNotification(2, 2, octetsOf("00030d40"));
  assert.equal(message.toHex(), `${"ff".repeat(16)}0019 03 0202 00030d40`.replaceAll(" ", ""));
  assert.deepEqual(decodeNotification(message, 19, message.length), {
    code: 2,
    subcode: 2,
    data: octetsOf("00030d40"),
  });
});

Deno.test("data that is too long for every peer is cut", () => {
  assert.equal(encodeNotification(3, 9, new Uint8Array(60_000)).length, 4096);
});

Deno.test("names and meanings follow the registry", () => {
  assert.equal(explained(2, 2).name, "OPEN Message Error / Bad Peer AS");
  assert.equal(explained(6, 7).source, "RFC 4486 §4");
  assert.equal(explained(4, 0).name, "Hold Timer Expired");
  assert.match(explained(4, 0).meaning ?? "", /^Nothing came for the hold time/);
  assert.equal(explained(6, 0).name, "Cease");
  assert.deepEqual([explained(6, 77).name, explained(99, 1).name], [
    "Cease / subcode 77",
    "code 99 / subcode 1",
  ]);
  assert.equal(explained(99, 1).source, "not assigned");
});

Deno.test("every row has its own place", () => {
  for (const { subcodes } of NOTIFICATION_CODES) {
    assert.deepEqual(subcodes.map(({ subcode }) => subcode), subcodes.map((_, index) => index + 1));
  }
  assert.deepEqual(NOTIFICATION_CODES.map(({ code }) => code), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("a shutdown text is read, also in another script", () => {
  const data = encodeShutdownText("Ende um 10 — grüße");
  assert.equal(decodeShutdownText(data), "Ende um 10 — grüße");
  assert.equal(explained(6, 2, data.toHex()).shutdownText, "Ende um 10 — grüße");
  assert.equal(explained(6, 4, data.toHex()).shutdownText, "Ende um 10 — grüße");
  assert.equal(explained(6, 3, data.toHex()).shutdownText, null);
});

Deno.test("a shutdown text of more than 255 octets is cut between characters", () => {
  const data = encodeShutdownText("ü".repeat(200));
  assert.deepEqual([data.length, data[0]], [255, 254]);
  assert.equal(decodeShutdownText(data), "ü".repeat(127));
});

Deno.test("a text whose length lies is none, broken UTF-8 is shown as such", () => {
  assert.equal(decodeShutdownText(octetsOf("0541")), null);
  assert.equal(decodeShutdownText(octetsOf("00")), null);
  assert.equal(decodeShutdownText(octetsOf("")), null);
  assert.equal(decodeShutdownText(octetsOf("02c341")), "\ufffdA");
  assert.equal(decodeShutdownText(octetsOf("014142")), "A");
});

Deno.test("a hard reset says what it stands for (RFC 8538 §3)", () => {
  const inner = { code: 6, subcode: 2, data: encodeShutdownText("moved") };
  const hard = explained(6, 9, encodeHardReset(inner).toHex());
  assert.deepEqual([hard.name, hard.inner, hard.shutdownText], [
    "Cease / Hard Reset",
    inner,
    "moved",
  ]);
  assert.equal(explained(6, 9).inner, null);
});
