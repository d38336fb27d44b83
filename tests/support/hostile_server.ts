/**
 * What a hostile route server is, and the command line that most of them have.
 *
 * @module
 */
import type { CutReason } from "../../lib/looking_glass/dialogue/dialogue.ts";
import type { Credentials } from "../../lib/looking_glass/dialogue/login.ts";
import type { LoginFailure } from "../../lib/looking_glass/dialogue/login_failure.ts";
import type { TelnetPeer, TelnetScript } from "./telnet_server.ts";

/** What a client must say. */
export type Outcome =
  | { readonly login: LoginFailure }
  | { readonly whole: string }
  | { readonly cut: CutReason; readonly begins?: string };

/** One server. */
export interface HostileServer {
  readonly name: string;
  readonly script: TelnetScript;
  /** What is configured for it; default: nothing. */
  readonly login?: Credentials;
  readonly outcome: Outcome;
  /** Time goes this many times faster for the client, whose patience is long. Default 1. */
  readonly hurry?: number;
}

/** What the client asks each of them. */
export const HOSTILE_COMMAND = "show ip bgp 192.0.2.0/24";

/** The prompt of most of them. */
export const PROMPT = "rs1.example.net> ";
/** What most of them answer. */
export const ANSWER = [
  "BGP routing table entry for 192.0.2.0/24, version 7",
  "Paths: (1 available, best #1, table default)",
  "  64500 64496",
  "    198.51.100.1 from 198.51.100.1 (198.51.100.1)",
  "      Origin IGP, valid, external, best (First path received)",
  "      Last update: Sat Nov 21 10:00:00 2026",
];
/** {@link ANSWER} as a client must hand it on. */
export const ANSWER_TEXT = lines(ANSWER, "\n");

/** Lines with their ends. */
export function lines(texts: readonly string[], end = "\r\n"): string {
  return texts.map((text) => text + end).join("");
}

/** How a command line behaves. */
export interface CommandLine {
  readonly prompt?: string;
  /** What it shows of a line; null: nothing, not even the line end. */
  readonly echo?: (line: string) => string | null;
  /** Answers a line that is not empty. */
  readonly answer?: (peer: TelnetPeer, line: string) => Promise<void>;
  /** What it shows before each prompt. */
  readonly preamble?: string;
}

/** A command line that obeys, but for what is given. */
export async function obey(peer: TelnetPeer, how: CommandLine = {}): Promise<void> {
  const { prompt = PROMPT, preamble = "" } = how;
  const echo = how.echo ?? ((line) => `${line}\r\n`);
  const answer = how.answer ?? ((to) => to.send(lines(ANSWER)));
  for (;;) {
    await peer.send(preamble + prompt);
    const line = await peer.readLine();
    if (line.includes("exit")) return;
    await peer.send(echo(line) ?? "");
    if (line !== "") await answer(peer, line);
  }
}

/** Greets, then {@link obey}. */
export function greets(greeting: string, how: CommandLine = {}): TelnetScript {
  return async (peer) => {
    await peer.send(greeting);
    await obey(peer, how);
  };
}

/** Asks for these, in order, and says which lines it was told. */
export async function ask(peer: TelnetPeer, ...questions: readonly string[]): Promise<string[]> {
  const told: string[] = [];
  for (const question of questions) {
    await peer.send(question);
    told.push(await peer.readLine());
    await peer.send("\r\n");
  }
  return told;
}
