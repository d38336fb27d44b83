/**
 * One prefix or address asked of many: route servers at once, and the archives that are enabled.
 *
 * @module
 */
import { asNetglassError, InputError } from "../errors/mod.ts";
import { renderPrefix } from "../ip/prefix.ts";
import type { RoutePath } from "../route/route.ts";
import { sayList } from "../words/list.ts";
import type { RouteTarget } from "./dialects/route_match.ts";
import { expectAnswer, incompleteReason } from "./expect_answer.ts";
import type { RouteSource } from "./http_sources/http_source.ts";
import type { ServerAnswer, ServerOutcome } from "./looking_glass.ts";
import type { RouteSight } from "./looking_glass_service.ts";
import type { VantageView } from "./vantage.ts";

/** Most route servers of one question; archives serve who wants more. */
export const SERVERS_MAX = 16;

/** What is asked of whom. */
export interface GatherOptions {
  /** Names and tags of route servers; empty: all enabled ones. */
  readonly servers: readonly string[];
  /** Whether the enabled archives are asked too, alone, or not. */
  readonly archives: "also" | "only" | "no";
  /** Also what lies inside of the prefix: another command for each server. */
  readonly moreSpecifics: boolean;
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
  /** True: what a server said a moment ago does not do. */
  readonly fresh?: boolean;
  readonly onProgress: (done: number, total: number, message: string) => void;
}

/** What came. */
export interface GatheredViews {
  readonly views: readonly VantageView[];
  /** True if everybody who was asked answered in full. */
  readonly isWhole: boolean;
  /** The archives asked, whom to name for their data, and what is wrong with it. */
  readonly archives: readonly {
    readonly name: string;
    readonly attribution: string;
    readonly collectors: number;
    readonly problems: readonly string[];
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

/**
 * Asks everybody; what each failed with is in its view.
 *
 * @throws {InputError} `input.server`: an unknown name, too many, or nobody to ask
 */
export async function gatherViews(
  { glass, sources }: RouteSight,
  target: RouteTarget,
  options: GatherOptions,
): Promise<GatheredViews> {
  const asksArchives = options.archives === "no" ? [] : sources;
  if (options.archives === "only" && asksArchives.length === 0) {
    throw new InputError("archives", "Cannot ask archives alone: none is enabled", {
      hint: "Add looking_glass.http_sources: [routeviews-api, ripestat] to the configuration.",
    });
  }
  const servers = options.archives === "only" ? [] : glass.select(options.servers);
  if (servers.length > SERVERS_MAX) {
    throw new InputError(
      "server",
      `Cannot ask ${servers.length} route servers at once: at most ${SERVERS_MAX}`,
      {
        hint:
          "Name fewer, or a tag; looking_glass.http_sources answer for hundreds of collectors at once.",
      },
    );
  }
  const total = servers.length + asksArchives.length;
  let done = 0;
  const tick = (name: string): void => options.onProgress(++done, total, name);
  const ask = {
    signal: options.signal,
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    ...(options.fresh === undefined ? {} : { fresh: options.fresh }),
  };
  const inside = options.moreSpecifics && "prefix" in target ? target.prefix : null;
  const [routes, tables, archives] = await Promise.all([
    glass.askMany(servers, { kind: "route", target }, {
      ...ask,
      onOutcome: ({ server }) => tick(server.name),
    }),
    inside === null ? [] : glass.askMany(servers, { kind: "longer", prefix: inside }, ask),
    Promise.all(asksArchives.map(async (source) => {
      const answer = await askArchive(source, target, options);
      tick(source.name);
      return answer;
    })),
  ]);
  const views = [
    ...routes.map((outcome, index) => viewOf(outcome, tables[index] ?? null)),
    ...archives.flatMap(({ views }) => views),
  ];
  return {
    views,
    isWhole: views.every(({ complete }) => complete) && archives.every(({ isWhole }) => isWhole),
    archives: archives.map(({ views, isWhole: _, ...report }) => ({
      ...report,
      collectors: views.length,
    })),
  };
}

/** What a sentence says of archives that failed: that they see nothing is not known. */
export function saySilentArchives(archives: GatheredViews["archives"]): string {
  const failed = archives.filter(({ error }) => error !== null).map(({ name }) => name);
  return failed.length === 0 ? "" : `; no answer from ${sayList(failed)}`;
}

/** The view of a server from what it has for the target, and for what lies inside of it if asked. */
function viewOf(route: ServerOutcome, table: ServerOutcome | null): VantageView {
  const { name, location } = route.server;
  const view = { vantage: name, source: "telnet" as const, location, asOf: null };
  try {
    const answer = answered(route);
    const { match, paths } = expectAnswer(answer, "route");
    const inside = table === null ? WHOLE : pathsInside(table, paths);
    const missing = incompleteReason(answer) ?? inside.missing;
    return {
      ...view,
      match,
      paths: [...paths, ...inside.paths],
      complete: missing === null,
      ...(missing === null ? {} : { missing }),
      error: null,
    };
  } catch (error) {
    return { ...view, match: null, paths: [], complete: false, error: asNetglassError(error) };
  }
}

function answered(outcome: ServerOutcome): ServerAnswer {
  if (outcome.error !== null) throw outcome.error;
  return outcome.answer;
}

/** What lies inside of a prefix at one server, and what is missing of it. */
interface Inside {
  readonly paths: readonly RoutePath[];
  readonly missing: string | null;
}

const WHOLE: Inside = { paths: [], missing: null };

/**
 * Paths of a table to prefixes that `known` has no path to. Without the table the answer about the
 * prefix itself still stands.
 */
function pathsInside(table: ServerOutcome, known: readonly RoutePath[]): Inside {
  try {
    const answer = answered(table);
    const { paths } = expectAnswer(answer, "table");
    const told = new Set(known.map(({ prefix }) => renderPrefix(prefix)));
    const others = paths.filter(({ prefix }) => !told.has(renderPrefix(prefix)));
    const reason = incompleteReason(answer);
    return { paths: others, missing: reason === null ? null : `more-specifics: ${reason}` };
  } catch (error) {
    return { paths: [], missing: `more-specifics: ${asNetglassError(error).code}` };
  }
}

/** Time that archives have if nothing else was said, milliseconds. */
const ARCHIVE_DEADLINE_MS = 20_000;

async function askArchive(
  source: RouteSource,
  target: RouteTarget,
  { signal, deadlineMs = ARCHIVE_DEADLINE_MS }: GatherOptions,
) {
  const { name, attribution } = source;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    const { views, complete, problems } = await source.lookUp(target, limit);
    return { name, attribution, views, isWhole: complete, problems, error: null };
  } catch (error) {
    const { code, message } = asNetglassError(error);
    const failed = { code, message };
    return { name, attribution, views: [], isWhole: false, problems: [], error: failed };
  }
}
