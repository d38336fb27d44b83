import { holdToProofs } from "../../tests/support/page_proofs.ts";

await holdToProofs(new URL("./HOSTILE.md", import.meta.url));
