/**
 * Fields of SCTP and its chunks (RFC 9260 §3).
 *
 * @module
 */
import type { LayerReader } from "../layer_reader.ts";

const DATA = 0, INIT = 1, INIT_ACK = 2, SACK = 3;

/** Chunk types (IANA sctp-parameters). */
const CHUNKS = {
  0: "DATA",
  1: "INIT",
  2: "INIT ACK",
  3: "SACK",
  4: "HEARTBEAT",
  5: "HEARTBEAT ACK",
  6: "ABORT",
  7: "SHUTDOWN",
  8: "SHUTDOWN ACK",
  9: "ERROR",
  10: "COOKIE ECHO",
  11: "COOKIE ACK",
  12: "ECNE",
  13: "CWR",
  14: "SHUTDOWN COMPLETE",
  64: "I-DATA",
  130: "RE-CONFIG",
  192: "FORWARD TSN",
};

/** Most chunks that are shown. */
const CHUNKS_MAX = 32;

/** Common header and the heads of the chunks. */
export function sctpFields(layer: LayerReader): void {
  layer.number("sctp.srcport", 0, 2);
  layer.number("sctp.dstport", 2, 2);
  layer.hexNumber("sctp.verification_tag", 4, 4);
  layer.hexNumber("sctp.checksum", 8, 4);
  let at = 12;
  for (let count = 0; count < CHUNKS_MAX && layer.has(at, 4); count++) {
    const type = layer.number("sctp.chunk_type", at, 1, CHUNKS);
    layer.hexNumber("sctp.chunk_flags", at + 1, 1);
    const length = layer.number("sctp.chunk_length", at + 2, 2);
    if (length < 4) {
      layer.note(at, `chunk length ${length} is below 4`);
      return;
    }
    chunk(layer, type, at);
    at += (length + 3) & ~3;
  }
}

function chunk(layer: LayerReader, type: number, at: number): void {
  if (type === DATA) {
    layer.flag("sctp.data_u_bit", at + 1, 1, 2);
    layer.flag("sctp.data_b_bit", at + 1, 1, 1);
    layer.flag("sctp.data_e_bit", at + 1, 1, 0);
    layer.number("sctp.data_tsn_raw", at + 4, 4);
    layer.hexNumber("sctp.data_sid", at + 8, 2);
    layer.number("sctp.data_ssn", at + 10, 2);
    layer.number("sctp.data_payload_proto_id", at + 12, 4);
  } else if (type === INIT || type === INIT_ACK) {
    const name = type === INIT ? "sctp.init" : "sctp.initack";
    layer.hexNumber(`${name}_initiate_tag`, at + 4, 4);
    layer.number(`${name}_credit`, at + 8, 4);
    layer.number(`${name}_nr_out_streams`, at + 12, 2);
    layer.number(`${name}_nr_in_streams`, at + 14, 2);
    layer.number(`${name}_initial_tsn`, at + 16, 4);
  } else if (type === SACK) {
    layer.number("sctp.sack_cumulative_tsn_ack_raw", at + 4, 4);
    layer.number("sctp.sack_a_rwnd", at + 8, 4);
    layer.number("sctp.sack_number_of_gap_blocks", at + 12, 2);
    layer.number("sctp.sack_number_of_duplicated_tsns", at + 14, 2);
  }
}
