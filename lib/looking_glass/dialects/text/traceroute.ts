/**
 * Traces that a router made: one hop a line, further answers of the hop on lines without a number.
 *
 * IOS writes `1 gw (192.0.2.1) [AS 64500] 4 msec *`, Linux and NX-OS `1  gw (192.0.2.1)  0.4 ms`,
 * Junos puts `MPLS Label=…` on a line of its own.
 *
 * @module
 */
import { type IpAddress, parseAddressOrNull, renderAddress } from "../../../ip/address.ts";
import type { Parsed, RouterProbe, RouterTrace } from "../../answer.ts";
import { clip, ProblemList } from "./problem_list.ts";
import { readRefusal } from "./refusal.ts";

/** A hop number at the start of a line. */
const HOP = /^ {0,4}(\d{1,3})(?=\s|$)/;
/** In brackets: `[AS 64500]`, `[MPLS: Label 24016 Exp 0]`; in `<>` as Linux has it; else a word. */
const TOKEN = /\[[^\]\n]{0,200}\]|<[^>\n]{0,200}>|\S+/g;
const AS_TAG = /^\[AS ?(\d{1,10})\b/;
const MPLS_TAG = /^[[<](?:MPLS|Label)/;
/** Junos; NX-OS has it in brackets. */
const MPLS_LINE = /^\s+(MPLS Label=.*\S|\[Label=[^\]\n]{1,200}\])/;
const TIME = /^<?\d{1,7}(?:\.\d{1,6})?$/;
const TIME_WITH_UNIT = /^(\d{1,7}(?:\.\d{1,6})?)ms(?:ec)?$/;
const MARK = /^![A-Z0-9<>-]{0,8}$|^[HNPQTUX?]$/;

/** Most hops that a trace can have: the TTL has eight bits. */
const HOPS_MAX = 255;
/** Every system gives up here unless told otherwise. */
const DEFAULT_MAX_HOPS = 30;
/** Most answers that are kept of one hop. */
const PROBES_MAX = 64;
const WORDS_MAX = 120;
/** Most lines, and most characters of one, that are read: no trace has more. */
const LINES_MAX = 4_096;
const LINE_MAX = 2_048;

interface Hop {
  readonly hop: number;
  readonly probes: RouterProbe[];
}

/** Who answers, until the line says otherwise. */
interface Speaker {
  readonly address: string | null;
  readonly name: string | null;
  asn: number | null;
  mpls: string | null;
}

/** Reads what `traceroute` printed. Complete if it came to an end: there, refused, or given up. */
export function readTraceroute(output: string, target: IpAddress): Parsed {
  const refusal = readRefusal(output);
  if (refusal !== null) return { answer: refusal, complete: true, problems: [] };
  const hops: Hop[] = [];
  const problems = new ProblemList();
  const lines = output.split("\n", LINES_MAX + 1);
  if (lines.length > LINES_MAX) problems.add(`The trace has more than ${LINES_MAX} lines`);
  for (const line of lines) readLine(line.slice(0, LINE_MAX), hops, problems);
  const last = hops.at(-1);
  const wanted = renderAddress({ ...target, zone: null });
  const reached = hops.some(({ probes }) => probes.some(({ address }) => address === wanted));
  const refused = last?.probes.some(({ mark }) => mark !== null) === true;
  if (last === undefined) problems.add("The router printed no hop");
  else if (!reached && !refused && last.hop < DEFAULT_MAX_HOPS) {
    problems.add(`The trace ends at hop ${last.hop}, neither at the target nor at a refusal`);
  }
  const answer: RouterTrace = { kind: "traceroute", hops, reached };
  return { answer, complete: problems.count === 0, problems: problems.list() };
}

function readLine(line: string, hops: Hop[], problems: ProblemList): void {
  const number = HOP.exec(line);
  const last = hops.at(-1);
  if (number === null) {
    // Before the first hop there is a heading; behind it come further answers, always indented.
    if (last !== undefined && /^\s+\S/.test(line)) readProbes(line, last);
    return;
  }
  const hop = Number(number[1]);
  if (hop <= (last?.hop ?? 0) || hop > HOPS_MAX) {
    problems.add("A hop is out of order", line);
    return;
  }
  const next: Hop = { hop, probes: [] };
  hops.push(next);
  readProbes(line.slice(number[0].length), next);
}

function readProbes(line: string, { probes }: Hop): void {
  const ofAll = MPLS_LINE.exec(line)?.[1];
  if (ofAll !== undefined) {
    probes.forEach((probe, i) => probes[i] = { ...probe, mpls: probe.mpls ?? shown(ofAll) });
    return;
  }
  let speaker: Speaker = speakerOf(probes.at(-1));
  let pendingTime: string | null = null;
  let timed = false;
  const add = (rttMs: number | null, mark: string | null) => {
    if (probes.length < PROBES_MAX) probes.push({ ...speaker, rttMs, mark });
  };
  for (const [token] of line.matchAll(TOKEN)) {
    const time = TIME_WITH_UNIT.exec(token)?.[1] ??
      (token === "ms" || token === "msec" ? pendingTime : null);
    pendingTime = null;
    if (time !== null) {
      add(Number(time.replace("<", "")), null);
      timed = true;
    } else if (TIME.test(token)) pendingTime = token;
    else if (token === "*") {
      if (probes.length < PROBES_MAX) probes.push({ ...NOBODY, rttMs: null, mark: null });
      timed = false;
    } else if (MARK.test(token)) {
      const before = probes.at(-1);
      if (timed && before !== undefined) probes[probes.length - 1] = { ...before, mark: token };
      else add(null, token);
      timed = false;
    } else if (token.startsWith("[") || token.startsWith("<")) tag(token, speaker);
    else {
      speaker = named(token, speaker);
      timed = false;
    }
  }
}

const NOBODY = { address: null, name: null, asn: null, mpls: null };

/** A continuation line may go on with who spoke last. */
function speakerOf(probe: RouterProbe | undefined): Speaker {
  if (probe === undefined) return { ...NOBODY };
  const { address, name, asn, mpls } = probe;
  return { address, name, asn, mpls };
}

function tag(token: string, speaker: Speaker): void {
  const asn = AS_TAG.exec(token)?.[1];
  if (asn !== undefined && Number(asn) <= 0xffff_ffff) speaker.asn = Number(asn);
  else if (MPLS_TAG.test(token)) speaker.mpls = shown(token.slice(1, -1));
}

/** `192.0.2.1`, or `gw` and then `(192.0.2.1)`. */
function named(token: string, before: Speaker): Speaker {
  const inBrackets = /^\((.+)\)$/.exec(token)?.[1];
  const parsed = parseAddressOrNull(inBrackets ?? token);
  const address = parsed === null ? null : renderAddress(parsed);
  if (inBrackets === undefined) {
    return { ...NOBODY, address, name: address === null ? shown(token) : null };
  }
  // Linux repeats the address where it has no name: `192.0.2.1 (192.0.2.1)`.
  return address === null ? before : { ...before, address };
}

function shown(words: string): string {
  return clip(words, WORDS_MAX);
}
