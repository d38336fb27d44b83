/**
 * `bgp_propagation`: who else sees a route, or sees it no more, and since when.
 *
 * @module
 */
import { z } from "zod";
import type { BgpSpeaker, RouteChange } from "../../lib/bgp/bgp_service.ts";
import type { Lease } from "../../lib/bgp/guard/lease.ts";
import { leaseRow } from "../../lib/bgp/guard/lease_report.ts";
import { leaseOutput } from "../../lib/bgp/guard/tool_fields.ts";
import { peerSights } from "../../lib/bgp/rib_query/peer_sights.ts";
import {
  errorField,
  isAsExpected,
  isConverged,
  pathFields,
  type PropagationRow,
  sayPropagation,
} from "../../lib/bgp/rib_query/propagation_row.ts";
import { readChanges } from "../../lib/bgp/rib_query/read_changes.ts";
import { prefixInput, readPrefix, rows } from "../../lib/bgp/rib_query/route_input.ts";
import { Turns } from "../../lib/bgp/rib_query/turns.ts";
import { parseAddressOrNull } from "../../lib/ip/address.ts";
import { firstAddress, type Prefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { specialUse } from "../../lib/ip/special_use.ts";
import { gatherViews } from "../../lib/looking_glass/gather_views.ts";
import type { LookingGlass } from "../../lib/looking_glass/looking_glass.ts";
import { type Sight, sightsOf } from "../../lib/looking_glass/sight.ts";
import { AFTERTHOUGHT_MS } from "../../lib/looking_glass/tool_fields.ts";
import {
  bgp,
  defineTool,
  resolvers,
  routeServers,
  type ToolContext,
} from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import type { RoutePath } from "../../lib/route/route.ts";

/** Time between two looks at our own tables, milliseconds. */
const LOOK_MS = 250;
/** Time between two questions to a route server: its operator counts them, milliseconds. */
const ASK_AGAIN_MS = 15_000;
/** Characters of an RFC 3339 time up to its seconds. */
const SECONDS_CHARS = "2026-01-31T08:00:00".length;
/** Rows of those that do not see it, and of those that failed. */
const ROWS_MAX = 10;

function input() {
  return z.strictObject({
    prefix: prefixInput().describe("Exactly this prefix, for example 192.0.2.0/24"),
    expect: z.enum(["seen", "gone"]).default("seen").describe(
      "What wait_sec waits for: everybody has it, or, after a withdrawal, nobody has it any more",
    ),
    wait_sec: z.int().min(0).max(120).default(0).describe(
      "Seconds to wait for that at most; 0: one look. Route servers are asked again every 15 s",
    ),
    vantages: z.enum(["all", "peers", "route_servers"]).default("all").describe(
      "peers: our own tables only, which sends nothing",
    ),
    servers: z.array(z.string().min(1).max(100)).max(16).default([]).describe(
      "Names or tags of route servers (list_servers); default: all enabled ones, but of special-use " +
        "space only those at special-use addresses, which are yours",
    ),
  });
}

type Input = z.output<ReturnType<typeof input>>;

/** Follows a route through the network. */
export const bgpPropagation = defineTool({
  name: "bgp_propagation",
  title: "See how far a route has come",
  toolset: "bgp",
  effect: "observe",
  reach: "open",
  description:
    "Proof that a route of ours arrived, or is gone: which of our other peers send it back to us, by " +
    "which path and since when, and which route servers show it, each with its time. Can wait for it. " +
    "Those that fail are told with their error: that is not absence. A peer that heard the route from " +
    "us need not send it back: it counts only if it does. To judge an announcement on the Internet " +
    "use check_announcement, to compare attributes route_compare.",
  input,
  output: () =>
    z.object({
      success: z.boolean().describe("All who were asked gave a sure answer"),
      summary: z.string(),
      prefix: z.string(),
      expect: z.enum(["seen", "gone"]),
      converged: z.boolean().describe("All that answered are as expected, and somebody did"),
      waited_ms: z.number(),
      route_info: leaseOutput().nullable().describe("Our own announcement of it, the last one"),
      seen_by: rows().describe(
        "vantage, kind (peer, route_server), as_path, path_count, through_us (our AS is in it), since, " +
          "as_of, announced_to, not_eligible, stale",
      ),
      not_seen_by: rows().describe(
        "state (not_seen, covered, default_only), as_of, gone_at, covered_by",
      ),
      no_answer: rows().describe("vantage, error: code and message; as_of"),
      left_out: z.object({ not_seen_by: z.number(), no_answer: z.number() }).describe(
        "Rows, for want of room",
      ),
    }),
  needs: () => [bgp, routeServers, resolvers],
  pages: "seen_by",
  budget: {
    ms: ({ wait_sec }, { looking_glass }) =>
      wait_sec * 1_000 + 2 * looking_glass.deadline_ms + AFTERTHOUGHT_MS,
  },
  run: async (given, cx) => {
    const { prefix, text } = readPrefix(given.prefix);
    const speaker = await cx.bgp();
    const lease = await ownLease(prefix, cx);
    const watch = new Watch(given, prefix, speaker, lease, cx);
    const waitedMs = await watch.run();
    const all = await watch.rows();
    const silent = all.filter(({ state }) => state === "unsure");
    const without = all.filter(({ state }) => state !== "unsure" && state !== "seen");
    return {
      success: silent.length === 0 && all.length > 0,
      summary: sayPropagation(text, all, {
        expected: given.expect,
        waitedMs: given.wait_sec === 0 ? null : waitedMs,
        told: watch.leftOut(),
        ownState: lease?.state ?? null,
        passedOver: watch.passedOver,
      }),
      prefix: text,
      expect: given.expect,
      converged: isConverged(all, given.expect),
      waited_ms: Math.round(waitedMs),
      route_info: lease === null ? null : leaseRow(lease, speaker.settings.peers),
      seen_by: all.filter(({ state }) => state === "seen"),
      not_seen_by: without.slice(0, ROWS_MAX),
      no_answer: silent.slice(0, ROWS_MAX),
      left_out: {
        not_seen_by: Math.max(0, without.length - ROWS_MAX),
        no_answer: Math.max(0, silent.length - ROWS_MAX),
      },
    };
  },
});

/** Our last announcement of the prefix, or null. */
async function ownLease(prefix: Prefix, cx: ToolContext): Promise<Lease | null> {
  if (!mayOriginate(cx.config)) return null;
  const text = renderPrefix(prefix);
  const leases = (await cx.routeGuard()).leases();
  return leases.findLast(({ route }) => renderPrefix(route.prefix) === text) ?? null;
}

/** Looks until everybody is as expected, or the time is over. */
class Watch {
  readonly #servers = new Map<string, PropagationRow>();
  #peers: readonly PropagationRow[] = [];
  /** Names of the peers that took the route from us. */
  readonly #told: ReadonlySet<string>;
  /** Why public route servers are not asked, or null. */
  passedOver: string | null = null;

  constructor(
    readonly given: Input,
    readonly prefix: Prefix,
    readonly speaker: BgpSpeaker,
    lease: Lease | null,
    readonly cx: ToolContext,
  ) {
    const report = lease?.state === "announced" ? lease.report?.peers ?? [] : [];
    this.#told = new Set(report.flatMap(({ peer, state }) => state === "sent" ? peer : []));
  }

  /** How long it took, milliseconds. */
  async run(): Promise<number> {
    const { clock } = this.cx.io;
    const { wait_sec, expect } = this.given;
    const startMs = clock.monotonicMs();
    const waited = (): number => clock.monotonicMs() - startMs;
    let askedMs = clock.monotonicMs();
    await this.#askServers(null);
    this.#lookAtPeers();
    while (waited() < wait_sec * 1_000 && !this.#isSettled() && !this.cx.signal.aborted) {
      const all = this.#all();
      const met = all.filter((row) => isAsExpected(row, expect)).length;
      this.cx.progress(met, all.length, `${expect} at ${met} of ${all.length}`);
      await clock.sleep(LOOK_MS, this.cx.signal).catch(() => {});
      this.#lookAtPeers();
      const open = [...this.#servers.values()].filter((row) => this.#isOpen(row));
      if (open.length === 0 || clock.monotonicMs() - askedMs < ASK_AGAIN_MS) continue;
      askedMs = clock.monotonicMs();
      await this.#askServers(open.map(({ vantage }) => vantage));
    }
    this.#lookAtPeers();
    return waited();
  }

  /** All rows, with the times at which peers sent the route and took it back. */
  async rows(): Promise<readonly PropagationRow[]> {
    const last = await this.#lastChanges();
    return this.#all().map((row) => {
      const change = row.kind === "peer" ? last.get(row.vantage) : undefined;
      if (change === undefined) return row;
      const time = timeText(change.atMs);
      if (row.state === "seen") {
        // The tables keep whole seconds; the change is the same one if it fell into that second.
        return row.since?.slice(0, SECONDS_CHARS) === time.slice(0, SECONDS_CHARS)
          ? { ...row, since: time }
          : row;
      }
      return change.kind === "withdraw" ? { ...row, gone_at: time } : row;
    });
  }

  /** Peers that heard the route from us and do not send it back. */
  leftOut(): readonly string[] {
    if (this.given.vantages === "route_servers") return [];
    const shown = new Set(this.#peers.map(({ vantage }) => vantage));
    return [...this.#told].filter((name) => !shown.has(name));
  }

  #all(): readonly PropagationRow[] {
    return [...this.#peers, ...this.#servers.values()];
  }

  /** A server that failed is not asked again: its operator may have locked us out. */
  #isOpen(row: PropagationRow): boolean {
    return row.state !== "unsure" && !isAsExpected(row, this.given.expect);
  }

  #isSettled(): boolean {
    return this.#peers.every((row) => isAsExpected(row, this.given.expect)) &&
      ![...this.#servers.values()].some((row) => this.#isOpen(row));
  }

  #lookAtPeers(): void {
    if (this.given.vantages === "route_servers") return;
    const { rib, settings: { localAs } } = this.speaker;
    const as_of = timeText(this.cx.io.clock.now());
    this.#peers = peerSights(rib, this.speaker.peers(), this.prefix).flatMap((sight) => {
      const { name } = sight.peer.settings;
      const isTold = this.#told.has(name);
      if (isTold && sight.state !== "seen") return [];
      const best = sight.paths.find(({ isBest }) => isBest) ?? sight.paths[0];
      return {
        vantage: name,
        kind: "peer" as const,
        state: sight.state,
        ...pathFields(best?.asPath ?? null, localAs),
        path_count: sight.paths.length,
        since: best === undefined ? null : secondText(best.sinceMs),
        as_of,
        ...(isTold ? { announced_to: true as const } : {}),
        ...(best === undefined || best.ineligible === "none"
          ? {}
          : { not_eligible: best.ineligible }),
        ...(best?.isStale ? { stale: true as const } : {}),
        ...(sight.covering === null || sight.state === "seen"
          ? {}
          : { covered_by: renderPrefix(sight.covering) }),
        ...(sight.problem === null ? {} : { error: errorField(sight.problem) }),
      };
    });
  }

  /** Null: all that were chosen, in the first place. */
  async #askServers(again: readonly string[] | null): Promise<void> {
    const { vantages, servers } = this.given;
    if (vantages === "peers") return;
    const sight = await this.cx.lookingGlass();
    const isNamed = servers.length > 0 || vantages === "route_servers";
    const chosen = again ?? (isNamed ? servers : await this.#usualServers(sight.glass));
    if (!isNamed && chosen.length === 0) return;
    const target = { prefix: this.prefix };
    const { views } = await gatherViews(sight, target, {
      servers: chosen,
      archives: "no",
      moreSpecifics: false,
      signal: this.cx.signal,
      fresh: true,
      onProgress: (done, total, name) => this.cx.progress(done, total, `asked ${name}`),
    });
    const nowMs = this.cx.io.clock.now();
    for (const one of sightsOf(target, views)) this.#take(one, nowMs);
  }

  /**
   * Names of the enabled servers that can know of the prefix: special-use space does not come as
   * far as public ones, and their operators count questions.
   */
  async #usualServers(glass: LookingGlass): Promise<readonly string[]> {
    const enabled = (await glass.states()).map(({ server }) => server).filter(({ enabled }) =>
      enabled
    );
    const special = specialUse(firstAddress(this.prefix));
    if (special === null || special.globallyReachable === true) {
      return enabled.map(({ name }) => name);
    }
    const own = enabled.filter(({ host }) => {
      const address = parseAddressOrNull(host);
      return address !== null && specialUse(address) !== null;
    });
    if (own.length < enabled.length) {
      this.passedOver =
        `public route servers were not asked: ${
          renderPrefix(special.prefix)
        } is special-use space ` +
        `(${special.name})`;
    }
    return own.map(({ name }) => name);
  }

  /** What was sure before stays where a server fails at the second time. */
  #take(sight: Sight, nowMs: number): void {
    const before = this.#servers.get(sight.label);
    const row = serverRow(sight, this.speaker.settings.localAs, nowMs);
    if (before !== undefined && row.state === "unsure") return;
    const isLost = before?.state === "seen" && row.state !== "seen";
    this.#servers.set(sight.label, isLost ? { ...row, gone_at: row.as_of } : row);
  }

  /** By name of the peer, the last that it did with the very prefix. */
  async #lastChanges(): Promise<ReadonlyMap<string, RouteChange>> {
    const { changes, settings } = this.speaker;
    const last = new Map<string, RouteChange>();
    const window = {
      fromMs: null,
      toMs: null,
      prefix: this.prefix,
      isCovered: false,
      peer: null,
    };
    await readChanges(changes, window, new Turns(this.cx.io.clock, this.cx.signal), (change) => {
      const name = settings.peers[change.peer]?.name;
      if (change.kind !== "best" && name !== undefined) last.set(name, change);
    });
    return last;
  }
}

function serverRow(
  { label, state, paths, covering, view }: Sight,
  localAs: number,
  nowMs: number,
): PropagationRow {
  const best = paths.find(({ flags }) => flags.includes("best")) ?? paths[0];
  const around = covering.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
  return {
    vantage: label,
    kind: "route_server",
    state,
    ...pathFields(best?.asPath ?? null, localAs),
    path_count: paths.length,
    since: best === undefined ? null : sinceOf(best, nowMs),
    as_of: timeText(nowMs),
    ...(around === undefined || state === "seen"
      ? {}
      : { covered_by: renderPrefix(around.prefix) }),
    ...(state !== "unsure" ? {} : {
      error: errorField(
        view.error ??
          { code: "remote.partial", message: view.missing ?? "Its answer is not whole" },
      ),
    }),
  };
}

/** Null where the router says nothing, or does not say in which zone it counts. */
function sinceOf({ ageSec, lastChange }: RoutePath, nowMs: number): string | null {
  if (ageSec !== null) return timeText(nowMs - ageSec * 1_000);
  return lastChange?.endsWith("Z") ? lastChange : null;
}

/** To the second. */
function secondText(ms: number): string {
  return `${timeText(ms).slice(0, SECONDS_CHARS)}Z`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
