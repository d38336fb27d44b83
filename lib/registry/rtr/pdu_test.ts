import assert from "node:assert/strict";
import fc from "fast-check";
import { DecodeError } from "../../errors/mod.ts";
import { renderPrefix } from "../../ip/prefix.ts";
import {
  cacheResponse,
  endOfData,
  prefix4,
  prefix6,
  rtrPdu,
} from "../../../tests/support/rtr_cache.ts";
import {
  decodePdu,
  encodeErrorReport,
  encodeResetQuery,
  encodeSerialQuery,
  pduLength,
} from "./pdu.ts";

Deno.test("every PDU that a cache sends is read, in both versions", () => {
  assert.deepEqual(decodePdu(rtrPdu(1, 0, 7, "0000002a")), {
    version: 1,
    kind: "serial_notify",
    session: 7,
    serial: 42,
  });
  assert.deepEqual(decodePdu(cacheResponse(65535, 0)), {
    version: 0,
    kind: "cache_response",
    session: 65535,
  });
  assert.deepEqual(decodePdu(endOfData(4_294_967_295)), {
    version: 1,
    kind: "end_of_data",
    session: 7,
    serial: 4_294_967_295,
    intervals: { refreshSec: 3600, retrySec: 600, expireSec: 7200 },
  });
  assert.deepEqual(decodePdu(endOfData(1, 7, 0)), {
    version: 0,
    kind: "end_of_data",
    session: 7,
    serial: 1,
    intervals: null,
  });
  assert.deepEqual(decodePdu(rtrPdu(1, 8, 0, "")), { version: 1, kind: "cache_reset" });
  assert.deepEqual(decodePdu(rtrPdu(1, 9, 0, "00".repeat(115))), {
    version: 1,
    kind: "router_key",
  });
});

Deno.test("prefixes of both families carry length, longest length, AS and direction", () => {
  const show = (bytes: Uint8Array) => {
    const pdu = decodePdu(bytes);
    assert.equal(pdu.kind, "prefix");
    if (pdu.kind !== "prefix") return;
    const { announced, vrp: { prefix, maxLength, asn } } = pdu;
    return `${announced ? "+" : "-"} ${renderPrefix(prefix)}-${maxLength} AS${asn}`;
  };
  assert.equal(show(prefix4(2)), "+ 192.0.2.0/24-24 AS64496");
  assert.equal(show(prefix4(2, false, 0)), "- 192.0.2.0/24-24 AS64496");
  assert.equal(show(prefix6()), "+ 2001:db8::/32-48 AS4200000000");
});

Deno.test("an error report tells its code and words, whatever version it is of", () => {
  for (const version of [0, 1, 2, 255]) {
    const text = new TextEncoder().encode("no\u202e such\nthing").toHex();
    const report = rtrPdu(
      version,
      10,
      4,
      `00000002 abcd ${(text.length / 2).toString(16).padStart(8, "0")} ${text}`,
    );
    const read = decodePdu(report);
    assert.ok(read.kind === "error_report");
    assert.deepEqual([read.code, read.text], [4, "no such thing"]);
  }
});

Deno.test("what is wrong with a PDU is named", () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["decode.rtr_version", rtrPdu(2, 3, 0, "")],
    ["decode.rtr_type", rtrPdu(1, 5, 0, "")],
    ["decode.rtr_type", rtrPdu(1, 2, 0, "")],
    ["decode.rtr_type", rtrPdu(1, 11, 0, "")],
    ["decode.rtr_type", rtrPdu(0, 9, 0, "00".repeat(115))],
    ["decode.rtr_length", rtrPdu(1, 3, 0, "00")],
    ["decode.rtr_length", rtrPdu(1, 7, 0, "00000001")],
    ["decode.rtr_length", rtrPdu(0, 7, 0, "00".repeat(16))],
    ["decode.rtr_length", rtrPdu(1, 4, 0, "00".repeat(11))],
    ["decode.rtr_prefix", rtrPdu(1, 4, 0, "01 19 18 00 c0000200 00000001")],
    ["decode.rtr_prefix", rtrPdu(1, 4, 0, "01 18 21 00 c0000200 00000001")],
    ["decode.rtr_prefix", rtrPdu(1, 4, 0, "01 18 18 00 c0000201 00000001")],
    ["decode.rtr_prefix", rtrPdu(1, 6, 0, `01 20 81 00 ${"00".repeat(16)} 00000001`)],
    ["decode.rtr_length", rtrPdu(1, 10, 0, "")],
    ["decode.rtr_length", rtrPdu(1, 10, 0, "ffffffff 00000000")],
    ["decode.rtr_length", rtrPdu(1, 10, 0, "00000000 00000001")],
  ];
  for (const [code, bytes] of wrong) {
    assert.throws(() => decodePdu(bytes), { code }, bytes.toHex());
  }
  for (const length of ["00000000", "00000007", "00010001", "ffffffff"]) {
    const header = Uint8Array.fromHex(`01030000${length}`);
    assert.throws(() => pduLength(header), { code: "decode.rtr_length" }, length);
  }
});

Deno.test("any octets behind any header are a PDU or a DecodeError", () => {
  fc.assert(fc.property(
    fc.nat(2),
    fc.nat(11),
    fc.nat(65535),
    fc.uint8Array({ maxLength: 64 }),
    (version, type, field, body) => {
      try {
        decodePdu(rtrPdu(version, type, field, body.toHex()));
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    },
  ));
});

Deno.test("queries and reports are what RFC 8210 §5 draws", () => {
  assert.equal(encodeResetQuery(1).toHex(), "0102000000000008");
  assert.equal(encodeResetQuery(0).toHex(), "0002000000000008");
  assert.equal(encodeSerialQuery(1, 7, 42).toHex(), "010100070000000c0000002a");
  assert.equal(
    encodeErrorReport(1, 5, Uint8Array.fromHex("010b000000000008"), "no").toHex(),
    "010a00050000001a00000008010b000000000008000000026e6f",
  );
});
