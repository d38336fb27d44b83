/**
 * The attribute lines of one path, communities wrapped over several of them put together again.
 *
 * @module
 */
import {
  decodeLargeCommunities,
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from "./community_words.ts";
import { type PathDraft, readAddress, readUint32, readValidation } from "./path_draft.ts";
import { addUnknown } from "./path_lines.ts";
import type { ProblemList } from "./problem_list.ts";

/** An attribute whose value may go on in the lines below. */
interface OpenAttribute {
  readonly indent: number;
  readonly parts: string[];
  readonly close: (text: string) => void;
}

/** One form of line and what it says. */
type Row = readonly [RegExp, (path: PathDraft, found: RegExpExecArray) => void];

/** RFC 8092 §3. */
const LARGE_COMMUNITY = 32;
/** RFC 9234 §5. */
const ONLY_TO_CUSTOMER = 35;

/** As IOS shows what it does not know; `value` and the octets in hexadecimal come below. */
const UNKNOWN =
  /^unknown (?:\w+ )?attribute: flag 0x[0-9A-F]+ type 0x([0-9A-F]{1,2}) length 0x([0-9A-F]{1,4})$/i;

const nothing = (): void => {};

/** Lines that stand for themselves. */
const LINES: readonly Row[] = [
  [/^Originator: (\S+?)(?:, Cluster list: (.*))?$/, (path, [, originator, clusters = ""]) => {
    path.originatorId = readAddress(originator);
    path.clusterList = clusters.split(/[ ,]+/).map(readAddress).filter((one) => one !== null);
    // The brackets behind the neighbour then hold the originator: FRR has no room for both.
    if (path.peer.routerId === path.originatorId) path.peer.routerId = null;
  }],
  [/^path [0-9A-F]+(?: RPKI State (.+))?$/i, (path, [, state]) => {
    if (state !== undefined) path.rpki = readValidation(state);
  }],
  [/^rx pathid: (0x[0-9a-f]{1,8}|\d{1,10}), tx pathid: (?:0x)?[0-9a-f]+$/i, (path, [, id]) => {
    path.pathId = pathIdOf(readUint32(String(Number(id))));
  }],
  [/^Received Path ID (\d+), Local Path ID \d+, version \d+$/, (path, [, id]) => {
    path.pathId = pathIdOf(readUint32(id));
  }],
  [/^AddPath ID: RX (\d+)\b/, (path, [, id]) => path.pathId = pathIdOf(readUint32(id))],
  [/^Origin-AS validity: (\S+)$/, (path, [, state = ""]) => path.rpki = readValidation(state)],
  [
    /^(?:Remote label:|Received Label) (\d+)$/i,
    (path, [, label]) => path.label = readUint32(label),
  ],
  [/^mpls labels in\/out \S+?\/(\d+)/, (path, [, label]) => path.label = readUint32(label)],
  [/^Updated on (\w{3}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) UTC$/, (path, found) => {
    const [, month, day, year, clock] = found;
    path.lastChange = isoTime([year, month, day, clock], "Z");
  }],
  // The router's own time: no zone is told.
  [/^Last update: \w{3} (\w{3}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/, (path, found) => {
    const [, month, day, clock, year] = found;
    path.lastChange = isoTime([year, month, day, clock], "");
  }],
  // No field is for these: times in other words, timers, dampening, link-local next hops.
  [/^(?:Last update|Updated on|Dampinfo|Time until)\b/, nothing],
  [/^(?:\(fe80:[^()]*\)(?: \([a-z-]+\))*|announce-nh-self)$/i, nothing],
];

/** A path identifier of 0 is none: routers show it where nothing was received. */
function pathIdOf(id: number | null): number | null {
  return id === 0 ? null : id;
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The time as ISO 8601, or null if there is none such. `zone`: `Z`, or nothing where none is told. */
function isoTime(
  [year, month = "", day = "", clock]: readonly (string | undefined)[],
  zone: "Z" | "",
): string | null {
  const number = MONTHS.indexOf(month) / 3 + 1;
  const text = `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}T${clock}`;
  const time = Number.isInteger(number) ? Date.parse(`${text}Z`) : NaN;
  return Number.isNaN(time) ? null : text + zone;
}

/** Reads the attribute lines of one path, in order. */
export class PathAttributes {
  #open: OpenAttribute | null = null;

  constructor(private readonly path: PathDraft, private readonly problems: ProblemList) {}

  /** Takes a line without its indent, which is given apart. */
  read(line: string, indent: number): void {
    if (this.#open !== null && indent > this.#open.indent) {
      this.#open.parts.push(line);
      return;
    }
    this.end();
    for (const [form, take] of LINES) {
      const found = form.exec(line);
      if (found !== null) return take(this.path, found);
    }
    if (!this.#openAttribute(line, indent)) {
      if (/^[A-Za-z][\w ./-]{0,60}(?::| [0-9])/.test(line)) addUnknown(this.path, line);
      else this.problems.add("Cannot read the attribute", line);
    }
  }

  /** The path is over: what was open is read. */
  end(): void {
    const open = this.#open;
    this.#open = null;
    open?.close(open.parts.join(" "));
  }

  /** Begins an attribute whose value may be wrapped. False if the line is none. */
  #openAttribute(line: string, indent: number): boolean {
    const [, kind = "", list] = /^(Extended |Large )?Community: ?(.*)$/i.exec(line) ?? [];
    if (list !== undefined) {
      this.#start(indent, list, (text) => this.#takeCommunities(kind.trim().toLowerCase(), text));
      return true;
    }
    const [, type, length] = UNKNOWN.exec(line) ?? [];
    if (type === undefined || length === undefined) return false;
    this.#start(indent, "", (text) => {
      this.#takeOctets(parseInt(type, 16), parseInt(length, 16), text);
    });
    return true;
  }

  #takeCommunities(kind: string, text: string): void {
    const { path } = this;
    const read = kind === "extended"
      ? readExtendedCommunities
      : kind === "large"
      ? readLargeCommunities
      : readCommunities;
    const { known, unknown } = read(text);
    if (kind === "extended") path.extendedCommunities = known;
    else if (kind === "large") path.largeCommunities = known;
    else path.communities = known;
    for (const word of unknown) addUnknown(path, `community ${word}`);
  }

  #start(indent: number, first: string, close: (text: string) => void): void {
    this.#open = { indent, parts: [first], close };
  }

  /** An attribute that IOS does not know: its value in hexadecimal, as `value 0000 205B …`. */
  #takeOctets(type: number, length: number, text: string): void {
    const hex = text.replace(/value|\s/g, "").toLowerCase();
    if (hex.length !== 2 * length || !/^[0-9a-f]*$/.test(hex)) {
      this.problems.add(`Attribute ${type} is cut: ${length} octets are announced`, text);
      return;
    }
    const large = type === LARGE_COMMUNITY ? decodeLargeCommunities(Uint8Array.fromHex(hex)) : null;
    if (large !== null) this.path.largeCommunities = large;
    else if (type === ONLY_TO_CUSTOMER && length === 4) this.path.otc = parseInt(hex, 16);
    else addUnknown(this.path, `type ${type}: 0x${hex}`);
  }
}
