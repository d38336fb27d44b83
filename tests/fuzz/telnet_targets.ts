/**
 * What route servers send over telnet: the protocol's commands, and the terminal's.
 *
 * @module
 */
import { TelnetMachine } from "../../lib/telnet/machine.ts";
import { MAX_LINE_CHARS, ScreenText } from "../../lib/telnet/screen_text.ts";
import { texts } from "./mutate.ts";
import { choose, fixtures, type FuzzTarget, must, type Outcome } from "./target.ts";

/** Octets that the machine may say over its life: 2 directions, 256 options, 8 answers of 3 octets. */
const MAX_REPLY_BYTES = 2 * 256 * 8 * 3;

interface Reading {
  readonly data: Uint8Array;
  readonly reply: Uint8Array;
  readonly text: string;
  readonly currentLine: string;
}

/** The stream in pieces of `size`, a mark of `mark` characters declared in its middle. */
function read(stream: Uint8Array, size: number, mark: number): Reading {
  const machine = new TelnetMachine(), screen = new ScreenText();
  const half = stream.length >> 1;
  const data: number[] = [], reply: number[] = [];
  for (let at = 0; at < stream.length;) {
    if (at === half) screen.ghostTail(mark);
    const end = Math.min(at + size, at < half ? half : stream.length);
    const received = machine.receive(stream.subarray(at, end));
    data.push(...received.data);
    reply.push(...received.reply);
    screen.write(received.data);
    at = end;
  }
  const { currentLine } = screen;
  return {
    data: Uint8Array.from(data),
    reply: Uint8Array.from(reply),
    text: screen.takeAll(),
    currentLine,
  };
}

function runTelnet(input: Uint8Array): Outcome {
  const [choice, stream] = choose(input);
  const mark = choice >> 4;
  const whole = read(stream, stream.length + 1, mark);
  const pieces = read(stream, 1 + choice % 16, mark);
  must(pieces.data.toHex() === whole.data.toHex(), "a split changed the data");
  must(pieces.reply.toHex() === whole.reply.toHex(), "a split changed the replies");
  must(pieces.text === whole.text, "a split changed the text");
  must(pieces.currentLine === whole.currentLine, "a split changed the current line");
  const { data, reply, text } = whole;
  must(data.length <= stream.length, `${data.length} octets of data came out`);
  must(reply.length <= MAX_REPLY_BYTES, `${reply.length} octets of replies`);
  must(text.length <= data.length, `${text.length} characters out of ${data.length} octets`);
  must(text.isWellFormed(), "half a pair of surrogates is left");
  // deno-lint-ignore no-control-regex -- control characters are what must be gone
  must(!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text), "a control character is left");
  const longest = text.split("\n").reduce((most, line) => Math.max(most, line.length), 0);
  must(longest <= MAX_LINE_CHARS, `a line of ${longest} characters`);
  return `${reply.length > 0} ${data.length === stream.length} ${text.length === data.length} ${
    text.includes("\n")
  } ${whole.currentLine === ""}`;
}

/** Everything that reads a telnet stream. */
export const telnetTargets: readonly FuzzTarget[] = [
  {
    name: "telnet_stream",
    seeds: fixtures("looking_glass/transcripts", /\.s2c\.bin$/)
      .filter((stream) => stream.length < 8_192)
      .map((stream) => Uint8Array.of(0xa7, ...stream)),
    words: [
      ...texts(" --More-- ", "\b\b\b\b\b\b\b\b\b\b", "          ", "\r", "\r\n", "\r\0"),
      ...texts("\x1b[1;31m", "\x1b]0;t\x07", "\x1bP", "\x1b\\", "\x1b(B", "\u009b", "\u009c"),
      ...[
        "fffb01",
        "fffc01",
        "fffd1f",
        "fffe22",
        "fffa1801fff0",
        "fffa",
        "ffff",
        "fff1",
        "c3",
        "ff",
      ]
        .map((hex) => Uint8Array.fromHex(hex)),
    ],
    maxBytes: 8_192,
    run: runTelnet,
  },
];
