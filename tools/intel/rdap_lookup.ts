/**
 * `rdap_lookup`: who holds an address, a prefix, an AS, a domain, and whom to write to.
 *
 * @module
 */
import { z } from "zod";
import { NetglassError } from "../../lib/errors/mod.ts";
import { defineTool, rdapHosts } from "../../lib/mcp/define_tool.ts";
import { queryName } from "../../lib/policy/decision.ts";
import type { RdapContact } from "../../lib/registry/rdap/contact.ts";
import { askRdap } from "../../lib/registry/rdap/rdap_client.ts";
import { type RdapObject, readRdapObject } from "../../lib/registry/rdap/rdap_object.ts";
import {
  type RdapKind,
  type RdapQuery,
  readRdapQuery,
} from "../../lib/registry/rdap/rdap_query.ts";
import { demandRouted } from "../../lib/registry/routed_address.ts";

const KINDS = ["ip", "autnum", "domain", "nameserver", "entity"] as const satisfies RdapKind[];
/** Most entities and name servers of one answer. */
const CONTACTS_MAX = 12;
const NAMESERVERS_MAX = 16;

const text = () => z.string().nullable();
const contact = () =>
  z.object({
    handle: text(),
    roles: z.array(z.string()),
    name: text(),
    organization: text(),
    emails: z.array(z.string()),
    phones: z.array(z.string()),
    address: text(),
    country: text(),
    ids: z.array(z.string()).optional(),
    of: z.string().optional().describe("Handle of the entity that it belongs to"),
  });

/** Asks the registries. */
export const rdapLookup = defineTool({
  name: "rdap_lookup",
  title: "Look up a registration",
  toolset: "intel",
  effect: "observe",
  reach: "open",
  description:
    "The registration of an address, prefix, AS number, domain, name server or entity by RDAP, the " +
    "successor of whois: holder, abuse contact, dates, status, name servers, parent. Asks the " +
    "registry responsible, at most once a second a host; redirects only to intel.rdap.hosts. For " +
    "the origin in the routing table use asn_lookup.",
  input: () =>
    z.strictObject({
      query: z.string().min(1).max(255).describe(
        "For example 193.0.6.139, 2001:67c:2e8::/48, AS3333, example.com, ORG-RIEN1-RIPE",
      ),
      type: z.enum(["auto", ...KINDS]).default("auto").describe("nameserver must be said"),
      timeout: z.number().min(1).max(60).default(10).describe("Seconds, redirects included"),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("A registry answered, also that there is no such object"),
      summary: z.string(),
      query: z.string(),
      query_type: z.enum(KINDS),
      found: z.boolean(),
      rdap_url: z.string().describe("Where the answer is from"),
      handle: text(),
      name: text(),
      unicode_name: z.string().optional(),
      country: text(),
      type: text(),
      parent_handle: text(),
      start_address: text(),
      end_address: text(),
      cidrs: z.array(z.string()),
      start_asn: z.number().nullable(),
      end_asn: z.number().nullable(),
      asn_hint: text().describe("AS that the holder says originates the network"),
      status: z.array(z.string()),
      registered: text(),
      changed: text(),
      expires: text(),
      events: z.array(z.object({ action: z.string(), date: z.string() })),
      registrant: z.record(z.string(), z.unknown()).nullable().describe("As in contacts"),
      abuse: z.record(z.string(), z.unknown()).nullable().describe("As in contacts"),
      registrar: text(),
      nameservers: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
      dnssec_signed: z.boolean().nullable(),
      contacts: z.array(contact()),
      remarks: z.array(z.string()),
      problems: z.array(z.string()).optional().describe("What does not fit, or was left out"),
    }),
  needs: () => [rdapHosts],
  guards: ({ query, type }) => {
    const name = nameIn(query, type === "auto" ? null : type);
    return name === null ? [] : [queryName(name)];
  },
  budget: { ms: ({ timeout }) => timeout * 1000 },
  run: async (given, cx) => {
    const query = readRdapQuery(given.query, given.type === "auto" ? null : given.type);
    if (query.kind === "ip") demandRouted(query.address);
    const access = { net: cx.io.net, hosts: cx.config.intel.rdap.hosts };
    const { askedUrl, url, document } = await askRdap(query, access, cx.signal);
    const object = document === null ? null : readRdapObject(document, query);
    return {
      success: true,
      summary: object === null
        ? `No registration of ${query.text}: ${new URL(askedUrl).host} has none.`
        : sentence(query, object),
      query: query.text,
      query_type: query.kind,
      found: object !== null,
      rdap_url: url ?? askedUrl,
      ...report(object),
    };
  },
});

/** The name that is asked about, or null; what cannot be read is refused by the call itself. */
function nameIn(given: string, type: RdapKind | null): string | null {
  try {
    const query = readRdapQuery(given, type);
    return query.kind === "domain" || query.kind === "nameserver" ? query.name : null;
  } catch (error) {
    if (error instanceof NetglassError) return null;
    throw error;
  }
}

function report(object: RdapObject | null) {
  const contacts = object?.contacts ?? [];
  const [abuse] = withRole(contacts, "abuse"), [registrant] = withRole(contacts, "registrant");
  const [registrar] = withRole(contacts, "registrar");
  const others = contacts.filter((one) => one !== abuse && one !== registrant);
  const nameservers = object?.nameservers ?? [];
  const [origin] = object?.originAsns ?? [];
  const problems = [
    ...object?.problems ?? [],
    ...leftOut(others.length, CONTACTS_MAX, "entities"),
    ...leftOut(nameservers.length, NAMESERVERS_MAX, "name servers"),
  ];
  return {
    handle: object?.handle ?? null,
    name: object?.name ?? null,
    ...(object === null || object.unicodeName === null ? {} : { unicode_name: object.unicodeName }),
    country: object?.country ?? null,
    type: object?.type ?? null,
    parent_handle: object?.parentHandle ?? null,
    start_address: object?.startAddress ?? null,
    end_address: object?.endAddress ?? null,
    cidrs: [...object?.cidrs ?? []],
    start_asn: object?.startAsn ?? null,
    end_asn: object?.endAsn ?? null,
    asn_hint: origin === undefined ? null : `AS${origin}`,
    status: [...object?.status ?? []],
    registered: dateOf(object, "registration"),
    changed: dateOf(object, "last changed"),
    expires: dateOf(object, "expiration"),
    events: (object?.events ?? []).map((event) => ({ ...event })),
    registrant: registrant === undefined ? null : contactReport(registrant),
    abuse: abuse === undefined ? null : contactReport(abuse),
    registrar: registrar === undefined ? null : nameOf(registrar),
    nameservers: nameservers.slice(0, NAMESERVERS_MAX).map(({ name, addresses }) => ({
      name,
      addresses: [...addresses],
    })),
    dnssec_signed: object?.isSigned ?? null,
    contacts: others.slice(0, CONTACTS_MAX).map(contactReport),
    remarks: [...object?.remarks ?? []],
    ...(problems.length === 0 ? {} : { problems }),
  };
}

function leftOut(had: number, max: number, what: string): string[] {
  return had > max ? [`${had - max} of ${had} ${what} not shown`] : [];
}

/** Contacts of a role, those with an email first. */
function withRole(contacts: readonly RdapContact[], role: string): readonly RdapContact[] {
  return contacts.filter(({ roles }) => roles.includes(role))
    .toSorted((a, b) => Number(b.emails.length > 0) - Number(a.emails.length > 0));
}

function contactReport({ kind: _, ids, of, roles, emails, phones, ...rest }: RdapContact) {
  return {
    ...rest,
    roles: [...roles],
    emails: [...emails],
    phones: [...phones],
    ...(ids.length === 0 ? {} : { ids: [...ids] }),
    ...(of === null ? {} : { of }),
  };
}

function nameOf({ name, organization, handle }: RdapContact): string | null {
  return name ?? organization ?? handle;
}

function dateOf(object: RdapObject | null, action: string): string | null {
  return object?.events.find((event) => event.action === action)?.date ?? null;
}

function sentence(query: RdapQuery, object: RdapObject): string {
  const [abuse] = withRole(object.contacts, "abuse");
  const [registrant] = withRole(object.contacts, "registrant");
  const [registrar] = withRole(object.contacts, "registrar");
  const { startAddress, endAddress } = object;
  const range = query.kind === "ip" && startAddress !== null
    ? `, ${startAddress} to ${endAddress}`
    : "";
  const parts = [
    ...(object.name === null || object.name === query.text ? [] : [`is ${object.name}${range}`]),
    ...(registrant === undefined ? [] : [`held by ${nameOf(registrant) ?? "somebody not named"}`]),
    ...(registrar === undefined ? [] : [`registrar ${nameOf(registrar) ?? "not named"}`]),
    ...(object.country === null ? [] : [object.country]),
    ...said("registered", dateOf(object, "registration")),
    ...said("expires", dateOf(object, "expiration")),
    ...said("abuse", abuse?.emails[0] ?? null),
  ];
  return `${query.text} ${parts.length === 0 ? "is registered" : parts.join("; ")}.`;
}

function said(label: string, value: string | null): string[] {
  return value === null ? [] : [`${label} ${value.replace(/T.*$/, "")}`];
}
