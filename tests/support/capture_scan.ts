/**
 * The whole pass over a capture, as the engine runs it, for tests of what comes out.
 *
 * @module
 */
import { PathTable } from "../../lib/pcap/dissect/path_table.ts";
import { DnsPass } from "../../lib/pcap/dns_pass.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import type { PassBatch } from "../../lib/pcap/pass.ts";
import { type CaptureScan, ScanPass } from "../../lib/pcap/scan.ts";
import type { ByteSource } from "../../lib/pcap/window.ts";

/**
 * Runs every analyzer over `source`; `visit` sees each batch before they do.
 * @throws {DecodeError} it is no capture; the signal's reason once it aborts
 */
export async function scanSource(
  source: ByteSource,
  signal: AbortSignal,
  visit: (batch: PassBatch) => void = () => {},
): Promise<CaptureScan> {
  const paths = new PathTable();
  const pass = new ScanPass(paths);
  const options = { needs: ScanPass.needs, paths, maxPackets: 0, signal };
  const dns = new DnsPass();
  const facts = await walkPackets(source, options, (batch) => {
    visit(batch);
    pass.addBatch(batch);
    dns.addBatch(batch);
  });
  return pass.finish(facts, dns.finish(facts));
}

/** Runs every analyzer over the file at `path`. */
export async function scanFile(
  path: string,
  visit?: (batch: PassBatch) => void,
): Promise<CaptureScan> {
  using file = Deno.openSync(path);
  const source = {
    sizeBytes: file.statSync().size,
    readSync: (into: Uint8Array) => file.readSync(into),
  };
  return await scanSource(source, new AbortController().signal, visit);
}
