/**
 * Recorded answers of FRR 8.4.4, as a dialogue hands them on.
 *
 * @module
 */

const FOLDER = new URL("../fixtures/looking_glass/transcripts/", import.meta.url);

/** The output of `COMMAND` in `frr84__COMMAND.raw` (`state` "v": the second state): no echo, no prompt. */
export function recordedFrr(command: string, state: "" | "v" = ""): string {
  const name = `frr84${state}__${command.replaceAll(/[^A-Za-z0-9.-]/g, "_")}.raw`;
  const lines = Deno.readTextFileSync(new URL(name, FOLDER)).replaceAll("\r\n", "\n").split("\n");
  return lines.slice(1, -1).map((line) => `${line}\n`).join("");
}
