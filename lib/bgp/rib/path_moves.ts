/**
 * How an automaton moves along AS paths: masks for a single step, and where its states are small a
 * table, so that a loop over all paths needs no more than a look.
 *
 * @module
 */

/** The automaton. Bit n of a state: the first n items of a pattern match what was read. */
export interface PathMoves {
  /** ASes that it tells apart. */
  readonly asns: Uint32Array;
  /** Bits that move on and bits that stay: for each of `asns`, and behind them for all others. */
  readonly advance: Int32Array;
  readonly stay: Int32Array;
  /** Bits of every state. At least one, so that no state is 0. */
  readonly always: number;
  /** Bits that carry the next one with them. */
  readonly runs: number;
  /** Before the first AS. */
  readonly start: number;
  /** True: only the last AS counts, so that each may be read as if it were the first. */
  readonly isForgetful: boolean;
  /** {@link movesTable}, or null if a state takes more than an octet. */
  readonly table: Uint8Array | null;
}

/** States of an octet. */
export const NARROW_STATES = 256;

/** The states behind each of {@link NARROW_STATES}: for each of `asns`, and behind them for all others. */
export function movesTable(moves: Omit<PathMoves, "table">): Uint8Array {
  const table = new Uint8Array((moves.asns.length + 1) * NARROW_STATES);
  return table.map((_, at) => moved(moves, at % NARROW_STATES, Math.floor(at / NARROW_STATES)));
}

/** The state behind one AS. */
export function step(moves: PathMoves, state: number, asn: number): number {
  return moved(moves, state, indexOf(moves.asns, asn));
}

/** The state behind a set, which is one step that matches each of its members. */
export function stepSet(moves: PathMoves, state: number, members: readonly number[]): number {
  const { asns } = moves;
  return members.reduce(
    (states, member) => states | moved(moves, state, indexOf(asns, member)),
    moved(moves, state, asns.length),
  );
}

/** Where the moves of an AS stand: a handful of comparisons, as a pattern names 16 at most. */
export function indexOf(asns: Uint32Array, asn: number): number {
  let index = 0;
  while (index < asns.length && asns[index] !== asn) index++;
  return index;
}

/** The state behind one AS with these moves. */
function moved(
  { advance, stay, always, runs }: Omit<PathMoves, "table">,
  state: number,
  index: number,
): number {
  const next = ((state & (advance[index] ?? 0)) << 1) | (state & (stay[index] ?? 0)) | always;
  return next | ((next & runs) << 1);
}
