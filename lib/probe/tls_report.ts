/**
 * What a TLS server offered, in wire form: version, cipher, ALPN, its certificate, and whether the
 * certificate deserves trust.
 *
 * @module
 */
import type { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { NetglassError } from "../errors/mod.ts";
import type { TlsSession } from "../io/io.ts";

/** Names of a certificate that are shown. */
const MAX_NAMES = 50;
const DAY_MS = 86_400_000;

/** The wire form. */
export const tlsSchema = () =>
  z.object({
    handshake: z.boolean(),
    version: z.string().nullable(),
    cipher: z.string().nullable(),
    alpn: z.string().nullable(),
    verdict: z.enum(["trusted", "untrusted", "unknown"]).describe(
      "Against the runtime's root store and the target; nothing is trusted because of it",
    ),
    reasons: z.array(z.string()).describe(
      "Why untrusted: self_signed, unknown_issuer (or a chain that does not verify), expired, not_yet_valid (then the issuer was not checked), name_mismatch or an OpenSSL code",
    ),
    certificate: z.object({
      subject: z.string(),
      issuer: z.string(),
      names: z.array(z.string()),
      names_total: z.number(),
      not_before: z.string(),
      not_after: z.string(),
      days_left: z.number().describe("Negative: expired"),
      serial_number: z.string(),
      fingerprint_sha256: z.string(),
    }).nullable(),
    certificate_withheld: z.boolean().describe("The runtime did not hand the certificate over"),
    handshake_ms: z.number().nullable(),
    error: z.string().optional(),
  });

type Report = z.output<ReturnType<typeof tlsSchema>>;

/** OpenSSL's verification results, as the runtime names them. */
const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "self_signed",
  SELF_SIGNED_CERT_IN_CHAIN: "unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT: "unknown_issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown_issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown_issuer",
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not_yet_valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "name_mismatch",
};

/**
 * A session in wire form. The runtime names one reason for distrust; dates and names are checked
 * again here so that no second reason hides behind the first.
 */
export async function tlsReport(
  session: TlsSession,
  target: { readonly serverName: string; readonly nowMs: number; readonly handshakeMs: number },
): Promise<Report> {
  const shared = {
    handshake: true,
    version: session.version,
    cipher: session.cipher,
    alpn: session.alpn,
    certificate_withheld: session.certificate === null,
    handshake_ms: Math.round(target.handshakeMs * 1000) / 1000,
  };
  const reasons = new Set<string>();
  if (session.distrust !== null) reasons.add(REASONS[session.distrust] ?? session.distrust);
  let certificate: X509Certificate | null = null;
  // Imported on first use: node:crypto takes 15 ms to load.
  const crypto = await import("node:crypto");
  try {
    if (session.certificate !== null) certificate = new crypto.X509Certificate(session.certificate);
  } catch {
    reasons.add("certificate_does_not_decode");
  }
  if (certificate === null) {
    const verdict = session.distrust === null ? "unknown" : "untrusted";
    return { ...shared, verdict, reasons: [...reasons], certificate: null };
  }
  const notBefore = Date.parse(certificate.validFrom);
  const notAfter = Date.parse(certificate.validTo);
  if (target.nowMs > notAfter) reasons.add("expired");
  if (target.nowMs < notBefore) reasons.add("not_yet_valid");
  // The runtime stops at the dates and calls that a chain that does not verify (Deno 2.9.6), so of
  // the issuer nothing is known.
  if (reasons.has("expired") || reasons.has("not_yet_valid")) reasons.delete("unknown_issuer");
  const names = namesOf(certificate);
  if (!isFor(names, target.serverName)) reasons.add("name_mismatch");
  return {
    ...shared,
    verdict: reasons.size > 0 ? "untrusted" : "trusted",
    reasons: [...reasons],
    certificate: {
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      names: names.slice(0, MAX_NAMES),
      names_total: names.length,
      not_before: new Date(notBefore).toISOString(),
      not_after: new Date(notAfter).toISOString(),
      days_left: Math.floor((notAfter - target.nowMs) / DAY_MS),
      serial_number: certificate.serialNumber,
      fingerprint_sha256: certificate.fingerprint256,
    },
  };
}

/** A handshake that failed. */
export function failedTlsReport(error: NetglassError): Report {
  const said = error.detail.remote_said;
  return {
    handshake: false,
    version: null,
    cipher: null,
    alpn: null,
    verdict: "unknown",
    reasons: [],
    certificate: null,
    certificate_withheld: false,
    handshake_ms: null,
    error: typeof said === "string" ? said : error.message,
  };
}

/**
 * RFC 9525 §6: a wildcard stands for one whole leftmost label, the common name does not count.
 * (The runtime's own checkHost does not know wildcards.)
 */
function isFor(names: readonly string[], serverName: string): boolean {
  const wanted = serverName.toLowerCase();
  const parent = wanted.slice(wanted.indexOf("."));
  return names.some((name) => {
    const offered = name.toLowerCase();
    return offered === wanted ||
      (offered.startsWith("*.") && parent.length > 1 && offered.slice(1) === parent);
  });
}

/** `DNS:a.example, IP Address:192.0.2.1` as the bare names; the runtime writes addresses canonically. */
function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "").split(", ").filter((part) => part !== "")
    .map((part) => part.replace(/^(?:DNS|IP Address|email|URI):/, ""));
}

/** Distinguished names come one attribute a line. */
function oneLine(name: string): string {
  return name.split("\n").filter((part) => part !== "").join(", ");
}
