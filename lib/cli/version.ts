/**
 * The version of netglass, from its manifest.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };

/** Semantic version of this release. */
export const VERSION: string = manifest.version;
