/**
 * One question in one datagram over node:dgram (`Deno.listenDatagram` is unstable in Deno 2.9.6).
 *
 * Permissions, measured on Deno 2.9.6: binding an ephemeral port needs `--allow-net=0.0.0.0:0`
 * (IPv6: `--allow-net=[::]:0`), sending needs `--allow-net=<address>:<port>`; a deny list that
 * covers `0.0.0.0` also forbids the binding, and then only TCP is left. Both are asked beforehand,
 * because node:dgram throws a refused binding past its caller and calls a refused sending `UNKNOWN`.
 * A refusal by ICMP is not reported: it looks like silence.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RemoteInfo } from "node:dgram";
import { renderEndpoint } from "../config/endpoint.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { sameAddress } from "./address.ts";
import { FAILURE_WORDS, failureOf } from "./failure.ts";
import type { UdpExchange } from "./io.ts";
import { type MissingNet, netDenied, netNotGranted, netState } from "./net_permission.ts";

/** True if the flags permit binding an ephemeral UDP port of the family of `address`. */
export async function mayBindUdp(address: string): Promise<boolean> {
  return await netState(anyAddress(address), 0) === "granted";
}

/**
 * Sends one datagram and waits for the one that `accept` takes.
 *
 * @throws {PermissionMissing} `permission.net` for the local socket or the far side
 * @throws {RemoteFailure} `remote.udp` with `detail.failure`
 */
export async function exchangeUdp(request: UdpExchange): Promise<Uint8Array> {
  const { address, port, signal } = request;
  const subject = renderEndpoint(address, port);
  await demand({
    subject,
    host: address,
    port,
    action: "send to",
    configLine: configLineOf(request),
  });
  await demand({
    subject,
    host: anyAddress(address),
    port: 0,
    action: "open a UDP socket for",
    configLine: configLineOf(request),
  });
  const startedMs = performance.now();
  const dgram = await import("node:dgram");
  if (signal.aborted) throw udpFailed(request, signal.reason, startedMs);
  const socket = dgram.createSocket(address.includes(":") ? "udp6" : "udp4");
  return await new Promise<Uint8Array>((resolve, reject) => {
    let isSettled = false;
    const settle = (act: () => void) => {
      if (isSettled) return;
      isSettled = true;
      signal.removeEventListener("abort", onAbort);
      socket.close(act);
    };
    const fail = (error: unknown) => settle(() => reject(udpFailed(request, error, startedMs)));
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", fail);
    socket.on("message", (message: Uint8Array, from: RemoteInfo) => {
      if (isSettled || from.port !== port || !sameAddress(from.address, address)) return;
      const datagram = new Uint8Array(message);
      if (request.accept(datagram)) settle(() => resolve(datagram));
    });
    socket.bind(0, anyAddress(address), () => {
      if (isSettled) return;
      socket.send(Buffer.from(request.payload), port, address, (error: Error | null) => {
        if (error !== null && error !== undefined) fail(error);
      });
    });
  });
}

function anyAddress(address: string): string {
  return address.includes(":") ? "::" : "0.0.0.0";
}

function configLineOf({ address, port }: UdpExchange): string {
  return `dns.resolvers: ["${renderEndpoint(address, port)}"]`;
}

async function demand(missing: MissingNet): Promise<void> {
  const state = await netState(missing.host, missing.port);
  if (state === "denied") throw netDenied(missing);
  if (state !== "granted") throw netNotGranted(missing);
}

function udpFailed(request: UdpExchange, error: unknown, startedMs: number): RemoteFailure {
  const failure = failureOf(error, request.signal);
  const where = renderEndpoint(request.address, request.port);
  return new RemoteFailure("udp", `Cannot ask "${where}" by UDP: ${FAILURE_WORDS[failure]}`, {
    retryable: failure === "timeout",
    detail: {
      stage: "udp",
      host: request.address,
      failure,
      elapsed_ms: Math.round(performance.now() - startedMs),
    },
    cause: error,
  });
}
