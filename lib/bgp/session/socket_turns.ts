/**
 * A pause of the event loop that is long enough for its sockets to be looked at. Measured on Deno
 * 2.9.6: a loop that always has something to do looks at them with every 61st turn (what tokio calls
 * its event interval). So many empty turns take half a millisecond; a timer takes one to five, the
 * more the busier the machine is.
 *
 * @module
 */

const TURNS = 64;

/** Calls `act` when all sockets have been looked at; what it returns takes that back. */
export function afterSockets(act: () => void): () => void {
  let left = TURNS;
  const turn = (): void => {
    if (--left === 0) act();
    else immediate = setImmediate(turn);
  };
  let immediate = setImmediate(turn);
  return () => clearImmediate(immediate);
}
