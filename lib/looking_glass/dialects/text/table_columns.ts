/**
 * Where the columns of a table of paths stand, and the numbers in three of them.
 *
 * @module
 */

/** Offsets in the heading `Network Next Hop Metric LocPrf Weight Path`. */
export interface TableColumns {
  readonly network: number;
  readonly nextHop: number;
  /** One past the last character; the numbers are aligned to it. */
  readonly metricEnd: number;
  readonly locPrfEnd: number;
  readonly weightEnd: number;
}

/** What a row says between next hop and path; null where the column is blank. */
export interface TableNumbers {
  readonly med: number | null;
  readonly localPref: number | null;
  readonly weight: number | null;
  /** Where the path begins. */
  readonly restAt: number;
}

const HEADING = /^ *Network +Next Hop +Metric +LocPrf +Weight +Path\b/;

/** The columns of a heading, or null if the line is none. */
export function readTableColumns(line: string): TableColumns | null {
  if (!HEADING.test(line)) return null;
  const end = (name: string) => line.indexOf(name) + name.length;
  return {
    network: line.indexOf("Network"),
    nextHop: line.indexOf("Next Hop"),
    metricEnd: end("Metric"),
    locPrfEnd: end("LocPrf"),
    weightEnd: end("Weight"),
  };
}

/**
 * Reads the three numbers behind `from`. Only the column tells which is which, so that a number
 * that ends elsewhere than its column is not read at all: null. `shift` is by how much the row
 * stands to the right of the heading.
 */
export function readTableNumbers(
  line: string,
  from: number,
  columns: TableColumns,
  shift: number,
): TableNumbers | null {
  const med = readColumn(line, from, columns.metricEnd + shift);
  if (med === null) return null;
  const localPref = readColumn(line, med.next, columns.locPrfEnd + shift);
  if (localPref === null) return null;
  // Wider than its column, it moves the next one.
  const drift = localPref.next - columns.locPrfEnd - shift;
  const weight = readColumn(line, localPref.next, columns.weightEnd + shift + drift);
  if (weight === null || line.length > weight.next && line[weight.next] !== " ") return null;
  return {
    med: med.value,
    localPref: localPref.value,
    weight: weight.value,
    restAt: weight.next + 1,
  };
}

interface Column {
  readonly value: number | null;
  readonly next: number;
}

/** Digits of a 32-bit number, at most. */
const DIGITS_MAX = 10;
/** Width of `LocPrf` and `Weight`: a number that touches the one before fills at least this. */
const WIDTH = 7;

function readColumn(line: string, from: number, end: number): Column | null {
  let start = from;
  while (start < end && line.charCodeAt(start) === 0x20) start++;
  if (start >= end || start >= line.length) return { value: null, next: end };
  let stop = start;
  while (isDigit(line.charCodeAt(stop)) && stop - start <= 2 * DIGITS_MAX) stop++;
  if (stop > end) {
    // Behind the number before, or one blank away (IOS XR), it had no room to end where it should.
    const overflows = start - from <= 1 && stop - start <= DIGITS_MAX;
    if (!overflows && stop - end < WIDTH) return null;
    if (!overflows) stop = end;
  } else if (stop < end) return null;
  const value = Number(line.slice(start, stop));
  return value <= 0xffff_ffff ? { value, next: stop } : null;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
