/**
 * The services that the configuration names and enabled tools dial, as far as the rules let them be
 * reached.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { renderEndpoint } from "../config/endpoint.ts";
import { httpSourceHosts } from "../config/http_sources.ts";
import { type IpAddress, parseAddress, renderAddress } from "../ip/address.ts";
import {
  hostOf,
  parseHostPort,
  parseWebService,
  parseWebUrl,
  portOf,
} from "../ip/service_place.ts";
import { parseTarget } from "../ip/target.ts";
import { decide, dialledAddress, rulesOf, serviceRules, subjectOf } from "./decide.ts";

/** What wants services, each with the names of the tools that want it. */
export interface ServiceNeeds {
  readonly routeServers: readonly string[];
  readonly httpSources: readonly string[];
  readonly rdap: readonly string[];
  readonly rpki: readonly string[];
  readonly publicIp: readonly string[];
}

/** A service that may be reached. */
export interface Service {
  /** As a flag names it: `route-views.routeviews.org:23`, `[2001:db8::1]:2605`. */
  readonly endpoint: string;
  /** The addresses that are dialled, as far as they are known before names are resolved. */
  readonly addresses: readonly IpAddress[];
  /** The key of the configuration that names it. */
  readonly key: string;
  readonly tools: readonly string[];
}

/** The port of RTR over plain TCP (RFC 8210 §9). */
export const RTR_PORT = 323;

/** The port of HTTPS (RFC 9110 §4.2.2). */
const HTTPS_PORT = 443;

/** RFC 6761 §6.3. */
const LOOPBACK: readonly IpAddress[] = [parseAddress("127.0.0.1"), parseAddress("::1")];

/** Derives the services; `comments` gains one sentence for each that a rule denies. */
export function deriveServices(
  config: Config,
  needs: ServiceNeeds,
  comments: string[],
): readonly Service[] {
  const rules = serviceRules(rulesOf(config.security));
  const services: Service[] = [];
  const add = (
    named: { readonly host: string; readonly port: number; readonly label: string },
    key: string,
    tools: readonly string[],
  ): void => {
    if (tools.length === 0) return;
    const { name, host, addresses } = readHost(named.host);
    // What a name leads to is judged when it is resolved.
    const subjects = addresses.length === 0
      ? [{ name, address: null, embedded: [] }]
      : addresses.map((address) => subjectOf(address, name));
    const denial = subjects.map((subject) => decide(rules, subject))
      .find(({ effect }) => effect === "deny");
    if (denial === undefined) {
      const dialled = addresses.map(dialledAddress);
      services.push({ endpoint: renderEndpoint(host, named.port), addresses: dialled, key, tools });
      return;
    }
    const change = denial.wouldAllow === null ? "" : ` Allow it with ${denial.wouldAllow}.`;
    comments.push(`${key} "${named.label}" cannot be asked: ${denial.reason}.${change}`);
  };
  for (const { name, host, port, enabled } of config.looking_glass.servers) {
    if (enabled) {
      add({ host, port, label: name }, "looking_glass.servers", needs.routeServers);
    }
  }
  for (const name of config.looking_glass.http_sources) {
    const service = { host: httpSourceHosts[name], port: HTTPS_PORT, label: name };
    add(service, "looking_glass.http_sources", needs.httpSources);
  }
  for (const text of config.intel.rdap.hosts) {
    add(onWeb(parseWebService(text), text), "intel.rdap.hosts", needs.rdap);
  }
  const { file, rtr, url } = config.intel.rpki;
  if (file === null && rtr !== null) {
    const place = parseHostPort(rtr);
    if (place === null) throw notChecked(rtr);
    add(
      { host: place.host, port: place.port ?? RTR_PORT, label: rtr },
      "intel.rpki.rtr",
      needs.rpki,
    );
  } else if (file === null && url !== null) {
    add(onWeb(parseWebUrl(url), url), "intel.rpki.url", needs.rpki);
  }
  for (const text of config.intel.public_ip.services) {
    add(onWeb(parseWebUrl(text), text), "intel.public_ip.services", needs.publicIp);
  }
  return services;
}

function onWeb(url: URL | null, label: string): { host: string; port: number; label: string } {
  if (url === null) throw notChecked(label);
  return { host: hostOf(url), port: portOf(url), label };
}

/** The error for a text that the check of its key would have refused. */
function notChecked(text: string): TypeError {
  return new TypeError(`Cannot read "${text}": the configuration has not been checked`);
}

/** Names of the variables that hold passwords of services. */
export function passwordNames(config: Config, { routeServers }: ServiceNeeds): readonly string[] {
  if (routeServers.length === 0) return [];
  return config.looking_glass.servers.flatMap(({ enabled, login }) =>
    enabled && login.password_env !== null ? [login.password_env] : []
  );
}

function readHost(
  text: string,
): { name: string | null; host: string; addresses: readonly IpAddress[] } {
  const target = parseTarget(text, { underscores: true });
  if (target.kind === "address") {
    const host = renderAddress(dialledAddress(target.address));
    return { name: null, host, addresses: [target.address] };
  }
  const isLoopback = /^(?:.+\.)?localhost$/.test(target.name);
  return { name: target.name, host: target.name, addresses: isLoopback ? LOOPBACK : [] };
}
