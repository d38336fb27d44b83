/**
 * A route server on loopback that gives recorded answers, and notes every octet that it is sent.
 *
 * @module
 */
import { serveTelnet, type TelnetPeer, type TelnetServer } from "./telnet_server.ts";

/** What it says. */
export interface RouteServerBehaviour {
  readonly greeting?: string;
  /** Default: `rs1.example.net> `. */
  readonly prompt?: string;
  /** Asked for before the prompt; another one is refused. */
  readonly password?: string;
  /** Answers by command, lines ended by `\n`, or what answers them; to others `refusal`. */
  readonly answers?:
    | Readonly<Record<string, string>>
    | ((command: string, peer: TelnetPeer) => string | undefined | Promise<string | undefined>);
  /** Default: as FRR refuses. */
  readonly refusal?: string;
}

/** A route server and what it was told. */
export interface RouteServer extends TelnetServer {
  /** Every line that was not empty, the password too. */
  readonly heard: readonly string[];
}

/** Serves it until it is disposed of. */
export async function serveRoutes(
  {
    greeting = "\r\nHello, this is a route server.\r\n\r\n",
    prompt = "rs1.example.net> ",
    password,
    answers = {},
    refusal = "% Unknown command.\n",
  }: RouteServerBehaviour = {},
): Promise<RouteServer> {
  const heard: string[] = [];
  const answerTo = typeof answers === "function" ? answers : (command: string) => answers[command];
  const server = await serveTelnet(async (peer) => {
    await peer.send(greeting);
    if (password !== undefined) {
      await peer.send("Password: ");
      const said = await peer.readLine();
      heard.push(said);
      await peer.send("\r\n");
      if (said !== password) return await peer.send("% Bad passwords\r\n");
    }
    for (;;) {
      await peer.send(prompt);
      const line = await peer.readLine();
      if (line.includes("exit")) {
        // What else it is sent counts as well.
        for (;;) await peer.receive();
      }
      await peer.send(`${line}\r\n`);
      if (line === "") continue;
      heard.push(line);
      const answer = /^(?:terminal length 0|set cli screen-length 0)$/.test(line)
        ? ""
        : await answerTo(line, peer) ?? refusal;
      await peer.send(answer.replaceAll("\n", "\r\n"));
    }
  });
  // Not spread: its counts are read as they are at that time.
  return Object.assign(server, { heard });
}
