/**
 * Entities of RDAP (RFC 9083 §5.1) with their jCards (RFC 7095), however broken: whom to write to.
 *
 * @module
 */
import { itemsOf, memberOf, textIn, textOf, textsOf } from "./loose_json.ts";

/** How deep entities stand in entities, and how many are read of one answer. */
const DEPTH_MAX = 4;
const CONTACTS_MAX = 64;

/** One entity; what it does not say is null or empty. */
export interface RdapContact {
  readonly handle: string | null;
  /** `registrant`, `abuse`, `technical` …, lower case. */
  readonly roles: readonly string[];
  readonly name: string | null;
  readonly organization: string | null;
  /** `individual`, `group`, `org` …, or null. */
  readonly kind: string | null;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** One line. */
  readonly address: string | null;
  /** ISO 3166 code or name, as the card has it. */
  readonly country: string | null;
  /** Public identifiers, `type value`: an IANA registrar number, for example. */
  readonly ids: readonly string[];
  /** Handle of the entity that it stands in, or null. */
  readonly of: string | null;
}

/** The entities of an object and those that stand in them, outer ones first. */
export function contactsOf(object: unknown): readonly RdapContact[] {
  const contacts: RdapContact[] = [];
  let level: readonly { readonly within: unknown; readonly of: string | null }[] = [
    { within: object, of: null },
  ];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth++) {
    const next: { within: unknown; of: string | null }[] = [];
    for (const { within, of } of level) {
      for (const entity of itemsOf(memberOf(within, "entities"))) {
        if (contacts.length === CONTACTS_MAX) return contacts;
        if (typeof entity !== "object" || entity === null) continue;
        const contact = readContact(entity, of);
        contacts.push(contact);
        next.push({ within: entity, of: contact.handle });
      }
    }
    level = next;
  }
  return contacts;
}

/** The entity itself as a contact. */
export function readContact(entity: unknown, of: string | null = null): RdapContact {
  const card = new JCard(memberOf(entity, "vcardArray"));
  const address = card.address();
  return {
    handle: textIn(entity, "handle"),
    roles: textsOf(memberOf(entity, "roles")).map((role) => role.toLowerCase()),
    name: card.first("fn") ?? card.first("n"),
    organization: card.first("org"),
    kind: card.first("kind"),
    emails: card.all("email").map((email) => email.replace(/^mailto:/i, "")),
    phones: card.all("tel").map((phone) => phone.replace(/^tel:/i, "")),
    address: address.line,
    country: address.country,
    ids: itemsOf(memberOf(entity, "publicIds")).flatMap((id) => {
      const text = [textIn(id, "type"), textIn(id, "identifier")].filter(Boolean).join(" ");
      return text === "" ? [] : [text];
    }),
    of,
  };
}

/** One property: `[name, parameters, type, value, …]`. */
interface Property {
  readonly name: string;
  readonly parameters: unknown;
  readonly values: readonly unknown[];
}

/** A jCard: `["vcard", [property, …]]`; a list of properties alone is taken for one too. */
class JCard {
  readonly #properties: readonly Property[];

  constructor(card: unknown) {
    const outer = itemsOf(card);
    const first = outer.find((part) => Array.isArray(part));
    const isBare = Array.isArray(outer[0]) && typeof outer[0][0] === "string";
    this.#properties = itemsOf(isBare ? outer : first).flatMap((property): Property[] => {
      if (!Array.isArray(property)) return [];
      const [name, parameters, , ...values] = property;
      return typeof name === "string" ? [{ name: name.toLowerCase(), parameters, values }] : [];
    });
  }

  /** Every value of the properties of a name; a structured one as one text. */
  all(name: string): readonly string[] {
    return [
      ...new Set(
        this.#of(name).flatMap(({ values }) =>
          values.slice(0, 16).flatMap((one) => flat(one) ?? [])
        ),
      ),
    ];
  }

  first(name: string): string | null {
    return this.all(name)[0] ?? null;
  }

  /**
   * RFC 7095 §3.3.1.3: seven parts, the last the country; RFC 9083 §3: or a `label` alone. A code of
   * the country may stand in `cc` (RFC 8605 §3.1).
   */
  address(): { readonly line: string | null; readonly country: string | null } {
    for (const { parameters, values } of this.#of("adr")) {
      const parts = Array.isArray(values[0]) ? itemsOf(values[0]) : values;
      const line = flat(parts) ?? textIn(parameters, "label");
      const country = textIn(parameters, "cc") ?? (parts.length === 7 ? flat(parts[6]) : null);
      if (line !== null || country !== null) return { line, country };
    }
    return { line: null, country: null };
  }

  #of(name: string): readonly Property[] {
    return this.#properties.filter((property) => property.name === name);
  }
}

/** A value as one text: the parts of a structured one, and theirs, with commas between. */
function flat(value: unknown): string | null {
  if (!Array.isArray(value)) return textOf(value);
  const parts = itemsOf(value).flatMap((part) =>
    Array.isArray(part) ? itemsOf(part).flatMap((inner) => textOf(inner) ?? []) : textOf(part) ?? []
  );
  return textOf(parts.join(", "));
}
