/** Our server and the daemons under one roof, as the bench starts, asks and ends them. */
import { findProgram } from "../../tests/interop/daemon.ts";
import { median } from "../stdio_session.ts";
import { NETGLASS_ADDRESS, NETGLASS_PORT, NetglassReceiver } from "./netglass_receiver.ts";
import { outputOf, type Question, RECEIVERS, startReceiver } from "./receiver.ts";

/** Names of daemons, as the bench takes them. */
export type DaemonName = keyof typeof RECEIVERS;

/** One that runs. */
export interface Contestant extends AsyncDisposable {
  readonly pid: number;
  /** `address:port` that it is dialled at. */
  readonly at: string;
  /** Paths that it has; throws if it has ended. */
  count(): Promise<number>;
  /** Waits for a whole answer; false: it cannot be asked that. */
  ask(question: Question, of: string): Promise<boolean>;
}

/** How it is set up. */
export interface ContestantWish {
  /** Peers, which dial it. */
  readonly peers: number;
  /** The last peer is sent what the first one announces. */
  readonly transit?: boolean;
}

/** What of a daemon is not installed. */
export function missingPrograms(name: DaemonName): string[] {
  return RECEIVERS[name].programs.filter((program) => findProgram(program) === null);
}

export async function startContestant(
  name: DaemonName | "netglass",
  { peers, transit = false }: ContestantWish,
): Promise<Contestant> {
  const folder = await Deno.makeTempDir({ prefix: "netglass-bench-" });
  const removeFolder = () => Deno.remove(folder, { recursive: true });
  try {
    return name === "netglass"
      ? netglass(await NetglassReceiver.start(folder, peers, transit), removeFolder)
      : await daemon(name, { peers, folder, transit }, removeFolder);
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

function netglass(running: NetglassReceiver, removeFolder: () => Promise<void>): Contestant {
  return {
    pid: running.pid,
    at: `${NETGLASS_ADDRESS}:${NETGLASS_PORT}`,
    count: () => running.count(),
    async ask(question, of) {
      await running.ask(question, of);
      return true;
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await removeFolder();
    },
  };
}

async function daemon(
  name: DaemonName,
  wish: Parameters<typeof startReceiver>[1],
  removeFolder: () => Promise<void>,
): Promise<Contestant> {
  const kind = RECEIVERS[name];
  const running = await startReceiver(kind, wish);
  return {
    pid: running.pid,
    at: `${kind.address}:${kind.port}`,
    count: () => running.count(),
    async ask(question, of) {
      const command = kind.questions[question];
      if (command !== null) await outputOf(command(running.folder, of));
      return command !== null;
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await removeFolder();
    },
  };
}

/** Median milliseconds of a question, or null if it cannot be asked. */
export async function askMs(
  contestant: Contestant,
  question: Question,
  of: string,
  rounds: number,
): Promise<number | null> {
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    if (!await contestant.ask(question, of)) return null;
    taken.push(performance.now() - started);
  }
  return median(taken);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
