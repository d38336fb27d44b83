/**
 * The address that others see us by: several services asked, each believed only if it answers with
 * an address and nothing else.
 *
 * @module
 */
import { NetglassError } from "../errors/mod.ts";
import type { Net } from "../io/io.ts";
import { type IpAddress, parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { specialUse } from "../ip/special_use.ts";

/** An address and a line end take 47 octets; a page of a portal takes more than this. */
const BODY_BYTES_MAX = 256;
/** Longest piece of what is no address, characters. */
const SAID_MAX = 80;

/** What one service said. */
export interface AddressReport {
  readonly service: string;
  /** Null without an answer that can be believed. */
  readonly address: IpAddress | null;
  /** Why there is none, or null. `portal`: what came is no answer of such a service. */
  readonly trouble:
    | { readonly kind: "portal"; readonly words: string }
    | { readonly kind: "failed"; readonly error: NetglassError }
    | null;
}

/** What all of them said. */
export interface PublicAddresses {
  /** The address that most services of the family name, the first of equals; null: none does. */
  readonly ipv4: IpAddress | null;
  readonly ipv6: IpAddress | null;
  readonly reports: readonly AddressReport[];
}

/** Asks every service at the same time. Rejects for a bug only. */
export async function findPublicAddresses(
  services: readonly string[],
  net: Pick<Net, "getHttp">,
  signal: AbortSignal,
): Promise<PublicAddresses> {
  const reports = await Promise.all(services.map((service) => askService(service, net, signal)));
  return { ipv4: mostNamed(reports, 4), ipv6: mostNamed(reports, 6), reports };
}

async function askService(
  service: string,
  net: Pick<Net, "getHttp">,
  signal: AbortSignal,
): Promise<AddressReport> {
  const portal = (words: string): AddressReport => ({
    service,
    address: null,
    trouble: { kind: "portal", words },
  });
  let body: Uint8Array;
  try {
    ({ body } = await net.getHttp({
      url: service,
      plain: true,
      accept: ["text/plain"],
      maxBytes: BODY_BYTES_MAX,
      signal,
      configLine: `intel.public_ip.services: ["${service}"]`,
    }));
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    // None of these services sends pages, redirects elsewhere or answers at length.
    const isPortal = ["content_type", "redirect", "too_large"].includes(
      String(error.detail.failure),
    );
    if (isPortal) return portal(error.message);
    return { service, address: null, trouble: { kind: "failed", error } };
  }
  const text = new TextDecoder().decode(body).trim();
  const address = parseAddressOrNull(text);
  if (address === null) return portal(`it answered ${JSON.stringify(text.slice(0, SAID_MAX))}`);
  const special = specialUse(address);
  if (special !== null && special.globallyReachable !== true) {
    return portal(`it answered "${renderAddress(address)}", which is ${special.name}`);
  }
  return { service, address, trouble: null };
}

function mostNamed(reports: readonly AddressReport[], family: 4 | 6): IpAddress | null {
  const named = reports.flatMap(({ address }) => address?.family === family ? [address] : []);
  const groups = Map.groupBy(named, renderAddress);
  let most: readonly IpAddress[] = [];
  for (const group of groups.values()) if (group.length > most.length) most = group;
  return most[0] ?? null;
}
