/**
 * `show route …` of Junos without `detail`: rows of a table, each path on a few lines.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { Parsed } from "../../answer.ts";
import { draftPath, type PathDraft, readPrefix, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { readJunosAsPath } from "./as_path.ts";
import { unicastTable } from "./command.ts";
import { firstAddress, readAge, readValidation } from "./path_lines.ts";
import { TABLE } from "./route_detail.ts";

/** `192.0.2.0/24       *[BGP/170] 3w5d 18:30:36, MED 5, localpref 100, from 198.51.100.1`. */
const ENTRY =
  /^(\S{3,43}\/\d{1,3})?\s*([*+-]?)\[([A-Za-z][\w-]{0,20})(?:\/(\d{1,10}))?\s?\]\s*(.*)$/;
/** A prefix too long for its column stands alone. */
const LONE_PREFIX = /^[\da-fA-F.:]{2,40}\/\d{1,3}$/;
/** `> to 192.0.2.1 via ge-0/0/1.0`; the sign marks the next hop that traffic takes. */
const NEXT_HOP = /^(>)?\s*to (\S+)/;
const OTHER_NEXT_HOP =
  /^>?\s*(?:via|Indirect|Discard|Reject|Receive|Local via|Unusable|Fictitious|MultiRecv)\b/;
const HEADING = /^(?:\+ = Active Route|Limit\/Threshold:|Warning:|\{)/;

interface Row {
  readonly path: PathDraft;
  readonly text: string;
  hasAsPath: boolean;
  hasNextHop: boolean;
}

/** Reads a table of one family. It has no count, so every line must be understood. */
export function readRouteTable(family: 4 | 6, output: string): Parsed {
  const problems = new ProblemList();
  const rows: Row[] = [];
  let row: Row | null = null;
  let prefix: Prefix | null = null;
  let isWanted = true;
  for (const raw of wholeLines(output, problems)) {
    const line = raw.trim();
    const table = TABLE.exec(line)?.[1];
    if (table !== undefined) isWanted = table === unicastTable(family);
    if (table !== undefined || !isWanted || line === "" || HEADING.test(line)) continue;
    const entry = ENTRY.exec(line);
    if (entry !== null) {
      row = null;
      if (entry[1] !== undefined) prefix = readPrefix(entry[1]);
      if (prefix === null) problems.add("A row has no readable prefix", line);
      else if (entry[3] === "BGP") rows.push(row = openRow(prefix, entry));
      else problems.add("A row is of another protocol", line);
    } else if (LONE_PREFIX.test(line)) {
      row = null;
      prefix = readPrefix(line);
    } else if (row === null || !readRowLine(row, line)) problems.add("Cannot read the line", line);
  }
  for (const { hasAsPath, hasNextHop, text } of rows) {
    if (!hasAsPath || !hasNextHop) problems.add("A row is cut", text);
  }
  return {
    answer: {
      kind: "table",
      paths: rows.map(({ path }) => path),
      announcedPrefixes: null,
      announcedPaths: null,
      routerId: null,
      localAs: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function openRow(
  prefix: Prefix,
  [text, , mark, , preference, attributes = ""]: RegExpExecArray,
): Row {
  const row: Row = {
    path: { ...draftPath(prefix), preference: readUint32(preference) },
    text,
    hasAsPath: false,
    // A hidden path has no preference, and may have no next hop either.
    hasNextHop: preference === undefined,
  };
  row.path.flags.push(preference === undefined ? "filtered" : "valid");
  if (mark === "*" || mark === "+") row.path.flags.push("best");
  const [age = "", ...words] = attributes.split(", ");
  row.path.ageSec = readAge(age.trim());
  for (const word of words) {
    const [name, value = ""] = word.trim().split(" ");
    if (name === "localpref") row.path.localPref = readUint32(value);
    else if (name === "MED") row.path.med = readUint32(value);
    else if (name === "from") row.path.peer.address = firstAddress(value);
  }
  return row;
}

/** False for a line that cannot be part of a row. */
function readRowLine(row: Row, line: string): boolean {
  const { path } = row;
  if (line.startsWith("AS path:")) {
    const [text = "", ...rest] = line.slice("AS path:".length).split(", ");
    const read = readJunosAsPath(text);
    if (read === null) return false;
    row.hasAsPath = true;
    path.asPath = read.asPath;
    path.origin = read.origin;
    for (const word of rest) {
      const [name, value = ""] = word.split(": ");
      if (name === "validation-state") path.rpki = readValidation(value);
    }
    return true;
  }
  const nextHop = NEXT_HOP.exec(line);
  if (nextHop === null) return OTHER_NEXT_HOP.test(line) && (row.hasNextHop = true);
  const address = firstAddress(nextHop[2] ?? "");
  // Who told it is named only if it is not the next hop; a link-local one tells nobody who it is.
  if (path.nextHop === null && path.peer.address === null && !address?.startsWith("fe80:")) {
    path.peer.address = address;
  }
  if (path.nextHop === null || nextHop[1] !== undefined) path.nextHop = address;
  row.hasNextHop = true;
  return true;
}
