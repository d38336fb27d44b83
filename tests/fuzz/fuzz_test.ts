import assert from "node:assert/strict";
import { fuzz, runTimed } from "./engine.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";
import { targets } from "./targets.ts";

const SEED = 20260731;
/** Mutated inputs per target, besides its seeds; the whole file stays under ten seconds. */
const EXECUTIONS = 400;
const CORPUS = new URL("corpus/", import.meta.url);

function* corpusOf(target: FuzzTarget): Generator<{ name: string; input: Uint8Array }> {
  const folder = new URL(`${target.name}/`, CORPUS);
  for (const { name } of Deno.readDirSync(folder)) {
    const [, ...lines] = Deno.readTextFileSync(new URL(name, folder)).split("\n");
    yield { name, input: Uint8Array.fromHex(lines.join("")) };
  }
}

const folders = [...Deno.readDirSync(CORPUS)].filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => name);

for (const target of targets) {
  Deno.test(`${target.name} holds on its seeds and on ${EXECUTIONS} mutations of them`, async () => {
    assert.ok(target.seeds.length > 0, "a target starts from something");
    const { finding } = await fuzz(target, SEED, {
      executions: target.seeds.length + EXECUTIONS,
    });
    assert.equal(
      finding,
      null,
      finding === null ? "" : `${finding.error}: ${finding.input.toHex()}`,
    );
  });

  if (folders.includes(target.name)) {
    Deno.test(`${target.name} holds on every input that once broke it`, async () => {
      for (const { name, input } of corpusOf(target)) {
        await assert.doesNotReject(runTimed(target, input), name);
      }
    });
  }
}

Deno.test("every folder of the corpus belongs to a target, and every target has a name of its own", () => {
  const names = targets.map(({ name }) => name);
  assert.deepEqual(folders.filter((folder) => !names.includes(folder)), []);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("the same seed gives the same inputs, another seed others", () => {
  const inputs = (seed: number): string => {
    const random = new Random(seed);
    const start = new TextEncoder().encode("a 1 b 22 c 333");
    return Array.from({ length: 50 }, () => mutate(start, [start], [], 100, random).toHex()).join();
  };
  assert.equal(inputs(1), inputs(1));
  assert.notEqual(inputs(1), inputs(2));
});

Deno.test("a target that throws, hangs or changes its input is found, with the input", async () => {
  const seeds = [Uint8Array.of(1, 2, 3)];
  const broken: [RegExp, FuzzTarget["run"]][] = [
    [/boom/, (bytes) => {
      if (bytes.length > 3) throw new Error("boom");
    }],
    [/changed its input/, (bytes) => {
      bytes[0] = 0;
    }],
    [/took \d+ ms/, () => {
      const end = performance.now() + 1_010;
      while (performance.now() < end);
    }],
  ];
  for (const [why, run] of broken) {
    const { finding } = await fuzz({ name: "broken", seeds, run }, 1, { executions: 100 });
    assert.match(String(finding?.error), why);
    assert.ok(finding !== null && finding.execution > 0);
  }
});
