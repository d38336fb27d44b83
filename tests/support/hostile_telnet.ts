/**
 * Route servers that do what route servers should not, or what few do, and what a client must make
 * of each: the list "Wire" of the looking glass reference.
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

const PROMPT = "rs1.example.net> ";
const ANSWER = [
  "BGP routing table entry for 192.0.2.0/24, version 7",
  "Paths: (1 available, best #1, table default)",
  "  64500 64496",
  "    198.51.100.1 from 198.51.100.1 (198.51.100.1)",
];
const ANSWER_TEXT = lines(ANSWER, "\n");
const GUEST: Credentials = { username: "guest", password: "secret" };

/** IAC and the commands and options that these servers use. */
const IAC = 255, DONT = 254, DO = 253, WILL = 251, SB = 250, GA = 249, NOP = 241, SE = 240;
const ECHO = 1, SGA = 3, TERMINAL_TYPE = 24, NAWS = 31;

function lines(texts: readonly string[], end = "\r\n"): string {
  return texts.map((text) => text + end).join("");
}

/** How a command line behaves. */
interface CommandLine {
  readonly prompt?: string;
  /** What it shows of a line; null: nothing, not even the line end. */
  readonly echo?: (line: string) => string | null;
  /** Answers a line that is not empty. */
  readonly answer?: (peer: TelnetPeer, line: string) => Promise<void>;
  /** What it shows before each prompt. */
  readonly preamble?: string;
}

/** A command line that obeys, but for what is given. */
async function obey(peer: TelnetPeer, how: CommandLine = {}): Promise<void> {
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
function greets(greeting: string, how: CommandLine = {}): TelnetScript {
  return async (peer) => {
    await peer.send(greeting);
    await obey(peer, how);
  };
}

/** Obeys until it is asked something, then does what `answer` does. */
function answers(answer: (peer: TelnetPeer, line: string) => Promise<void>): TelnetScript {
  return greets("\r\nHello\r\n", { answer });
}

/** Asks for these, in order, and says which lines it was told. */
async function ask(peer: TelnetPeer, ...questions: readonly string[]): Promise<string[]> {
  const told: string[] = [];
  for (const question of questions) {
    await peer.send(question);
    told.push(await peer.readLine());
    await peer.send("\r\n");
  }
  return told;
}

/** Shows text in pages with a mark between them; `wipe` is sent after a key. */
async function page(
  peer: TelnetPeer,
  pages: readonly string[],
  mark: string,
  wipe: string,
): Promise<void> {
  for (const [index, text] of pages.entries()) {
    await peer.send(text);
    if (index === pages.length - 1) return;
    await peer.send(mark);
    if (await peer.readKey() !== " ") throw new Error("The pager was not answered with a space");
    await peer.send(wipe);
  }
}

/** A server whose pager shows `mark` between the lines of the answer. */
function paging(mark: string, wipe: string): HostileServer {
  return {
    name: `pager ${JSON.stringify(mark)}`,
    script: answers((peer) =>
      page(peer, [lines(ANSWER.slice(0, 2)), lines(ANSWER.slice(2))], mark, wipe)
    ),
    outcome: { whole: ANSWER_TEXT },
  };
}

const rubOut = (count: number) => "\b".repeat(count) + " ".repeat(count) + "\b".repeat(count);

/** Ends the login of {@link GUEST}. */
const LOGIN = ["login: ", "Password: "] as const;

/** All of them. */
export const HOSTILE_SERVERS: readonly HostileServer[] = [
  // How one gets in.
  { name: "obedient", script: greets("\r\nHello\r\n"), outcome: { whole: ANSWER_TEXT } },
  { name: "no greeting", script: greets(""), outcome: { whole: ANSWER_TEXT } },
  {
    name: "username and password",
    login: GUEST,
    script: async (peer) => {
      const [username] = await ask(peer, "\r\nDebian GNU/Linux 12\r\nrs1 login: ");
      await peer.send("Password: ");
      const password = await peer.readLine();
      if (username !== "guest" || password !== "secret") return;
      await greets("\r\nLast login: Sat Nov 21 01:00:00 UTC 2026 on pts/0\r\n")(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "password only",
    login: { username: null, password: "secret" },
    script: async (peer) => {
      await ask(peer, "\r\nUser Access Verification\r\n\r\nPassword: ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "username only",
    login: { username: "rviews", password: "never-sent" },
    script: async (peer) => {
      await ask(peer, "\r\nUser Access Verification\r\n\r\nUsername: ");
      await obey(peer, { prompt: "route-views>" });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "double login prompt",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, "login: ", "login: ", "Password: ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "press RETURN",
    script: async (peer) => {
      await ask(peer, "\r\nrs1 con0 is now available\r\n\r\nPress RETURN to get started.\r\n\r\n");
      await obey(peer, { prompt: "rs1>" });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "press any key, unfinished",
    script: async (peer) => {
      await ask(peer, "\r\nPress any key to continue...");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "silent acceptance",
    login: GUEST,
    hurry: 20,
    script: async (peer) => {
      await ask(peer, ...LOGIN);
      await peer.readLine();
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "asks for a username that is not configured",
    script: (peer) => peer.send("Username: ").then(() => peer.forever()),
    outcome: { login: "needs_username" },
  },
  {
    name: "asks for a password that is not configured",
    script: (peer) => peer.send("Password: ").then(() => peer.forever()),
    outcome: { login: "needs_password" },
  },
  {
    name: "Login invalid three times, then closes",
    login: GUEST,
    script: async (peer) => {
      for (let attempt = 0; attempt < 3; attempt++) {
        await ask(peer, "\r\nUsername: ", "Password: ");
        await peer.send("% Login invalid\r\n\r\n");
      }
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "Login incorrect, then nothing",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, ...LOGIN);
      await peer.send("Login incorrect\r\n");
      await peer.forever();
    },
    hurry: 20,
    outcome: { login: "bad_credentials" },
  },
  {
    name: "login loop",
    login: GUEST,
    script: async (peer) => {
      for (;;) await ask(peer, ...LOGIN);
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "username loop",
    login: GUEST,
    script: async (peer) => {
      for (;;) await ask(peer, "login: ");
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "Too many users, then closes",
    script: (peer) => peer.send("\r\n% Too many users logged on\r\n"),
    outcome: { login: "too_many_users" },
  },
  {
    name: "no VTY password",
    script: (peer) => peer.send("Vty password is not set.\r\n"),
    outcome: { login: "no_password_set" },
  },
  {
    name: "Connection refused, in words",
    script: (peer) => peer.send("Connection refused by the remote host\r\n"),
    outcome: { login: "refused" },
  },
  { name: "closes at once", script: () => Promise.resolve(), outcome: { login: "closed" } },
  {
    name: "reset at the greeting",
    script: (peer) => peer.send("Hello\r\nrs1> ").then(() => peer.reset()),
    outcome: { login: "closed" },
  },
  {
    name: "reset at the password",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, "login: ");
      await peer.send("Password: ");
      await peer.reset();
    },
    outcome: { login: "closed" },
  },
  { name: "silent", script: (peer) => peer.forever(), outcome: { login: "timeout" } },
  {
    name: "tarpit",
    script: async (peer) => {
      for (;;) await peer.drip("x", 500);
    },
    outcome: { login: "timeout" },
  },
  {
    name: "never the same prompt",
    script: async (peer) => {
      for (let count = 0;; count++) await ask(peer, `rs1:${count}> `);
    },
    outcome: { login: "no_prompt" },
  },
  {
    name: "a prompt that does not come back",
    script: (peer) => peer.send("Hello\r\nrs1> ").then(() => peer.forever()),
    outcome: { login: "no_prompt" },
  },

  // What comes before the prompt.
  {
    name: "endless banner",
    script: async (peer) => {
      for (;;) await peer.send(lines(Array(100).fill("Welcome to the route server")));
    },
    outcome: { login: "endless_greeting" },
  },
  {
    name: "endless banner without a line end",
    script: async (peer) => {
      for (;;) await peer.send("x".repeat(4096));
    },
    outcome: { login: "endless_greeting" },
  },
  {
    name: "banner of 60 kB",
    script: greets(lines(Array(1000).fill(`${"=".repeat(58)}`))),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that looks like prompts",
    script: greets(
      "Route server, contact <noc@example.net>\r\nhost#\r\nrs1.example.net>\r\n" +
        "*> 10.0.0.0/8\r\nUsername: rviews, no password\r\nUnauthorized access is denied\r\n",
    ),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that pauses in the middle of a line, as at a prompt",
    script: async (peer) => {
      await peer.send("Route server. Contact <noc@example.net>");
      await peer.sleep(100);
      await greets(" or host#\r\n")(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that pauses before the password question",
    login: { username: null, password: "secret" },
    script: async (peer) => {
      await peer.send("Route server. Contact <noc@example.net>");
      await peer.sleep(100);
      for (const told of [await ask(peer, "\r\n\r\nPassword: "), await ask(peer, "Password: ")]) {
        if (told[0] === "secret") await obey(peer);
      }
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "late prompt",
    script: async (peer) => {
      await peer.send("Hello\r\n");
      await peer.sleep(300);
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "prompt octet by octet",
    script: async (peer) => {
      await peer.send("Hello\r\n");
      await peer.drip(PROMPT.slice(0, -1), 15);
      await obey(peer, { prompt: " " }).catch(() => {});
    },
    outcome: { login: "no_prompt" },
  },
  {
    name: "prompt that changes after the login",
    script: async (peer) => {
      await ask(peer, "console> ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "Latin-1 banner, colours, title and a cut character",
    script: async (peer) => {
      await peer.send(Uint8Array.of(0x47, 0xfc, 0x6e, 0xe2, 0x82, 13, 10));
      await obey(peer, { prompt: "\x1b]0;rs1\x07\x1b[1;32mrs1.example.net\x1b[0m> " });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "host name of 200 characters",
    script: greets("", { prompt: `${"r".repeat(63)}.${"s".repeat(136)}> ` }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "IOS-XR prompt",
    script: greets("", { prompt: "RP/0/RSP0/CPU0:rs1#" }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "Junos, a line before each prompt",
    script: greets("--- JUNOS 21.4R3 ---\r\n", {
      prompt: "guest@rs1> ",
      preamble: "\r\n{master}\r\n",
    }),
    outcome: { whole: ANSWER_TEXT },
  },

  // Echo and step.
  { name: "no echo", script: greets("", { echo: () => null }), outcome: { whole: ANSWER_TEXT } },
  {
    name: "echoes the line end only",
    script: greets("", { echo: () => "\r\n" }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "wrong echo",
    script: greets("", { echo: (line) => line === "" ? "\r\n" : "show version\r\n" }),
    outcome: { cut: "desynchronised" },
  },
  {
    name: "echo wrapped at 20 columns",
    script: greets("", {
      echo: (line) =>
        line === ""
          ? "\r\n"
          : `${line.slice(0, 3)}\r\n${line.slice(3, 23)}\r\n${line.slice(23)}\r\n`,
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "echo redrawn with backspaces",
    script: greets("", {
      echo: (line) => line === "" ? "\r\n" : `${line}${"\b".repeat(line.length)}${line}\r\n`,
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "echo redrawn with prompt and carriage return",
    script: greets("", {
      echo: (line) => line === "" ? "\r\n" : `\r${" ".repeat(40)}\r${PROMPT}${line}\r\n`,
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "echo scrolled sideways",
    script: greets("", {
      echo: (line) => line === "" ? "\r\n" : `${line.slice(0, 5)}\b\b\b\b\b$${line.slice(10)}\r\n`,
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "late answer of an earlier command",
    script: greets("", { echo: (line) => line === "" ? "\r\n" : `% Late\r\n${PROMPT}${line}\r\n` }),
    outcome: { cut: "desynchronised" },
  },
  {
    name: "prompt once more before the echo",
    script: greets("", { echo: (line) => line === "" ? "\r\n" : `\r\n${PROMPT}${line}\r\n` }),
    outcome: { whole: ANSWER_TEXT },
  },

  // Telnet.
  {
    name: "IAC split over reads, and doubled",
    script: async (peer) => {
      for (const octet of [IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DO, NAWS, IAC, SB, 24, 1]) {
        await peer.send(Uint8Array.of(octet));
        await peer.sleep(2);
      }
      await peer.send(Uint8Array.of(IAC, IAC, 7, IAC, SE, IAC, NOP));
      await obey(peer, {
        answer: async () => {
          await peer.send(Uint8Array.of(0x61, IAC));
          await peer.sleep(2);
          await peer.send(Uint8Array.of(IAC, 0x62, 13, 0, 10, IAC, GA));
        },
      });
    },
    outcome: { whole: "a\ufffdb\n" },
  },
  {
    name: "options without end",
    script: async (peer) => {
      const storm = Uint8Array.from(
        Array.from(
          { length: 3000 },
          (_, index) => [IAC, index % 2 === 0 ? DO : DONT, TERMINAL_TYPE],
        )
          .flat(),
      );
      await peer.send(storm);
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "subnegotiation of 40 kB",
    script: async (peer) => {
      await peer.send(Uint8Array.of(IAC, SB, NAWS));
      await peer.send(new Uint8Array(40_000).fill(7));
      await peer.send(Uint8Array.of(IAC, SE));
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "CR CR LF, CR NUL and LF alone",
    script: greets("Hello\r\r\n", {
      answer: (peer) => peer.send("one\r\r\ntwo\r\0\nthree\n"),
    }),
    outcome: { whole: "one\ntwo\nthree\n" },
  },

  // Pagers.
  paging(" --More-- ", rubOut(10)),
  paging("--More--", `\r${" ".repeat(8)}\r`),
  paging("<--- More --->", `\r${" ".repeat(14)}\r`),
  paging("---- More ----", `\r${" ".repeat(14)}\r`),
  paging("---(more)---", `\r${" ".repeat(40)}\r`),
  paging("---(more 12%)---", `\r${" ".repeat(40)}\r`),
  paging("-- MORE --, next page: Space, next line: Enter, quit: Control-C", "\r\x1b[K"),
  paging("lines 1-23", "\r\x1b[K"),
  {
    name: "less that ends",
    script: answers(async (peer) => {
      await peer.send(`${lines(ANSWER)}(END)`);
      if (await peer.readKey() === "q") await peer.send("\r\x1b[K");
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "pager in the middle of a line, then of JSON",
    script: answers((peer) =>
      page(
        peer,
        ['{\r\n "path":"645', '00 64496",\r\n "valid":tr', "ue\r\n}\r\n"],
        " --More-- \0",
        rubOut(10),
      )
    ),
    outcome: { whole: '{\n "path":"64500 64496",\n "valid":true\n}\n' },
  },
  {
    name: "pager text inside data",
    script: answers((peer) =>
      peer.send("description one --More-- two\r\n--More--\r\nlines 1-23\r\n(END)\r\n")
    ),
    outcome: { whole: "description one --More-- two\n--More--\nlines 1-23\n(END)\n" },
  },
  {
    name: "pager loop",
    script: answers(async (peer) => {
      for (;;) {
        await peer.send("--More--");
        await peer.readKey();
        await peer.send(rubOut(8));
      }
    }),
    outcome: { cut: "stalled" },
  },
  {
    name: "pages without end",
    script: answers(async (peer) => {
      for (;;) {
        await peer.send("64500 64496\r\n".repeat(1000) + " --More-- ");
        await peer.readKey();
        await peer.send(rubOut(10));
      }
    }),
    outcome: { cut: "size", begins: "64500 64496\n64500" },
  },

  // The answer.
  {
    name: "an answer without a line",
    script: answers(() => Promise.resolve()),
    outcome: { whole: "" },
  },
  {
    name: "prompt-looking text in data",
    script: answers((peer) =>
      peer.send(
        `<noc@example.net>\r\nhost# \r\n*> 10.0.0.0/8\r\n${PROMPT}show\r\n${PROMPT}\r\nend\r\n`,
      )
    ),
    outcome: {
      whole: `<noc@example.net>\nhost# \n*> 10.0.0.0/8\n${PROMPT}show\n${PROMPT}\nend\n`,
    },
  },
  {
    name: "prompt behind a last line that is not ended",
    script: answers((peer) => peer.send('{\r\n "paths":[]\r\n}')),
    outcome: { whole: '{\n "paths":[]\n}\n' },
  },
  {
    name: "prompt in the middle of a line, where the router pauses",
    script: answers(async (peer) => {
      await peer.send(`one\r\ndescription ${PROMPT}`);
      await peer.sleep(700);
      await peer.send("two\r\n");
    }),
    outcome: { whole: `one\ndescription ${PROMPT}two\n` },
  },
  {
    name: "closes behind the prompt",
    script: answers(async (peer) => {
      await peer.send(lines(ANSWER) + PROMPT);
      peer.close();
    }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "output, then the end",
    script: answers(async (peer) => {
      await peer.send("one\r\ntwo\r\nthr");
      peer.close();
    }),
    outcome: { cut: "closed", begins: "one\ntwo\nthr" },
  },
  {
    name: "reset at the command",
    script: async (peer) => {
      await ask(peer, PROMPT);
      await peer.send(PROMPT);
      await peer.reset();
    },
    outcome: { cut: "reset" },
  },
  {
    name: "no prompt behind the output",
    script: answers((peer) => peer.send(lines(ANSWER)).then(() => peer.forever())),
    outcome: { cut: "deadline", begins: ANSWER_TEXT },
  },
  {
    name: "silent at the command",
    script: answers((peer) => peer.forever()),
    outcome: { cut: "deadline", begins: "" },
  },
  {
    name: "tarpit at the command",
    hurry: 20,
    script: answers(async (peer) => {
      for (;;) await peer.drip("x", 25);
    }),
    outcome: { cut: "stalled", begins: "xxx" },
  },
  {
    name: "endless output",
    script: answers(async (peer) => {
      for (;;) await peer.send("*> 10.0.0.0/24 192.0.2.1 0 64500 i\r\n".repeat(100));
    }),
    outcome: { cut: "size", begins: "*> 10.0.0.0/24" },
  },
  {
    name: "flood of 100 MB without a line end",
    script: answers(async (peer) => {
      const block = new Uint8Array(1 << 20).fill(0x78);
      for (let sent = 0; sent < 100; sent++) await peer.send(block);
    }),
    outcome: { cut: "size", begins: "xxx" },
  },
];
