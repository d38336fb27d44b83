/**
 * Asking one name server one question: UDP with a second try, TCP when the answer was cut or UDP is
 * not permitted, without EDNS when the server does not know it.
 *
 * @module
 */
import { DecodeError, NetglassError, PermissionMissing, RemoteFailure } from "../errors/mod.ts";
import type { Clock, Connection, Net } from "./io.ts";
import { writeAll } from "./write_all.ts";
import {
  answersQuery,
  decodeMessage,
  type DnsMessage,
  type DnsQuestion,
  encodeQuery,
  isTruncated,
} from "../dns_wire/message.ts";

/** Tries by UDP; the second has an id and a port of its own. */
const UDP_TRIES = 2;

/** How the question may travel. `auto` is UDP first, TCP where the answer was cut or UDP is not permitted. */
export type DnsTransport = "auto" | "udp" | "tcp";

/**
 * What came of a question. `nxdomain`, `nodata` and `referral` are answers as good as `found`;
 * `truncated`: cut before the first wanted record; `malformed`: bytes that do not decode or do not
 * match; `unreachable`: the network or the host refused.
 */
export type DnsStatus =
  | "found"
  | "nxdomain"
  | "nodata"
  | "referral"
  | "servfail"
  | "refused"
  | "formerr"
  | "notimp"
  | "other_rcode"
  | "truncated"
  | "timeout"
  | "unreachable"
  | "malformed";

/** A name server that policy has let pass or the configuration names. */
export interface DnsServer {
  /** Canonical address. */
  readonly address: string;
  readonly port: number;
  /** How the caller or the configuration wrote it. */
  readonly label: string;
  /** True for a server of `dns.resolvers`. */
  readonly configured?: true;
}

/** What one server said, or why it said nothing. */
export interface DnsAnswer {
  readonly server: DnsServer;
  readonly status: DnsStatus;
  /** How the answer came, or how the last try went out. */
  readonly transport: "udp" | "tcp";
  /** Why it was TCP under `auto`, or null. */
  readonly transportReason: string | null;
  /** Queries sent, over UDP and TCP. */
  readonly queries: number;
  /** Datagrams that came from the server and did not match the question (RFC 5452). */
  readonly ignoredDatagrams: number;
  /** From sending the query that was answered to its answer; null without one. */
  readonly responseMs: number | null;
  readonly message: DnsMessage | null;
  /** Why there is no usable answer, or null. */
  readonly error: NetglassError | null;
}

/** The doors, the limits of one question to one server. */
export interface AskOptions {
  readonly net: Pick<Net, "exchangeUdp" | "dial" | "resolversFlag">;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly transport: DnsTransport;
  /** Wait for one try. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks `server`. Whatever the server or the network does is an answer with a status.
 *
 * @throws {PermissionMissing} if no permitted transport is left
 * @throws {InputError} if the question cannot be encoded
 */
export async function askServer(
  server: DnsServer,
  question: DnsQuestion,
  options: AskOptions,
): Promise<DnsAnswer> {
  if (question.type === "ANY" && options.transport === "auto") {
    // RFC 8482 §4.4: by UDP servers answer ANY with a part, by TCP many answer with all.
    const whole = await new Asking(server, { ...options, transport: "tcp" }, "ANY is asked by TCP")
      .ask(question);
    if (whole.message !== null) return whole;
  }
  const asking = new Asking(server, options);
  const answer = await asking.ask(question);
  // RFC 6891 §6.2.2: a server that does not know EDNS is asked again without it.
  const rcode = answer.message?.rcode;
  if (!question.edns || (rcode !== "FORMERR" && rcode !== "NOTIMP" && rcode !== "BADVERS")) {
    return answer;
  }
  const plain = await asking.ask({ ...question, edns: false });
  return plain.message === null ? answer : plain;
}

/** The tries of one question to one server. */
class Asking {
  #queries = 0;
  #ignored = 0;
  #transport: "udp" | "tcp";
  #reason: string | null;

  constructor(
    readonly server: DnsServer,
    readonly options: AskOptions,
    reason: string | null = null,
  ) {
    this.#reason = reason;
    this.#transport = options.transport === "tcp" ? "tcp" : "udp";
  }

  async ask(question: DnsQuestion): Promise<DnsAnswer> {
    let cut: { bytes: Uint8Array; ms: number } | null = null;
    try {
      if (this.#transport === "udp") {
        const reply = await this.#byUdp(question);
        if (reply !== null) {
          if (this.options.transport === "udp" || !isTruncated(reply.bytes)) {
            return this.#answer(question, reply);
          }
          cut = reply;
          this.#transport = "tcp";
          this.#reason = "the answer by UDP was truncated";
        }
      }
      return this.#answer(question, await this.#byTcp(question));
    } catch (error) {
      if (cut === null) return this.#failure(error);
      return this.#answerCut(question, cut, error);
    }
  }

  /** Null if UDP is not permitted and TCP may be tried. */
  async #byUdp(question: DnsQuestion): Promise<{ bytes: Uint8Array; ms: number } | null> {
    const { net, clock, timeoutMs, transport } = this.options;
    let timedOut: unknown;
    for (let attempt = 0; attempt < UDP_TRIES && !this.options.signal.aborted; attempt++) {
      const id = randomId();
      const payload = encodeQuery(id, question);
      const startMs = clock.monotonicMs();
      try {
        this.#queries++;
        const bytes = await net.exchangeUdp({
          address: this.server.address,
          port: this.server.port,
          payload,
          accept: (datagram) => {
            const matches = answersQuery(datagram, id, question);
            if (!matches) this.#ignored++;
            return matches;
          },
          signal: AbortSignal.any([this.options.signal, AbortSignal.timeout(timeoutMs)]),
        });
        return { bytes, ms: clock.monotonicMs() - startMs };
      } catch (error) {
        if (error instanceof PermissionMissing && transport === "auto") {
          this.#queries--;
          this.#transport = "tcp";
          this.#reason = "UDP is not permitted";
          return null;
        }
        if (!isTimeout(error)) throw error;
        timedOut = error;
      }
    }
    throw timedOut ?? this.options.signal.reason;
  }

  async #byTcp(question: DnsQuestion): Promise<{ bytes: Uint8Array; ms: number }> {
    const { net, clock, timeoutMs } = this.options;
    const signal = AbortSignal.any([this.options.signal, AbortSignal.timeout(timeoutMs)]);
    const { address, port } = this.server;
    const id = randomId();
    const query = encodeQuery(id, question);
    const startMs = clock.monotonicMs();
    this.#queries++;
    // Listing a name server among the targets would turn "any target" into this one alone.
    const configLine = this.server.configured === true
      ? { configLine: `dns.resolvers: ["${this.server.label}"]` }
      : {};
    const connection = await net.dial({ address, port, judged: [address], signal, ...configLine });
    const close = (): void => connection.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      // RFC 7766 §8: length and message in one write.
      const framed = new Uint8Array(2 + query.length);
      new DataView(framed.buffer).setUint16(0, query.length);
      framed.set(query, 2);
      await writeAll(connection, framed);
      const prefix = await readExactly(connection, 2);
      const bytes = await readExactly(connection, ((prefix[0] ?? 0) << 8) | (prefix[1] ?? 0));
      if (!answersQuery(bytes, id, question)) {
        throw new RemoteFailure(
          "dns_mismatch",
          `Cannot use the answer of ${this.server.label}: it does not match the question`,
          { detail: { stage: "dns", host: address } },
        );
      }
      return { bytes, ms: clock.monotonicMs() - startMs };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof NetglassError) throw error;
      throw new RemoteFailure(
        "dns_stream",
        `Cannot read the answer of ${this.server.label}: the connection broke`,
        { retryable: true, detail: { stage: "dns", host: address }, cause: error },
      );
    } finally {
      signal.removeEventListener("abort", close);
      connection.close();
    }
  }

  #answer(question: DnsQuestion, reply: { bytes: Uint8Array; ms: number }): DnsAnswer {
    const message = decodeMessage(reply.bytes);
    return {
      ...this.#facts(),
      status: statusOf(message, question),
      responseMs: Math.round(reply.ms * 1000) / 1000,
      message,
      error: null,
    };
  }

  /** A cut answer says more than none: it is shown, with TC set, where it decodes. */
  #answerCut(
    question: DnsQuestion,
    cut: { bytes: Uint8Array; ms: number },
    tcpError: unknown,
  ): DnsAnswer {
    const failure = tcpError instanceof PermissionMissing ? null : this.#failure(tcpError);
    this.#transport = "udp";
    this.#reason = `the answer was truncated and TCP failed: ${
      tcpError instanceof NetglassError ? tcpError.message : "nothing came in time"
    }`;
    try {
      return this.#answer(question, cut);
    } catch (error) {
      return failure ?? this.#failure(error);
    }
  }

  #failure(error: unknown): DnsAnswer {
    if (error instanceof PermissionMissing) throw error;
    const facts = { ...this.#facts(), responseMs: null, message: null };
    if (isTimeout(error) || this.options.signal.aborted) {
      return {
        ...facts,
        status: "timeout",
        error: new RemoteFailure(
          "dns_timeout",
          `Cannot get an answer from ${this.server.label}: nothing came in time`,
          { retryable: true, detail: { stage: "dns", host: this.server.address } },
        ),
      };
    }
    if (error instanceof DecodeError) return { ...facts, status: "malformed", error };
    if (!(error instanceof RemoteFailure)) throw error;
    return {
      ...facts,
      status: error.code === "remote.dns_mismatch" ? "malformed" : "unreachable",
      error,
    };
  }

  #facts(): Pick<
    DnsAnswer,
    "server" | "transport" | "transportReason" | "queries" | "ignoredDatagrams"
  > {
    return {
      server: this.server,
      transport: this.#transport,
      transportReason: this.#reason,
      queries: this.#queries,
      ignoredDatagrams: this.#ignored,
    };
  }
}

/** What an answer says about the question (RFC 2308 §2 tells NODATA and referral apart). */
export function statusOf(message: DnsMessage, question: Pick<DnsQuestion, "type">): DnsStatus {
  switch (message.rcode) {
    case "NOERROR":
      break;
    case "NXDOMAIN":
      return "nxdomain";
    case "SERVFAIL":
      return "servfail";
    case "REFUSED":
      return "refused";
    case "FORMERR":
      return "formerr";
    case "NOTIMP":
      return "notimp";
    default:
      return "other_rcode";
  }
  const { answers, authorities, flags } = message;
  const wanted = question.type === "ANY"
    ? answers.length > 0
    : answers.some((record) => record.type === question.type);
  if (wanted) return "found";
  if (flags.tc) return "truncated";
  const delegates = answers.length === 0 && !flags.aa &&
    authorities.some((record) => record.type === "NS") &&
    !authorities.some((record) => record.type === "SOA");
  return delegates ? "referral" : "nodata";
}

function randomId(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}

function isTimeout(error: unknown): boolean {
  if (error instanceof RemoteFailure) {
    return error.detail.failure === "timeout" || error.detail.failure === "cancelled";
  }
  return error instanceof DOMException && error.name === "TimeoutError";
}

async function readExactly(connection: Connection, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let had = 0;
  while (had < length) {
    const count = await connection.read(bytes.subarray(had));
    if (count === null) {
      throw new DecodeError(
        "dns_truncated",
        "Cannot decode DNS answer: the server closed the connection before its end",
        { layer: "dns", offset: had, needed: length, had, limitedBy: "TCP stream" },
      );
    }
    had += count;
  }
  return bytes;
}
