/**
 * Loaded before every test file: property tests draw the same examples in every run, so that a run
 * that is green stays green. `NETGLASS_TEST_SEED=random` draws new ones, any number repeats a run;
 * new ground is what `deno task fuzz` looks for.
 *
 * @module
 */
import fc from "fast-check";

const wanted = Deno.env.get("NETGLASS_TEST_SEED") ?? "1";
if (wanted !== "random") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
