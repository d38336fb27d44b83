/**
 * Pings that a router sent: IOS and XR count a success rate, the others say it as Unix programs do.
 *
 * @module
 */
import type { Parsed, RouterPing } from "../../answer.ts";
import { readRefusal } from "./refusal.ts";

/** `Success rate is 80 percent (4/5)`. */
const SUCCESS_RATE = /^Success rate is \d+ percent \((\d{1,9})\/(\d{1,9})\)/m;
/** `5 packets transmitted, 4 received` (Linux), `… 4 packets received` (BSD, NX-OS). */
const TRANSMITTED = /^(\d{1,9}) packets transmitted, (\d{1,9}) (?:packets )?received/m;
/** `min/avg/max = 1/2/4 ms`, behind which Unix has `/mdev` or `/stddev` and a fourth number. */
const TIMES =
  /\bmin\/avg\/max(?:\/[a-z]+)? = (\d{1,9}(?:\.\d{1,9})?)\/(\d{1,9}(?:\.\d{1,9})?)\/(\d{1,9}(?:\.\d{1,9})?)\b/;

/** Reads what `ping` printed. Not complete without the line that counts. */
export function readPing(output: string): Parsed {
  const refusal = readRefusal(output);
  if (refusal !== null) return { answer: refusal, complete: true, problems: [] };
  const rate = SUCCESS_RATE.exec(output);
  const counts = rate === null ? TRANSMITTED.exec(output) : [null, rate[2], rate[1]];
  if (counts === null) {
    return {
      answer: { ...NO_TIMES, kind: "ping", sent: null, received: null },
      complete: false,
      problems: ["The router printed no statistics"],
    };
  }
  return {
    answer: {
      kind: "ping",
      sent: Number(counts[1]),
      received: Number(counts[2]),
      ...times(TIMES.exec(output)),
    },
    complete: true,
    problems: [],
  };
}

const NO_TIMES = { minMs: null, avgMs: null, maxMs: null };

function times(found: RegExpExecArray | null): Pick<RouterPing, "minMs" | "avgMs" | "maxMs"> {
  if (found === null) return NO_TIMES;
  return { minMs: Number(found[1]), avgMs: Number(found[2]), maxMs: Number(found[3]) };
}
