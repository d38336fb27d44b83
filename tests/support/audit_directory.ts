/**
 * Audit records in directories of their own, for tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createAuditLog, openAuditReader } from "../../lib/audit/audit_log.ts";
import type { AuditEntry, AuditLog, AuditVerdict } from "../../lib/audit/record.ts";
import { files } from "../../lib/io/files.ts";

const START_MS = Date.UTC(2026, 0, 31, 8, 0, 0);

export function entry(tool: string, extra: Partial<AuditEntry> = {}): AuditEntry {
  return {
    event: "outcome",
    call_id: `call-${tool}`,
    tool,
    args: { target: "example.com", note: "ü" },
    decisions: [{ target: "example.com", effect: "allow", rule: "default" }],
    outcome: "ok",
    duration_ms: 1.5,
    change: false,
    ...extra,
  };
}

/** A directory of its own, gone afterwards. */
export async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await act(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

export function tickingClock(stepMs = 1000): { now(): number } {
  let now = START_MS;
  return { now: () => (now += stepMs) };
}

export function open(directory: string, clock = tickingClock()): Promise<AuditLog> {
  return createAuditLog({ path: directory, files, clock, complain: assert.fail });
}

/** Writes one file of records of these tools. */
export async function write(directory: string, ...tools: string[]): Promise<void> {
  const log = await open(directory);
  for (const tool of tools) await log.append(entry(tool));
  await log.close();
}

export async function verify(directory: string): Promise<AuditVerdict> {
  return await (await openAuditReader(directory, files)).verify();
}

export function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
