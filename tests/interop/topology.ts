/**
 * Networks for tests: namespaces joined by veth pairs, taken down by name whatever happens; and the
 * gate that skips a test, with the reason printed, where the machine cannot build them.
 *
 * @module
 */

import { findProgram, gatedTest } from "./daemon.ts";

/** One end of a link. */
export interface LinkEnd {
  /** Label of the namespace. */
  readonly at: string;
  /** Interface name there, at most 15 characters. */
  readonly name: string;
  /** Addresses with prefix length, IPv4 or IPv6. */
  readonly addresses: readonly string[];
}

/** What a command left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let serial = 0;

/** A network of namespaces. `await using network = new Topology()` takes it down at the end. */
export class Topology implements AsyncDisposable {
  // Unique per process and network, so that a crashed run never collides with the next.
  readonly #prefix = `ngt${Deno.pid}x${serial++}`;
  readonly #labels: string[] = [];

  /** System name of a namespace, for `ip netns`. */
  nameOf(label: string): string {
    return `${this.#prefix}_${label}`;
  }

  /** Adds a namespace with loopback up, no ICMP limits, and forwarding if it is a router. */
  async add(label: string, role: "host" | "router" = "host"): Promise<void> {
    await command("ip", ["netns", "add", this.nameOf(label)]);
    this.#labels.push(label);
    await this.ip(label, "link set lo up");
    await this.sysctl(label, {
      "net.ipv4.icmp_ratelimit": 0,
      "net.ipv6.icmp.ratelimit": 0,
      "net.ipv4.conf.all.rp_filter": 0,
      "net.ipv4.conf.default.rp_filter": 0,
      // Link-local addresses are else tentative for a second, and neighbors are not found.
      "net.ipv6.conf.default.accept_dad": 0,
    });
    if (role === "router") {
      await this.sysctl(label, { "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1 });
    }
  }

  /** Joins two namespaces; both ends are up and addressed when it returns. */
  async link(one: LinkEnd, other: LinkEnd): Promise<void> {
    await command("ip", [
      ...["link", "add", one.name, "netns", this.nameOf(one.at), "type", "veth"],
      ...["peer", "name", other.name, "netns", this.nameOf(other.at)],
    ]);
    for (const end of [one, other]) {
      for (const address of end.addresses) {
        // Without duplicate address detection an IPv6 address is usable at once.
        const nodad = address.includes(":") ? " nodad" : "";
        await this.ip(end.at, `addr add ${address} dev ${end.name}${nodad}`);
      }
      await this.ip(end.at, `link set ${end.name} up`);
    }
  }

  /** Runs `ip` inside a namespace, words separated by blanks. */
  async ip(label: string, words: string): Promise<string> {
    return (await command("ip", ["-n", this.nameOf(label), ...words.split(" ")])).stdout;
  }

  /**
   * Adds a route in the words of `ip route add`, for example `default via 10.0.0.1` or
   * `prohibit 2001:db8::/32`; the family follows from the colons.
   */
  async route(label: string, words: string): Promise<void> {
    const family = words.includes(":") ? "-6" : "-4";
    await command("ip", ["-n", this.nameOf(label), family, "route", "add", ...words.split(" ")]);
  }

  /** Sets kernel parameters inside a namespace. */
  async sysctl(label: string, values: Readonly<Record<string, number>>): Promise<void> {
    const pairs = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    await this.exec(label, "sysctl", ["-qw", ...pairs]);
  }

  /** Replaces the nftables rules of a namespace. */
  async rules(label: string, ruleset: string): Promise<void> {
    await this.exec(label, "nft", ["-f", "-"], `flush ruleset\n${ruleset}`);
  }

  /** Runs a program inside a namespace to its end. @throws {Error} if it fails */
  async exec(
    label: string,
    program: string,
    args: readonly string[],
    stdin?: string,
  ): Promise<Finished> {
    return await command("ip", ["netns", "exec", this.nameOf(label), program, ...args], stdin);
  }

  /** Runs a program inside a namespace to its end; a failure is an answer too. */
  async tryExec(label: string, program: string, args: readonly string[]): Promise<Finished> {
    return await tryCommand("ip", ["netns", "exec", this.nameOf(label), program, ...args]);
  }

  /** Starts a program inside a namespace; the caller, or the teardown, ends it. */
  spawn(label: string, program: string, args: readonly string[]): Deno.ChildProcess {
    return new Deno.Command("ip", {
      args: ["netns", "exec", this.nameOf(label), program, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Ends what still runs inside, by process id, and deletes the namespaces. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const label of this.#labels) {
      const { stdout } = await tryCommand("ip", ["netns", "pids", this.nameOf(label)]);
      for (const pid of stdout.split("\n").filter((line) => line !== "")) {
        try {
          Deno.kill(Number(pid), "SIGKILL");
        } catch {
          // Already gone.
        }
      }
      await tryCommand("ip", ["netns", "del", this.nameOf(label)]);
    }
  }
}

/** Registers a test that needs root, namespaces and programs. */
export function namespaceTest(
  name: string,
  programs: readonly string[],
  body: (t: Deno.TestContext) => Promise<void>,
): void {
  gatedTest(name, () => missingHere(programs), body);
}

/** Why this machine cannot run such a test, or null. */
export async function missingHere(programs: readonly string[]): Promise<string | null> {
  if (Deno.build.os !== "linux") return "network namespaces need Linux";
  if (Deno.uid() !== 0) return "network namespaces need root";
  const absent = ["ip", "sysctl", ...programs].filter((program) => findProgram(program) === null);
  if (absent.length > 0) return `${absent.join(", ")} not installed`;
  const probe = `ngt${Deno.pid}probe${serial++}`;
  const added = await tryCommand("ip", ["netns", "add", probe]);
  if (added.code !== 0) return `namespaces cannot be made: ${added.stderr.trim()}`;
  await tryCommand("ip", ["netns", "del", probe]);
  return null;
}

async function command(
  program: string,
  args: readonly string[],
  stdin?: string,
): Promise<Finished> {
  const finished = await tryCommand(program, args, stdin);
  if (finished.code !== 0) {
    throw new Error(`${program} ${args.join(" ")}: ${finished.stderr}${finished.stdout}`);
  }
  return finished;
}

async function tryCommand(
  program: string,
  args: readonly string[],
  stdin?: string,
): Promise<Finished> {
  const child = new Deno.Command(findProgram(program) ?? program, {
    args: [...args],
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}
