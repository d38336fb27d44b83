/**
 * The help texts, one per command.
 *
 * @module
 */

const COMMON = `
Options of every command
  --config FILE               configuration file (default: NETGLASS_CONFIG, then the user's
                              config folder; ./config.yaml may only tighten)
  --toolsets a,b              toolsets or presets (slim, default, all)
  --tools x,y                 exactly these tools, whatever the toolsets say
  --exclude-tools z           never these tools
  --read-only                 no tool that changes anything
  --accept-wider-permissions  start although Deno was given more than the policy needs
  -h, --help                  this text

Precedence: --read-only > --exclude-tools > --tools > --toolsets > default;
command line > environment (NETGLASS_*) > file > default.
`;

const TOPICS: Readonly<Record<string, string>> = {
  serve: `netglass [serve] [--http HOST:PORT]

Speaks MCP on stdin and stdout, or Streamable HTTP at http://HOST:PORT/mcp.
Anything but loopback needs a bearer token (http.tokens).
Ends on end of stdin (stdio), SIGTERM or SIGINT, within 5 seconds, exit 0.
`,
  call: `netglass call TOOL ['{json}'] [--pretty]

Runs one tool as an MCP client would and prints its structured result as JSON.
  --pretty    for a person: the summary and a table
Exit: 0 answered, 1 tool error (the error as JSON on stdout), 2 usage.
`,
  tools: `netglass tools [--json]

Lists the enabled tools; --json prints tools/list as a client sees it.
`,
  permissions: `netglass permissions [--format flags|json|deno-json|mcp|compile] [--http HOST:PORT]

Derives the least Deno permissions for the current configuration and tools.
  flags       one line for "deno run"            (default)
  json        every entry with the reason for it
  deno-json   a permission set for deno.json
  mcp         an entry for an MCP client
  compile     a "deno compile" command line
`,
  init: `netglass init [--out DIR] [--force]

Writes netglass.mcp.json (an MCP client entry) and netglass.deno.json (a
permission set) for the current configuration into DIR (default: here).
Needs write permission for DIR: deno run --allow-read --allow-env --allow-write=. main.ts init
  --force     overwrite what is there
`,
  doctor: `netglass doctor

What works here and what does not: programs, permissions, policy, configuration.
The capabilities tool, for a person.
`,
  audit: `netglass audit verify [--path DIR] [--json]

Verifies the hash chain of the audit record (default: audit.path).
Exit: 0 intact, 1 broken.
`,
  version: `netglass version

Prints the version of netglass and of Deno.
`,
};

/** The help text of `topic`, or the overview. */
export function helpText(topic: string | null): string {
  const own = topic === null ? undefined : TOPICS[topic];
  if (own !== undefined) return topic === "version" ? own : own + COMMON;
  return `netglass: eyes on a network for AI agents and the engineers beside them, behind Deno's fence

Usage: deno run <permissions> main.ts [COMMAND]

  serve        speak MCP on stdio (default) or --http
  call         run one tool and print the result
  tools        list the enabled tools
  permissions  print the Deno permissions that this configuration needs
  init         write an MCP client entry and a permission set
  doctor       say what works here
  audit        verify the audit record
  version      print versions
  help         this text, or help COMMAND
${COMMON}`;
}
