/**
 * From a connection to a dialogue.
 *
 * @module
 */
import type { Connection } from "../../io/io.ts";
import type { Dialogue } from "./dialogue.ts";
import { logIn, type LoginOptions } from "./login.ts";
import { TelnetDialogue } from "./telnet_dialogue.ts";
import { Wire } from "./wire.ts";

/**
 * Logs in and learns the prompt. The dialogue owns the connection, which is closed on failure; the
 * signal of the options is for the login only.
 *
 * @throws {RemoteFailure} `remote.login` with `detail.failure` a `LoginFailure`
 */
export async function openDialogue(
  connection: Connection,
  options: LoginOptions,
): Promise<Dialogue> {
  const wire = new Wire(connection, options.clock);
  try {
    const loggedIn = await logIn(wire, options);
    return new TelnetDialogue({ wire, loggedIn, clock: options.clock, host: options.host });
  } catch (error) {
    wire.close();
    throw error;
  }
}
