/**
 * Reads the printout of iputils, BusyBox, inetutils, BSD and macOS ping, IPv4 and IPv6.
 *
 * @module
 */
import { readAddress } from "./hop_address.ts";
import { icmpReason, MAX_LINE, type PingOutput, ProbeCollector } from "./ping_output.ts";

// Numbers have a length that keeps them, and sums of them, finite.

// iputils counts probes from 1 and says "56(84) bytes of data." or "56 data bytes"; the others
// count from 0 and put a colon before "56 data bytes" (macOS ping6: "PING6(56=40+8+8 bytes)").
const ZERO_BASED = /^PING\S* .*\): \d+ data bytes|^PING6\(/;
const REPLY =
  /^\d+ bytes from (\S+?)[:,]?(?: \(\S+\))?[:,]? (?:icmp_)?seq=(\d+)(?: (?:ttl|hlim)=(\d{1,3})\b)?(?: time[=<]([\d.]{1,20}) ?ms)?/;
const ERROR = /^From (\S+?):?(?: \((\S+)\))?:? icmp_seq=(\d+) (.+)$/;
// macOS and BSD: the reporter, the reason, then a dump of the quoted header without a sequence.
const ERROR_WITHOUT_SEQ = /^\d+ bytes from (\S+?)(?: \((\S+)\))?: ([A-Z].+)$/;
const SILENT = /^(?:no answer yet for icmp_seq=|Request timeout for icmp_seq )(\d+)/;
const COUNTS = /^(\d{1,12}) packets transmitted, (\d{1,12}) (?:packets )?received(.*)$/;
const RTT =
  /^(?:rtt|round-trip) min\/avg\/max(?:\/\S+)? = ([\d.]{1,20})\/([\d.]{1,20})\/([\d.]{1,20})(?:\/([\d.]{1,20}|nan))? ms/;

/** Parses what a Unix ping wrote to stdout, whole or cut short. Never throws. */
export function parseUnixPing(text: string): PingOutput {
  const collector = new ProbeCollector();
  let base = 0;
  let counts: { transmitted: number; received: number; duplicates: number } | null = null;
  let rtt: { minMs: number; avgMs: number; maxMs: number; stddevMs: number | null } | null = null;
  for (const raw of text.split("\n")) {
    const line = raw.slice(0, MAX_LINE).trimEnd();
    if (ZERO_BASED.test(line)) {
      base = 1;
      continue;
    }
    const reply = REPLY.exec(line);
    if (reply !== null) {
      const [, , seq, ttl, time] = reply;
      collector.reply(Number(seq) + base, numberOrNull(time), numberOrNull(ttl));
      continue;
    }
    const error = ERROR.exec(line);
    if (error !== null) {
      const [, from = "", inner, seq, what = ""] = error;
      // A redirect (RFC 792) tells of a better first hop; the probe itself goes on.
      if (/^Redirect/i.test(what)) continue;
      collector.unreachable(Number(seq) + base, icmpReason(what), readAddress(inner ?? from));
      continue;
    }
    const silent = SILENT.exec(line);
    if (silent !== null) {
      collector.timeout(Number(silent[1]) + base);
      continue;
    }
    const vague = ERROR_WITHOUT_SEQ.exec(line);
    if (vague !== null) {
      const [, from = "", inner, what = ""] = vague;
      if (/^Redirect/i.test(what)) continue;
      collector.unreachableSomewhere(icmpReason(what), readAddress(inner ?? from));
      continue;
    }
    const closing = COUNTS.exec(line);
    if (closing !== null) {
      const [, transmitted, received, rest = ""] = closing;
      const duplicates = /\+?(\d{1,9}) duplicates/.exec(rest);
      counts = {
        transmitted: Number(transmitted),
        received: Number(received),
        duplicates: Number(duplicates?.[1] ?? 0),
      };
      continue;
    }
    const times = RTT.exec(line);
    if (times !== null) {
      const [minMs, avgMs, maxMs, stddevMs] = times.slice(1).map(numberOrNull);
      if (isNumber(minMs) && isNumber(avgMs) && isNumber(maxMs)) {
        rtt = { minMs, avgMs, maxMs, stddevMs: stddevMs ?? null };
      }
    }
  }
  return {
    probes: collector.finish(counts?.transmitted ?? null),
    statistics: counts === null ? null : { ...counts, rtt },
  };
}

function numberOrNull(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number";
}
