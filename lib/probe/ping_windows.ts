/**
 * Reads the printout of Windows ping in English, IPv4 and IPv6. Windows prints no sequence numbers:
 * the order of lines is the order of probes. Localized printouts are out of scope and show as a
 * printout without statistics.
 *
 * @module
 */
import { readAddress } from "./hop_address.ts";
import { icmpReason, MAX_LINE, type PingOutput, ProbeCollector } from "./ping_output.ts";

// Numbers have a length that keeps them, and sums of them, finite.

// IPv6 replies carry neither size nor TTL.
const REPLY = /^Reply from (\S+): (?:bytes=\d+ )?time([=<])(\d{1,9})ms(?: TTL=(\d{1,3})\b)?/;
const ERROR = /^(?:Reply from (\S+): )?((?:Destination|TTL expired|Time to live|Packet needs).+)$/;
const SILENT = /^Request timed out\.|^General failure\.|^PING: transmit failed/;
const COUNTS = /^\s*Packets: Sent = (\d{1,9}), Received = (\d{1,9}), Lost = \d+/;
const RTT = /^\s*Minimum = (\d{1,9})ms, Maximum = (\d{1,9})ms, Average = (\d{1,9})ms/;

/** Parses what Windows ping wrote to stdout, whole or cut short. Never throws. */
export function parseWindowsPing(text: string): PingOutput {
  const collector = new ProbeCollector();
  let seq = 0;
  let unreachable = 0;
  let counts: { transmitted: number; received: number } | null = null;
  let rtt: { minMs: number; avgMs: number; maxMs: number; stddevMs: null } | null = null;
  for (const raw of text.split("\n")) {
    const line = raw.slice(0, MAX_LINE).trimEnd();
    const reply = REPLY.exec(line);
    if (reply !== null) {
      const [, , sign, time, ttl] = reply;
      // "time<1ms": below what the program resolves; half of it is the fairest single number.
      const rttMs = sign === "<" ? Number(time) / 2 : Number(time);
      collector.reply(++seq, rttMs, ttl === undefined ? null : Number(ttl));
      continue;
    }
    const error = ERROR.exec(line);
    if (error !== null) {
      const [, from, what = ""] = error;
      // Windows counts an error that another host sent as received.
      if (from !== undefined) unreachable++;
      collector.unreachable(
        ++seq,
        icmpReason(what),
        from === undefined ? null : readAddress(from),
      );
      continue;
    }
    if (SILENT.test(line)) {
      collector.timeout(++seq);
      continue;
    }
    const closing = COUNTS.exec(line);
    if (closing !== null) {
      counts = { transmitted: Number(closing[1]), received: Number(closing[2]) };
      continue;
    }
    const times = RTT.exec(line);
    if (times !== null) {
      const [, min, max, avg] = times;
      rtt = { minMs: Number(min), maxMs: Number(max), avgMs: Number(avg), stddevMs: null };
    }
  }
  return {
    probes: collector.finish(counts?.transmitted ?? null),
    statistics: counts === null ? null : {
      transmitted: counts.transmitted,
      received: Math.max(0, counts.received - unreachable),
      duplicates: 0,
      rtt,
    },
  };
}
