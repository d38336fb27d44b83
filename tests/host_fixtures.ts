/**
 * Recorded printouts of `ip` and `ss` (`tests/fixtures/host`), and an `ip` that prints them.
 *
 * @module
 */
import type { ProgramCall } from "../lib/io/io.ts";
import { type Scripted, type ScriptedPrograms, scriptedPrograms } from "./scripted_programs.ts";

/** The text of a fixture. */
export function hostFixture(name: string): string {
  return Deno.readTextFileSync(new URL(`./fixtures/host/${name}`, import.meta.url));
}

/** The list of a JSON fixture. */
export function hostEntries(name: string): Record<string, unknown>[] {
  return JSON.parse(hostFixture(name));
}

/** Programs that print the recorded tables; `changed` answers first where it has an answer. */
export function recordedHost(
  changed: (call: ProgramCall) => Scripted | undefined = () => undefined,
): ScriptedPrograms {
  return scriptedPrograms((call) => changed(call) ?? { stdout: recorded(call) });
}

function recorded({ program, options }: ProgramCall): string {
  if (program === "ss") return hostFixture("ss.txt");
  const has = (word: string): boolean => options.includes(word);
  if (has("link")) return hostFixture("link.json");
  if (has("addr")) return hostFixture("addr.json");
  if (has("neigh")) return hostFixture("neigh.json");
  if (has("netns")) return '[{"name":"blue"},{"name":"amber","id":0}]';
  const family = has("-6") ? "6" : "4";
  if (has("rule")) return hostFixture(`rule${family}.json`);
  if (has("get")) throw new Error("The kernel's answer is not recorded: give it in the test");
  const routes = hostEntries(`route${family}.json`);
  if (!has("exact")) return JSON.stringify(routes);
  const isMainDefault = ({ dst, table }: Record<string, unknown>): boolean =>
    dst === "default" && table === "main";
  return JSON.stringify(routes.filter(isMainDefault));
}
