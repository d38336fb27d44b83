/**
 * Multicast DNS (RFC 6762) and LLMNR (RFC 4795), counted: their questions go to everybody, so that
 * answers do not match them one to one.
 *
 * @module
 */
import type { MulticastFindings } from "./findings.ts";
import type { Host } from "./host_table.ts";
import type { Name } from "./name_table.ts";
import type { PlacedMessage } from "./placed_message.ts";

const HOSTS_MAX = 4096;
const NAMES_MAX = 4096;
const NAMES_KEPT = 5;

/** Counts of one protocol. */
export class MulticastTally {
  packets = 0;
  #queries = 0;
  #responses = 0;
  readonly #hosts = new Set<Host>();
  readonly #names = new Map<Name, number>();

  /** Counts a message. */
  add({ isResponse, client, server, name }: PlacedMessage): void {
    const sender = isResponse ? server : client;
    if (this.#hosts.size < HOSTS_MAX) this.#hosts.add(sender);
    if (isResponse) {
      this.#responses++;
      return;
    }
    this.#queries++;
    if (name === null) return;
    const count = this.#names.get(name);
    if (count === undefined && this.#names.size >= NAMES_MAX) return;
    this.#names.set(name, (count ?? 0) + 1);
  }

  /** What was counted. */
  finish(): MulticastFindings {
    const names = [...this.#names].sort((a, b) => b[1] - a[1]).slice(0, NAMES_KEPT);
    return {
      packets: this.packets,
      queries: this.#queries,
      responses: this.#responses,
      hosts: this.#hosts.size,
      topNames: names.map(([name, count]) => ({ name: name.text, count })),
    };
  }
}
