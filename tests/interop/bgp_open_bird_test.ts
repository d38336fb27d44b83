/**
 * Agreement with BIRD 2.0 on bad OPENs: each case is sent to BIRD as the first message of a
 * connection, and its NOTIFICATION is compared with ours.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { Framer } from "../../lib/bgp/codec/frame.ts";
import { encodeMessage, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import { OPEN_CASES } from "../support/nasty_opens.ts";
import { withBird } from "./bird_rig.ts";
import { interopTest } from "./daemon.ts";

const BIRD_ADDRESS = "127.0.77.30";
const PORT = 17_930;
/** Longer than BIRD holds a peer back after a fault, milliseconds. */
const PATIENCE_MS = 10_000;

/** A peer of its own for each case: BIRD holds one back after a fault. */
function addressOf(index: number): string {
  return `127.0.78.${index + 1}`;
}

const CONFIG = `log "bird.log" all;
router id 10.0.0.1;
protocol device { }
${
  OPEN_CASES.map(([, , , session], index) =>
    `protocol bgp peer${index} {
  local ${BIRD_ADDRESS} port ${PORT} as ${session === "internal" ? 65010 : 65000};
  neighbor ${addressOf(index)} as 65010;
  multihop; passive; strict bind yes; connect delay time 1; error wait time 1, 1;
  ipv4 { import all; export none; };
}`
  ).join("\n")
}
`;

/** Where BIRD 2.0.12 does otherwise, and why we do not follow. */
const KNOWN: Readonly<Record<string, readonly [difference: string, why: string]>> = {
  "parameters shorter than the message": [
    "BIRD: ok, we: 2/0",
    "what stands behind the parameters has no meaning in RFC 4271 §4.2",
  ],
  "the capability and My AS at odds": [
    "BIRD: ok, we: 2/2",
    "a peer is pinned by its AS, and this one says two; BIRD writes a warning, FRR refuses",
  ],
};

/** `ok`, or code and subcode of BIRD's NOTIFICATION to this OPEN. */
async function verdictOf(address: string, body: Uint8Array): Promise<string> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const socket = connect({ host: BIRD_ADDRESS, port: PORT, localAddress: address });
    const said = Promise.withResolvers<string | null>();
    const framer = new Framer();
    socket.on("error", () => said.resolve(null));
    socket.on("close", () => said.resolve(null));
    socket.on("connect", () => socket.write(encodeMessage(MESSAGE.open, body)));
    socket.on("data", (data: Uint8Array) => {
      framer.room().set(data);
      framer.filled(data.length);
      while (framer.next()) {
        if (framer.type === MESSAGE.keepalive) said.resolve("ok");
        const [code, subcode] = framer.octets.subarray(framer.bodyStart);
        if (framer.type === MESSAGE.notification) said.resolve(`${code}/${subcode}`);
      }
    });
    const verdict = await said.promise;
    socket.destroy();
    if (verdict !== null) return verdict;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("BIRD says nothing");
}

interopTest(
  "BIRD and we meet bad OPENs in the same way, but for the cases that are named",
  { programs: ["bird"] },
  async () => {
    const differences: Record<string, string> = {};
    await withBird(CONFIG, async () => {
      for (const [index, [name, body, outcome]] of OPEN_CASES.entries()) {
        const theirs = await verdictOf(addressOf(index), body);
        const ours = outcome.split(" ")[0];
        if (theirs !== ours) differences[name] = `BIRD: ${theirs}, we: ${ours}`;
      }
    });
    const known = Object.entries(KNOWN).map(([name, [difference]]) => [name, difference]);
    assert.deepEqual(differences, Object.fromEntries(known));
  },
);
