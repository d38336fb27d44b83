/**
 * `asn_lookup`: the AS that originates an address, or what an AS number is.
 *
 * @module
 */
import { z } from "zod";
import { readAsn } from "../../lib/looking_glass/asn_input.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { parseAddressOrNull, renderAddress } from "../../lib/ip/address.ts";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import { quoteText } from "../../lib/ip/syntax_error.ts";
import { defineTool, resolvers, type ToolContext, udp } from "../../lib/mcp/define_tool.ts";
import { type AddressAses, findAddressAses } from "../../lib/registry/asn.ts";
import { askCymruAs, type CymruAs } from "../../lib/registry/cymru.ts";
import { cymruAccess } from "../../lib/registry/source_report.ts";

const allocation = {
  country: z.string().nullable().describe("ISO 3166, of the holder"),
  registry: z.string().nullable(),
  allocated: z.string().nullable().describe("YYYY-MM-DD"),
};

/** Looks an AS up by Team Cymru's zones. */
export const asnLookup = defineTool({
  name: "asn_lookup",
  title: "Look up an AS over DNS",
  toolset: "intel",
  effect: "observe",
  reach: "open",
  description:
    "Which AS originates the prefix of an address (several: MOAS), or what an AS number is: prefix, " +
    "registry, allocation date, country and AS name, by Team Cymru's zones over DNS alone: two quick " +
    "questions. To compare several registries use ip_lookup or asn_owner; for contacts rdap_lookup.",
  input: () =>
    z.strictObject({
      ip: z.string().min(1).max(64).describe(
        "A public IPv4 or IPv6 address, or an AS number such as AS3333",
      ),
      timeout: z.number().min(0.5).max(60).default(5).describe(
        "Seconds for all questions together",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ip: z.string().nullable().describe("null: an AS number was asked"),
      asn: z.string().nullable().describe("First origin; null: nobody is seen to originate it"),
      prefix: z.string().nullable(),
      ...allocation,
      as_name: z.string().nullable(),
      moas: z.boolean().describe("Several ASes originate the prefix"),
      origins: z.array(
        z.object({ asn: z.number(), as_name: z.string().nullable(), ...allocation }),
      ),
      less_specific: z.array(z.object({ prefix: z.string(), origins: z.array(z.number()) }))
        .describe(
          "Shorter prefixes of the table that hold the address",
        ),
      sources: z.array(z.string()).describe("The zones that answered"),
      problems: z.array(z.string()).optional().describe("What is missing from the answer"),
    }),
  needs: () => [resolvers, udp],
  budget: { ms: ({ timeout }) => timeout * 1000 },
  run: async ({ ip }, cx) => {
    const address = parseAddressOrNull(ip.trim());
    if (address === null && !/^(?:as\s*\d+(?:\.\d+)?|\d+)$/i.test(ip.trim())) {
      throw new InputError("ip", `Cannot look up ${quoteText(ip)}: neither address nor AS number`, {
        hint: "Give one of them, for example 193.0.6.139, 2001:67c:2e8::1 or AS3333.",
      });
    }
    if (address === null) return await ofNumber(readAsn("asn", ip), cx);
    const access = cymruAccess({ net: cx.io.net, clock: cx.io.clock, config: cx.config });
    const found = await findAddressAses(address, access, cx.signal);
    const [longest, ...shorter] = found.prefixes;
    const [first] = found.origins;
    const zone = `${address.family === 4 ? "origin" : "origin6"}.asn.${access.zone}`;
    return {
      success: true,
      summary: sentence(renderAddress(address), found),
      ip: renderAddress(address),
      asn: first === undefined ? null : String(first.asn),
      prefix: longest === undefined ? null : renderPrefix(longest.prefix),
      country: longest?.country ?? null,
      registry: longest?.registry ?? null,
      allocated: longest?.allocated ?? null,
      as_name: first?.name ?? null,
      moas: found.origins.length > 1,
      origins: found.origins.map(originReport),
      less_specific: shorter.map(({ prefix, origins }) => ({
        prefix: renderPrefix(prefix),
        origins: [...origins],
      })),
      sources: first === undefined ? [zone] : [zone, `asn.${access.zone}`],
      ...(found.problems.length === 0 ? {} : { problems: [...found.problems] }),
    };
  },
});

async function ofNumber(asn: number, cx: ToolContext) {
  const access = cymruAccess({ net: cx.io.net, clock: cx.io.clock, config: cx.config });
  const { records: [record], problems } = await askCymruAs(asn, access, cx.signal);
  const where = [record?.country, record?.registry, record?.allocated].filter(Boolean).join(", ");
  return {
    success: true,
    summary: record === undefined
      ? `No record of AS${asn}: no registry has it assigned, or the zone does not know it.`
      : `AS${asn} is ${record.name ?? "without a name"}${where === "" ? "" : ` (${where})`}.`,
    ip: null,
    asn: String(asn),
    prefix: null,
    country: record?.country ?? null,
    registry: record?.registry ?? null,
    allocated: record?.allocated ?? null,
    as_name: record?.name ?? null,
    moas: false,
    origins: record === undefined ? [] : [originReport(record)],
    less_specific: [],
    sources: [`asn.${access.zone}`],
    ...(problems.length === 0 ? {} : { problems: [...problems] }),
  };
}

function originReport({ asn, name, country, registry, allocated }: CymruAs) {
  return { asn, as_name: name, country, registry, allocated };
}

function sentence(address: string, { prefixes: [longest], origins }: AddressAses): string {
  if (longest === undefined) return `Nobody is seen to originate ${address}.`;
  const who = origins.map(({ asn, name }) => name === null ? `AS${asn}` : `AS${asn} (${name})`);
  const since = longest.registry === null
    ? ""
    : `; ${longest.registry}${longest.allocated === null ? "" : ` since ${longest.allocated}`}`;
  return `${address} is in ${renderPrefix(longest.prefix)}, originated by ${who.join(" and ")}${
    who.length > 1 ? ", several at once (MOAS)" : ""
  }${since}.`;
}
