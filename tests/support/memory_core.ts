/**
 * A speaker without sockets: its sessions are ends in memory, its tables maps.
 *
 * @module
 */
import { PeerNumbers } from "../../lib/bgp/speaker/peer_numbers.ts";
import { SpeakerCore } from "../../lib/bgp/speaker/speaker_core.ts";
import type { Report } from "../../lib/bgp/speaker/speaker_messages.ts";
import type { SpeakerSettings } from "../../lib/bgp/settings.ts";
import type { RibReader } from "../../lib/bgp/rib/rib_reader.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemorySession } from "./memory_session.ts";
import { PlainAdjRibIn } from "./plain_adj_rib_in.ts";

/** A speaker and what it stands on. */
export class MemoryCore {
  readonly rib = new PlainAdjRibIn();
  readonly sessions: MemorySession[] = [];
  readonly reports: Report[] = [];
  readonly faults: unknown[] = [];
  readonly numbers: PeerNumbers;
  readonly core: SpeakerCore;

  constructor(settings: SpeakerSettings, readonly clock: ManualClock = new ManualClock()) {
    this.numbers = new PeerNumbers(PeerNumbers.memoryOf(settings.peers.length));
    this.core = new SpeakerCore({
      settings,
      clock,
      rib: this.rib,
      // No peer of these settings is given routes of others: the counts are all that is read.
      reader: this.rib as unknown as RibReader,
      changes: { firstSeq: 0, nextSeq: 0, read: () => [], find: () => [] },
      numbers: this.numbers,
      openSession: (peer, events) => {
        const session = new MemorySession(settings, peer, events);
        this.sessions.push(session);
        return session;
      },
      listen: () => {
        throw new TypeError("Nothing listens in memory");
      },
      report: (report) => this.reports.push(report),
      onFault: (error) => this.faults.push(error),
    });
    this.core.start();
  }

  /** The session of a peer. */
  session(index = 0): MemorySession {
    const session = this.sessions[index];
    if (session === undefined) throw new RangeError(`There is no session ${index}`);
    return session;
  }

  /** What was told of its own accord, by kind. */
  events<K extends string>(kind: K) {
    return this.reports.flatMap((report) =>
      report.kind === "event" && report.event.kind === kind ? [report.event] : []
    );
  }
}

/** Lets everything run that waits for nothing but the loop, slices among it. */
export async function quiet(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
