/**
 * Checking one port of a host in depth: every judged address in turn until one is open, then TLS
 * where it is expected, then the first words of the service.
 *
 * @module
 */
import { NetglassError, PermissionMissing, RemoteFailure } from "../errors/mod.ts";
import type { Clock, Connection, Net } from "../io/io.ts";
import type { JudgedTarget } from "../policy/decision.ts";
import { type Banner, BANNER_WAIT_MS, readBanner } from "./banner.ts";
import { alpnOffer, expectsHttp, expectsTls } from "./service_names.ts";
import { connectOnce, type ConnectOutcome, type PortState } from "./tcp_connect.ts";
import { failedTlsReport, tlsReport, type tlsSchema } from "./tls_report.ts";
import type { z } from "zod";

/** Addresses that are tried; a name may have many. */
export const MAX_ADDRESSES = 4;

/** What to check. */
export interface CheckRequest {
  readonly target: JudgedTarget;
  readonly port: number;
  /** For each address: connect, handshake and banner together. */
  readonly timeoutMs: number;
  readonly grabBanner: boolean;
  readonly tls: "auto" | "never" | "always";
  readonly signal: AbortSignal;
}

/** One address that was tried. */
export interface CheckAttempt extends Omit<ConnectOutcome, "connection"> {
  readonly address: string;
}

/** What was found. */
export interface CheckResult {
  /** The attempt that decides: the open one, else the one that proves most. */
  readonly decisive: CheckAttempt;
  readonly attempts: readonly CheckAttempt[];
  readonly banner: Banner | null;
  /** Null if TLS was not tried. */
  readonly tls: z.output<ReturnType<typeof tlsSchema>> | null;
}

/** What proves most first. */
const WEIGHT: Readonly<Record<PortState, number>> = {
  open: 0,
  closed: 1,
  filtered: 2,
  unreachable: 3,
  unknown: 4,
};

interface Doors {
  readonly net: Pick<Net, "dial" | "tlsHandshake">;
  readonly clock: Clock;
}

/**
 * Checks a port.
 *
 * @throws {PermissionMissing} `permission.net` if no address may be dialled
 * @throws {RemoteFailure} `remote.connect` if this host could dial none of them, with its own words
 */
export async function checkPort(doors: Doors, request: CheckRequest): Promise<CheckResult> {
  const { target, port, signal } = request;
  const attempts: CheckAttempt[] = [];
  let refused: NetglassError | null = null;
  for (const address of target.addresses.slice(0, MAX_ADDRESSES)) {
    const startMs = doors.clock.monotonicMs();
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]);
    try {
      const { connection, ...outcome } = await connectOnce(
        doors,
        { name: target.name, address, port, judged: target.addresses },
        deadline,
        signal,
      );
      const attempt = { ...outcome, address };
      attempts.push(attempt);
      if (connection !== null) {
        const until = { deadline, endMs: startMs + request.timeoutMs };
        const { banner, tls } = await talk(doors, connection, request, until);
        return { decisive: attempt, attempts, banner, tls };
      }
    } catch (error) {
      // Another address may still be permitted, or reachable from here.
      if (!(error instanceof PermissionMissing || error instanceof RemoteFailure)) throw error;
      refused ??= error;
    }
    if (signal.aborted) break;
  }
  const [decisive] = attempts.toSorted((a, b) => WEIGHT[a.state] - WEIGHT[b.state]);
  if (decisive !== undefined) return { decisive, attempts, banner: null, tls: null };
  throw refused ??
    new RemoteFailure("dns_no_address", `Cannot check "${target.input}": it has no address`, {
      detail: { stage: "resolve", host: target.input },
    });
}

/** Speaks on an open connection and closes it. */
async function talk(
  doors: Doors,
  connection: Connection,
  request: CheckRequest,
  until: { readonly deadline: AbortSignal; readonly endMs: number },
): Promise<Pick<CheckResult, "banner" | "tls">> {
  const { target, port } = request;
  const serverName = target.name ?? connection.remoteAddress;
  let stream = connection;
  let tls: CheckResult["tls"] = null;
  try {
    if (request.tls === "always" || (request.tls === "auto" && expectsTls(port))) {
      const startMs = doors.clock.monotonicMs();
      try {
        const session = await doors.net.tlsHandshake(connection, {
          serverName,
          alpn: alpnOffer(port),
          signal: until.deadline,
        });
        stream = session.stream;
        tls = await tlsReport(session, {
          serverName,
          nowMs: doors.clock.now(),
          handshakeMs: doors.clock.monotonicMs() - startMs,
        });
      } catch (error) {
        if (!(error instanceof NetglassError)) throw error;
        return { banner: null, tls: failedTlsReport(error) };
      }
    }
    // A server that chose HTTP/2 does not understand a HEAD in text.
    if (!request.grabBanner || tls?.alpn === "h2") return { banner: null, tls };
    const banner = await readBanner(stream, {
      httpHost: expectsHttp(port) ? serverName : null,
      waitMs: Math.max(0, Math.min(BANNER_WAIT_MS, until.endMs - doors.clock.monotonicMs())),
      clock: doors.clock,
      signal: until.deadline,
    });
    return { banner, tls };
  } finally {
    stream.close();
  }
}
