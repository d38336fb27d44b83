/**
 * One exchange with an RTR cache: a query, and everything up to its End of Data (RFC 8210 §8).
 *
 * @module
 */
import { DecodeError, RemoteFailure } from "../../errors/mod.ts";
import type { Clock, Connection } from "../../io/io.ts";
import { writeAll } from "../../io/write_all.ts";
import type { Vrp } from "../../route/vrp_table.ts";
import {
  decodePdu,
  encodeErrorReport,
  encodeResetQuery,
  encodeSerialQuery,
  RTR_ERROR,
  type RtrIntervals,
  type RtrPdu,
  type RtrVersion,
} from "./pdu.ts";
import { PduStream } from "./pdu_stream.ts";

/** Most prefixes of one answer: eight times what all trust anchors give together. */
const PREFIXES_MAX = 5_000_000;
/** Longest work before others have their turn, milliseconds. */
const WORK_MS = 10;

/** Where the data of a cache stands. */
export interface RtrPosition {
  readonly session: number;
  readonly serial: number;
}

/** What is asked. */
export interface RtrQuestion {
  readonly version: RtrVersion;
  /** Changes since there; null: everything. */
  readonly since: RtrPosition | null;
}

/** A whole answer. */
export interface RtrAnswer extends RtrPosition {
  /** The version that the cache speaks: that of the question, or 0. */
  readonly version: RtrVersion;
  readonly intervals: RtrIntervals | null;
}

/** How an exchange can end: with an answer, or with what to try instead. */
export type RtrOutcome =
  | { readonly kind: "answer"; readonly answer: RtrAnswer }
  /** The cache does not know how to go on from there: ask for everything. */
  | { readonly kind: "reset" }
  /** It does not speak the version of the question. */
  | { readonly kind: "version" };

/** What an exchange is about. */
export interface RtrExchange {
  readonly connection: Connection;
  /** `host:port`, for errors. */
  readonly label: string;
  readonly clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly signal: AbortSignal;
  /** Takes each prefix as it comes; answers the error code if it cannot be so, or null. */
  readonly onPrefix: (announced: boolean, vrp: Vrp) => number | null;
}

/**
 * Asks, and hands on every prefix. The connection is of no use afterwards, and is left to the caller.
 *
 * @throws {RemoteFailure} `remote.rtr` if the cache says that it has no data or that we are wrong, if
 *   what it sends is wrong, or if it ends in the middle
 */
export async function askCache(
  question: RtrQuestion,
  exchange: RtrExchange,
): Promise<RtrOutcome> {
  const { connection, clock, signal } = exchange;
  const { since } = question;
  await writeAll(
    connection,
    since === null
      ? encodeResetQuery(question.version)
      : encodeSerialQuery(question.version, since.session, since.serial),
  );
  const stream = new PduStream(connection);
  let { version } = question;
  let session: number | null = null;
  let prefixes = 0;
  let turnEndsMs = clock.monotonicMs() + WORK_MS;
  for (;;) {
    if (clock.monotonicMs() > turnEndsMs) {
      await clock.sleep(0, signal);
      turnEndsMs = clock.monotonicMs() + WORK_MS;
    }
    let bytes: Uint8Array | null = null;
    let pdu: RtrPdu;
    try {
      bytes = await stream.next();
      if (bytes === null) {
        // A cache of version 0 may end without a word (RFC 8210 §7).
        if (session === null && version === 1) return { kind: "version" };
        throw failure(exchange, "it closed the connection before its End of Data", true);
      }
      pdu = decodePdu(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw await complain(exchange, version, codeOf(error), bytes, error.message);
    }
    if (pdu.kind === "error_report") {
      if (pdu.code === RTR_ERROR.unsupportedVersion && version === 1) return { kind: "version" };
      throw reported(exchange, pdu.code, pdu.text);
    }
    // A notification is not part of the answer, and may still be of another version (RFC 8210 §7).
    if (pdu.kind === "serial_notify") continue;
    if (pdu.version !== version) {
      if (session !== null || pdu.version === 1) {
        const why = `version ${pdu.version} after version ${version}`;
        throw await complain(exchange, version, RTR_ERROR.unexpectedVersion, bytes, why);
      }
      version = pdu.version;
    }
    if (pdu.kind === "cache_reset" && session === null && since !== null) return { kind: "reset" };
    if (pdu.kind === "cache_response" && session === null) {
      // Another session has other serials: what was learned in the old one is worth nothing.
      if (since !== null && pdu.session !== since.session) return { kind: "reset" };
      session = pdu.session;
      continue;
    }
    if (
      session === null || pdu.kind === "cache_reset" || pdu.kind === "cache_response" ||
      (pdu.kind === "end_of_data" && pdu.session !== session)
    ) {
      const why = `${pdu.kind} out of place`;
      throw await complain(exchange, version, RTR_ERROR.corruptData, bytes, why);
    }
    if (pdu.kind === "end_of_data") {
      const { serial, intervals } = pdu;
      return { kind: "answer", answer: { version, session: pdu.session, serial, intervals } };
    }
    if (pdu.kind === "router_key") continue;
    const code = ++prefixes > PREFIXES_MAX
      ? RTR_ERROR.internalError
      : exchange.onPrefix(pdu.announced, pdu.vrp);
    if (code !== null) {
      const why = code === RTR_ERROR.internalError
        ? `more than ${PREFIXES_MAX} prefixes`
        : code === RTR_ERROR.duplicateAnnouncement
        ? "a prefix is announced a second time"
        : "a prefix is withdrawn that was not announced";
      throw await complain(exchange, version, code, bytes, why);
    }
  }
}

function codeOf({ code }: DecodeError): number {
  if (code === "decode.rtr_version") return RTR_ERROR.unsupportedVersion;
  return code === "decode.rtr_type" ? RTR_ERROR.unsupportedType : RTR_ERROR.corruptData;
}

/** Tells the cache what was wrong, if it still listens, and makes the error that says so. */
async function complain(
  exchange: RtrExchange,
  version: RtrVersion,
  code: number,
  about: Uint8Array | null,
  why: string,
): Promise<RemoteFailure> {
  const report = encodeErrorReport(version, code, about ?? new Uint8Array(), why);
  try {
    await writeAll(exchange.connection, report);
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
  }
  return failure(exchange, why, false);
}

/** The error for what the cache itself reports (RFC 8210 §12). */
function reported(exchange: RtrExchange, code: number, text: string): RemoteFailure {
  const hasNone = code === RTR_ERROR.noData;
  const why = hasNone ? "it has no data yet" : `it reports error ${code}`;
  return failure(exchange, why, hasNone || code === RTR_ERROR.internalError, { code, text });
}

function failure(
  { label }: RtrExchange,
  why: string,
  retryable: boolean,
  said?: { readonly code: number; readonly text: string },
): RemoteFailure {
  return new RemoteFailure("rtr", `Cannot use the RTR cache "${label}": ${why}`, {
    retryable,
    hint: retryable ? "Ask again in a moment." : "",
    detail: {
      stage: "rtr",
      host: label,
      ...(said === undefined ? {} : { error_code: said.code, remote_said: said.text }),
    },
  });
}
