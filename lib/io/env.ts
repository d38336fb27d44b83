/**
 * Reading the environment.
 *
 * @module
 */

/** Value of an environment variable; undefined if it is unset or `--allow-env` does not name it. */
export function readEnv(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
