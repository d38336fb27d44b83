/**
 * The looking glass as the server holds it: nothing of it is loaded before the first question.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Io } from "../io/io.ts";
import { loadModule } from "../io/own_modules.ts";
import type { LookingGlassOptions } from "./create_looking_glass.ts";
import type { RouteSource } from "./http_sources/http_source.ts";
import type { LookingGlass } from "./looking_glass.ts";

/** Whom routes can be asked of. */
export interface RouteSight {
  /** Route servers by telnet. */
  readonly glass: LookingGlass;
  /** Archives of route collectors over HTTPS, those that the configuration enables. */
  readonly sources: readonly RouteSource[];
}

/** The service. */
export interface LookingGlassService {
  /** Loads it with the first call. */
  open(): Promise<RouteSight>;
  /** Closes sessions and writes the ledger out, if it was ever opened. */
  stop(): Promise<void>;
}

/** What the service stands on. */
export interface ServiceParts extends Pick<LookingGlassOptions, "hosts" | "files" | "readEnv"> {
  readonly config: Config;
  readonly io: Io;
}

/** Makes the service; nothing is loaded, opened or contacted yet. */
export function createLookingGlassService(parts: ServiceParts): LookingGlassService {
  let opening: Promise<RouteSight> | null = null;
  return {
    open: () => opening ??= load(parts),
    // A service that could not be loaded has nothing to stop.
    stop: async () => await (await opening?.catch(() => null))?.glass.stop(),
  };
}

async function load({ config, io, ...rest }: ServiceParts): Promise<RouteSight> {
  const { net, clock } = io;
  const glass = new URL("./create_looking_glass.ts", import.meta.url);
  const sources = new URL("./http_sources/create_route_sources.ts", import.meta.url);
  // The types of the modules at those places.
  const [{ createLookingGlass }, { createRouteSources }] = await Promise.all([
    loadModule(glass) as Promise<typeof import("./create_looking_glass.ts")>,
    loadModule(sources) as Promise<typeof import("./http_sources/create_route_sources.ts")>,
  ]);
  return {
    glass: createLookingGlass({ config, net, clock, ...rest }),
    sources: createRouteSources(config, net, clock),
  };
}
