/**
 * `show ip bgp summary` of EOS.
 *
 * @module
 */
import type { NeighborRow, Parsed } from "../../answer.ts";
import { parseDuration } from "../text/duration.ts";
import { readAddress, readAsn, readUint32 } from "../text/path_draft.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

const IDENTITY = /^(?:BGP r|R)outer identifier (\S+), local AS number (\S+)$/;
const HEADING =
  /^ *(Description +)?Neighbor +V +AS +MsgRcvd +MsgSent +InQ +OutQ +Up\/Down +State +PfxRcd/;
/** Version 4, AS, messages, queues, time, and behind the state the counts that a release has. */
const COLUMNS =
  /\s(\S+) +4 +(\d[\d.]{0,10}) +(\d+) +(\d+) +\d+ +\d+ +(\S+) +([A-Z][A-Za-z]+)(?:\(([^()]{1,40})\))?((?: +\d+){0,3})$/;
const DESCRIPTION_MAX = 200;

/** EOS' short name; the others are those of RFC 4271 §8.2.2. */
const ESTABLISHED = "Estab";

/** Reads the neighbours of one family. EOS does not count them, so every row must be understood. */
export function readEosSummary(family: 4 | 6, output: string): Parsed {
  const problems = new ProblemList();
  const neighbors: NeighborRow[] = [];
  let identity: RegExpExecArray | null = null;
  let counts: readonly string[] | null = null;
  for (const line of wholeLines(output, problems)) {
    const text = line.trim();
    if (counts === null) {
      identity ??= IDENTITY.exec(text);
      if (HEADING.test(line)) counts = text.slice(text.indexOf("PfxRcd")).split(/ +/);
    } else if (text !== "") {
      const row = readRow(` ${line.trimEnd()}`, family, counts);
      if (row === null) problems.add("Cannot read the row", line);
      else neighbors.push(row);
    }
  }
  if (counts === null) problems.add("There is no heading above the neighbors");
  return {
    answer: {
      kind: "summary",
      routerId: readAddress(identity?.[1]),
      localAs: readAsn(identity?.[2]),
      ribEntries: null,
      neighbors,
      announcedNeighbors: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readRow(line: string, family: 4 | 6, names: readonly string[]): NeighborRow | null {
  // A description may hold anything, so that the row is read from its end.
  const found = COLUMNS.exec(line);
  const [, addressText, asn, received, sent, time = "", state, detail = null, numbers = ""] =
    found ?? [];
  const address = readAddress(addressText);
  if (found === null || address === null || state === undefined) return null;
  const counts = numbers.trim().split(/ +/);
  const count = (name: string) => readUint32(counts[names.indexOf(name)]);
  const description = line.slice(0, found.index).trim().replace(/^m +/, "");
  return {
    address,
    name: null,
    asn: readAsn(asn),
    localAs: null,
    family,
    state: state === ESTABLISHED ? "Established" : state,
    stateDetail: detail,
    uptimeSec: parseDuration(time),
    prefixesReceived: count("PfxRcd"),
    prefixesSent: count("PfxAdv"),
    messagesReceived: readUint32(received),
    messagesSent: readUint32(sent),
    description: description === "" ? null : clip(description, DESCRIPTION_MAX),
  };
}
