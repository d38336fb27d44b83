/**
 * What the interface blocks of pcapng tell: description and statistics
 * (draft-ietf-opsawg-pcapng, sections "Interface Description Block", "Interface Statistics Block").
 *
 * @module
 */
import type { CaptureInterface, InterfaceStatistics } from "./format.ts";
import { findOption, numberOption, type OptionList, textOption } from "./pcapng_options.ts";
import { type TimeUnit, timeUnitOf } from "./pcapng_time.ts";

/** An interface of the section at hand. */
export interface PcapngInterface {
  /** Number over the whole file. */
  readonly id: number;
  readonly linkType: number;
  readonly snapLength: number;
  readonly unit: TimeUnit;
  /** Seconds to add to every timestamp. */
  readonly offsetSec: number;
  readonly fcsLength: number;
  readonly name: string | null;
  readonly description: string | null;
  statistics: InterfaceStatistics | null;
  lost: number;
}

const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;
const ISB_IFRECV = 4;
const ISB_IFDROP = 5;
const ISB_FILTERACCEPT = 6;
const ISB_OSDROP = 7;
const ISB_USRDELIV = 8;

/** if_tsresol where none is given: microseconds. */
const DEFAULT_TSRESOL = 6;

/** Reads a description block; `body` is where its link type stands. */
export function readInterface(id: number, body: number, options: OptionList): PcapngInterface {
  const { view, littleEndian } = options;
  const resolution = findOption(options, IF_TSRESOL, 1);
  const offset = findOption(options, IF_TSOFFSET, 8);
  const fcs = findOption(options, IF_FCSLEN, 1);
  return {
    id,
    linkType: view.getUint16(body, littleEndian),
    snapLength: view.getUint32(body + 4, littleEndian),
    unit: timeUnitOf(resolution < 0 ? DEFAULT_TSRESOL : view.getUint8(resolution)),
    offsetSec: offset < 0 ? 0 : Number(view.getBigInt64(offset, littleEndian)),
    fcsLength: fcs < 0 ? 0 : view.getUint8(fcs),
    name: textOption(options, IF_NAME),
    description: textOption(options, IF_DESCRIPTION),
    statistics: null,
    lost: 0,
  };
}

/** Reads the counters of a statistics block. */
export function readStatistics(options: OptionList): InterfaceStatistics {
  return {
    received: numberOption(options, ISB_IFRECV),
    dropped: numberOption(options, ISB_IFDROP),
    filterAccepted: numberOption(options, ISB_FILTERACCEPT),
    osDropped: numberOption(options, ISB_OSDROP),
    delivered: numberOption(options, ISB_USRDELIV),
  };
}

/** The interface as it is told. */
export function describeInterface(one: PcapngInterface): CaptureInterface {
  return {
    id: one.id,
    linkType: one.linkType,
    snapLength: one.snapLength,
    timeResolution: one.unit.text,
    fcsLength: one.fcsLength,
    name: one.name,
    description: one.description,
    statistics: one.statistics,
    lostBetweenPackets: one.lost,
  };
}
