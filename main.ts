/**
 * The command line of netglass.
 *
 * @module
 */
import { parseCommandLine, UsageError } from "./lib/cli/args.ts";
import { complain, print } from "./lib/cli/terminal.ts";

async function main(argv: readonly string[]): Promise<number> {
  let command;
  try {
    command = parseCommandLine(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const topic = error.topic === null ? "" : ` ${error.topic}`;
    complain(`netglass: ${error.message}\nSee: netglass help${topic}`);
    return 2;
  }
  if (command.name === "help") {
    const { helpText } = await import("./lib/cli/help.ts");
    print(helpText(command.topic).trimEnd());
    return 0;
  }
  const { run } = await import("./lib/cli/run.ts");
  return await run(command, import.meta.url);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
