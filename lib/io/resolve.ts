/**
 * Addresses of a host name, from the configured name servers in turn.
 *
 * Measured on Deno 2.9.6: `Deno.resolveDns` reads the hosts file, asks twice with one second each
 * and then gives up (`TimedOut`), and answers NXDOMAIN, an empty answer, SERVFAIL and REFUSED all
 * alike (`NotFound`). So an empty answer is followed by one question of our own for its rcode.
 *
 * @module
 */
import { parseEndpoint, renderEndpoint } from "../config/endpoint.ts";
import { PermissionMissing, RemoteFailure } from "../errors/mod.ts";
import { comparableAddress } from "./address.ts";
import { askRcode, NOERROR, NXDOMAIN } from "./dns_rcode.ts";
import { stopFailure } from "./failure.ts";
import { noResolver } from "./no_resolver.ts";

/** How long one family waits for the other: some networks drop every question for AAAA. */
const OTHER_FAMILY_MS = 500;

/** What a name server made of a name. */
type Finding =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  | { readonly kind: "nxdomain" | "no_address" | "timeout" }
  | { readonly kind: "failure"; readonly why: string }
  | { readonly kind: "not_permitted" };

/** How names are resolved. */
export interface ResolveOptions {
  /** `a.b.c.d:port` or `[v6]:port`, preferred first. */
  readonly resolvers: readonly string[];
  /** Patience with one name server, milliseconds. */
  readonly timeoutMs: number;
  /** As `Net.resolversFlag`. */
  readonly resolversFlag?: string;
}

/**
 * Addresses of `name`, A before AAAA, canonical, without duplicates.
 *
 * @throws {RemoteFailure} `remote.dns_nxdomain`, `remote.dns_no_address`, `remote.dns_timeout`,
 *   `remote.dns_failure`
 * @throws {PermissionMissing} `permission.net` if no name server may be asked,
 *   `permission.resolvers` if they could not be read
 * @throws {Unavailable} `env.no_resolver` if none is known
 */
export async function resolveHost(
  name: string,
  signal: AbortSignal,
  options: ResolveOptions,
): Promise<readonly string[]> {
  // RFC 6761 §6.3: these names never leave the host.
  if (/^(?:.+\.)?localhost\.?$/i.test(name)) return ["127.0.0.1", "::1"];
  if (options.resolvers.length === 0) {
    throw noResolver(`Cannot resolve "${name}"`, options.resolversFlag);
  }
  const startedMs = performance.now();
  const findings: { resolver: string; finding: Finding }[] = [];
  for (const resolver of options.resolvers) {
    if (signal.aborted) break;
    const finding = await askResolver(name, resolver, signal, options.timeoutMs);
    if (finding.kind === "found") return finding.addresses;
    findings.push({ resolver, finding });
    if (finding.kind === "nxdomain" || finding.kind === "no_address") break;
  }
  throw notResolved(name, findings, signal, performance.now() - startedMs);
}

async function askResolver(
  name: string,
  resolver: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Finding> {
  const endpoint = parseEndpoint(resolver);
  if (endpoint === null) return { kind: "failure", why: `"${resolver}" is no address` };
  const nameServer = { ipAddr: endpoint.address, port: endpoint.port ?? 53 };
  const late = new AbortController();
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs), late.signal]);
  let grace: ReturnType<typeof setTimeout> | undefined;
  const ask = async (type: "A" | "AAAA"): Promise<Finding> => {
    const finding = await askFamily(name, type, nameServer, stop);
    if (finding.kind === "found") grace ??= setTimeout(() => late.abort(), OTHER_FAMILY_MS);
    return finding;
  };
  const [four, six] = await Promise.all([ask("A"), ask("AAAA")]);
  clearTimeout(grace);
  const addresses = [four, six].flatMap((one) => one.kind === "found" ? one.addresses : []);
  if (addresses.length > 0) return { kind: "found", addresses: [...new Set(addresses)] };
  const worst = [four, six].find(({ kind }) => kind !== "no_address");
  if (worst !== undefined && worst.kind !== "timeout") return worst;
  if (worst !== undefined && four.kind === six.kind) return worst;
  const rcode = await askRcode(name, nameServer, stop);
  if (rcode === NXDOMAIN) return { kind: "nxdomain" };
  if (worst !== undefined) return worst;
  if (rcode === null || rcode === NOERROR) return { kind: "no_address" };
  return { kind: "failure", why: RCODE_WORDS[rcode] ?? `rcode ${rcode}` };
}

/** RFC 1035 §4.1.1. */
const RCODE_WORDS: Readonly<Record<number, string>> = {
  1: "FORMERR",
  2: "SERVFAIL",
  4: "NOTIMP",
  5: "REFUSED",
};

async function askFamily(
  name: string,
  type: "A" | "AAAA",
  nameServer: { ipAddr: string; port: number },
  signal: AbortSignal,
): Promise<Finding> {
  const fqdn = name.endsWith(".") ? name : `${name}.`;
  while (!signal.aborted) {
    try {
      const found = await Deno.resolveDns(fqdn, type, { nameServer, signal });
      const addresses = found.flatMap((address) => comparableAddress(address) ?? []);
      return addresses.length === 0 ? { kind: "no_address" } : { kind: "found", addresses };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return { kind: "not_permitted" };
      if (error instanceof Deno.errors.NotFound) return { kind: "no_address" };
      if (signal.aborted || error instanceof Deno.errors.TimedOut) continue;
      return { kind: "failure", why: error instanceof Error ? error.message : String(error) };
    }
  }
  return { kind: "timeout" };
}

function notResolved(
  name: string,
  findings: readonly { resolver: string; finding: Finding }[],
  signal: AbortSignal,
  elapsedMs: number,
): RemoteFailure | PermissionMissing {
  const detail = { stage: "dns", host: name, elapsed_ms: Math.round(elapsedMs) };
  if (signal.aborted) {
    const why = stopFailure(signal);
    return why === "timeout"
      ? new RemoteFailure("dns_timeout", `Cannot resolve "${name}": the call ran out of time`, {
        detail,
        retryable: true,
      })
      : new RemoteFailure("dns_failure", `Cannot resolve "${name}": the call was cancelled`, {
        detail: { ...detail, failure: "cancelled" },
      });
  }
  const last = findings.findLast(({ finding }) => finding.kind !== "not_permitted") ??
    findings.at(-1);
  const resolver = last?.resolver ?? "";
  const said = { detail: { ...detail, resolver } };
  switch (last?.finding.kind) {
    case "nxdomain":
      return new RemoteFailure("dns_nxdomain", `Cannot resolve "${name}": no such name`, {
        ...said,
        hint: "Check the spelling; dns_lookup shows what each name server says.",
      });
    case "no_address":
      return new RemoteFailure("dns_no_address", `Cannot resolve "${name}": it has no address`, {
        ...said,
        hint: "The name has neither A nor AAAA; dns_lookup shows what else it has.",
      });
    case "timeout":
      return new RemoteFailure(
        "dns_timeout",
        `Cannot resolve "${name}": name server "${resolver}" did not answer`,
        { ...said, retryable: true, hint: "Check dns.resolvers and dns.timeout_ms." },
      );
    case "not_permitted":
      return resolverNotPermitted(name, resolver);
    default: {
      const why = last?.finding.kind === "failure" ? last.finding.why : "no answer";
      return new RemoteFailure(
        "dns_failure",
        `Cannot resolve "${name}": name server "${resolver}" failed (${why})`,
        {
          ...said,
          retryable: true,
          hint: "Check the name and dns.resolvers; dns_lookup shows what each name server says.",
        },
      );
    }
  }
}

function resolverNotPermitted(name: string, resolver: string): PermissionMissing {
  const endpoint = parseEndpoint(resolver);
  const host = endpoint === null ? resolver : renderEndpoint(endpoint.address, endpoint.port ?? 53);
  const flag = `--allow-net=${host}`;
  return new PermissionMissing(
    "net",
    `Cannot resolve "${name}": Deno was not given ${flag} for the name server`,
    { flag, configLine: `dns.resolvers: ["${host}"]` },
  );
}
