/**
 * DNS answers in wire form: the records, the header and the sentence that the DNS tools share.
 *
 * @module
 */
import { z } from "zod";
import type { DnsAnswer } from "../io/dns_exchange.ts";
import { isTrustworthy } from "../io/dns_lookup.ts";
import { renderServer } from "./dns_lookup.ts";
import type { DnsRecord } from "../dns_wire/message.ts";

/** Types that can be asked for. */
export const QUERY_TYPES = [
  "A",
  "AAAA",
  "CNAME",
  "MX",
  "TXT",
  "NS",
  "SOA",
  "PTR",
  "ANY",
  "CAA",
  "SRV",
  "NAPTR",
  "DS",
  "DNSKEY",
  "HTTPS",
  "SVCB",
  "TLSA",
  "SSHFP",
  "LOC",
] as const;

/** One record. */
export const recordSchema = () =>
  z.object({
    name: z.string(),
    record_type: z.string(),
    value: z.string().describe("Presentation form; RFC 3597 hex for unknown types"),
    ttl: z.number().describe("Seconds"),
    priority: z.number().optional(),
    fields: z.record(z.string(), z.unknown()).optional().describe("Parts of a structured record"),
  });

/** What one server said. */
export const answerSchema = () =>
  z.object({
    status: z.string().describe(
      "found, nxdomain, nodata, referral, servfail, refused, formerr, notimp, other_rcode, truncated, timeout, unreachable, malformed or error",
    ),
    found: z.boolean(),
    records: z.array(recordSchema()),
    rcode: z.string().nullable(),
    flags: z.array(z.string()).describe("Of aa, tc, rd, ra, ad, cd: those set"),
    answered_by: z.string().nullable(),
    transport: z.enum(["udp", "tcp"]).nullable(),
    transport_reason: z.string().optional().describe("Why TCP was used or failed"),
    response_time_ms: z.number().nullable(),
    truncated: z.boolean(),
    authority_count: z.number(),
    additional_count: z.number(),
    negative_ttl_sec: z.number().optional().describe("How long the absence may be cached"),
    referral_to: z.array(z.string()).optional(),
    extended_errors: z.array(z.object({ code: z.number(), name: z.string(), text: z.string() }))
      .optional(),
    nsid: z.string().optional().describe("Name of the answering instance, in its own words"),
    queries_sent: z.number(),
    ignored_datagrams: z.number().optional().describe("Came, but did not match the question"),
    error: z.string().optional(),
    error_code: z.string().optional(),
  });

/** Most records of one of several servers that are shown. */
const SERVER_RECORDS = 16;

/** One of several servers, in brief; what it has not is dropped by the schema. */
export const serverSchema = () =>
  z.object({
    ...answerSchema().pick({
      rcode: true,
      answered_by: true,
      transport: true,
      response_time_ms: true,
      truncated: true,
      error: true,
      error_code: true,
    }).shape,
    nameserver: z.string(),
    status: z.string(),
    flags: z.array(z.string()),
    records: z.array(
      z.object({
        ...recordSchema().pick({ record_type: true, ttl: true, priority: true }).shape,
        value: z.string(),
      }),
    ),
    records_total: z.number().optional().describe("If not all are shown"),
  });

type Answer = z.output<ReturnType<typeof answerSchema>>;

/** A record in wire form. */
export function recordReport(record: DnsRecord): z.output<ReturnType<typeof recordSchema>> {
  return {
    name: record.name,
    record_type: record.type,
    value: record.value,
    ttl: record.ttlSec,
    ...(record.priority === undefined ? {} : { priority: record.priority }),
    ...(record.fields === undefined ? {} : { fields: record.fields }),
  };
}

/** An answer in wire form. */
export function answerReport(answer: DnsAnswer): Answer {
  const { message, error } = answer;
  const flags = message?.flags;
  return {
    status: answer.status,
    found: answer.status === "found",
    records: message?.answers.map(recordReport) ?? [],
    rcode: message?.rcode ?? null,
    flags: flags === undefined
      ? []
      : (["aa", "tc", "rd", "ra", "ad", "cd"] as const).filter((flag) => flags[flag]),
    answered_by: message === null ? null : renderServer(answer.server),
    transport: answer.transport,
    ...(answer.transportReason === null ? {} : { transport_reason: answer.transportReason }),
    response_time_ms: answer.responseMs,
    truncated: flags?.tc ?? false,
    authority_count: message?.authorities.length ?? 0,
    additional_count: message?.additionals.length ?? 0,
    ...negativeOf(answer),
    ...(message === null || message.extendedErrors.length === 0
      ? {}
      : { extended_errors: message.extendedErrors.map((extended) => ({ ...extended })) }),
    ...(message === null || message.nsid === null ? {} : { nsid: message.nsid }),
    queries_sent: answer.queries,
    ...(answer.ignoredDatagrams === 0 ? {} : { ignored_datagrams: answer.ignoredDatagrams }),
    ...(error === null ? {} : { error: error.message, error_code: error.code }),
  };
}

/** One of several servers in wire form, named as the caller or the configuration wrote it. */
export function serverReport(
  answer: DnsAnswer,
  nameserver: string,
): Answer & Pick<z.output<ReturnType<typeof serverSchema>>, "nameserver" | "records_total"> {
  const report = answerReport(answer);
  const { length } = report.records;
  return {
    ...report,
    nameserver,
    records: report.records.slice(0, SERVER_RECORDS),
    ...(length > SERVER_RECORDS ? { records_total: length } : {}),
  };
}

/** RFC 2308 §5: the lesser of the SOA's TTL and its minimum; or the servers of a referral. */
function negativeOf(
  { status, message }: DnsAnswer,
): Pick<Answer, "negative_ttl_sec" | "referral_to"> {
  if (message === null) return {};
  if (status === "referral") {
    return {
      referral_to: message.authorities.filter((record) => record.type === "NS")
        .map((record) => record.value),
    };
  }
  const soa = message.authorities.find((record) => record.type === "SOA");
  const minimum = soa?.fields?.minimum_sec;
  if (soa === undefined || typeof minimum !== "number" || status === "found") return {};
  return { negative_ttl_sec: Math.min(soa.ttlSec, minimum) };
}

/**
 * One sentence about an answer. Of what the server said only addresses appear: they cannot carry
 * words.
 */
export function sentenceOf(name: string, type: string, answer: DnsAnswer): string {
  const { status, message } = answer;
  const server = answer.server.label;
  const rcode = message?.rcode ?? "";
  switch (status) {
    case "found": {
      const records = (message?.answers ?? []).filter((record) =>
        type === "ANY" || record.type === type
      );
      const addresses = type === "A" || type === "AAAA"
        ? `: ${records.slice(0, 4).map((record) => record.value).join(", ")}${
          records.length > 4 ? ", …" : ""
        }`
        : "";
      const ttl = Math.min(...records.map((record) => record.ttlSec));
      return `${name} has ${
        count(records.length, `${type} record`)
      }${addresses} (TTL ${ttl} s, ${server}, ${answer.transport})${
        isTrustworthy(answer) ? "" : ", but the answer is truncated: there are more"
      }`;
    }
    case "nxdomain":
      return `${name} does not exist: ${server} answered NXDOMAIN`;
    case "nodata":
      return `${name} has no ${type} record: ${server} answered NOERROR without one`;
    case "referral":
      return `${server} does not answer for ${name} and refers to other name servers`;
    case "truncated":
      return `The answer of ${server} for ${name} was truncated and could not be fetched whole`;
    case "timeout":
      return `No answer from ${server} about ${name} after ${
        count(answer.queries, "query", "queries")
      }`;
    case "unreachable":
      return `${server} cannot be reached`;
    case "malformed":
      return `${server} sent an answer about ${name} that does not decode or does not match`;
    default:
      return `${server} did not answer for ${name}: ${rcode}`;
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
