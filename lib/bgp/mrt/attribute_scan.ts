/**
 * The path attributes of a recorded route as places in its octets. A record is evidence of what
 * somebody took or sent, so nothing is judged here that the octets do not force: only what cannot be
 * taken apart is refused.
 *
 * @module
 */
import { ATTRIBUTE, ATTRIBUTE_FLAG } from "../codec/path_attribute.ts";
import { UpdateParts } from "../codec/update_parts.ts";
import { As4Merge } from "../codec/as4_merge.ts";
import { AS_PATH_FAULT, AS_TRANS, asPathFaults } from "../codec/as_path_octets.ts";
import { uint16At, uint32At } from "../codec/octets.ts";

/** Fewest octets of the values of attributes that have a fixed part, by type. */
const VALUE_BYTES_MIN: Readonly<Record<number, number>> = {
  [ATTRIBUTE.origin]: 1,
  [ATTRIBUTE.nextHop]: 4,
  [ATTRIBUTE.multiExitDisc]: 4,
  [ATTRIBUTE.localPref]: 4,
  [ATTRIBUTE.aggregator]: 6,
  [ATTRIBUTE.originatorId]: 4,
  [ATTRIBUTE.as4Aggregator]: 8,
  [ATTRIBUTE.onlyToCustomer]: 4,
};

/** Minimum by type as an array: 256 rows, most of them 0. */
const BYTES_MIN = Uint8Array.from({ length: 256 }, (_, type) => VALUE_BYTES_MIN[type] ?? 0);

/** Scans attributes. One scanner serves for good; `parts` is filled in anew by every scan. */
export class AttributeScanner {
  readonly parts: UpdateParts = new UpdateParts();
  readonly #merger = new As4Merge();
  /** Attributes seen, by the number of the scan: a type counts once (RFC 7606 §3). */
  readonly #seen = new Uint32Array(256);
  #round = 0;
  /** AGGREGATOR and AS4_PATH of the present scan, before the merge. */
  #path4Start = 0;
  #path4End = 0;
  #as4AggregatorAt = -1;

  /**
   * Scans the attributes from `start` to `end`. `as4`: AS numbers have four octets. `isRibEntry`:
   * MP_REACH_NLRI may be cut down to its next hop (RFC 6396 §4.3.4). Returns null, or what could not
   * be taken apart, one clause.
   */
  scan(
    octets: Uint8Array,
    start: number,
    end: number,
    as4: boolean,
    isRibEntry: boolean,
  ): string | null {
    this.#clear(octets);
    const round = ++this.#round;
    let at = start;
    while (at < end) {
      if (at + 3 > end) return "the attributes end inside of a header";
      const isLong = ((octets[at] ?? 0) & ATTRIBUTE_FLAG.extendedLength) !== 0;
      const type = octets[at + 1] ?? 0;
      const value = at + (isLong ? 4 : 3);
      if (value > end) return "the attributes end inside of a header";
      const length = isLong ? uint16At(octets, at + 2) : octets[at + 2] ?? 0;
      const next = value + length;
      if (next > end) return `attribute ${type} has ${length} octets, ${end - value} are left`;
      if (length < (BYTES_MIN[type] ?? 0)) return `attribute ${type} has ${length} octets`;
      if (this.#seen[type] !== round) {
        this.#seen[type] = round;
        const fault = this.#take(type, at, value, next, as4, isRibEntry);
        if (fault !== null) return fault;
      }
      at = next;
    }
    if (!as4) this.#merge();
    return null;
  }

  #take(
    type: number,
    header: number,
    value: number,
    end: number,
    as4: boolean,
    isRibEntry: boolean,
  ): string | null {
    const { parts } = this;
    const { octets } = parts;
    switch (type) {
      case ATTRIBUTE.origin:
        parts.origin = octets[value] ?? 0;
        return null;
      case ATTRIBUTE.asPath:
        if (isMalformed(octets, value, end, as4 ? 4 : 2)) return "AS_PATH is not made of segments";
        parts.pathStart = value;
        parts.pathEnd = end;
        return null;
      case ATTRIBUTE.nextHop:
        parts.nextHopStart = value;
        parts.nextHopEnd = value + 4;
        return null;
      case ATTRIBUTE.multiExitDisc:
        parts.med = uint32At(octets, value);
        return null;
      case ATTRIBUTE.localPref:
        parts.localPref = uint32At(octets, value);
        return null;
      case ATTRIBUTE.atomicAggregate:
        parts.hasAtomicAggregate = true;
        return null;
      case ATTRIBUTE.aggregator: {
        if (as4 && end - value < 8) return `attribute ${type} has ${end - value} octets`;
        const short = uint16At(octets, value);
        parts.aggregatorAs = as4 ? uint32At(octets, value) : short;
        parts.aggregatorAddress = uint32At(octets, value + (as4 ? 4 : 2));
        return null;
      }
      case ATTRIBUTE.communities:
        parts.communitiesStart = value;
        parts.communitiesEnd = value + (end - value & ~3);
        return null;
      case ATTRIBUTE.originatorId:
        parts.originatorId = uint32At(octets, value);
        return null;
      case ATTRIBUTE.clusterList:
        parts.clusterListStart = value;
        parts.clusterListEnd = value + (end - value & ~3);
        return null;
      case ATTRIBUTE.mpReachNlri:
        return this.#takeReach(value, end, isRibEntry);
      case ATTRIBUTE.mpUnreachNlri:
        return this.#takeUnreach(value, end);
      case ATTRIBUTE.extendedCommunities:
        parts.extendedCommunitiesStart = value;
        parts.extendedCommunitiesEnd = value + (end - value & ~7);
        return null;
      case ATTRIBUTE.as4Path:
        if (as4) return null;
        if (isMalformed(octets, value, end, 4)) return "AS4_PATH is not made of segments";
        this.#path4Start = value;
        this.#path4End = end;
        return null;
      case ATTRIBUTE.as4Aggregator:
        this.#as4AggregatorAt = value;
        return null;
      case ATTRIBUTE.largeCommunities:
        parts.largeCommunitiesStart = value;
        parts.largeCommunitiesEnd = end - (end - value) % 12;
        return null;
      case ATTRIBUTE.onlyToCustomer:
        parts.otc = uint32At(octets, value);
        return null;
      default:
        if (parts.unknownCount < parts.unknownStart.length) {
          parts.unknownStart[parts.unknownCount] = header;
          parts.unknownEnd[parts.unknownCount++] = end;
        }
        return null;
    }
  }

  #takeReach(value: number, end: number, isRibEntry: boolean): string | null {
    const { parts } = this;
    const { octets } = parts;
    // The high octet of an AFI that is exchanged is 0, the length of a next hop is not.
    const isCut = isRibEntry && end > value && octets[value] !== 0;
    if (!isCut && end - value < 5) return "MP_REACH_NLRI is too short";
    const lengthAt = isCut ? value : value + 3;
    const hopEnd = lengthAt + 1 + (octets[lengthAt] ?? 0);
    if (hopEnd + (isCut ? 0 : 1) > end) return "the next hop of MP_REACH_NLRI is cut";
    const hopBytes = hopEnd - lengthAt - 1;
    const family = isCut ? (hopBytes === 4 ? 0 : 1) : familyAt(octets, value);
    if (family < 0) return null;
    parts.reachFamily = family;
    parts.mpNextHopStart = lengthAt + 1;
    parts.mpNextHopEnd = hopEnd;
    parts.reachStart = isCut ? end : hopEnd + 1;
    parts.reachEnd = end;
    return null;
  }

  #takeUnreach(value: number, end: number): string | null {
    const { parts } = this;
    if (end - value < 3) return "MP_UNREACH_NLRI is too short";
    parts.unreachFamily = familyAt(parts.octets, value);
    parts.unreachStart = value + 3;
    parts.unreachEnd = end;
    return null;
  }

  #merge(): void {
    const { parts } = this;
    const aggregator4 = this.#as4AggregatorAt;
    // One that is not AS_TRANS was put in behind the last four-octet speaker: both are stale then.
    const isStale = aggregator4 >= 0 && parts.aggregatorAs >= 0 && parts.aggregatorAs !== AS_TRANS;
    if (aggregator4 >= 0 && parts.aggregatorAs === AS_TRANS) {
      parts.aggregatorAs = uint32At(parts.octets, aggregator4);
      parts.aggregatorAddress = uint32At(parts.octets, aggregator4 + 4);
    }
    const path4End = isStale ? this.#path4Start : this.#path4End;
    this.#merger.merge(parts.octets, parts.pathStart, parts.pathEnd, this.#path4Start, path4End);
    parts.pathStart = 0;
    parts.pathEnd = this.#merger.end;
    parts.pathOctets = this.#merger.octets;
  }

  #clear(octets: Uint8Array): void {
    this.parts.clear(octets);
    this.#path4Start = this.#path4End = 0;
    this.#as4AggregatorAt = -1;
  }
}

function isMalformed(octets: Uint8Array, start: number, end: number, asBytes: 2 | 4): boolean {
  return (asPathFaults(octets, start, end, asBytes) & AS_PATH_FAULT.malformed) !== 0;
}

/** Index of the unicast family whose numbers stand at `at`, or -1. */
function familyAt(octets: Uint8Array, at: number): -1 | 0 | 1 {
  if (octets[at] !== 0 || octets[at + 2] !== 1) return -1;
  const afi = octets[at + 1];
  return afi === 1 ? 0 : afi === 2 ? 1 : -1;
}
