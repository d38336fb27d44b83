/**
 * The compiled twin of what `tcp/flag_cells.ts` counts: findings per connection, a chain of cells for
 * each. AssemblyScript.
 */

// Octets of a cell.
const CELL_LOG2: u32 = 5;
const NEXT: u32 = 0, TAG: u32 = 4, COUNT: u32 = 8, LAST_FRAME: u32 = 12, FRAMES: u32 = 16;
const FRAMES_KEPT: u32 = 4;

// What is counted: cells that were ever used, room for them, the first one that was given back.
const USED: u32 = 0, CELLS_MAX: u32 = 4, FREE: u32 = 8;

// Octets of the totals: segments by kind, connections by kind, findings that found no cell.
const SEGMENTS: u32 = 0, CONNECTIONS: u32 = 256, NOT_KEPT: u32 = 512;

let counts: u32 = 0, cells: u32 = 0, totals: u32 = 0;

/** Told once where counts, cells and totals lie. */
export function bindFlagCells(countsAt: u32, cellsAt: u32, totalsAt: u32): void {
  counts = countsAt;
  cells = cellsAt;
  totals = totalsAt;
}

/** Counts a finding of kind `kind` that `side` sent in the chain of a connection; the chain after that. */
export function addFinding(chain: u32, kind: u32, side: u32, frame: u32): u32 {
  addOne(totals + (kind << 3), SEGMENTS);
  const tag = (kind << 1) | side;
  let cell = find(chain, tag);
  let first = chain;
  if (cell == 0) {
    cell = add(chain, tag);
    if (cell == 0) {
      addOne(totals, NOT_KEPT);
      return chain;
    }
    first = cell;
    if (find(chain, tag ^ 1) == 0) addOne(totals + (kind << 3), CONNECTIONS);
  }
  const at = cellAt(cell);
  const count = load<u32>(at, COUNT);
  if (count < FRAMES_KEPT) store<u32>(at + (count << 2), frame, FRAMES);
  store<u32>(at, count + 1, COUNT);
  store<u32>(at, frame, LAST_FRAME);
  return first;
}

@inline
function addOne(at: u32, offset: u32): void {
  store<f64>(at + offset, load<f64>(at + offset) + 1);
}

@inline
function cellAt(cell: u32): u32 {
  return cells + ((cell - 1) << CELL_LOG2);
}

/** The cell of `tag` in a chain, 0 if it is not there. */
@inline
function find(chain: u32, tag: u32): u32 {
  let cell = chain;
  while (cell != 0 && load<u32>(cellAt(cell), TAG) != tag) cell = load<u32>(cellAt(cell), NEXT);
  return cell;
}

/** A new cell in front of a chain, 0 if there is no room. */
function add(chain: u32, tag: u32): u32 {
  let cell = load<u32>(counts, FREE);
  if (cell != 0) store<u32>(counts, load<u32>(cellAt(cell), NEXT), FREE);
  else {
    const used = load<u32>(counts, USED);
    if (used >= load<u32>(counts, CELLS_MAX)) return 0;
    cell = used + 1;
    store<u32>(counts, cell, USED);
  }
  const at = cellAt(cell);
  store<u32>(at, chain, NEXT);
  store<u32>(at, tag, TAG);
  store<u64>(at, 0, COUNT);
  store<u64>(at, 0, FRAMES);
  store<u64>(at + 8, 0, FRAMES);
  return cell;
}
