/**
 * Differentiated services and congestion notification in words (IANA dscp-registry, RFC 3168 §5).
 *
 * @module
 */
import type { Words } from "../layer_reader.ts";

/** Code points that have a name. */
export const DSCP_WORDS: Words = {
  0: "default",
  1: "lower effort",
  8: "CS1",
  10: "AF11",
  12: "AF12",
  14: "AF13",
  16: "CS2",
  18: "AF21",
  20: "AF22",
  22: "AF23",
  24: "CS3",
  26: "AF31",
  28: "AF32",
  30: "AF33",
  32: "CS4",
  34: "AF41",
  36: "AF42",
  38: "AF43",
  40: "CS5",
  44: "voice admit",
  46: "expedited forwarding",
  48: "CS6",
  56: "CS7",
};

/** The two bits. */
export const ECN_WORDS: Words = {
  0: "not ECN-capable",
  1: "ECT(1)",
  2: "ECT(0)",
  3: "congestion experienced",
};
