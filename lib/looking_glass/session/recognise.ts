/**
 * Which dialect a server speaks: told by its greeting, its prompt, or its answer to a probe.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { CommandLimits, CutReason, Dialogue } from "../dialogue/dialogue.ts";
import type { RouterCommand } from "../router_command.ts";

/** What is asked of the dialogue. */
type Speaker = Pick<Dialogue, "greeting" | "prompt" | "isUsable" | "run">;

/** Characters of what an unknown server said that its error quotes. */
const SAID_CHARS = 200;

/**
 * Finds the dialect, the probes sent one after the other, each once.
 *
 * @throws {RemoteFailure} `remote.dialect` if none fits; what {@link Dialogue.run} throws
 */
export async function recognise(
  dialogue: Speaker,
  dialects: readonly Dialect[],
  limits: CommandLimits,
  host: string,
): Promise<Dialect> {
  const greeted = signedBy(dialects, dialogue.greeting) ??
    dialects.find(({ prompts }) => prompts.some((pattern) => pattern.test(dialogue.prompt)));
  if (greeted !== undefined) return greeted;
  let said = "";
  let failure: CutReason | null = null;
  for (const probe of probesOf(dialects)) {
    const { text, complete, reason } = await dialogue.run(probe, limits);
    const found = signedBy(dialects, text);
    if (found !== undefined) return found;
    said ||= text;
    failure = reason;
    if (!complete || !dialogue.isUsable) break;
  }
  throw new RemoteFailure("dialect", `Cannot tell which routing software "${host}" runs`, {
    hint: `Set dialect of this server in looking_glass.servers: ${
      dialects.map(({ name }) => name).join(", ")
    }.`,
    detail: { stage: "dialect", host, failure, remote_said: said.slice(0, SAID_CHARS) },
  });
}

function signedBy(dialects: readonly Dialect[], text: string): Dialect | undefined {
  return dialects.find(({ signatures }) => signatures.some((pattern) => pattern.test(text)));
}

/** What most understand comes first. */
function probesOf(dialects: readonly Dialect[]): readonly RouterCommand[] {
  const counts = new Map<RouterCommand, number>();
  for (const { probe } of dialects) counts.set(probe, (counts.get(probe) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([probe]) => probe);
}
