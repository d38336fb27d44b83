/** The compiled twin of `rtt/rtt_histogram.ts`: samples in logarithmic buckets. AssemblyScript. */

const UNIT_NS: f64 = 64, UNITS_MAX: f64 = 2147483647;
const SUB_BITS: u32 = 5, SUB_MASK: u32 = 31;
// Octets of what is known beside the buckets, and of the first bucket.
const COUNT: u32 = 0, SUM: u32 = 8, MIN: u32 = 16, MAX: u32 = 24, BUCKETS: u32 = 32;

let server: u32 = 0, client: u32 = 0, handshake: u32 = 0, dataA: u32 = 0, dataB: u32 = 0;

/** Told once where everything lies: samples of the legs of handshakes, of both, and of data. */
export function bindHistograms(
  serverAt: u32,
  clientAt: u32,
  handshakeAt: u32,
  dataAt: u32,
  dataBAt: u32,
): void {
  server = serverAt;
  client = clientAt;
  handshake = handshakeAt;
  dataA = dataAt;
  dataB = dataBAt;
}

/** Counts a leg to the server. */
export function countServerLeg(ns: f64): void {
  count(server, ns);
}

/** Counts a leg to the client. */
export function countClientLeg(ns: f64): void {
  count(client, ns);
}

/** Counts a whole handshake. */
export function countHandshake(ns: f64): void {
  count(handshake, ns);
}

/** Counts a sample of data of a side. */
@inline
export function countData(direction: u32, ns: f64): void {
  count(direction == 0 ? dataA : dataB, ns);
}

@inline
function count(histogram: u32, ns: f64): void {
  const bucket = histogram + (bucketOf(ns) << 2);
  store<u32>(bucket, load<u32>(bucket, BUCKETS) + 1, BUCKETS);
  store<f64>(histogram, load<f64>(histogram, COUNT) + 1, COUNT);
  store<f64>(histogram, load<f64>(histogram, SUM) + ns, SUM);
  store<f64>(histogram, min(ns, load<f64>(histogram, MIN)), MIN);
  store<f64>(histogram, max(ns, load<f64>(histogram, MAX)), MAX);
}

@inline
function bucketOf(ns: f64): u32 {
  const units = min(ns / UNIT_NS, UNITS_MAX) as u32;
  const octave: u32 = 31 - clz<u32>(units | 1);
  if (octave < SUB_BITS) return units;
  const shift = octave - SUB_BITS;
  return ((shift + 1) << SUB_BITS) + ((units >> shift) & SUB_MASK);
}
