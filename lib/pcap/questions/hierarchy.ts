/**
 * The question `hierarchy`: which protocols, one inside the other.
 *
 * @module
 */
import type { HierarchyNode } from "../dissect/hierarchy.ts";
import type { Capture, QuestionContext } from "../engine/question.ts";
import { type Coverage, coverageOf } from "./coverage.ts";

/** Most protocols of `top_protocols`. */
const TOP_PROTOCOLS = 10;
/** Most paths of `tree`. */
const PATHS_MAX = 1000;

/** Frames that contain something. */
export interface ProtocolShare {
  readonly packets: number;
  /** Octets on the wire of those frames, whole frames. */
  readonly bytes: number;
  /** Of all packets, or of all octets. */
  readonly packet_percent: number;
  readonly byte_percent: number;
}

/** Answer of {@link askHierarchy}. */
export interface HierarchyAnswer extends Coverage {
  readonly total_packets: number;
  /** Octets on the wire. */
  readonly total_bytes: number;
  /** Every protocol, with the frames that contain it; the name is tshark's. */
  readonly hierarchy: Readonly<Record<string, ProtocolShare>>;
  /** Protocols that frames end in, data beneath them not counted as one. */
  readonly top_protocols: {
    readonly protocol: string;
    readonly packets: number;
    readonly percent: number;
  }[];
  /** Every path of protocols, outermost first, with the frames that go on from there. */
  readonly tree: ({ readonly path: string } & ProtocolShare)[];
  readonly total_paths: number;
}

/** The protocols of a capture. */
export async function askHierarchy(
  _params: Record<never, never>,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<HierarchyAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { facts, hierarchy: root } = await capture.scan();
  const shareOf = ({ frames, bytes }: Pick<HierarchyNode, "frames" | "bytes">): ProtocolShare => ({
    packets: frames,
    bytes,
    packet_percent: percent(frames, root.frames),
    byte_percent: percent(bytes, root.bytes),
  });
  const paths = pathsOf(root);
  return {
    ...coverageOf(facts),
    total_packets: facts.packets,
    total_bytes: facts.wireBytes,
    hierarchy: Object.fromEntries(
      protocolTotals(root).map(({ name, ...total }) => [name, shareOf(total)]),
    ),
    top_protocols: lastProtocols(root).slice(0, TOP_PROTOCOLS).map(({ name, frames }) => ({
      protocol: name,
      packets: frames,
      percent: percent(frames, root.frames),
    })),
    tree: paths.slice(0, PATHS_MAX).map(({ path, node }) => ({ path, ...shareOf(node) })),
    total_paths: paths.length,
  };
}

/** A protocol and its frames. */
export interface ProtocolTotal {
  readonly name: string;
  readonly frames: number;
  readonly bytes: number;
}

/** Every protocol with the frames that contain it, most first; one within itself counts once. */
export function protocolTotals(root: HierarchyNode): ProtocolTotal[] {
  const totals = new Map<string, { frames: number; bytes: number }>();
  const around = new Set<string>();
  const add = (node: HierarchyNode): void => {
    for (const child of node.children) {
      const isOutermost = !around.has(child.name);
      if (isOutermost) {
        addTo(totals, child.name, child.frames, child.bytes);
        around.add(child.name);
      }
      add(child);
      if (isOutermost) around.delete(child.name);
    }
  };
  add(root);
  return mostFirst(totals);
}

/** Protocols that frames end in, most first; what ends in data counts for what carries it. */
function lastProtocols(root: HierarchyNode): ProtocolTotal[] {
  const totals = new Map<string, { frames: number; bytes: number }>();
  const add = (node: HierarchyNode, isRoot: boolean): void => {
    let { frames, bytes } = node;
    for (const child of node.children) {
      if (child.name === "data") continue;
      frames -= child.frames;
      bytes -= child.bytes;
      add(child, false);
    }
    if (frames > 0 && !isRoot) addTo(totals, node.name, frames, bytes);
  };
  add(root, true);
  return mostFirst(totals);
}

function addTo(
  totals: Map<string, { frames: number; bytes: number }>,
  name: string,
  frames: number,
  bytes: number,
): void {
  const total = totals.get(name) ?? { frames: 0, bytes: 0 };
  totals.set(name, total);
  total.frames += frames;
  total.bytes += bytes;
}

function mostFirst(totals: ReadonlyMap<string, Omit<ProtocolTotal, "name">>): ProtocolTotal[] {
  return [...totals].map(([name, total]) => ({ name, ...total }))
    .sort((a, b) => b.frames - a.frames || (a.name < b.name ? -1 : 1));
}

/** Every path below the root, parents before children, most frames first. */
function pathsOf(root: HierarchyNode): { path: string; node: HierarchyNode }[] {
  const paths: { path: string; node: HierarchyNode }[] = [];
  const add = (node: HierarchyNode, prefix: string): void => {
    for (const child of node.children) {
      const path = `${prefix}${child.name}`;
      paths.push({ path, node: child });
      add(child, `${path}:`);
    }
  };
  add(root, "");
  return paths;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round(part / whole * 10_000) / 100;
}
