/**
 * `port_check`: one TCP port of one host, in depth.
 *
 * @module
 */
import { z } from "zod";
import { defineTool, resolvers, targets } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { serviceHint } from "../../lib/probe/service_names.ts";
import { checkPort, type CheckResult, MAX_ADDRESSES } from "../../lib/probe/tcp_check.ts";
import { EVIDENCE } from "../../lib/probe/tcp_connect.ts";
import { tlsSchema } from "../../lib/probe/tls_report.ts";

const input = () =>
  z.strictObject({
    target: z.string().min(1).max(255).describe("Host name or address"),
    port: z.number().int().min(1).max(65535).describe("TCP port, 1 to 65535"),
    timeout: z.number().min(0.1).max(60).default(5).describe(
      "Seconds for each address: connect, TLS and banner together",
    ),
    grab_banner: z.boolean().default(true).describe(
      "Read what the service says first (up to 2 s); HTTP ports are asked HEAD /",
    ),
    tls: z.enum(["auto", "never", "always"]).default("auto").describe(
      "auto: handshake on ports that begin with TLS (443, 465, 636, 853, 993 …)",
    ),
  });

const states = z.enum(["open", "closed", "filtered", "unreachable", "unknown"]);

const output = () =>
  z.object({
    success: z.boolean().describe("The check came to an end; the finding is in state"),
    summary: z.string(),
    target: z.string(),
    port: z.number(),
    state: states,
    is_open: z.boolean(),
    evidence: z.string().describe(
      "How it is known: connected (SYN-ACK), refused (RST or ICMP port unreachable), reset, silence (until the timeout), host_unreachable, network_unreachable, stopped",
    ),
    evidence_detail: z.string(),
    response_time_ms: z.number().nullable().describe("TCP handshake; null if not open"),
    resolved_ip: z.string().nullable(),
    family: z.enum(["ipv4", "ipv6"]).nullable(),
    attempts: z.array(z.object({
      address: z.string(),
      state: states,
      evidence: z.string(),
      elapsed_ms: z.number(),
    })),
    addresses_not_tried: z.array(z.string()).optional(),
    service_hint: z.string().nullable().describe(
      "Usual service of the port, from its number alone",
    ),
    banner: z.string().nullable().describe("At most 200 characters of the service's own words"),
    banner_truncated: z.boolean().optional(),
    tls: tlsSchema().nullable().describe("Null: TLS was not tried"),
  });

/** Checks one TCP port. */
export const portCheck = defineTool({
  name: "port_check",
  title: "Check a TCP port",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Connects to one TCP port and tells open, closed (refused) and filtered (silence or prohibited) " +
    "apart, with the evidence; of an open port also the banner and, on TLS ports, version, ALPN, " +
    "certificate and whether it can be trusted. Sends no payload but a HEAD on HTTP ports. For many " +
    "ports use batch_port_check.",
  input,
  output,
  needs: () => [resolvers, targets],
  guards: ({ target }) => [reachHost(target)],
  budget: {
    ms: ({ timeout }, config) => 5_000 + config.dns.timeout_ms * 2 + MAX_ADDRESSES * timeout * 1000,
  },
  run: async (given, cx) => {
    const target = cx.judged(given.target);
    const result = await checkPort(cx.io, {
      target,
      port: given.port,
      timeoutMs: Math.round(given.timeout * 1000),
      grabBanner: given.grab_banner,
      tls: given.tls,
      signal: cx.signal,
    });
    const { decisive, attempts, banner, tls } = result;
    const isOpen = decisive.state === "open";
    const skipped = isOpen ? [] : target.addresses.slice(attempts.length);
    return {
      success: decisive.state !== "unknown",
      summary: sentence(given.target, given.port, result),
      target: given.target,
      port: given.port,
      state: decisive.state,
      is_open: isOpen,
      evidence: decisive.evidence,
      evidence_detail: EVIDENCE[decisive.evidence].meaning,
      response_time_ms: isOpen ? decisive.elapsedMs : null,
      resolved_ip: decisive.address,
      family: decisive.address.includes(":") ? "ipv6" as const : "ipv4" as const,
      attempts: attempts.map(({ address, state, evidence, elapsedMs }) => ({
        address,
        state,
        evidence,
        elapsed_ms: elapsedMs,
      })),
      ...(skipped.length === 0 ? {} : { addresses_not_tried: skipped }),
      service_hint: serviceHint(given.port),
      banner: banner?.text ?? null,
      ...(banner?.cut === true ? { banner_truncated: true } : {}),
      tls,
    };
  },
});

function sentence(target: string, port: number, { decisive, tls }: CheckResult): string {
  const hint = serviceHint(port);
  const words = `Port ${port}${hint === null ? "" : ` (${hint})`} on ${target} is ${
    decisive.state === "unknown" ? "not known" : decisive.state
  }`;
  if (decisive.state !== "open") return `${words}: ${EVIDENCE[decisive.evidence].meaning}`;
  return `${words}, ${decisive.elapsedMs} ms${tls === null ? "" : `; ${tlsWords(tls)}`}`;
}

function tlsWords(tls: NonNullable<CheckResult["tls"]>): string {
  if (!tls.handshake) return "TLS handshake failed";
  const expiry = tls.certificate === null
    ? ""
    : tls.certificate.days_left < 0
    ? ", expired"
    : `, ${tls.certificate.days_left} days left`;
  const why = tls.reasons.filter((reason) => reason !== "expired");
  return `${tls.version ?? "TLS"}, certificate ${tls.verdict}${
    why.length === 0 ? "" : ` (${why.join(", ")})`
  }${expiry}`;
}
