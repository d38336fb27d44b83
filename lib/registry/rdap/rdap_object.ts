/**
 * An object of RDAP (RFC 9083 §5) as structure: what it is, whose it is, since when, and whom to write to.
 *
 * @module
 */
import type { JsonValue } from "../../io/json_value.ts";
import { compareAddresses, parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { contactsOf, type RdapContact, readContact } from "./contact.ts";
import { itemsOf, memberOf, numberIn, textIn, textOf, textsOf } from "./loose_json.ts";
import type { RdapKind, RdapQuery } from "./rdap_query.ts";

/** Most remarks that are passed on. */
const REMARKS_MAX = 5;

/** `objectClassName` of each kind (RFC 9083 §5). */
const CLASSES: Readonly<Record<RdapKind, string>> = {
  ip: "ip network",
  autnum: "autnum",
  domain: "domain",
  nameserver: "nameserver",
  entity: "entity",
};

/** What happened to an object, and when. */
export interface RdapEvent {
  /** `registration`, `last changed`, `expiration` … */
  readonly action: string;
  /** As the server writes it, RFC 3339. */
  readonly date: string;
}

/** One name server of a domain. */
export interface RdapNameserver {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** An object; what it does not say, or what does not belong to its kind, is null or empty. */
export interface RdapObject {
  readonly handle: string | null;
  /** Name of a network, an AS or a domain; for an entity, of the contact. */
  readonly name: string | null;
  /** Of the unicode form, if the name has one of its own. */
  readonly unicodeName: string | null;
  readonly country: string | null;
  /** `ALLOCATED PA`, `DIRECT ALLOCATION` … */
  readonly type: string | null;
  readonly parentHandle: string | null;
  readonly startAddress: string | null;
  readonly endAddress: string | null;
  /** CIDR blocks, where the server says them (cidr0 extension). */
  readonly cidrs: readonly string[];
  readonly startAsn: number | null;
  readonly endAsn: number | null;
  /** AS numbers that the holder says will originate the network (ARIN extension). */
  readonly originAsns: readonly number[];
  readonly status: readonly string[];
  readonly events: readonly RdapEvent[];
  readonly nameservers: readonly RdapNameserver[];
  /** Null: not a domain, or the server does not say. */
  readonly isSigned: boolean | null;
  readonly contacts: readonly RdapContact[];
  readonly remarks: readonly string[];
  /** What does not fit the question, each in one line. */
  readonly problems: readonly string[];
}

/**
 * Reads an object; anything inside it may be missing or broken.
 *
 * @throws {RemoteFailure} `remote.answer` if it is no object, or one of another kind
 */
export function readRdapObject(document: JsonValue, query: RdapQuery): RdapObject {
  const object = document.value;
  const wanted = CLASSES[query.kind];
  const className = document.field("objectClassName");
  if (!className.isAbsent && className.value !== wanted) throw className.wrong(`"${wanted}"`);
  const ldhName = textIn(object, "ldhName")?.toLowerCase().replace(/\.$/, "") ?? null;
  const own = query.kind === "entity" ? readContact(object) : null;
  const startAddress = addressIn(object, "startAddress");
  const endAddress = addressIn(object, "endAddress");
  const startAsn = numberIn(object, "startAutnum");
  const endAsn = numberIn(object, "endAutnum") ?? startAsn;
  const problems = [
    ...(className.isAbsent ? ["the answer does not say what kind of object it is"] : []),
    ...mismatches(query, { ldhName, startAddress, endAddress, startAsn, endAsn }),
  ];
  const signed = memberOf(memberOf(object, "secureDNS"), "delegationSigned");
  return {
    handle: textIn(object, "handle"),
    name: own === null ? ldhName ?? textIn(object, "name") : own.name ?? own.organization,
    unicodeName: textIn(object, "unicodeName"),
    country: textIn(object, "country") ?? own?.country ?? null,
    type: textIn(object, "type"),
    parentHandle: textIn(object, "parentHandle"),
    startAddress,
    endAddress,
    cidrs: itemsOf(memberOf(object, "cidr0_cidrs")).flatMap((cidr) => {
      const base = textIn(cidr, "v4prefix") ?? textIn(cidr, "v6prefix");
      const length = numberIn(cidr, "length");
      return base === null || length === null ? [] : [`${base}/${length}`];
    }),
    startAsn,
    endAsn,
    originAsns: itemsOf(memberOf(object, "arin_originas0_originautnums")).flatMap((asn) =>
      typeof asn === "number" && Number.isInteger(asn) && asn >= 0 ? [asn] : []
    ),
    status: textsOf(memberOf(object, "status")),
    events: itemsOf(memberOf(object, "events")).flatMap((event) => {
      const action = textIn(event, "eventAction"), date = textIn(event, "eventDate");
      return action === null || date === null ? [] : [{ action: action.toLowerCase(), date }];
    }),
    nameservers: nameserversOf(object, query),
    isSigned: typeof signed === "boolean" ? signed : null,
    contacts: own === null ? contactsOf(object) : [own, ...contactsOf(object)],
    remarks: itemsOf(memberOf(object, "remarks")).flatMap((remark) =>
      textOf(textsOf(memberOf(remark, "description")).join(" ")) ?? []
    ).slice(0, REMARKS_MAX),
    problems,
  };
}

/** The name servers of a domain; of a name server itself, that one with its addresses. */
function nameserversOf(object: unknown, { kind }: RdapQuery): readonly RdapNameserver[] {
  const servers = kind === "nameserver" ? [object] : itemsOf(memberOf(object, "nameservers"));
  return servers.flatMap((server) => {
    const name = textIn(server, "ldhName")?.toLowerCase().replace(/\.$/, "") ?? null;
    if (name === null) return [];
    const addresses = memberOf(server, "ipAddresses");
    return [{
      name,
      addresses: [
        ...textsOf(memberOf(addresses, "v4") ?? null),
        ...textsOf(memberOf(addresses, "v6") ?? null),
      ],
    }];
  });
}

/** Canonical; APNIC and others write IPv6 in capitals or in full. */
function addressIn(object: unknown, name: string): string | null {
  const address = parseAddressOrNull(textIn(object, name)?.replace(/\/\d+$/, "") ?? "");
  return address === null ? null : renderAddress(address);
}

/** What of the answer is about something else than was asked. */
function mismatches(
  query: RdapQuery,
  { ldhName, startAddress, endAddress, startAsn, endAsn }: {
    readonly ldhName: string | null;
    readonly startAddress: string | null;
    readonly endAddress: string | null;
    readonly startAsn: number | null;
    readonly endAsn: number | null;
  },
): readonly string[] {
  switch (query.kind) {
    case "ip": {
      const [start, end] = [startAddress, endAddress].map((text) => parseAddressOrNull(text ?? ""));
      if (!start || !end) return ["the answer does not say which addresses it is about"];
      const isInside = start.family === query.address.family &&
        compareAddresses(start, query.address) <= 0 && compareAddresses(query.address, end) <= 0;
      return isInside ? [] : [`the answer is about ${startAddress} to ${endAddress}`];
    }
    case "autnum":
      if (startAsn === null || endAsn === null) return [];
      return startAsn <= query.asn && query.asn <= endAsn
        ? []
        : [`the answer is about AS${startAsn} to AS${endAsn}`];
    case "domain":
    case "nameserver":
      return ldhName === null || ldhName === query.name ? [] : [`the answer is about "${ldhName}"`];
    case "entity":
      return [];
  }
}
