/**
 * The sockets of macOS, from `netstat -anW`, which names no process.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { SocketRow, Sockets } from "../sockets.ts";
import { askText, wordsIn } from "../text_program.ts";

/** Reads those of both protocols. @throws {Unavailable} as `askText` */
export async function readDarwinSockets(doors: HostDoors): Promise<Sockets> {
  const { lines, problems } = await askText(doors, "netstat", ["-anW"]);
  const { sockets, unread } = darwinSocketsOf(lines);
  return {
    sockets,
    unread,
    isWhole: problems.length === 0 && unread === 0,
    problems: [
      ...problems,
      ...(unread === 0 ? [] : [`${unread} lines of netstat could not be read`]),
      "netstat of macOS does not say which process holds a socket",
    ],
  };
}

/** The rows of a printout: protocol, two queues, both ends, and the state of TCP. */
export function darwinSocketsOf(
  lines: readonly string[],
): { readonly sockets: readonly SocketRow[]; readonly unread: number } {
  const sockets: SocketRow[] = [];
  let unread = 0;
  for (const line of lines) {
    const [protocol, receive, send, local = "", remote = "", state] = wordsIn(line);
    const kind = /^(tcp|udp)(?:4|6|46)?$/.exec(protocol ?? "")?.[1];
    if (kind === undefined) continue;
    const here = endOf(local);
    const there = endOf(remote);
    if (here === null || there === null || !/^\d+$/.test(`${receive}${send}`)) {
      unread++;
      continue;
    }
    sockets.push({
      protocol: kind === "tcp" ? "tcp" : "udp",
      local_address: here.address,
      local_port: here.port ?? 0,
      remote_address: there.port === null ? null : there.address,
      remote_port: there.port,
      state: stateOf(state),
      pid: null,
      process_name: null,
      receive_queue: Number(receive),
      send_queue: Number(send),
    });
  }
  return { sockets, unread };
}

/** `192.0.2.1.443`, `fe80::1%en0.53`, `*.5353`, `*.*`: the port stands behind the last dot. */
function endOf(text: string): { readonly address: string; readonly port: number | null } | null {
  const dot = text.lastIndexOf(".");
  const host = text.slice(0, dot);
  const port = text.slice(dot + 1);
  if (dot === -1 || !/^(?:\d{1,5}|\*)$/.test(port)) return null;
  const address = host === "*" ? null : parseAddressOrNull(host, { zone: true });
  if (host !== "*" && address === null) return null;
  return {
    address: address === null ? "*" : renderAddress({ ...address, zone: null }),
    port: port === "*" ? null : Number(port),
  };
}

/** The names that people use; netstat says FIN_WAIT_1 for FIN_WAIT1. */
function stateOf(state: string | undefined): string {
  if (state === undefined) return "UNCONNECTED";
  return state.replace(/^FIN_WAIT_/, "FIN_WAIT").replace("SYN_RCVD", "SYN_RECV");
}
