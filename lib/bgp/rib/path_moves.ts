/**
 * How an automaton moves along AS paths: tables of masks, so that a loop over all paths needs no call
 * for a step.
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
}

/** The state behind a step from `state`. */
export function moved(
  state: number,
  advance: number,
  stay: number,
  always: number,
  runs: number,
): number {
  const next = ((state & advance) << 1) | (state & stay) | always;
  return next | ((next & runs) << 1);
}

/** The state behind one AS. */
export function step(moves: PathMoves, state: number, asn: number): number {
  const { advance, stay, always, runs } = moves;
  const index = indexOf(moves, asn);
  return moved(state, advance[index] ?? 0, stay[index] ?? 0, always, runs);
}

/** The state behind a set, which is one step that matches each of its members. */
export function stepSet(moves: PathMoves, state: number, members: readonly number[]): number {
  const { asns, always, runs } = moves;
  let advance = moves.advance[asns.length] ?? 0;
  let stay = moves.stay[asns.length] ?? 0;
  for (const member of members) {
    const index = indexOf(moves, member);
    advance |= moves.advance[index] ?? 0;
    stay |= moves.stay[index] ?? 0;
  }
  return moved(state, advance, stay, always, runs);
}

/** Where the moves of an AS stand: a handful of comparisons, as a pattern names 16 at most. */
function indexOf({ asns }: PathMoves, asn: number): number {
  let index = 0;
  while (index < asns.length && asns[index] !== asn) index++;
  return index;
}
