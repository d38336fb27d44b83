/**
 * Compares the flags that this project and tshark attach to the TCP segments of a capture.
 *
 * @module
 */
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import { TCP_FLAGS } from "../../lib/pcap/tcp/flags.ts";
import type { ByteSource } from "../../lib/pcap/window.ts";
import { findProgram } from "../interop/daemon.ts";

/** A frame of which the two say different things. */
export interface FlagDifference {
  readonly frame: number;
  /** Names of flags; `duplicate_ack` with its number. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** The outcome of a comparison. */
export interface FlagComparison {
  /** Frames that tshark puts into a TCP stream. */
  readonly tcpFrames: number;
  /** Frames of ours that belong to a TCP connection. */
  readonly ourTcpFrames: number;
  readonly differing: readonly FlagDifference[];
  /** Frames with each flag, as tshark says; only those that occur. */
  readonly counts: Readonly<Record<string, number>>;
}

const COMPARED = TCP_FLAGS.filter(({ tsharkField }) => tsharkField !== null);
const NUMBER_FIELD = "tcp.analysis.duplicate_ack_num";

/** The version whose rules ours are. */
const VERSION = /^TShark \(Wireshark\) 4\.0\./;

/** Why flags cannot be compared on this machine, or null. */
export async function missingTshark(): Promise<string | null> {
  if (findProgram("tshark") === null) return "tshark is not installed";
  const { stdout } = await new Deno.Command("tshark", { args: ["--version"], stderr: "null" })
    .output();
  const [version = ""] = new TextDecoder().decode(stdout).split("\n");
  return VERSION.test(version) ? null : `the rules are those of tshark 4.0, not of ${version}`;
}

/** Flags of every TCP frame of the capture at `path`, ours and those of `tshark`. */
export async function compareFlags(path: string): Promise<FlagComparison> {
  const ours = await ourFlags(path);
  const theirs = await flagsOfTshark(path);
  const counts: Record<string, number> = {};
  for (const names of theirs.values()) {
    for (const name of names) {
      const [kind = ""] = name.split("#");
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  const differing: FlagDifference[] = [];
  for (const frame of new Set([...ours.keys(), ...theirs.keys()])) {
    const our = ours.get(frame) ?? [];
    const their = theirs.get(frame) ?? [];
    if (our.join() !== their.join()) differing.push({ frame, ours: our, theirs: their });
  }
  differing.sort((a, b) => a.frame - b.frame);
  return { tcpFrames: theirs.size, ourTcpFrames: ours.size, differing, counts };
}

async function ourFlags(path: string): Promise<Map<number, string[]>> {
  const flagsOfFrame = new Map<number, string[]>();
  using file = Deno.openSync(path);
  const source: ByteSource = {
    sizeBytes: file.statSync().size,
    readSync: (into) => file.readSync(into),
  };
  const { signal } = new AbortController();
  await walkPackets(source, { needs: { tcpFlags: true }, maxPackets: 0, signal }, (batch) => {
    const { packets, flows, tcpFlags } = batch;
    for (let row = 0; row < packets.count; row++) {
      if ((flows.tcp[row] ?? -1) < 0) continue;
      const flags = tcpFlags.flags[row] ?? 0;
      const names = COMPARED.filter(({ bit }) => (flags & bit) !== 0).map(({ name }) =>
        name === "duplicate_ack" ? `${name}#${tcpFlags.duplicateAck[row]}` : name
      );
      flagsOfFrame.set(packets.firstFrame + row, names);
    }
  });
  return flagsOfFrame;
}

async function flagsOfTshark(path: string): Promise<Map<number, string[]>> {
  const fields = ["frame.number", "tcp.stream", NUMBER_FIELD].concat(
    COMPARED.map(({ tsharkField }) => tsharkField ?? ""),
  );
  const { success, stdout, stderr } = await new Deno.Command("tshark", {
    args: ["-n", "-r", path, "-T", "fields", ...fields.flatMap((one) => ["-e", one])],
  }).output();
  const text = new TextDecoder().decode(stdout);
  // A capture that ends in the middle of a packet makes it fail after all frames were shown.
  if (!success && text === "") throw new Error(new TextDecoder().decode(stderr));
  const flagsOfFrame = new Map<number, string[]>();
  for (const line of text.split("\n")) {
    const [frame = "", stream = "", number = "", ...there] = line.split("\t");
    if (stream === "") continue;
    const names = COMPARED.filter((_kind, index) => (there[index] ?? "") !== "").map(({ name }) =>
      name === "duplicate_ack" ? `${name}#${number}` : name
    );
    flagsOfFrame.set(Number(frame), names);
  }
  return flagsOfFrame;
}
