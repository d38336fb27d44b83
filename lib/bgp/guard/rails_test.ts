import { holdToProofs } from "../../../tests/support/page_proofs.ts";

await holdToProofs(new URL("./RAILS.md", import.meta.url));
