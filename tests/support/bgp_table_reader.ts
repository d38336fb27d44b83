/**
 * A thread that reads BGP tables while another one writes them, and counts answers that no state of
 * the tables gives: every route must have the origin AS and the community that belong to its prefix.
 *
 * @module
 */
import type { RibMemory } from "../../lib/bgp/rib/rib_memory.ts";
import { RibView } from "../../lib/bgp/rib/rib_view.ts";
import { findRoutes } from "../../lib/bgp/rib_query/find_routes.ts";
import type { AttributeFilter } from "../../lib/bgp/rib_query/attribute_filter.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { pathOrigins } from "../../lib/route/as_path.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";
import { numberedPrefix } from "./bgp_updates.ts";

/** What the thread is told: tables, a word that is 1 once it is to stop, and how many prefixes there may be. */
export interface ReaderStart {
  readonly memory: RibMemory;
  readonly stop: SharedArrayBuffer;
  readonly prefixes: number;
  /** Behind them so many that stay, with the community 2:2 and this AS in their paths. */
  readonly steady: number;
  readonly steadyAs: number;
}

/** Reads of a prefix to a question about all. */
const READS = 200;

/** What it says at its end. */
export interface ReaderReport {
  readonly reads: number;
  readonly found: number;
  /** Questions about all paths. */
  readonly questions: number;
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

const ANYTHING: AttributeFilter = {
  originAsn: null,
  viaAsn: null,
  asPath: null,
  community: null,
};

/** What a question about all paths finds: how many, and each with prefix and origin. */
async function ask(view: RibView, attributes: Partial<AttributeFilter>) {
  return await findRoutes(
    { rib: view, localAs: 64_500, clock: systemClock, signal: new AbortController().signal },
    {
      prefix: null,
      family: null,
      attributes: { ...ANYTHING, ...attributes },
      peer: null,
      rpki: null,
      bestOnly: false,
    },
    {
      after: null,
      limit: 1_000,
      maxChars: 1_000_000,
      render: (prefix, path) =>
        `${renderPrefix(prefix)} ${pathOrigins(view.attributes(path.attributes).asPath)}`,
    },
  );
}

/** What changes may not disturb: routes that stay, and that a route shown is one that was asked for. */
async function faultsOfQuestions(
  view: RibView,
  { prefixes, steady, steadyAs }: ReaderStart,
  n: number,
): Promise<string[]> {
  const stays = Array.from(
    { length: steady },
    (_, index) => `${numberedPrefix(prefixes + index)} ${65_536 + prefixes + index}`,
  );
  const faults: string[] = [];
  for (
    const question of [
      { community: parseCommunity("2:2") },
      { viaAsn: steadyAs },
      { asPath: parseAsPathPattern(`^65001 ${steadyAs} .*$`) },
    ]
  ) {
    const { routes, prefixCount, pathCount } = await ask(view, question);
    const isWhole = routes.join() === stays.join() && prefixCount === steady &&
      pathCount === steady;
    if (!isWhole) faults.push(`${JSON.stringify(question)}: ${pathCount} paths, ${routes}`);
  }
  const { routes } = await ask(view, { originAsn: 65_536 + n });
  const wanted = `${numberedPrefix(n)} ${65_536 + n}`;
  return [...faults, ...routes.filter((route) => route !== wanted)];
}

scope.onmessage = async ({ data }) => {
  const { memory, stop, prefixes } = data;
  const view = new RibView(memory);
  const flag = new Int32Array(stop);
  const wrong: string[] = [];
  let reads = 0, found = 0, questions = 0;
  for (; Atomics.load(flag, 0) === 0 && wrong.length < 5; reads++) {
    const n = reads * 7919 % prefixes;
    const fault = faultOf(view, n);
    if (fault === null) found++;
    else if (fault !== "") wrong.push(fault);
    if (reads % READS === 0) {
      wrong.push(...await faultsOfQuestions(view, data, n));
      questions++;
    }
  }
  scope.postMessage({ reads, found, questions, wrong });
};
scope.postMessage("ready");
