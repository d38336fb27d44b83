/**
 * The compiled kernel for analyzers: they may run in another thread than what fills the columns, so
 * that they have an instance of their own.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";
import type { SurveyKernel, SurveyPlaces } from "../batch_survey.ts";
import type { LookKernel, LookPlaces } from "../app/app_traffic.ts";
import type {
  DnsClientPlaces,
  DnsHostPlaces,
  DnsKernel,
  DnsNamePlaces,
  DnsPlaces,
  DnsQueuePlaces,
  DnsRecordPlaces,
  DnsServerPlaces,
  DnsTallyPlaces,
} from "../dns/dns_kernel.ts";
import type { RowKernel, RowTest } from "../filter/row_filter.ts";
import type { BinKernel, BinPlaces } from "../flow/traffic_bins.ts";
import type { CoveragePlaces, LossKernel } from "../loss/loss_analyzer.ts";
import type { PassBatch } from "../pass.ts";
import type { CopyKernel } from "../quality/duplicates.ts";
import type { HistogramPlaces, RttKernel, TimesPlaces } from "../rtt/rtt_analyzer.ts";
import type { FragmentKernel } from "../stream/fragments.ts";
import type { ConnectionKernel, ConnectionPlaces } from "../tcp/connection_counter.ts";
import type { CellPlaces } from "../tcp/flag_cells.ts";
import { type KernelExports, makeInstance } from "./instance.ts";

/** The kernel over the memory that the columns of batches lie in. It works on one batch at a time. */
export class AnalysisKernel
  implements
    RttKernel,
    LossKernel,
    ConnectionKernel,
    CopyKernel,
    SurveyKernel,
    BinKernel,
    RowKernel,
    FragmentKernel,
    DnsKernel,
    LookKernel {
  readonly #exports: KernelExports;

  /** A kernel whose users keep what they know in `arena`. */
  constructor(readonly arena: Arena) {
    this.#exports = makeInstance(arena.memory);
  }

  /** Works on `batch` from now on: a slot in the memory of the arena. */
  turnTo(batch: PassBatch): void {
    this.#exports.bind(batch.packets.offset.byteOffset, 0, 0, 0, 0);
  }

  bindTimes(...places: TimesPlaces): void {
    this.#exports.bindTimes(...places);
  }

  bindHistograms(...places: HistogramPlaces): void {
    this.#exports.bindHistograms(...places);
  }

  timeSegments(from: number, count: number): number {
    return this.#exports.timeSegments(from, count);
  }

  bindCoverage(...places: CoveragePlaces): void {
    this.#exports.bindCoverage(...places);
  }

  coverSegments(batch: PacketBatch, from: number, to: number): number {
    return this.#exports.coverSegments(batch.bytes.byteOffset, from, to);
  }

  bindConnections(...places: ConnectionPlaces): void {
    this.#exports.bindConnections(...places);
  }

  bindFlagCells(...places: CellPlaces): void {
    this.#exports.bindFlagCells(...places);
  }

  countSegments({ firstFrame, count }: PacketBatch, from: number): number {
    return this.#exports.countSegments(firstFrame, from, count);
  }

  bindCopies(slots: number): void {
    this.#exports.bindCopies(slots);
  }

  rememberPackets(batch: PacketBatch, from: number): number {
    return this.#exports.rememberPackets(batch.bytes.byteOffset, from, batch.count);
  }

  bindSurvey(...places: SurveyPlaces): void {
    this.#exports.bindSurvey(...places);
  }

  surveyBatch(count: number): void {
    this.#exports.surveyBatch(count);
  }

  bindBins(...places: BinPlaces): void {
    this.#exports.bindBins(...places);
  }

  addToBins(from: number, count: number): number {
    return this.#exports.addToBins(from, count);
  }

  joinBins(factor: number, toLow: number): void {
    this.#exports.joinBins(factor, toLow);
  }

  bindMask(mask: number): void {
    this.#exports.bindMask(mask);
  }

  mayHaveSeveral(count: number): boolean {
    return this.#exports.mayHaveSeveral(count) !== 0;
  }

  keepRows(count: number, ...test: RowTest): number {
    return this.#exports.keepRows(count, ...test);
  }

  hasFragments(count: number): boolean {
    return this.#exports.hasFragments(count) !== 0;
  }

  bindDnsRows(...places: DnsPlaces): void {
    this.#exports.bindDnsRows(...places);
  }

  collectDns(count: number): number {
    return this.#exports.collectDns(count);
  }

  bindDnsQueue(...places: DnsQueuePlaces): void {
    this.#exports.bindDnsQueue(...places);
  }

  bindDnsTables(hashKeys: number, messages: number, words: number): void {
    this.#exports.bindDnsTables(hashKeys, messages, words);
  }

  bindDnsHosts(...places: DnsHostPlaces): void {
    this.#exports.bindDnsHosts(...places);
  }

  bindDnsNames(...places: DnsNamePlaces): void {
    this.#exports.bindDnsNames(...places);
  }

  bindDnsQueries(...places: DnsRecordPlaces): void {
    this.#exports.bindDnsQueries(...places);
  }

  bindDnsLookups(...places: DnsRecordPlaces): void {
    this.#exports.bindDnsLookups(...places);
  }

  bindDnsServers(...places: DnsServerPlaces): void {
    this.#exports.bindDnsServers(...places);
  }

  bindDnsClients(...places: DnsClientPlaces): void {
    this.#exports.bindDnsClients(...places);
  }

  bindDnsTallies(...places: DnsTallyPlaces): void {
    this.#exports.bindDnsTallies(...places);
  }

  readDns({ bytes, firstFrame }: PacketBatch, from: number, found: number): number {
    return this.#exports.readDns(bytes.byteOffset, firstFrame, from, found);
  }

  findDns(count: number, hasNames: boolean): number {
    return this.#exports.findDns(count, hasNames);
  }

  trackDns(from: number, count: number): number {
    return this.#exports.trackDns(from, count);
  }

  forgetAnswered(ns: number): boolean {
    return this.#exports.forgetAnswered(ns) !== 0;
  }

  bindLooks(...places: LookPlaces): void {
    this.#exports.bindLooks(...places);
  }

  lookOn(batch: PacketBatch, from: number, mayWait: boolean): number {
    return this.#exports.lookOn(batch.bytes.byteOffset, from, batch.count, mayWait);
  }
}
