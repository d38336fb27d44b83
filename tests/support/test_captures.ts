/**
 * Capture files of tests in a directory of their own.
 *
 * @module
 */
import { pcapFile } from "./pcap_samples.ts";

/** An Ethernet frame that carries `text` in UDP over IPv4 between fixed addresses. */
const FRAME = Uint8Array.from(
  ("020000000002" + "020000000001" + "0800" + "4500002a00004000401100000a0000010a000002" +
    "1388138900160000" + "68656c6c6f20776f726c6421" + "2121")
    .match(/../g) ?? [],
  (pair) => Number.parseInt(pair, 16),
);

/** A capture of `packets` equal UDP packets, one a second. */
export function udpCapture(packets: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pcapFile(1, Array.from({ length: packets }, () => FRAME)));
}

/** Packets of a piece of {@link writeLongCapture}, and how often it is repeated. */
const PIECE_PACKETS = 100_000, PIECES = 1_500;

/** Packets of a long capture with the same time: they compress better, yet below the bound of 400. */
const AT_ONCE = 40;

/**
 * Writes a capture of 80 MB that cannot be read before a test is over: 150 million packets
 * in gzip, 10 GB when expanded. The scan has to be cut off.
 */
export async function writeLongCapture(path: string): Promise<void> {
  const plain = udpCapture(PIECE_PACKETS);
  const view = new DataView(plain.buffer);
  const step = (plain.length - 24) / PIECE_PACKETS;
  for (let packet = 0; packet < PIECE_PACKETS; packet++) {
    view.setUint32(24 + packet * step, 1_700_000_000 + Math.floor(packet / AT_ONCE), true);
  }
  const header = await gzip(plain.subarray(0, 24));
  const piece = await gzip(plain.subarray(24));
  using file = await Deno.open(path, { write: true, createNew: true });
  // A file of several members is one stream (RFC 1952 §2.2).
  for (const member of [header, ...Array<Uint8Array>(PIECES).fill(piece)]) {
    for (let at = 0; at < member.length;) at += await file.write(member.subarray(at));
  }
}

/** `bytes` as one member of gzip. */
export function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip")))
    .bytes();
}

/** A directory of captures, removed at the end. */
export class CaptureDirectory implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes an empty one. */
  static async make(): Promise<CaptureDirectory> {
    return new CaptureDirectory(await Deno.realPath(await Deno.makeTempDir()));
  }

  /** Writes a file into it and returns its path. */
  write(name: string, bytes: Uint8Array): string {
    const path = `${this.path}/${name}`;
    Deno.writeFileSync(path, bytes);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
