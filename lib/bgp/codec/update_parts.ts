/**
 * What one UPDATE holds, as places in the octets that it came in. One object serves a session for
 * good: the walker fills it in anew for every message, and nothing is allocated.
 *
 * @module
 */

/** How a malformed UPDATE is met (RFC 7606 §2). */
export const OUTCOME = {
  /** Also where attributes were discarded. */
  ok: 0,
  /** The routes that it announces are withdrawn instead. */
  treatAsWithdraw: 1,
  /** A NOTIFICATION ends the session. */
  reset: 2,
} as const;

export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

const NOTHING = new Uint8Array(0);

/** Places are offsets into `octets`; an empty part has `start === end`. Families: -1 none, else `FamilyIndex`. */
export class UpdateParts {
  octets: Uint8Array = NOTHING;
  outcome: Outcome = OUTCOME.ok;
  /** For `reset`: code, subcode and data of the NOTIFICATION. */
  errorCode = 0;
  errorSubcode = 0;
  errorData: Uint8Array = NOTHING;
  /** Index into the table of reasons (`FINDINGS`) of what was wrong, worst first; -1: nothing. */
  finding = -1;
  /** Type of the attribute that `finding` is about; -1: none in particular. */
  findingAttribute = -1;
  /** Attribute types that were discarded (RFC 7606 §2), as a count, at most 256; the types are in `discarded`. */
  discardedCount = 0;
  readonly discarded: Uint8Array = new Uint8Array(256);

  /** Withdrawn routes and NLRI of the message body: always IPv4 unicast. */
  withdrawnStart = 0;
  withdrawnEnd = 0;
  nlriStart = 0;
  nlriEnd = 0;
  /** NLRI of MP_REACH_NLRI (RFC 4760 §3) of a negotiated family. */
  reachFamily = -1;
  reachStart = 0;
  reachEnd = 0;
  /** NLRI of MP_UNREACH_NLRI. */
  unreachFamily = -1;
  unreachStart = 0;
  unreachEnd = 0;
  /** The family whose End-of-RIB this is (RFC 4724 §2), or -1. */
  endOfRib = -1;

  /** NEXT_HOP of the body's NLRI: four octets, or empty. */
  nextHopStart = 0;
  nextHopEnd = 0;
  /** Next hop of MP_REACH_NLRI: 4, 16 or 32 octets. */
  mpNextHopStart = 0;
  mpNextHopEnd = 0;

  /**
   * AS_PATH as segments with AS numbers of four octets, merged with AS4_PATH where the session has
   * two (RFC 6793 §4.2.3): in `pathOctets`, which is `octets` or a buffer of the walker.
   */
  pathOctets: Uint8Array = this.octets;
  pathStart = 0;
  pathEnd = 0;

  /** 0 IGP, 1 EGP, 2 INCOMPLETE; -1 absent. */
  origin = -1;
  /** -1 absent; else an unsigned 32-bit number. */
  med = -1;
  localPref = -1;
  /** Only-To-Customer (RFC 9234 §5), -1 absent. */
  otc = -1;
  hasAtomicAggregate = false;
  /** AGGREGATOR, after the merge with AS4_AGGREGATOR; AS -1 absent. */
  aggregatorAs = -1;
  /** As an unsigned number. */
  aggregatorAddress = 0;
  /** ORIGINATOR_ID as an unsigned number, -1 absent. */
  originatorId = -1;
  /** Attributes that came with the Partial bit, as `partialTypes` reads it. */
  partial = 0;
  /** Values of the attributes, empty if absent. */
  clusterListStart = 0;
  clusterListEnd = 0;
  communitiesStart = 0;
  communitiesEnd = 0;
  extendedCommunitiesStart = 0;
  extendedCommunitiesEnd = 0;
  largeCommunitiesStart = 0;
  largeCommunitiesEnd = 0;
  /**
   * Attributes that are not understood and may be carried on (optional transitive), whole with their
   * headers as they came, in the order of their types: places of each in `unknownStart`,
   * `unknownEnd`. Whoever passes one on sets its Partial bit (RFC 4271 §5).
   */
  unknownCount = 0;
  readonly unknownStart: Int32Array = new Int32Array(256);
  readonly unknownEnd: Int32Array = new Int32Array(256);

  /** Forgets what it held: an UPDATE without anything in it, in these octets. */
  clear(octets: Uint8Array): void {
    this.octets = this.pathOctets = octets;
    this.outcome = OUTCOME.ok;
    this.errorCode = this.errorSubcode = 0;
    this.errorData = NOTHING;
    this.finding = this.findingAttribute = -1;
    this.discardedCount = 0;
    this.withdrawnStart =
      this.withdrawnEnd =
      this.nlriStart =
      this.nlriEnd =
        0;
    this.reachFamily = this.unreachFamily = this.endOfRib = -1;
    this.reachStart =
      this.reachEnd =
      this.unreachStart =
      this.unreachEnd =
        0;
    this.nextHopStart =
      this.nextHopEnd =
      this.mpNextHopStart =
      this.mpNextHopEnd =
        0;
    this.pathStart = this.pathEnd = 0;
    this.origin =
      this.med =
      this.localPref =
      this.otc =
        -1;
    this.hasAtomicAggregate = false;
    this.aggregatorAs = this.originatorId = -1;
    this.aggregatorAddress = this.partial = 0;
    this.clusterListStart = this.clusterListEnd = 0;
    this.communitiesStart = this.communitiesEnd = 0;
    this.extendedCommunitiesStart = this.extendedCommunitiesEnd = 0;
    this.largeCommunitiesStart = this.largeCommunitiesEnd = 0;
    this.unknownCount = 0;
  }
}
