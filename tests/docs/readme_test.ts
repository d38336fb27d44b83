/** What the README lets people paste is what the program takes, and config.yaml names what there is. */
import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { allTools } from "../../tools/mod.ts";

const README = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

/** Texts between a fence of this language and its end. */
function fenced(language: string): readonly string[] {
  return [...README.matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\``, "gm"))]
    .map(([, text]) => text ?? "");
}

for (const text of fenced("yaml")) {
  Deno.test(`this configuration of the README is taken: ${text.slice(0, 60)}`, async () => {
    await assert.doesNotReject(loadConfig({
      configFile: "/readme.yaml",
      argv: {},
      env: () => undefined,
      readFile: () => text,
      cwd: "/srv",
      home: null,
      platform: "linux",
    }));
  });
}

Deno.test("every call in the README names a tool, with arguments that it takes", () => {
  const calls = [...fenced("sh").join("\n").matchAll(/ call (\w+) '([^']*)'/g)];
  assert.ok(calls.length >= 10);
  for (const [, name, args = ""] of calls) {
    const tool = allTools.find((one) => one.name === name);
    assert.ok(tool, name);
    tool.input.parse(JSON.parse(args));
  }
});

Deno.test("config.yaml and the README name every toolset", async () => {
  const config = await Deno.readTextFile(new URL("../../config.yaml", import.meta.url));
  const [, listed = ""] = /The toolsets are ([^;]*);/.exec(config.replaceAll("\n# ", " ")) ?? [];
  const toolsets = [...new Set(allTools.map(({ toolset }) => toolset))].sort();
  assert.deepEqual(listed.split(/, | and /), toolsets);
  for (const toolset of toolsets) assert.ok(README.includes(`| ${toolset} `), toolset);
});
