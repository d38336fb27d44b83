/**
 * Which parts of attribute sets hold a community, each part looked at once.
 *
 * @module
 */
import type { Community } from "../../route/community.ts";
import type { RibScan } from "../rib/rib_reader.ts";
import type { Condition } from "./attribute_filter.ts";
import { communityWords } from "./community_words.ts";

/** The columns that hold communities. */
export type CommunityColumns = Pick<RibScan, "hasCommunity" | "restHolds">;

const WANTED = 1;
const UNWANTED = 2;
/** Parts that there is room for at first. */
const FIRST_PARTS = 1 << 16;

/** Verdicts about a community. Extended and large ones stand in the rest of a set. */
export class CommunityVerdicts implements Condition {
  readonly part: "communities" | "rest";
  readonly wanted = WANTED;
  readonly #holds: (part: number) => boolean;
  #values = new Uint8Array(FIRST_PARTS);

  constructor(columns: CommunityColumns, community: Community) {
    const { kind, forms } = communityWords(community);
    if (kind === "standard") {
      const value = forms[0]?.[0] ?? 0;
      this.part = "communities";
      this.#holds = (part) => columns.hasCommunity(part, value);
    } else {
      this.part = "rest";
      this.#holds = (part) => forms.some((form) => columns.restHolds(part, form));
    }
  }

  get values(): Uint8Array {
    return this.#values;
  }

  judge(part: number): number {
    if (part >= this.#values.length) {
      const grown = new Uint8Array(part * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    const value = this.#holds(part) ? WANTED : UNWANTED;
    this.#values[part] = value;
    return value;
  }

  holdsNow(part: number): boolean {
    return this.#holds(part);
  }

  /** Parts are judged when a set has them. */
  advance(): boolean {
    return false;
  }
}
