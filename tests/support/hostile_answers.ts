/**
 * Route servers that are hard to listen to.
 *
 * @module
 */
import {
  ANSWER,
  ANSWER_TEXT,
  ask,
  greets,
  type HostileServer,
  lines,
  obey,
  PROMPT,
} from "./hostile_server.ts";
import type { TelnetPeer, TelnetScript } from "./telnet_server.ts";

/** IAC and the commands and options that these servers use. */
const IAC = 255, DONT = 254, DO = 253, WILL = 251, SB = 250, GA = 249, NOP = 241, SE = 240;
const ECHO = 1, SGA = 3, TERMINAL_TYPE = 24, NAWS = 31;

/** Obeys until it is asked something, then does what `answer` does. */
function answers(answer: (peer: TelnetPeer, line: string) => Promise<void>): TelnetScript {
  return greets("\r\nHello\r\n", { answer });
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

/** Hostile behind the prompt. */
export const HOSTILE_ANSWERS: readonly HostileServer[] = [
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
