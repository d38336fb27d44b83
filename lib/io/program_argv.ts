/**
 * The command line of a program, checked a second time at the door: what reaches a child is made of
 * switches, numbers, fixed words and judged hosts, whatever the rooms above let through.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import type { ProgramCall, Programs } from "./io.ts";
import { isIpChange } from "./ip_change_argv.ts";

/** A switch (`-n`, `--json`, `-w=1.5`, Windows `/d`), a number, or one lower-case word (`do`, `route`). */
const OPTION =
  /^(?:-{1,2}[A-Za-z0-9][A-Za-z0-9-]{0,31}(?:=[A-Za-z0-9.]{1,32})?|\/[A-Za-z0-9]{1,3}|[0-9]{1,9}(?:\.[0-9]{1,6})?|[a-z][a-z0-9]{0,15})$/;

/** What `ip` may be asked: it can also run programs (`netns exec`), so it gets a list of its own. */
const IP_OPTION =
  /^(?:-(?:j|json|d|details|s|stats|statistics|4|6|N|Numeric|p|pretty)|addr|address|link|route|rule|neigh|neighbour|netns|tunnel|maddr|maddress|list|show|get|match|exact|default|nud|table|all|to|from|oif|mark)$/;

/** Words of `ip` behind which an address may stand. */
const IP_ADDRESS_FOLLOWS: ReadonlySet<string> = new Set(["get", "from", "match"]);

/** A name of an interface (Linux takes 15 octets without blanks and slashes), no switch. */
const INTERFACE_NAME = /^(?!-)[^/\s\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]{1,15}$/u;

/** A mark of 32 bits, decimal. */
const MARK = /^(?:0|[1-9][0-9]{0,9})$/;

/** A host name: labels of letters, digits, hyphens and underscores (RFC 1123 §2.1, RFC 8552). */
const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;

/** Programs read a last label like this as part of an IPv4 address (inet_aton spellings). */
const NUMERIC_LAST_LABEL = /(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)$/;

/**
 * The arguments after the program's name: `[...options, "--", operand]`, without `--` on Windows.
 *
 * @throws {InputError} `input.target` if the operand is no canonical address and no host name
 * @throws {TypeError} if an option is not of the fixed kinds: a fault of the caller
 */
export function argvOf(
  call: Pick<ProgramCall, "program" | "options" | "operand">,
  platform: Programs["platform"],
): string[] {
  if (call.program === "ip" && call.operand === undefined && isIpChange(call.options)) {
    return [...call.options];
  }
  for (const [index, option] of call.options.entries()) {
    const isAllowed = call.program === "ip"
      ? isIpOption(option, call.options[index - 1] ?? "")
      : OPTION.test(option);
    if (!isAllowed) {
      throw new TypeError(
        `Cannot run "${call.program}": option ${JSON.stringify(option)} is none of the fixed kinds`,
      );
    }
  }
  if (call.operand === undefined) return [...call.options];
  if (!isOperand(call.operand)) {
    throw new InputError(
      "target",
      `Cannot run "${call.program}" with ${
        JSON.stringify(call.operand.slice(0, 80))
      }: it is neither an address nor a host name`,
      { hint: 'Give an address or a host name, for example "192.0.2.1" or "example.com".' },
    );
  }
  return platform === "windows"
    ? [...call.options, call.operand]
    : [...call.options, "--", call.operand];
}

/** `ip` takes no `--`: its words are judged by the word before them. */
function isIpOption(option: string, before: string): boolean {
  if (before === "oif") return INTERFACE_NAME.test(option);
  if (IP_OPTION.test(option)) return true;
  if (IP_ADDRESS_FOLLOWS.has(before)) return isCanonicalAddress(option);
  return before === "mark" && MARK.test(option);
}

function isCanonicalAddress(text: string): boolean {
  const address = parseAddressOrNull(text, { zone: true });
  return address !== null && renderAddress(address) === text;
}

function isOperand(text: string): boolean {
  if (parseAddressOrNull(text, { zone: true }) !== null) return isCanonicalAddress(text);
  return HOST_NAME.test(text) && !NUMERIC_LAST_LABEL.test(text);
}
