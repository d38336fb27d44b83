/**
 * An error as a client gets it: as text for a model to act on, and as data.
 *
 * @module
 */
import type { NetglassError } from "../errors/mod.ts";
import { escapeText } from "./escape.ts";

/** The text form of an error, for a model to act on. */
export function renderError(error: NetglassError): string {
  // A configuration error has a line for each problem; within a line nothing breaks it.
  const lines = [
    ...error.message.split("\n").map((line) => escapeText(line)),
    `code: ${error.code}`,
  ];
  if (error.hint !== "") lines.push(`hint: ${escapeText(error.hint)}`);
  if (error.retryable) lines.push("retryable: true");
  const { remote_said: said } = error.detail;
  if (typeof said === "string" && said !== "") lines.push(`remote said: "${escapeText(said)}"`);
  return lines.join("\n");
}

/** An error as data (for `_meta` and for the command line). */
export function errorAsJson(error: NetglassError): Record<string, unknown> {
  const detail: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error.detail)) {
    detail[key] = typeof value === "string" ? escapeText(value) : value;
  }
  return {
    code: error.code,
    message: escapeText(error.message),
    hint: escapeText(error.hint),
    retryable: error.retryable,
    ...(Object.keys(detail).length > 0 ? { detail } : {}),
  };
}
