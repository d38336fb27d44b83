/**
 * `get_public_ip`: the address that others see this host by.
 *
 * @module
 */
import { z } from "zod";
import { Unavailable } from "../../lib/errors/mod.ts";
import { renderAddress } from "../../lib/ip/address.ts";
import { defineTool, publicIpServices } from "../../lib/mcp/define_tool.ts";
import { type AddressReport, findPublicAddresses } from "../../lib/registry/public_ip.ts";

/** Finds the address that others see this host by. */
export const getPublicIp = defineTool({
  name: "get_public_ip",
  title: "Find the public address",
  toolset: "host",
  effect: "observe",
  reach: "open",
  description:
    "The public IPv4 and IPv6 addresses of this host as several services see them, asked at the same " +
    "time; believes only an address, and says when services differ (several ways out, a proxy) or a " +
    "portal answered in their place. For the addresses of the interfaces use get_interfaces.",
  input: () =>
    z.strictObject({
      timeout: z.number().min(1).max(60).default(10).describe("Seconds for all services together"),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("At least one service named an address"),
      summary: z.string(),
      public_ip: z.string().nullable().describe("IPv4 if there is one, else IPv6"),
      public_ipv4: z.string().nullable(),
      public_ipv6: z.string().nullable(),
      confirmed: z.boolean().describe("Two services or more name public_ip, and none another one"),
      differs: z.boolean().describe("Services name different addresses of one family"),
      portal: z.boolean().describe("Something else answered in place of a service"),
      service_used: z.string().nullable().describe("First service that names public_ip"),
      services: z.array(z.object({
        service: z.string(),
        address: z.string().nullable(),
        problem: z.string().optional(),
        error_code: z.string().optional(),
      })),
    }),
  needs: () => [publicIpServices],
  budget: { ms: ({ timeout }) => timeout * 1000 + 1000 },
  run: async ({ timeout }, cx) => {
    const signal = AbortSignal.any([cx.signal, AbortSignal.timeout(timeout * 1000)]);
    const { services } = cx.config.intel.public_ip;
    if (services.length === 0) {
      throw new Unavailable(
        "public_ip_services",
        "Cannot find the address: no service is configured",
        {
          hint: 'Set intel.public_ip.services, for example to ["https://api.ipify.org"].',
        },
      );
    }
    const { ipv4, ipv6, reports } = await findPublicAddresses(services, cx.io.net, signal);
    const best = ipv4 ?? ipv6;
    const shown = best === null ? null : renderAddress(best);
    const named = reports.flatMap(({ service, address }) =>
      address === null ? [] : [{ service, family: address.family, text: renderAddress(address) }]
    );
    const agreeing = named.filter(({ text }) => text === shown);
    const differs = ([4, 6] as const).some((family) =>
      new Set(named.filter((one) => one.family === family).map(({ text }) => text)).size > 1
    );
    const isPortal = reports.some(({ trouble }) => trouble?.kind === "portal");
    const facts = {
      public_ip: shown,
      public_ipv4: ipv4 === null ? null : renderAddress(ipv4),
      public_ipv6: ipv6 === null ? null : renderAddress(ipv6),
      confirmed: agreeing.length > 1 &&
        named.every((one) => one.family !== best?.family || one.text === shown),
      differs,
      portal: isPortal,
    };
    return {
      success: best !== null,
      summary: sentence(facts, reports),
      ...facts,
      service_used: agreeing[0]?.service ?? null,
      services: reports.map(({ service, address, trouble }) => ({
        service,
        address: address === null ? null : renderAddress(address),
        ...(trouble === null
          ? {}
          : trouble.kind === "portal"
          ? { problem: trouble.words }
          : { problem: trouble.error.message, error_code: trouble.error.code }),
      })),
    };
  },
});

function sentence(
  { public_ipv4, public_ipv6, confirmed, differs, portal }: {
    readonly public_ipv4: string | null;
    readonly public_ipv6: string | null;
    readonly confirmed: boolean;
    readonly differs: boolean;
    readonly portal: boolean;
  },
  reports: readonly AddressReport[],
): string {
  const addresses = [public_ipv4, public_ipv6].filter((one) => one !== null);
  const answered = reports.filter(({ address }) => address !== null).length;
  const asides = [
    ...(differs ? ["the services differ: there may be several ways out, or a proxy"] : []),
    ...(portal ? ["something else answered in place of a service, perhaps a portal"] : []),
    ...(confirmed || differs || addresses.length === 0 ? [] : ["no second service confirms it"]),
  ];
  const first = addresses.length === 0
    ? `No service named our address (${reports.length} asked)`
    : `Others see this host as ${
      addresses.join(" and ")
    } (${answered} of ${reports.length} services)`;
  return `${[first, ...asides].join("; ")}.`;
}
