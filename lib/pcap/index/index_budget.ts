/**
 * Memory that an index may take.
 *
 * @module
 */

/** Memory to be asked for before it is taken. */
export interface IndexBudget {
  /** True if `octets` more may be taken; they then are. */
  take(octets: number): boolean;
}

/** Why a capture has no index. */
export type IndexFault =
  /** The memory for indexes is full. */
  | "memory"
  /** What packets have in common cannot be told: flows made room for others, or paths were joined. */
  | "bounds";
