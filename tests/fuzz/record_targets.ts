/**
 * The audit record: files that somebody may have changed, and entries that carry anything.
 *
 * @module
 */
import { createAuditLog, openAuditReader } from "../../lib/audit/audit_log.ts";
import { canonical, loadSha256, makeRecord, readLink, ZERO_HASH } from "../../lib/audit/chain.ts";
import { changeReport } from "../../lib/audit/change_report.ts";
import type { AuditQuery } from "../../lib/audit/record.ts";
import { redactArguments } from "../../lib/audit/redact.ts";
import { segmentName, splitLines } from "../../lib/audit/segment.ts";
import type { AppendFile } from "../../lib/io/append_file.ts";
import { auditLog } from "../../tools/meta/audit_log.ts";
import { entry, tickingClock } from "../support/audit_directory.ts";
import { texts } from "./mutate.ts";
import { asText, attempt, type FuzzTarget, must, mustBePrintable, type Outcome } from "./target.ts";

/** Files in memory, as much of the door as the record uses. */
class MemoryFiles {
  readonly #content = new Map<string, Uint8Array<ArrayBuffer>>();

  put(name: string, bytes: Uint8Array): void {
    this.#content.set(name, bytes.slice());
  }

  get(name: string): Uint8Array {
    return this.#content.get(name) ?? new Uint8Array(0);
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.#content.keys()].sort());
  }

  readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#content.get(nameOf(path)) ?? new Uint8Array(0));
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  openAppend(path: string): Promise<AppendFile> {
    const name = nameOf(path);
    this.put(name, this.get(name));
    return Promise.resolve({
      write: (bytes) => {
        this.put(name, Uint8Array.of(...this.get(name), ...bytes));
        return Promise.resolve();
      },
      sync: () => Promise.resolve(),
      truncate: () => Promise.resolve(),
      close: () => {},
    });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The files of two runs of a server. */
async function writtenRecord(): Promise<readonly Uint8Array[]> {
  const files = new MemoryFiles();
  for (const tools of [["ping", "mtr", "traceroute"], ["dns_lookup", "ping"]]) {
    const log = await createAuditLog({
      path: "/r",
      files,
      clock: tickingClock(),
      complain: () => {},
    });
    for (const tool of tools) await log.append(entry(tool));
    await log.close();
  }
  return [files.get(segmentName(1)), files.get(segmentName(2))];
}

const sha256 = await loadSha256();
const WRITTEN = await writtenRecord();
const QUERIES: readonly AuditQuery[] = [
  { limit: 20 },
  { limit: 5, tool: "ping", outcome: "ok", since: "2026-01-31T08:00:00Z", before_seq: 3 },
  { limit: 5, outcome: "policy.", call_id: "call-ping" },
];

/** Verifies and asks a record of these files; answers the verdict. */
async function readRecord(first: Uint8Array, second: Uint8Array | null): Promise<boolean> {
  const files = new MemoryFiles();
  files.put(segmentName(1), first);
  if (second !== null) files.put(segmentName(2), second);
  const reader = await openAuditReader("/r", files);
  const verdict = await reader.verify();
  must(verdict.ok === (verdict.reason === null), "the verdict contradicts itself");
  mustBePrintable(verdict.reason ?? "", 200, "the reason");
  for (const query of QUERIES) {
    const { records, total, more } = await reader.query(query);
    must(records.length <= query.limit && total >= records.length, "more than was asked for");
    must(more === total > records.length, "it is wrong about more");
    const answer = auditLog.output.safeParse({
      success: true,
      summary: "",
      path: "/r",
      total,
      records,
      report: changeReport("plan", records),
      verified: verdict,
    });
    must(answer.success, `the tool could not answer: ${answer.error}`);
  }
  return verdict.ok;
}

/** One changed file beside one that is whole. Without the key to SHA-256 nothing new can hold. */
async function runTampered(input: Uint8Array): Promise<Outcome> {
  const [first = new Uint8Array(0), second = null] = WRITTEN;
  const beside = await readRecord(input, second);
  must(!beside || startsWithLinesOf(input, first), "a change went unseen");
  // Alone, a file can be the first of the record only.
  const alone = await readRecord(input, null);
  must(!alone || isPrefixOfOne(input), "a changed file holds by itself");
  return `${beside} ${alone}`;
}

function wholeLines(bytes: Uint8Array): string {
  return bytes.subarray(0, bytes.length - splitLines(bytes).torn.length).toHex();
}

/** Nothing was lost or changed up to the link that the second file continues. */
function startsWithLinesOf(bytes: Uint8Array, written: Uint8Array): boolean {
  return wholeLines(bytes) === wholeLines(written);
}

function isPrefixOfOne(bytes: Uint8Array): boolean {
  return WRITTEN.some((written) => wholeLines(written).startsWith(wholeLines(bytes)));
}

/** Lines of JSON, each sealed as somebody who knows the format would, read as a record. */
async function runSealed(input: Uint8Array): Promise<Outcome> {
  let prev = ZERO_HASH;
  const sealed = asText(input).split("\n").flatMap((line) => {
    const parsed = attempt([SyntaxError], (): unknown => JSON.parse(line));
    if (!("value" in parsed) || typeof parsed.value !== "object" || parsed.value === null) {
      return [];
    }
    const { hash: _, ...body } = { ...parsed.value, v: 1, prev, hash: "" };
    const text = attempt([Error], () => canonical(body));
    if ("error" in text) return [];
    prev = sha256(text.value);
    return [canonical({ ...body, hash: prev })];
  });
  const bytes = new TextEncoder().encode(sealed.map((line) => `${line}\n`).join(""));
  for (const line of splitLines(bytes).lines) {
    must("link" in readLink(line, sha256), "a sealed line does not hold");
  }
  return `${await readRecord(bytes, null)} ${await readRecord(bytes, WRITTEN[1] ?? null)}`;
}

/** Arguments of any shape become a record that holds, without a secret and not much longer. */
function runEntry(input: Uint8Array): Outcome {
  const text = asText(input);
  const parsed = attempt([SyntaxError], (): unknown => JSON.parse(text));
  const args = "value" in parsed ? parsed.value : text;
  const redacted = redactArguments({ password: text, args });
  must(redacted?.password === "[redacted]", "a password is shown");
  const record = makeRecord(
    { ...entry(text), args: redacted },
    { seq: 1, timeMs: 0, prev: ZERO_HASH },
    sha256,
  );
  const line = canonical(record);
  must(line.length <= 4_096 + input.length * 12, `a record of ${line.length} characters`);
  const read = readLink(new TextEncoder().encode(line), sha256);
  must("link" in read, `the record does not hold: ${"fault" in read ? read.fault : ""}`);
  return `${typeof args} ${line.includes("not JSON")} ${line.includes(" more")}`;
}

const RECORD_WORDS = texts(
  '"seq":',
  '"event":',
  '"outcome":',
  '"time":',
  '"tool":',
  "\n",
  "null",
  "{",
  '"kind":"file"',
  '"torn_bytes":',
  '"prev_file":',
  "[]",
  "-1",
  "1e300",
  '"first_seq":',
);

/** Everything that reads or writes the record. */
export const recordTargets: readonly FuzzTarget[] = [
  {
    name: "audit_tampered",
    seeds: WRITTEN,
    words: RECORD_WORDS,
    maxBytes: 16_384,
    run: runTampered,
  },
  { name: "audit_sealed", seeds: WRITTEN, words: RECORD_WORDS, maxBytes: 16_384, run: runSealed },
  {
    name: "audit_entry",
    seeds: texts(
      '{"target":"a.example","api_key":"x","list":[1,2,{"token":"t"}]}',
      '{"url":"https://user:pass@host/","deep":{"a":{"b":{"c":{"d":{"e":{"f":1}}}}}}}',
      '{"__proto__":{"a":1},"n":1e300,"t":"\\ud800"}',
    ),
    words: texts('"__proto__":', '"\\ud800"', "//", "@", "{", "[", '"password":', "1e400"),
    maxBytes: 65_535,
    run: runEntry,
  },
];
