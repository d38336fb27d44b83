import assert from "node:assert/strict";
import type { TlsSession } from "../io/io.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { failedTlsReport, tlsReport } from "./tls_report.ts";

const FIXTURES = new URL("../../tests/fixtures/tls/", import.meta.url);
// 2026-11-21T00:00:00Z
const NOW_MS = 1_795_219_200_000;

function session(certificate: string | null, distrust: string | null): TlsSession {
  const pem = certificate === null
    ? null
    : Deno.readTextFileSync(new URL(certificate, FIXTURES)).replace(/-----[^-]+-----|\s/g, "");
  return {
    version: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    alpn: null,
    distrust,
    certificate: pem === null ? null : Uint8Array.fromBase64(pem),
    stream: {
      remoteAddress: "127.0.0.1",
      remotePort: 443,
      localAddress: "127.0.0.1",
      read: () => Promise.resolve(null),
      write: (bytes) => Promise.resolve(bytes.length),
      close: () => {},
    },
  };
}

function report(
  certificate: string | null,
  distrust: string | null,
  serverName = "www.example",
): ReturnType<typeof tlsReport> {
  return tlsReport(session(certificate, distrust), { serverName, nowMs: NOW_MS, handshakeMs: 1.5 });
}

Deno.test("a certificate that the runtime trusts and that fits is trusted", async () => {
  const { verdict, reasons, certificate } = await report("good.pem", null);
  assert.equal(verdict, "trusted");
  assert.deepEqual(reasons, []);
  assert.equal(certificate?.subject, "O=netglass tests, CN=www.example");
  assert.equal(certificate?.issuer, "O=netglass tests, CN=Test CA");
  assert.deepEqual(certificate?.names, [
    "www.example",
    "*.cdn.example",
    "127.0.0.1",
    "::1",
  ]);
  assert.equal(certificate?.not_before, "2026-01-01T00:00:00.000Z");
  assert.equal(certificate?.not_after, "2125-01-01T00:00:00.000Z");
  assert.equal(certificate?.days_left, 35_835);
  assert.match(certificate?.fingerprint_sha256 ?? "", /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

Deno.test("every reason for distrust that is known is named, not only the runtime's", async () => {
  const { verdict, reasons, certificate } = await report(
    "expired.pem",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "other.example",
  );
  assert.equal(verdict, "untrusted");
  assert.deepEqual(reasons, ["expired", "name_mismatch"]);
  assert.equal(certificate?.days_left, -2150);
  assert.deepEqual((await report("future.pem", "CERT_NOT_YET_VALID")).reasons, ["not_yet_valid"]);
  assert.deepEqual((await report("good.pem", "SOMETHING_NEW")).reasons, ["SOMETHING_NEW"]);
});

Deno.test("wildcards and addresses count as names of the certificate", async () => {
  assert.equal((await report("good.pem", null, "a.cdn.example")).verdict, "trusted");
  assert.equal((await report("good.pem", null, "127.0.0.1")).verdict, "trusted");
  assert.equal((await report("good.pem", null, "::1")).verdict, "trusted");
  assert.deepEqual((await report("good.pem", null, "a.b.cdn.example")).reasons, ["name_mismatch"]);
  assert.deepEqual((await report("good.pem", null, "cdn.example")).reasons, ["name_mismatch"]);
  assert.deepEqual((await report("good.pem", null, "127.0.0.2")).reasons, ["name_mismatch"]);
});

Deno.test("a withheld certificate is said to be withheld, and a verdict is not made up", async () => {
  const withheld = await report(null, null);
  assert.equal(withheld.certificate_withheld, true);
  assert.equal(withheld.verdict, "unknown");
  assert.equal((await report(null, "CERT_HAS_EXPIRED")).verdict, "untrusted");
});

Deno.test("octets that are no certificate are called neither trusted nor bad", async () => {
  const broken = { ...session(null, null), certificate: Uint8Array.of(1, 2, 3) };
  const { verdict, reasons } = await tlsReport(broken, {
    serverName: "a.example",
    nowMs: NOW_MS,
    handshakeMs: 1,
  });
  assert.equal(verdict, "unknown");
  assert.deepEqual(reasons, ["certificate_does_not_decode"]);
});

Deno.test("a failed handshake carries the far side's words", () => {
  const error = new RemoteFailure("tls", "Cannot shake hands", {
    detail: { remote_said: "received fatal alert: HandshakeFailure" },
  });
  assert.equal(failedTlsReport(error).error, "received fatal alert: HandshakeFailure");
  assert.equal(failedTlsReport(new RemoteFailure("tls", "Cannot x")).error, "Cannot x");
});
