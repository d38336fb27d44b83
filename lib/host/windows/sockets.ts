/**
 * The sockets of Windows, from `netstat -ano`.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { SocketRow, Sockets } from "../sockets.ts";
import { askText, wordsIn } from "../text_program.ts";

/** What netstat says in English, and the names that people use. */
const STATES: Readonly<Record<string, string>> = {
  LISTENING: "LISTEN",
  ESTABLISHED: "ESTABLISHED",
  SYN_SENT: "SYN_SENT",
  SYN_RECEIVED: "SYN_RECV",
  FIN_WAIT_1: "FIN_WAIT1",
  FIN_WAIT_2: "FIN_WAIT2",
  CLOSE_WAIT: "CLOSE_WAIT",
  CLOSING: "CLOSING",
  LAST_ACK: "LAST_ACK",
  TIME_WAIT: "TIME_WAIT",
};

/** Reads those of both protocols. @throws {Unavailable} as `askText` */
export async function readWindowsSockets(doors: HostDoors): Promise<Sockets> {
  const { lines, problems } = await askText(doors, "netstat", ["-ano"]);
  const { sockets, unread } = windowsSocketsOf(lines);
  const known = new Set(Object.values(STATES));
  const isForeign = sockets.some(({ protocol, state }) => protocol === "tcp" && !known.has(state));
  return {
    sockets,
    unread,
    isWhole: problems.length === 0 && unread === 0,
    problems: [
      ...problems,
      ...(unread === 0 ? [] : [`${unread} lines of netstat could not be read`]),
      ...(isForeign
        ? ["netstat names states in the language of Windows, which is shown as it is"]
        : []),
    ],
  };
}

/** The rows of a printout: protocol, both ends, the state of TCP, and the process. */
export function windowsSocketsOf(
  lines: readonly string[],
): { readonly sockets: readonly SocketRow[]; readonly unread: number } {
  const sockets: SocketRow[] = [];
  let unread = 0;
  for (const line of lines) {
    const words = wordsIn(line);
    const protocol = words[0] === "TCP" ? "tcp" : words[0] === "UDP" ? "udp" : null;
    if (protocol === null) continue;
    const here = endOf(words[1] ?? "");
    const there = endOf(words[2] ?? "");
    const pid = words.at(-1) ?? "";
    if (here === null || there === null || !/^\d+$/.test(pid)) {
      unread++;
      continue;
    }
    const state = words.slice(3, -1).join(" ");
    const isOpen = there.port === null || there.port === 0;
    sockets.push({
      protocol,
      local_address: here.address,
      local_port: here.port ?? 0,
      remote_address: isOpen ? null : there.address,
      remote_port: isOpen ? null : there.port,
      state: protocol === "udp" ? "UNCONNECTED" : STATES[state] ?? state,
      pid: Number(pid),
      process_name: null,
      receive_queue: 0,
      send_queue: 0,
    });
  }
  return { sockets, unread };
}

/** `0.0.0.0:135`, `[fe80::1%12]:445`, `*:*`. */
function endOf(text: string): { readonly address: string; readonly port: number | null } | null {
  const [, host = "", port = ""] = /^(.+):(\d{1,5}|\*)$/.exec(text) ?? [];
  if (host === "*") return { address: "*", port: port === "*" ? null : Number(port) };
  const address = parseAddressOrNull(host.replace(/^\[|\]$/g, ""), { zone: true });
  if (address === null) return null;
  return {
    address: renderAddress({ ...address, zone: null }),
    port: port === "*" ? null : Number(port),
  };
}
