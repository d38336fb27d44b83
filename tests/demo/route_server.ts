/**
 * Route servers on loopback for the demo: each says what a real FRR said when it was recorded
 * (tests/fixtures/looking_glass/transcripts), octet for octet, telnet commands and pager included.
 */
import { serveTelnet, type TelnetPeer, type TelnetServer } from "../support/telnet_server.ts";
import { readTranscript } from "../support/transcript.ts";
import { linesOf, withoutCommands } from "../support/telnet_lines.ts";

/** What the recorded client typed, and what came of it. */
interface Turn {
  readonly typed: string;
  readonly answer: Uint8Array;
}

/** A recorded server, and what it was told. */
export interface RecordedServer extends TelnetServer {
  /** Every line that was not empty. */
  readonly heard: readonly string[];
}

/** How the recording is played. */
export interface Playing {
  /** The connection breaks after so many octets of an answer to `show ip bgp …`. */
  readonly breaksAfter?: number;
}

/** The mark of FRR's pager at the end of a page. */
const PAGER = / --More-- \0$/;

/** Serves a recording until it is disposed of: any recorded command, in any order, as often as asked. */
export async function serveRecording(
  transcript: string,
  { breaksAfter = Infinity }: Playing = {},
): Promise<RecordedServer> {
  const [greeting, ...turns] = turnsOf(transcript);
  const heard: string[] = [];
  const server = await serveTelnet(async (peer) => {
    await peer.send(greeting?.answer ?? "");
    let prompt = "";
    for (let line = await peer.readLine(); line !== "exit"; line = await peer.readLine()) {
      if (line === "") {
        await peer.send(`\r\n${prompt}`);
        continue;
      }
      heard.push(line);
      const at = turns.findIndex(({ typed }) => typed === line);
      const answer = turns[at]?.answer;
      if (answer === undefined) {
        await peer.send(`${line}\r\n% [BGP] Unknown command: ${line}\r\n${prompt}`);
        continue;
      }
      if (line.startsWith("show ip bgp ") && answer.length > breaksAfter) {
        await peer.send(answer.subarray(0, breaksAfter));
        return await peer.reset();
      }
      prompt = /[\w.-]+> $/.exec(textOf(await sendPages(peer, turns.slice(at))))?.[0] ?? prompt;
    }
  });
  return Object.assign(server, { heard });
}

/** Sends an answer, its further pages as SPACE is pressed, and gives the last page. */
async function sendPages(peer: TelnetPeer, turns: readonly Turn[]): Promise<Uint8Array> {
  for (const { answer } of turns) {
    await peer.send(answer);
    if (!PAGER.test(textOf(answer)) || await peer.readKey() !== " ") return answer;
  }
  throw new Error("The recording ends with a page that is not the last");
}

/** The conversation in turns; the first is the greeting. */
function turnsOf(transcript: string): Turn[] {
  const turns = [{ typed: "", pieces: [] as Uint8Array[] }];
  for (const { from, bytes } of readTranscript(transcript)) {
    if (from === "server") turns.at(-1)?.pieces.push(bytes);
    else if (withoutCommands(bytes).length > 0) {
      turns.push({ typed: linesOf(bytes)[0] ?? "", pieces: [] });
    }
  }
  return turns.map(({ typed, pieces }) => ({
    typed,
    answer: Uint8Array.from(pieces.flatMap((piece) => [...piece])),
  }));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
