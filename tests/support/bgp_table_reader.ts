/**
 * A thread that reads BGP tables while another one writes them, and counts answers that no state of
 * the tables gives: every route must have the origin AS and the community that belong to its prefix.
 *
 * @module
 */
import type { RibMemory } from "../../lib/bgp/rib/rib_memory.ts";
import { RibView } from "../../lib/bgp/rib/rib_view.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { pathOrigins } from "../../lib/route/as_path.ts";
import { numberedPrefix } from "./bgp_updates.ts";

/** What the thread is told: tables, a word that is 1 once it is to stop, and how many prefixes there may be. */
export interface ReaderStart {
  readonly memory: RibMemory;
  readonly stop: SharedArrayBuffer;
  readonly prefixes: number;
}

/** What it says at its end. */
export interface ReaderReport {
  readonly reads: number;
  readonly found: number;
  readonly wrong: readonly string[];
}

// This module runs in a worker, whose global scope the default types do not know.
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ReaderStart>) => void) | null;
  postMessage(message: "ready" | ReaderReport): void;
};

function faultOf(view: RibView, n: number): string | null {
  return view.read(() => {
    const text = numberedPrefix(n);
    const id = view.find(parsePrefix(text).prefix);
    const longest = view.longest(parseAddress(text.replace(".0/24", ".9")));
    if (id !== longest) return `${text}: found ${id}, longest match ${longest}`;
    if (id === -1) return "";
    const paths = view.paths(id);
    const best = view.best(id);
    if (best === null || paths[0]?.peer !== best.peer) return `${text}: another best path`;
    for (const { attributes } of paths) {
      const { asPath, communities } = view.attributes(attributes);
      const [origin] = pathOrigins(asPath);
      if (origin !== 65536 + n || communities[0] !== `1:${n}`) {
        return `${text}: origin ${origin}, communities ${communities}`;
      }
    }
    return null;
  });
}

scope.onmessage = ({ data: { memory, stop, prefixes } }) => {
  const view = new RibView(memory);
  const flag = new Int32Array(stop);
  const wrong: string[] = [];
  let reads = 0, found = 0;
  for (; Atomics.load(flag, 0) === 0 && wrong.length < 5; reads++) {
    const fault = faultOf(view, reads * 7919 % prefixes);
    if (fault === null) found++;
    else if (fault !== "") wrong.push(fault);
  }
  scope.postMessage({ reads, found, wrong });
};
scope.postMessage("ready");
