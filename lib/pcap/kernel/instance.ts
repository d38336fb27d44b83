/**
 * The compiled kernel over the memory of a pass, as it comes out of the compiler.
 *
 * @module
 */
import type { FlowPlaces } from "../flow/flow_table.ts";
import type { LookPlaces } from "../app/app_traffic.ts";
import type {
  DnsClientPlaces,
  DnsHostPlaces,
  DnsNamePlaces,
  DnsPlaces,
  DnsQueuePlaces,
  DnsRecordPlaces,
  DnsServerPlaces,
  DnsTallyPlaces,
} from "../dns/dns_kernel.ts";
import type { RowTest } from "../filter/row_filter.ts";
import type { BinPlaces } from "../flow/traffic_bins.ts";
import type { CoveragePlaces } from "../loss/loss_analyzer.ts";
import type { HistogramPlaces, TimesPlaces } from "../rtt/rtt_analyzer.ts";
import type { SurveyPlaces } from "../batch_survey.ts";
import type { ConnectionPlaces } from "../tcp/connection_counter.ts";
import type { CellPlaces } from "../tcp/flag_cells.ts";
import { KERNEL_WASM } from "./kernel_wasm.ts";

/** What `assembly/kernel.ts` exports; numbers are addresses, counts and row numbers. */
export interface KernelExports {
  bind(columns: number, tcp: number, udp: number, tunnels: number, paths: number): void;
  frameRecords(
    bytes: number,
    at: number,
    end: number,
    most: number,
    isSwapped: boolean,
    unitsPerSec: number,
    nsecPerUnit: number,
    packetMax: number,
  ): number;
  fillConstants(count: number, linkType: number, fcsLength: number): void;
  sumPackets(count: number, baseSec: number, totals: number): void;
  dissectFrames(bytes: number, count: number, keyed: boolean): number;
  bindHash(keys: number): void;
  bindRecords(...places: FlowPlaces): void;
  takeFlows(
    bytes: number,
    from: number,
    count: number,
    slots: number,
    mask: number,
    frame: number,
  ): number;
  parseOptions(bytes: number, count: number): void;
  flagSegments(bytes: number, count: number, records: number, baseSec: number): number;
  bindTimes(...places: TimesPlaces): void;
  bindHistograms(...places: HistogramPlaces): void;
  timeSegments(from: number, count: number): number;
  bindCoverage(...places: CoveragePlaces): void;
  coverSegments(bytes: number, from: number, count: number): number;
  bindConnections(...places: ConnectionPlaces): void;
  bindFlagCells(...places: CellPlaces): void;
  countSegments(firstFrame: number, from: number, count: number): number;
  bindCopies(slots: number): void;
  rememberPackets(bytes: number, from: number, count: number): number;
  bindSurvey(...places: SurveyPlaces): void;
  surveyBatch(count: number): void;
  bindBins(...places: BinPlaces): void;
  bindMask(mask: number): void;
  /** 1 for true. */
  mayHaveSeveral(count: number): number;
  keepRows(count: number, ...test: RowTest): number;
  addToBins(from: number, count: number): number;
  joinBins(factor: number, toLow: number): void;
  bindDnsRows(...places: DnsPlaces): void;
  bindDnsQueue(...places: DnsQueuePlaces): void;
  bindDnsTables(hashKeys: number, messages: number, words: number): void;
  bindDnsHosts(...places: DnsHostPlaces): void;
  bindDnsNames(...places: DnsNamePlaces): void;
  bindDnsQueries(...places: DnsRecordPlaces): void;
  bindDnsLookups(...places: DnsRecordPlaces): void;
  bindDnsServers(...places: DnsServerPlaces): void;
  bindDnsClients(...places: DnsClientPlaces): void;
  bindDnsTallies(...places: DnsTallyPlaces): void;
  readDns(bytes: number, firstFrame: number, from: number, found: number): number;
  findDns(count: number, hasNames: boolean): number;
  trackDns(from: number, count: number): number;
  /** 1 for true. */
  forgetAnswered(ns: number): number;
  bindLooks(...places: LookPlaces): void;
  /** 1 for true. */
  hasFragments(count: number): number;
  collectDns(count: number): number;
  lookOn(bytes: number, from: number, count: number, mayWait: boolean): number;
}

let compiled: WebAssembly.Module | undefined;

/** An instance with globals of its own; what it is bound to lies in `memory`. */
export function makeInstance(memory: WebAssembly.Memory): KernelExports {
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_WASM));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  return instance.exports as unknown as KernelExports;
}
