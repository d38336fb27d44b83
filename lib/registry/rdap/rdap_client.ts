/**
 * Asking RDAP servers (RFC 7480): the one that is responsible if the configuration lists it, else the
 * first that it lists; redirects only to those that it lists.
 *
 * @module
 */
import { NetglassError, RemoteFailure, Unavailable } from "../../errors/mod.ts";
import type { Net } from "../../io/io.ts";
import { JsonValue } from "../../io/json_value.ts";
import { parseWebService } from "../../ip/service_place.ts";
import { responsibleServers } from "./bootstrap.ts";
import type { RdapQuery } from "./rdap_query.ts";

/** Largest answer, octets: an organisation with all its networks takes some hundred thousand. */
const MAX_BYTES = 2 * 1024 * 1024;

/** How servers are asked. */
export interface RdapAccess {
  readonly net: Pick<Net, "getHttp">;
  /** `intel.rdap.hosts`. */
  readonly hosts: readonly string[];
}

/** What was asked, and what came of it. */
export interface RdapAnswer {
  readonly askedUrl: string;
  /** Where the answer is from, or null if there is no such object. */
  readonly url: string | null;
  /** Null: no server has such an object. */
  readonly document: JsonValue | null;
}

/**
 * Asks for one object.
 *
 * @throws {RemoteFailure} `remote.http`, `remote.answer`; a redirect to a host that is not listed names it
 * @throws {PermissionMissing} `permission.net`
 * @throws {Unavailable} `env.rdap_hosts` if the configuration lists none
 */
export async function askRdap(
  query: RdapQuery,
  { net, hosts }: RdapAccess,
  signal: AbortSignal,
): Promise<RdapAnswer> {
  const bases = hosts.flatMap((text) => parseWebService(text) ?? []);
  const url = urlOf(query, bases);
  try {
    const answer = await net.getHttp({
      url: url.href,
      plain: url.protocol === "http:",
      redirectHosts: bases.map(({ host }) => host),
      accept: ["application/rdap+json", "application/json"],
      maxBytes: MAX_BYTES,
      signal,
      configLine: "intel.rdap.hosts",
    });
    return {
      askedUrl: url.href,
      url: answer.url,
      document: JsonValue.parse(new URL(answer.url).host, answer.body),
    };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    // RFC 7480 §5.3: the server has nothing of it.
    if (error.detail.status === 404) return { askedUrl: url.href, url: null, document: null };
    throw teachRedirect(error);
  }
}

function urlOf(query: RdapQuery, bases: readonly URL[]): URL {
  const [first] = bases;
  if (first === undefined) {
    throw new Unavailable("rdap_hosts", "Cannot ask RDAP: intel.rdap.hosts lists no server", {
      hint: 'Set intel.rdap.hosts, for example to ["rdap.org", "rdap.db.ripe.net"].',
    });
  }
  const listed = new Set(bases.map(({ origin }) => origin));
  const base = responsibleServers(query).flatMap((text) => URL.parse(text) ?? [])
    .find(({ origin }) => listed.has(origin)) ?? first;
  return new URL(`${base.href.replace(/\/$/, "")}/${query.path}`);
}

/** A redirect that was not followed says which host would have to be listed. */
function teachRedirect(error: NetglassError): NetglassError {
  const { failure, location } = error.detail;
  if (failure !== "redirect" || typeof location !== "string") return error;
  const host = URL.parse(location)?.host;
  if (host === undefined) return error;
  return new RemoteFailure(error.code.replace(/^remote\./, ""), error.message, {
    hint:
      `The registry responsible is at "${host}": add it to intel.rdap.hosts to follow it there.`,
    detail: error.detail,
    cause: error,
  });
}
