/** Holds the compiled kernel that is checked in to its source. */
import assert from "node:assert/strict";
import { pinnedToolTest } from "../support/pinned_tool.ts";
import { checkedInKernel, compileKernel, COMPILER } from "./build.ts";

pinnedToolTest(
  "the kernel that is checked in is what its source compiles to",
  COMPILER,
  async (home) => {
    assert.equal(await checkedInKernel(), await compileKernel(home));
  },
);
