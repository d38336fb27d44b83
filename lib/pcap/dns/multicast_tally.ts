/**
 * Multicast DNS (RFC 6762) and LLMNR (RFC 4795), counted: their questions go to everybody, so that
 * answers do not match them one to one.
 *
 * @module
 */
import { NameCounter } from "./bounded.ts";
import type { DnsFacts } from "./dns_message.ts";
import type { MulticastFindings } from "./findings.ts";

const HOSTS_MAX = 4096;
const NAMES_MAX = 4096;
const NAME_CHARS_MAX = 262_144;
const NAMES_KEPT = 5;

/** Counts of one protocol. */
export class MulticastTally {
  packets = 0;
  #queries = 0;
  #responses = 0;
  readonly #hosts = new NameCounter(HOSTS_MAX, Infinity);
  readonly #names = new NameCounter(NAMES_MAX, NAME_CHARS_MAX);

  /** Counts a message that `sender` sent. */
  add(facts: DnsFacts, sender: string): void {
    this.#hosts.add(sender);
    if (facts.isResponse) {
      this.#responses++;
      return;
    }
    this.#queries++;
    if (facts.question !== null) this.#names.add(facts.question.name.toLowerCase());
  }

  /** What was counted. */
  finish(): MulticastFindings {
    return {
      packets: this.packets,
      queries: this.#queries,
      responses: this.#responses,
      hosts: this.#hosts.distinct.count,
      topNames: this.#names.top(NAMES_KEPT),
    };
  }
}
