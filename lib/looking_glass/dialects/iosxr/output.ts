/**
 * What IOS XR puts around the lines that it shares with IOS.
 *
 * @module
 */

/** `Sat Mar  7 12:52:24.754 UTC`, the first line of every answer. */
const TIME_STAMP =
  /^\s*[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})? [^\n]{0,40}\n/;
/** `  Path #1: Received by speaker 0`. */
const PATH = /^ {2}Path #\d+: /;
/** What a path says before its attributes: lists of neighbours, internal flags. */
const BEFORE_PATH = /^ {2}(?:Flags:|Not advertised to|Advertised to)/;
/** What an entry says before it counts its paths: versions of internal tables. */
const BEFORE_COUNT =
  /^(?:Versions:|Last Modified:|Last Delayed at:| +(?:Process|Speaker|Flags:|Local Label:))/;

/** The output without its time stamp. */
export function withoutTimeStamp(output: string): string {
  return output.replace(TIME_STAMP, "");
}

/**
 * The detail of a prefix as IOS would print it: without what XR says of each path's place in the
 * router. Neighbours that it is announced to stand above the first path too.
 */
export function detailAsIos(output: string): string {
  const kept: string[] = [];
  let isBeforePath = false;
  for (const line of output.split("\n")) {
    if (PATH.test(line)) isBeforePath = true;
    else if (isBeforePath) {
      // Lists are indented deeper than their heading; the AS path is not.
      if (BEFORE_PATH.test(line) || line.startsWith("    ")) continue;
      isBeforePath = false;
      kept.push(line);
    } else if (!BEFORE_COUNT.test(line)) kept.push(line);
  }
  return kept.join("\n");
}
