/**
 * Runs a program whose switches differ between its makers: the first set of switches that it does
 * not refuse, remembered for the next call.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import type { Program, ProgramCall, ProgramResult, Programs } from "../io/io.ts";

/** Refusals of an unknown switch or number form: getopt, BusyBox, BSD. */
const REFUSED =
  /(invalid|unrecognized|unknown|illegal|bad) (option|number|argument)|option .*(requires|unknown)|BusyBox v/i;

// Which set a program took, per door: tests and servers do not share memory.
const accepted = new WeakMap<Programs, Map<Program, number>>();

/**
 * Runs `call` with each of `optionSets` until the program takes one. Never empty.
 *
 * @throws {Unavailable} `env.program_absent` @throws {PermissionMissing} `permission.run`
 */
export async function runAccepted(
  programs: Programs,
  optionSets: readonly [readonly string[], ...(readonly string[])[]],
  call: Omit<ProgramCall, "options">,
): Promise<ProgramResult> {
  const known = accepted.get(programs) ?? new Map<Program, number>();
  accepted.set(programs, known);
  let index = Math.min(known.get(call.program) ?? 0, optionSets.length - 1);
  for (;;) {
    const result = await programs.run({ ...call, options: optionSets[index] ?? optionSets[0] });
    const refused = result.ended === "exit" && result.code !== 0 && result.stdout === "" &&
      REFUSED.test(result.stderr);
    if (refused && index + 1 < optionSets.length) {
      index++;
      continue;
    }
    if (!refused) known.set(call.program, index);
    return result;
  }
}

/** The first line that a failed program wrote, capped: evidence for a person, never an instruction. */
export function programSaid(result: ProgramResult): string {
  const line = result.stderr.split("\n").map((text) => text.trim()).find((text) => text !== "");
  return (line ?? "").slice(0, 200);
}

/** The error of a program that ended without an answer, from what it said. */
export function programFailure(
  program: Program,
  action: string,
  result: ProgramResult,
): Unavailable {
  const said = programSaid(result);
  const detail = { program, exit_code: result.code, program_said: said };
  if (/privilege|not permitted|permission denied|are you root|raw socket/i.test(said)) {
    return new Unavailable("raw_sockets", `${action}: "${program}" lacks the privilege`, {
      hint:
        `Give it the capability (setcap cap_net_raw+ep on the file of ${program}), or run the server as root.`,
      detail,
    });
  }
  if (/unreachable|no route to host|transmit failed/i.test(said)) {
    return new Unavailable("no_route", `${action}: this host has no route to it`, {
      hint: "Check the routing table and the addresses of this host (ip route, ip -6 route).",
      retryable: true,
      detail,
    });
  }
  if (/family not supported|cannot assign requested address/i.test(said)) {
    return new Unavailable("address_family", `${action}: this host lacks that IP family`, {
      hint: 'Use family "ipv4", or enable IPv6 on this host.',
      detail,
    });
  }
  if (REFUSED.test(result.stderr)) {
    return new Unavailable("program_version", `${action}: this "${program}" lacks a switch`, {
      hint: `Install a current ${program} (iputils, traceroute 2.1, mtr 0.95).`,
      detail,
    });
  }
  return new Unavailable("program_failed", `${action}: "${program}" gave no answer to read`, {
    hint: said === ""
      ? "Its printout must be English; only that is understood on Windows."
      : "detail.program_said holds its own words.",
    detail,
  });
}
