/**
 * Which servers a caller means: names, parts of names, and tags.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { nearestWord } from "../errors/nearest_word.ts";
import type { ServerEntry } from "./server.ts";

/** Names that an error lists at most. */
const MAX_NAMES = 8;
/** Characters of a caller's text that an error repeats. */
const MAX_TEXT_CHARS = 80;

/** What a server may be asked to have beside an answer. */
type Offer = "ping" | "traceroute";

/**
 * The enabled server that `text` names: exact, without regard to case and accents, else the only
 * one that it is part of (of its name or host). Without a text: the first one, of those that offer
 * `offer` if given.
 *
 * @throws {InputError} `input.server`
 */
export function findServer(
  servers: readonly ServerEntry[],
  text: string | undefined,
  offer?: Offer,
): ServerEntry {
  const enabled = servers.filter((server) => server.enabled);
  const offering = offer === undefined ? enabled : enabled.filter((server) => server[offer]);
  if (text === undefined) {
    const [first] = offering;
    if (first === undefined) throw noneEnabled(servers, offer);
    return first;
  }
  const named = byName(enabled, text);
  const [found, ...others] = named;
  if (found === undefined) throw unknownServer(servers, enabled, text);
  if (others.length > 0) {
    throw new InputError("server", `Cannot choose a server: "${shown(text)}" fits several`, {
      hint: `Name one of ${listOf(named)}.`,
    });
  }
  if (offer !== undefined && !found[offer]) {
    throw new InputError("server", `Cannot ask "${found.name}": it does not offer ${offer}`, {
      hint: offering.length === 0
        ? `No enabled server does; set ${offer}: true of one in looking_glass.servers if its operator allows it.`
        : `These do: ${listOf(offering)}.`,
    });
  }
  return found;
}

/**
 * Enabled servers by names and tags, each once, in the order of the configuration; an empty list
 * stands for all enabled ones.
 *
 * @throws {InputError} `input.server`
 */
export function selectServers(
  servers: readonly ServerEntry[],
  texts: readonly string[],
): readonly ServerEntry[] {
  const enabled = servers.filter((server) => server.enabled);
  if (enabled.length === 0) throw noneEnabled(servers);
  if (texts.length === 0) return enabled;
  const chosen = new Set(texts.flatMap((text) => {
    const wanted = foldName(text);
    const isName = enabled.some(({ name }) => foldName(name) === wanted);
    const tagged = isName ? [] : enabled.filter(({ tags }) => tags.includes(wanted));
    return tagged.length > 0 ? tagged : [findServer(servers, text)];
  }));
  return enabled.filter((server) => chosen.has(server));
}

/** The one of that name, else those that the text is part of. */
function byName(servers: readonly ServerEntry[], text: string): readonly ServerEntry[] {
  const wanted = foldName(text);
  if (wanted === "") return [];
  const exact = servers.filter(({ name }) => name === text);
  if (exact.length > 0) return exact;
  const same = servers.filter(({ name }) => foldName(name) === wanted);
  if (same.length > 0) return same;
  return servers.filter(({ name, host }) =>
    foldName(name).includes(wanted) || host.includes(wanted)
  );
}

function unknownServer(
  servers: readonly ServerEntry[],
  enabled: readonly ServerEntry[],
  text: string,
): InputError {
  if (enabled.length === 0) return noneEnabled(servers);
  const [disabled] = byName(servers.filter((server) => !server.enabled), text);
  if (disabled !== undefined) {
    return new InputError("server", `Cannot ask "${disabled.name}": it is not enabled`, {
      hint: `Add looking_glass.servers: [{name: "${disabled.name}", enabled: true}] to the ` +
        `configuration, or ask one of ${listOf(enabled)}.`,
      detail: { server: disabled.name },
    });
  }
  const names = new Map(enabled.map(({ name }) => [foldName(name), name]));
  const nearest = names.get(nearestWord(foldName(text), names.keys()) ?? "");
  return new InputError("server", `Cannot find a server called "${shown(text)}"`, {
    hint: nearest === undefined
      ? `Name one of ${listOf(enabled)}; list_servers tells more of them.`
      : `Did you mean "${nearest}"? list_servers has all of them.`,
  });
}

function noneEnabled(servers: readonly ServerEntry[], offer?: Offer): InputError {
  const example = servers.find((server) => offer === undefined || server[offer])?.name;
  return new InputError(
    "server",
    `Cannot choose a server: none ${offer === undefined ? "" : `that offers ${offer} `}is enabled`,
    {
      hint: example === undefined
        ? offer === undefined
          ? "Add one to looking_glass.servers in the configuration."
          : `Set ${offer}: true of one in looking_glass.servers if its operator allows it.`
        : `Add looking_glass.servers: [{name: "${example}", enabled: true}] to the configuration.`,
    },
  );
}

function listOf(servers: readonly ServerEntry[]): string {
  const names = servers.slice(0, MAX_NAMES).map(({ name }) => `"${name}"`).join(", ");
  const more = servers.length - MAX_NAMES;
  return more > 0 ? `${names} and ${more} more` : names;
}

/** Lower case without accents: "sao paulo" finds "São Paulo". */
export function foldName(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").trim().toLowerCase();
}

function shown(text: string): string {
  return text.length > MAX_TEXT_CHARS ? `${text.slice(0, MAX_TEXT_CHARS)}…` : text;
}
