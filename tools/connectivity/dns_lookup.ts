/**
 * `dns_lookup`: one name, one type, one or several name servers.
 *
 * @module
 */
import { z } from "zod";
import { InputError, NetglassError } from "../../lib/errors/mod.ts";
import {
  defineTool,
  resolvers,
  targets,
  type ToolContext,
  udp,
} from "../../lib/mcp/define_tool.ts";
import { queryName, reachEach, reachHost } from "../../lib/policy/decision.ts";
import type { DnsQuestion } from "../../lib/dns_wire/message.ts";
import type { AskOptions, DnsAnswer, DnsServer } from "../../lib/io/dns_exchange.ts";
import { configuredServers, isTrustworthy, lookUp } from "../../lib/io/dns_lookup.ts";
import { differencesOf, questionName, splitServer } from "../../lib/probe/dns_lookup.ts";
import {
  answerReport,
  answerSchema,
  QUERY_TYPES,
  sentenceOf,
  serverReport,
  serverSchema,
} from "../../lib/probe/dns_report.ts";

const serverText = z.string().min(1).max(300).refine((text) => splitServer(text) !== null, {
  message: "Wanted address, name, host:port or [v6]:port, the port 1 to 65535",
});

const input = () =>
  z.strictObject({
    query: z.string().min(1).max(255).describe(
      "Name, or an IPv4 or IPv6 address for a reverse lookup",
    ),
    record_type: z.enum(QUERY_TYPES).default("A").describe("An address as query is always PTR"),
    nameserver: serverText.optional().describe(
      "Server to ask, address or name, with :port if not 53; default: the configured ones",
    ),
    nameservers: z.array(serverText).min(1).max(8).optional().describe(
      "Ask these as well and report where they differ",
    ),
    transport: z.enum(["auto", "udp", "tcp"]).default("auto").describe(
      "auto: UDP, and TCP for ANY, for a truncated answer or if UDP is not permitted",
    ),
    dnssec: z.boolean().default(false).describe("Ask for DNSSEC records (DO bit)"),
  });

const output = () =>
  z.object({
    ...answerSchema().shape,
    success: z.boolean().describe(
      "The answer can be trusted to be whole; that a name does not exist is such an answer",
    ),
    summary: z.string(),
    query: z.string(),
    query_name: z.string().describe("The name that was asked for"),
    query_type: z.enum(["forward", "reverse"]),
    record_type: z.string(),
    nameserver: z.string().nullable().describe("As given; null: the configured servers"),
    servers: z.array(serverSchema()).optional().describe(
      "Each server's answer, if several were asked; the top level repeats the first good one",
    ),
    differences: z.array(z.object({
      what: z.enum(["status", "records", "authoritative", "authenticated"]),
      groups: z.array(z.object({ value: z.string(), servers: z.array(z.string()) })),
    })).optional(),
  });

type Input = z.output<ReturnType<typeof input>>;

/** Tries by UDP, with and without EDNS, and one by TCP: the most that one server can take. */
const TRIES_PER_SERVER = 6;
/** Addresses of a named server that are tried. */
const ADDRESSES_PER_SERVER = 2;

/** Looks up a name in the DNS. */
export const dnsLookup = defineTool({
  name: "dns_lookup",
  title: "Look up a DNS name",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Asks name servers for one name and record type and returns the records with TTL, flags, rcode " +
    "and who answered; NXDOMAIN, no data, SERVFAIL, REFUSED and timeout are told apart in status. " +
    "Give nameservers to compare several (propagation, split DNS). For many names use batch_dns_lookup.",
  input,
  output,
  needs: () => [resolvers, targets, udp],
  // The servers come last: where a server is also the query, the stricter judgement must stand.
  guards: ({ query, nameserver, nameservers }) => [
    queryName(query),
    ...reachEach((nameservers ?? []).map(hostOf)),
    ...(nameserver === undefined ? [] : [reachHost(hostOf(nameserver))]),
  ],
  pages: "records",
  budget: {
    ms: ({ nameserver, nameservers }, config) => {
      const servers = nameserver === undefined && nameservers === undefined
        ? config.dns.resolvers.length + 2
        : ADDRESSES_PER_SERVER;
      return Math.min(60_000, 2_000 + servers * TRIES_PER_SERVER * config.dns.timeout_ms);
    },
  },
  run: (given, cx) => run(given, cx),
});

function hostOf(server: string): string {
  return splitServer(server)?.host ?? server;
}

async function run(given: Input, cx: ToolContext): Promise<z.input<ReturnType<typeof output>>> {
  const { name, reverse } = questionName(cx.judged(given.query), given.query);
  const question: DnsQuestion = {
    name,
    type: reverse ? "PTR" : given.record_type,
    dnssec: given.dnssec,
    edns: true,
  };
  const options: AskOptions = {
    net: cx.io.net,
    clock: cx.io.clock,
    transport: given.transport,
    timeoutMs: cx.config.dns.timeout_ms,
    signal: cx.signal,
  };
  const shared = {
    query: given.query,
    query_name: name,
    query_type: reverse ? "reverse" as const : "forward" as const,
    record_type: question.type,
    nameserver: given.nameserver ?? null,
  };
  const named = [
    ...new Set([
      ...(given.nameserver === undefined ? [] : [given.nameserver]),
      ...(given.nameservers ?? []),
    ]),
  ];
  const [only] = named;
  if (named.length < 2) {
    const servers = only === undefined
      ? configuredServers(cx.io.net.resolvers)
      : serversOf(only, cx);
    const { answer, asked } = await lookUp(question, servers, options);
    return {
      ...shared,
      ...answerReport(answer),
      success: isTrustworthy(answer),
      summary: sentenceOf(name, question.type, answer),
      ...(asked.length < 2 ? {} : {
        servers: asked.map((each) => serverReport(each, each.server.label)),
      }),
    };
  }
  return { ...shared, ...await askAll(named, question, options, cx) };
}

type Outcome = { readonly server: string } & ({ answer: DnsAnswer } | { error: NetglassError });

async function askAll(
  named: readonly string[],
  question: DnsQuestion,
  options: AskOptions,
  cx: ToolContext,
): Promise<
  Omit<
    z.input<ReturnType<typeof output>>,
    "query" | "query_name" | "query_type" | "record_type" | "nameserver"
  >
> {
  const outcomes = await Promise.all(named.map(async (server): Promise<Outcome> => {
    try {
      return { server, answer: (await lookUp(question, serversOf(server, cx), options)).answer };
    } catch (error) {
      if (!(error instanceof NetglassError)) throw error;
      return { server, error };
    }
  }));
  const answers = outcomes.flatMap((outcome) => "answer" in outcome ? [outcome.answer] : []);
  const main = answers.find(isTrustworthy) ?? answers.find((answer) => answer.message !== null) ??
    answers[0];
  if (main === undefined) {
    const failed = outcomes.find((outcome) => "error" in outcome);
    throw failed !== undefined && "error" in failed
      ? failed.error
      : new InputError("nameservers", "Cannot look up names: no server was given");
  }
  const differences = differencesOf(answers);
  const unanswered = outcomes.length - answers.filter((answer) => answer.message !== null).length;
  return {
    ...answerReport(main),
    // A comparison is whole only if every server gave a trustworthy answer.
    success: answers.length === outcomes.length && answers.every(isTrustworthy),
    summary: `${sentenceOf(question.name, question.type, main)}; ${
      answers.length < 2
        ? "nothing to compare it with"
        : differences.length === 0
        ? `all ${answers.length} servers agree`
        : `servers differ in ${differences.map((difference) => difference.what).join(", ")}`
    }${unanswered === 0 ? "" : `; ${unanswered} of ${outcomes.length} gave no answer`}`,
    servers: outcomes.map((outcome) =>
      "answer" in outcome
        ? serverReport(outcome.answer, outcome.server)
        : { ...noAnswer(outcome.error), nameserver: outcome.server }
    ),
    differences: differences.map(({ what, groups }) => ({
      what,
      groups: groups.map(({ value, servers }) => ({ value, servers: [...servers] })),
    })),
  };
}

/** A server that could not be asked at all. */
function noAnswer(
  error: NetglassError,
): Omit<z.output<ReturnType<typeof serverSchema>>, "nameserver"> {
  return {
    status: "error",
    rcode: null,
    flags: [],
    answered_by: null,
    transport: null,
    response_time_ms: null,
    truncated: false,
    records: [],
    error: error.message,
    error_code: error.code,
  };
}

function serversOf(text: string, cx: ToolContext): readonly DnsServer[] {
  const port = splitServer(text)?.port ?? 53;
  return cx.judged(hostOf(text)).addresses.slice(0, ADDRESSES_PER_SERVER)
    .map((address) => ({ address, port, label: text }));
}
