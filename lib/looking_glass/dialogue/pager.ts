/**
 * Marks of pagers: how they are told and which key shows the next page.
 *
 * @module
 */

/** One pager. */
interface Pager {
  /** Matches at the end of the unfinished line. */
  readonly mark: RegExp;
  readonly key: " " | "q";
  /** Who prints it. */
  readonly source: string;
}

/** Longest mark, characters. */
const MAX_MARK_CHARS = 160;

/**
 * FRR and IOS break a line in the middle, so that theirs may stand behind text; the others only at
 * its start. A mark is not taken without its last blank, which may come by itself. A lone `:` of
 * less(1) is not here: it is too easily data.
 */
const PAGERS: readonly Pager[] = [
  { mark: / --More-- $/i, key: " ", source: "FRR, IOS, EOS, inside a line" },
  { mark: /^<?-{2,4} ?More ?-{2,4}>? *$/i, key: " ", source: "IOS, ASA, NX-OS, IOS-XR, VRP" },
  { mark: /^--More--\(\d{1,3}%\)$/i, key: " ", source: "more(1)" },
  { mark: /^---\(more(?: \d{1,3}%)?\)---$/i, key: " ", source: "Junos" },
  { mark: /^---\(less \d{1,3}%\)---$/i, key: " ", source: "Junos" },
  { mark: /^-- MORE --, next page: Space.{0,120}$/i, key: " ", source: "ProCurve" },
  { mark: /^lines \d+-\d+(?:\/\d+)?(?: \d{1,3}%)?$/, key: " ", source: "less(1)" },
  { mark: /^(?:lines \d+-\d+(?:\/\d+)? )?\(END\)$/, key: "q", source: "less(1)" },
];

/** A pager that waits. */
export interface PagerMark {
  /** Length of the mark at the end of the line, characters. */
  readonly length: number;
  readonly key: " " | "q";
}

/** The mark that ends `line`, or null. */
export function pagerMark(line: string): PagerMark | null {
  const isWhole = line.length <= MAX_MARK_CHARS;
  const tail = isWhole ? line : line.slice(-MAX_MARK_CHARS);
  for (const { mark, key } of PAGERS) {
    const found = mark.exec(tail);
    if (found !== null && (isWhole || found.index > 0)) return { length: found[0].length, key };
  }
  return null;
}
