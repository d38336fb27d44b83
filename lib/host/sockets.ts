/**
 * The TCP and UDP sockets of this host, on Linux from `ss`, which prints text only.
 *
 * @module
 */
import { z } from "zod";
import { InputError, PermissionMissing, Unavailable } from "../errors/mod.ts";
import type { Programs } from "../io/io.ts";
import type { HostDoors } from "./ip_program.ts";

/** The schema of one socket. */
export const socketRow = () =>
  z.object({
    protocol: z.enum(["tcp", "udp"]),
    local_address: z.string().describe("* : IPv6 and IPv4, any address"),
    local_port: z.number(),
    remote_address: z.string().nullable(),
    remote_port: z.number().nullable(),
    state: z.string(),
    pid: z.number().nullable(),
    process_name: z.string().nullable(),
    interface: z.string().optional().describe("The one that it is bound to"),
    receive_queue: z.number().describe("Bytes; of a listener: connections to accept"),
    send_queue: z.number().describe("Bytes; of a listener: its backlog"),
    other_pids: z.array(z.number()).optional().describe("Further processes that hold it"),
  });

/** One socket. */
export type SocketRow = z.output<ReturnType<typeof socketRow>>;

/** All sockets. */
export interface Sockets {
  readonly sockets: readonly SocketRow[];
  /** Lines that are no socket. */
  readonly unread: number;
  /** False: sockets are missing. */
  readonly isWhole: boolean;
  readonly problems: readonly string[];
}

/** 500,000 sockets. */
const MAX_OUTPUT_BYTES = 64 * 1_048_576;
/** With processes, `ss` looks through the open files of all of them. */
const DEADLINE_MS = 30_000;

/** The names that people use (netstat(8)), by those of `ss`. */
const STATES: Readonly<Record<string, string>> = {
  "ESTAB": "ESTABLISHED",
  "SYN-SENT": "SYN_SENT",
  "SYN-RECV": "SYN_RECV",
  "FIN-WAIT-1": "FIN_WAIT1",
  "FIN-WAIT-2": "FIN_WAIT2",
  "TIME-WAIT": "TIME_WAIT",
  "CLOSE-WAIT": "CLOSE_WAIT",
  "LAST-ACK": "LAST_ACK",
  "LISTEN": "LISTEN",
  "CLOSING": "CLOSING",
  "UNCONN": "UNCONNECTED",
};

/** Other spellings of a state, letters and digits only (RFC 9293 §3.3.2, Windows netstat). */
const SPELLINGS: Readonly<Record<string, string>> = {
  LISTENING: "LISTEN",
  SYNRECEIVED: "SYN_RECV",
  UNCONN: "UNCONNECTED",
};

/**
 * The states that a caller's word means: any part of a name, in any spelling.
 *
 * @throws {InputError} `input.state` if it is part of none
 */
export function statesNamed(text: string): ReadonlySet<string> {
  const plain = plainState(text);
  const known = Object.values(STATES);
  const named = known.filter((state) =>
    SPELLINGS[plain] === state || (plain !== "" && plainState(state).includes(plain))
  );
  if (named.length > 0) return new Set(named);
  throw new InputError(
    "state",
    `Cannot select sockets of state ${JSON.stringify(text.slice(0, 40))}`,
    {
      hint: `Give one of ${known.join(", ")}, or a part of it.`,
    },
  );
}

/** @throws {InputError} `input.protocol` unless it is tcp or udp, in any case */
export function protocolNamed(text: string): SocketRow["protocol"] {
  const protocol = text.toLowerCase();
  if (protocol === "tcp" || protocol === "udp") return protocol;
  throw new InputError("protocol", `Cannot select sockets of protocol ${JSON.stringify(text)}`, {
    hint: "Give tcp or udp; IPv4 and IPv6 are listed together.",
  });
}

function plainState(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** @throws {PermissionMissing} `permission.run` naming `host.connections`, unless it is true */
export function requireConnections(isAllowed: boolean, platform: Programs["platform"]): void {
  if (isAllowed) return;
  const program = platform === "linux" ? "ss" : "netstat";
  throw new PermissionMissing(
    "run",
    `Cannot list sockets: host.connections is false, so ${program} may not be started`,
    {
      flag: `--allow-run=${program}`,
      configLine: "host.connections: true",
      detail: { program, config_key: "host.connections" },
    },
  );
}

/** Reads the sockets. @throws {Unavailable} `env.program_absent`, `env.program_failed` */
export async function readSockets(doors: HostDoors): Promise<Sockets> {
  switch (doors.programs.platform) {
    case "darwin":
      return await (await import("./darwin/sockets.ts")).readDarwinSockets(doors);
    case "windows":
      return await (await import("./windows/sockets.ts")).readWindowsSockets(doors);
    case "linux":
      return await readLinuxSockets(doors);
  }
}

async function readLinuxSockets({ programs, signal }: HostDoors): Promise<Sockets> {
  const result = await programs.run({
    program: "ss",
    // Two protocols, so that the first column is there.
    options: ["-H", "-n", "-O", "-a", "-t", "-u", "-p"],
    signal,
    deadlineMs: DEADLINE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  signal.throwIfAborted();
  if (result.ended !== "exit" || result.code !== 0) {
    const said = (result.stderr.split("\n").find((line) => line.trim() !== "") ?? "").slice(0, 200);
    throw new Unavailable("program_failed", "Cannot list sockets: ss failed", {
      hint: "detail.program_said holds its own words; iproute2 5.0 or later is needed.",
      detail: { program: "ss", exit_code: result.code, program_said: said },
    });
  }
  const { sockets, unread } = socketsOf(result.stdout, result.truncated);
  return {
    sockets,
    unread,
    isWhole: !result.truncated && unread === 0,
    problems: [
      ...(result.truncated ? ["There are more sockets than were read (64 MiB of ss)"] : []),
      ...(unread > 0 ? [`${unread} lines of ss could not be read`] : []),
    ],
  };
}

// Netid, state, two queues, both ends, and the processes if there are any.
const LINE = /^(tcp|udp)\s+(\S+)\s+(\d+)\s+(\d+)\s+(\S+):(\d+|\*)\s+(\S+):(\d+|\*)(?:\s+(.*))?$/;

/** The sockets of a printout; its last line is left out if it was cut. */
export function socketsOf(
  text: string,
  isCut: boolean,
): { readonly sockets: readonly SocketRow[]; readonly unread: number } {
  const lines = text.split("\n");
  if (isCut) lines.pop();
  const sockets: SocketRow[] = [];
  let unread = 0;
  for (const line of lines) {
    if (line.trim() === "") continue;
    const socket = socketOf(line);
    if (socket === null) unread++;
    else sockets.push(socket);
  }
  return { sockets, unread };
}

function socketOf(line: string): SocketRow | null {
  const [, protocol, state = "", receive, send, local = "", port, remote = "", remotePort, rest] =
    LINE.exec(line) ?? [];
  if (protocol !== "tcp" && protocol !== "udp") return null;
  const here = endOf(local);
  const there = endOf(remote);
  const [owner, ...others] = ownersOf(rest ?? "");
  const isConnected = remotePort !== "*" && remotePort !== undefined;
  return {
    protocol,
    local_address: here.address,
    local_port: port === "*" ? 0 : Number(port),
    remote_address: isConnected ? there.address : null,
    remote_port: isConnected ? Number(remotePort) : null,
    state: STATES[state] ?? state,
    pid: owner?.pid ?? null,
    process_name: owner?.name ?? null,
    ...(here.interface === null ? {} : { interface: here.interface }),
    receive_queue: Number(receive),
    send_queue: Number(send),
    ...(others.length === 0 ? {} : { other_pids: others.map(({ pid }) => pid) }),
  };
}

/** `127.0.0.53%lo`, `[fe80::1]%eth0`, `[::1]`, `*`. */
function endOf(text: string): { readonly address: string; readonly interface: string | null } {
  const percent = text.lastIndexOf("%");
  const address = percent === -1 ? text : text.slice(0, percent);
  return {
    address: address.replace(/^\[|\]$/g, ""),
    interface: percent === -1 ? null : text.slice(percent + 1),
  };
}

// A process chooses its name, quotes and parentheses included; the numbers are the kernel's.
const OWNER = /\("([^]{0,64}?)",pid=(\d{1,10}),fd=\d+\)/g;

function ownersOf(text: string): readonly { readonly name: string; readonly pid: number }[] {
  const owners = new Map<number, string>();
  for (const [, name = "", pid] of text.matchAll(OWNER)) {
    if (!owners.has(Number(pid))) owners.set(Number(pid), name);
  }
  return [...owners].map(([pid, name]) => ({ name, pid }));
}
