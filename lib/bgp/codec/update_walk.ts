/**
 * Walks an UPDATE once, in place: where each part stands, and what has to be done if it is malformed
 * (RFC 4271 §6.3, RFC 7606, RFC 7607, RFC 6793 §4, RFC 9234 §5).
 *
 * @module
 */
import { As4Merge } from "./as4_merge.ts";
import { AS_PATH_FAULT, AS_TRANS, asPathFaults } from "./as_path_octets.ts";
import { NEXT_HOP, NextHopJudge } from "./next_hop.ts";
import { hasMulticast, isWholeNlri } from "./nlri.ts";
import { uint16At, uint32At } from "./octets.ts";
import { ATTRIBUTE, ATTRIBUTE_FLAG, partialBit, PATH_ATTRIBUTES } from "./path_attribute.ts";
import type { CodecTraits } from "./traits.ts";
import { FINDINGS, type UpdateFindingName } from "./update_findings.ts";
import { OUTCOME, UpdateParts } from "./update_parts.ts";

/** Code of UPDATE Message Error (RFC 4271 §4.5). */
const UPDATE_ERROR = 3;
const KIND_BITS = ATTRIBUTE_FLAG.optional | ATTRIBUTE_FLAG.transitive;
/** In {@link WANTED_FLAGS}: a type that is carried on or dropped unread. */
const NOT_READ = 0xff;

/** Optional and Transitive bits of the types that are read. */
const WANTED_FLAGS = new Uint8Array(256).fill(NOT_READ);
for (const { type, flags } of PATH_ATTRIBUTES) if (flags !== null) WANTED_FLAGS[type] = flags;

const PARTIAL_BITS = Uint8Array.from({ length: 256 }, (_, type) => partialBit(type));

const FINDING_INDEX: ReadonlyMap<UpdateFindingName, number> = new Map(
  FINDINGS.map(({ name }, index) => [name, index]),
);

/** Walks the UPDATEs of one session; what it returns is the same object each time. */
export class UpdateWalker {
  readonly #parts = new UpdateParts();
  readonly #merge = new As4Merge();
  readonly #nextHops: NextHopJudge;
  /** Which message an attribute type was seen in last, by type: finds a second one. */
  readonly #seenIn = new Uint32Array(256);
  #message = 0;
  /** The attribute that is being read, with its header. */
  #attributeStart = 0;
  #attributeEnd = 0;
  /** An attribute other than MP_UNREACH_NLRI was there (RFC 7606 §5.2). */
  #hasOthers = false;
  /** Reachable routes were there, also those of a family that was not agreed on. */
  #hasRoutes = false;
  #hasOrigin = false;
  #hasPath = false;
  #hasAggregator4 = false;
  #as4PathStart = 0;
  #as4PathEnd = 0;
  #aggregator4As = 0;
  #aggregator4Address = 0;

  constructor(readonly traits: CodecTraits) {
    this.#nextHops = new NextHopJudge(traits.localAddresses);
  }

  /**
   * Walks the body (behind the header) of one UPDATE. Any octets have an answer; none are changed.
   * The answer refers to `octets` and is valid until the next call.
   */
  walk(octets: Uint8Array, start: number, end: number): UpdateParts {
    const parts = this.#parts;
    parts.clear(octets);
    this.#begin();
    const withdrawnStart = start + 2;
    if (withdrawnStart > end) return this.#resetWith("message-lengths");
    const withdrawnEnd = withdrawnStart + uint16At(octets, start);
    const attributesStart = withdrawnEnd + 2;
    if (attributesStart > end) return this.#resetWith("message-lengths");
    const attributesEnd = attributesStart + uint16At(octets, withdrawnEnd);
    if (attributesEnd > end) return this.#resetWith("message-lengths");
    if (!this.#takeBody(withdrawnStart, withdrawnEnd, attributesEnd, end)) return parts;
    if (!this.#takeAttributes(attributesStart, attributesEnd)) return parts;
    this.#finish();
    const isEmpty = attributesStart === end && withdrawnStart === withdrawnEnd;
    if (isEmpty && this.traits.families[0]) parts.endOfRib = 0;
    return parts;
  }

  #begin(): void {
    // After 2^32 messages a type would seem to be seen already.
    if (++this.#message > 0xffff_ffff) {
      this.#seenIn.fill(0);
      this.#message = 1;
    }
    this.#hasOthers = this.#hasRoutes = false;
    this.#hasOrigin = this.#hasPath = this.#hasAggregator4 = false;
    this.#as4PathStart = this.#as4PathEnd = 0;
  }

  /** Withdrawn routes and NLRI of the body; false: the session is over. */
  #takeBody(
    withdrawnStart: number,
    withdrawnEnd: number,
    nlriStart: number,
    nlriEnd: number,
  ): boolean {
    const parts = this.#parts, { octets } = parts;
    if (withdrawnStart === withdrawnEnd && nlriStart === nlriEnd) return true;
    const hasPathId = this.traits.addPathReceive[0];
    if (!this.traits.families[0]) {
      this.#remark("family-not-negotiated", -1);
      this.#hasRoutes = nlriStart < nlriEnd;
      return true;
    }
    if (!isWholeNlri(octets, withdrawnStart, withdrawnEnd, 32, hasPathId)) {
      this.#resetWith("withdrawn-syntax");
      return false;
    }
    if (!isWholeNlri(octets, nlriStart, nlriEnd, 32, hasPathId)) {
      this.#resetWith("nlri-syntax");
      return false;
    }
    if (hasMulticast(octets, nlriStart, nlriEnd, 32, hasPathId)) {
      this.#remark("multicast-prefix", -1);
    }
    parts.withdrawnStart = withdrawnStart;
    parts.withdrawnEnd = withdrawnEnd;
    parts.nlriStart = nlriStart;
    parts.nlriEnd = nlriEnd;
    this.#hasRoutes = nlriStart < nlriEnd;
    return true;
  }

  /** Goes through the attributes; false: the session is over. */
  #takeAttributes(start: number, attributesEnd: number): boolean {
    const parts = this.#parts, { octets } = parts, seenIn = this.#seenIn;
    let at = start;
    while (at < attributesEnd) {
      const flags = octets[at] ?? 0, type = octets[at + 1] ?? 0;
      const isLong = (flags & ATTRIBUTE_FLAG.extendedLength) !== 0;
      const value = at + (isLong ? 4 : 3);
      const end = value + (isLong ? uint16At(octets, at + 2) : octets[at + 2] ?? 0);
      if (value > attributesEnd || end > attributesEnd) {
        this.#hasOthers = true;
        this.#withdraw("attribute-overrun", at + 1 < attributesEnd ? type : -1);
        return true;
      }
      this.#attributeStart = at;
      this.#attributeEnd = at = end;
      if (type !== ATTRIBUTE.mpUnreachNlri) this.#hasOthers = true;
      if (seenIn[type] === this.#message) {
        if (type === ATTRIBUTE.mpReachNlri || type === ATTRIBUTE.mpUnreachNlri) {
          this.#resetWith("mp-attribute-twice", type);
          return false;
        }
        this.#discard("attribute-twice", type);
        continue;
      }
      seenIn[type] = this.#message;
      const wanted = WANTED_FLAGS[type];
      if (wanted === NOT_READ) this.#takeUnknown(flags, type);
      else {
        if ((flags & KIND_BITS) !== wanted && !this.#takeWrongFlags(type)) return false;
        if ((flags & ATTRIBUTE_FLAG.partial) !== 0) parts.partial |= PARTIAL_BITS[type] ?? 0;
        this.#take(type, value, end);
      }
      if (parts.outcome === OUTCOME.reset) return false;
    }
    return true;
  }

  /** False: the session is over, as the routes of an MP attribute are not to be trusted. */
  #takeWrongFlags(type: number): boolean {
    if (type === ATTRIBUTE.mpReachNlri || type === ATTRIBUTE.mpUnreachNlri) {
      this.#resetWith("mp-attribute-flags", type);
      return false;
    }
    this.#withdraw("attribute-flags", type);
    return true;
  }

  #take(type: number, start: number, end: number): void {
    const parts = this.#parts, { octets } = parts, size = end - start;
    switch (type) {
      case ATTRIBUTE.origin:
        this.#hasOrigin = true;
        if (size !== 1 || (octets[start] ?? 0) > 2) this.#withdraw("origin-malformed", type);
        else parts.origin = octets[start] ?? 0;
        return;
      case ATTRIBUTE.asPath:
        return this.#takePath(start, end);
      case ATTRIBUTE.nextHop:
        parts.nextHopStart = start;
        parts.nextHopEnd = end;
        return;
      case ATTRIBUTE.multiExitDisc:
        if (size !== 4) this.#withdraw("med-length", type);
        else parts.med = uint32At(octets, start);
        return;
      case ATTRIBUTE.localPref:
        if (this.traits.isEbgp) this.#discard("local-pref-external", type);
        else if (size !== 4) this.#withdraw("local-pref-length", type);
        else parts.localPref = uint32At(octets, start);
        return;
      case ATTRIBUTE.atomicAggregate:
        if (size !== 0) this.#discard("atomic-aggregate-length", type);
        else parts.hasAtomicAggregate = true;
        return;
      case ATTRIBUTE.aggregator:
        return this.#takeAggregator(start, size);
      case ATTRIBUTE.communities:
        if (!isFilled(size, 4)) return this.#withdraw("communities-length", type);
        parts.communitiesStart = start;
        parts.communitiesEnd = end;
        return;
      case ATTRIBUTE.originatorId:
        if (this.traits.isEbgp) this.#discard("originator-id-external", type);
        else if (size !== 4) this.#withdraw("originator-id-length", type);
        else parts.originatorId = uint32At(octets, start);
        return;
      case ATTRIBUTE.clusterList:
        if (this.traits.isEbgp) return this.#discard("cluster-list-external", type);
        if (!isFilled(size, 4)) return this.#withdraw("cluster-list-length", type);
        parts.clusterListStart = start;
        parts.clusterListEnd = end;
        return;
      case ATTRIBUTE.mpReachNlri:
        return this.#takeReach(start, end);
      case ATTRIBUTE.mpUnreachNlri:
        return this.#takeUnreach(start, end);
      case ATTRIBUTE.extendedCommunities:
        if (!isFilled(size, 8)) return this.#withdraw("extended-communities-length", type);
        parts.extendedCommunitiesStart = start;
        parts.extendedCommunitiesEnd = end;
        return;
      case ATTRIBUTE.as4Path:
        return this.#takePath4(start, end);
      case ATTRIBUTE.as4Aggregator:
        return this.#takeAggregator4(start, size);
      case ATTRIBUTE.largeCommunities:
        if (!isFilled(size, 12)) return this.#withdraw("large-communities-length", type);
        parts.largeCommunitiesStart = start;
        parts.largeCommunitiesEnd = end;
        return;
      case ATTRIBUTE.onlyToCustomer:
        if (size !== 4) this.#withdraw("otc-length", type);
        else parts.otc = uint32At(octets, start);
    }
  }

  #takePath(start: number, end: number): void {
    const parts = this.#parts;
    this.#hasPath = true;
    const faults = asPathFaults(parts.octets, start, end, this.traits.as4 ? 4 : 2);
    if (faults !== 0) {
      if ((faults & AS_PATH_FAULT.malformed) !== 0) {
        return this.#withdraw("as-path-malformed", ATTRIBUTE.asPath);
      }
      if ((faults & AS_PATH_FAULT.zero) !== 0) this.#withdraw("as-path-zero", ATTRIBUTE.asPath);
      // We are in no confederation, so no peer is in ours.
      else this.#withdraw("as-path-confederation", ATTRIBUTE.asPath);
    }
    parts.pathStart = start;
    parts.pathEnd = end;
  }

  #takePath4(start: number, end: number): void {
    if (this.traits.as4) return this.#discard("as4-needless", ATTRIBUTE.as4Path);
    const faults = asPathFaults(this.#parts.octets, start, end, 4);
    if (start === end || (faults & ~AS_PATH_FAULT.confederation) !== 0) {
      return this.#discard("as4-path-malformed", ATTRIBUTE.as4Path);
    }
    // The merge leaves such segments out; the attribute stays.
    if (faults !== 0) this.#remark("as4-path-confederation", ATTRIBUTE.as4Path);
    this.#as4PathStart = start;
    this.#as4PathEnd = end;
  }

  #takeAggregator(start: number, size: number): void {
    const parts = this.#parts, { octets } = parts;
    const asBytes = this.traits.as4 ? 4 : 2;
    if (size !== asBytes + 4) return this.#discard("aggregator-length", ATTRIBUTE.aggregator);
    const asn = asBytes === 4 ? uint32At(octets, start) : uint16At(octets, start);
    if (asn === 0) return this.#discard("aggregator-zero", ATTRIBUTE.aggregator);
    parts.aggregatorAs = asn;
    parts.aggregatorAddress = uint32At(octets, start + asBytes);
  }

  #takeAggregator4(start: number, size: number): void {
    const { octets } = this.#parts;
    if (this.traits.as4) return this.#discard("as4-needless", ATTRIBUTE.as4Aggregator);
    if (size !== 8 || uint32At(octets, start) === 0) {
      return this.#discard("as4-aggregator-malformed", ATTRIBUTE.as4Aggregator);
    }
    this.#hasAggregator4 = true;
    this.#aggregator4As = uint32At(octets, start);
    this.#aggregator4Address = uint32At(octets, start + 4);
  }

  /** RFC 4760 §3: AFI, SAFI, length of the next hop, next hop, a reserved octet, NLRI. */
  #takeReach(start: number, end: number): void {
    const parts = this.#parts, { octets } = parts, type = ATTRIBUTE.mpReachNlri;
    const nextHopStart = start + 4;
    const nextHopEnd = nextHopStart + (octets[start + 3] ?? 0);
    const nlriStart = nextHopEnd + 1;
    if (nextHopStart > end || nlriStart > end) return void this.#resetWith("mp-reach-length", type);
    const family = this.#familyAt(start);
    if (nlriStart < end) this.#hasRoutes = true;
    if (family === -1) return this.#discard("family-not-negotiated", type);
    const size = nextHopEnd - nextHopStart;
    const isV6 = size === 16 || size === 32;
    if (family === 1 ? !isV6 : size !== 4 && !(isV6 && this.traits.extendedNextHop)) {
      return void this.#resetWith("mp-next-hop-length", type);
    }
    if (!this.#isNlri(family, nlriStart, end)) return void this.#resetWith("mp-reach-nlri", type);
    const hasPathId = this.traits.addPathReceive[family];
    if (hasMulticast(octets, nlriStart, end, family === 0 ? 32 : 128, hasPathId)) {
      this.#remark("multicast-prefix", -1);
    }
    parts.reachFamily = family;
    parts.reachStart = nlriStart;
    parts.reachEnd = end;
    parts.mpNextHopStart = nextHopStart;
    parts.mpNextHopEnd = nextHopEnd;
    if (nlriStart < end) this.#judgeNextHop(type, nextHopStart, nextHopEnd);
  }

  /** RFC 4760 §4: AFI, SAFI, withdrawn routes. */
  #takeUnreach(start: number, end: number): void {
    const parts = this.#parts, type = ATTRIBUTE.mpUnreachNlri;
    if (start + 3 > end) return void this.#resetWith("mp-unreach-length", type);
    const family = this.#familyAt(start);
    if (family === -1) return this.#discard("family-not-negotiated", type);
    if (!this.#isNlri(family, start + 3, end)) return void this.#resetWith("mp-unreach-nlri", type);
    parts.unreachFamily = family;
    parts.unreachStart = start + 3;
    parts.unreachEnd = end;
  }

  /** Carries an optional transitive attribute on, by type; drops another optional one. */
  #takeUnknown(flags: number, type: number): void {
    const parts = this.#parts;
    if ((flags & ATTRIBUTE_FLAG.optional) === 0) {
      return void this.#resetWith("unknown-well-known", type);
    }
    if ((flags & ATTRIBUTE_FLAG.transitive) === 0) return;
    const { octets, unknownStart, unknownEnd } = parts;
    let place = parts.unknownCount++;
    while (place > 0 && (octets[(unknownStart[place - 1] ?? 0) + 1] ?? 0) > type) {
      unknownStart[place] = unknownStart[place - 1] ?? 0;
      unknownEnd[place] = unknownEnd[place - 1] ?? 0;
      place--;
    }
    unknownStart[place] = this.#attributeStart;
    unknownEnd[place] = this.#attributeEnd;
  }

  /** What can be told only when all attributes were seen. */
  #finish(): void {
    const parts = this.#parts;
    const hasNlri = parts.nlriStart < parts.nlriEnd;
    if (hasNlri || parts.reachStart < parts.reachEnd) {
      if (!this.#hasOrigin) this.#withdraw("origin-missing", ATTRIBUTE.origin);
      if (!this.#hasPath) this.#withdraw("as-path-missing", ATTRIBUTE.asPath);
    }
    // Without NLRI in the body NEXT_HOP is not looked at (RFC 4760 §3).
    if (hasNlri) this.#finishNextHop();
    if (parts.outcome === OUTCOME.treatAsWithdraw && this.#hasOthers && !this.#hasRoutes) {
      this.#resetWith("fault-without-nlri", parts.findingAttribute);
      return;
    }
    if (!this.traits.as4) this.#finishShortSession();
    if (
      parts.unreachFamily !== -1 && parts.unreachStart === parts.unreachEnd && !this.#hasOthers &&
      !this.#hasRoutes && parts.withdrawnStart === parts.withdrawnEnd
    ) parts.endOfRib = parts.unreachFamily;
  }

  #finishNextHop(): void {
    const { nextHopStart, nextHopEnd } = this.#parts, type = ATTRIBUTE.nextHop;
    if (this.#seenIn[type] !== this.#message) this.#withdraw("next-hop-missing", type);
    else if (nextHopEnd - nextHopStart !== 4) this.#withdraw("next-hop-length", type);
    else this.#judgeNextHop(type, nextHopStart, nextHopEnd);
  }

  /** RFC 6793 §4.2.3: an AGGREGATOR of a real AS says that nobody behind it spoke four octets. */
  #finishShortSession(): void {
    const parts = this.#parts;
    let isUsed = true;
    if (this.#hasAggregator4 && parts.aggregatorAs !== -1) {
      isUsed = parts.aggregatorAs === AS_TRANS;
      if (isUsed) {
        parts.aggregatorAs = this.#aggregator4As;
        parts.aggregatorAddress = this.#aggregator4Address;
      }
    }
    if (parts.pathStart === parts.pathEnd) return;
    const as4End = isUsed ? this.#as4PathEnd : this.#as4PathStart;
    const { octets, pathStart, pathEnd } = parts;
    this.#merge.merge(octets, pathStart, pathEnd, this.#as4PathStart, as4End);
    parts.pathOctets = this.#merge.octets;
    parts.pathStart = 0;
    parts.pathEnd = this.#merge.end;
  }

  #judgeNextHop(type: number, start: number, end: number): void {
    const verdict = this.#nextHops.judge(this.#parts.octets, start, end);
    if (verdict === NEXT_HOP.invalid) this.#withdraw("next-hop-invalid", type);
    else if (verdict === NEXT_HOP.self) this.#withdraw("next-hop-self", type);
  }

  /** Index of the family whose AFI and SAFI stand here if it was agreed on, else -1. */
  #familyAt(at: number): -1 | 0 | 1 {
    const { octets } = this.#parts;
    const afi = uint16At(octets, at);
    if (octets[at + 2] !== 1 || afi === 0 || afi > 2) return -1;
    const family = afi === 1 ? 0 : 1;
    return this.traits.families[family] ? family : -1;
  }

  #isNlri(family: 0 | 1, start: number, end: number): boolean {
    const hasPathId = this.traits.addPathReceive[family];
    return isWholeNlri(this.#parts.octets, start, end, family === 0 ? 32 : 128, hasPathId);
  }

  #discard(name: UpdateFindingName, type: number): void {
    const parts = this.#parts;
    if (parts.discardedCount < parts.discarded.length) {
      parts.discarded[parts.discardedCount++] = type;
    }
    this.#remark(name, type);
  }

  /** Notes what is wrong, unless something was before. */
  #remark(name: UpdateFindingName, type: number): void {
    if (this.#parts.finding === -1) this.#note(name, type);
  }

  #withdraw(name: UpdateFindingName, type: number): void {
    const parts = this.#parts;
    if (parts.outcome !== OUTCOME.ok) return;
    parts.outcome = OUTCOME.treatAsWithdraw;
    this.#note(name, type);
  }

  /** Ends the session; the data is the attribute, where it is about one (RFC 4271 §6.3). */
  #resetWith(name: UpdateFindingName, type = -1): UpdateParts {
    const parts = this.#parts;
    const finding = FINDINGS[this.#note(name, type)];
    parts.outcome = OUTCOME.reset;
    parts.errorCode = UPDATE_ERROR;
    parts.errorSubcode = finding?.subcode ?? 0;
    if (parts.errorSubcode !== 1 && type !== -1) {
      parts.errorData = parts.octets.slice(this.#attributeStart, this.#attributeEnd);
    }
    return parts;
  }

  #note(name: UpdateFindingName, type: number): number {
    const parts = this.#parts;
    parts.findingAttribute = type;
    return parts.finding = FINDING_INDEX.get(name) ?? -1;
  }
}

/** True for a length that is a multiple of `unit` and not nothing. */
function isFilled(size: number, unit: number): boolean {
  return size > 0 && size % unit === 0;
}
