/** Processes beneath a process: their time and memory, as Linux tells them, and their end. */

/** Clock ticks a second (sysconf(_SC_CLK_TCK) is 100 on Linux). */
const TICKS_PER_SEC = 100;

/** What a tree of processes has used. */
export interface Usage {
  /** User and system time, seconds. */
  readonly cpuSec: number;
  /** Resident now, and at most so far, each summed over the processes, MiB. */
  readonly rssMiB: number;
  readonly peakMiB: number;
}

/** Usage of the process and all beneath it; of those that have ended meanwhile nothing. */
export function treeUsage(pid: number): Usage {
  const sum = { cpuSec: 0, rssMiB: 0, peakMiB: 0 };
  for (const one of [pid, ...beneath(pid)]) {
    const stat = readOrEmpty(`/proc/${one}/stat`);
    // The name of the program may hold blanks: fields are counted from its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    sum.cpuSec += (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SEC;
    const status = readOrEmpty(`/proc/${one}/status`);
    sum.rssMiB += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    sum.peakMiB += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }
  return sum;
}

/**
 * Time on a processor of each thread of the process and of all beneath it that still runs, by its
 * number, milliseconds.
 *
 * @throws {Error} if the kernel does not tell
 */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const one of [pid, ...beneath(pid)]) {
    for (const thread of threadsOf(one)) {
      const told = readOrEmpty(`/proc/${one}/task/${thread}/schedstat`);
      if (told !== "") times.set(thread, Number(told.split(" ")[0]) / 1e6);
    }
  }
  if (times.size === 0) throw new Error(`Process ${pid} has ended, or the kernel has no schedstat`);
  return times;
}

/** What threads did between two looks, milliseconds; those that have ended since aside. */
export function busyMs(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number {
  let sum = 0;
  for (const [thread, ms] of after) sum += ms - (before.get(thread) ?? 0);
  return sum;
}

/** Has all that this process started end, by SIGTERM. */
export function endAllBeneath(): void {
  for (const pid of beneath(Deno.pid)) {
    try {
      Deno.kill(pid, "SIGTERM");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function beneath(pid: number): number[] {
  return readOrEmpty(`/proc/${pid}/task/${pid}/children`).split(" ")
    .filter((child) => child !== "")
    .flatMap((child) => [Number(child), ...beneath(Number(child))]);
}

function threadsOf(pid: number): string[] {
  try {
    return Array.from(Deno.readDirSync(`/proc/${pid}/task`), ({ name }) => name);
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
