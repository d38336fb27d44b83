import assert from "node:assert/strict";
import { CLIENT, SERVER } from "./flow_packet.ts";
import { type Silence, stallVerdict } from "./stall_cause.ts";
import type { TcpStanding } from "./tcp_progress.ts";

const ESTABLISHED: TcpStanding = {
  opening: null,
  unacked: [false, false],
  closedWindow: [false, false],
  fin: [false, false],
  seen: [true, true],
};

/** The client asked, everything is acknowledged, the server's data ends the silence. */
const ASKED: Silence = {
  standing: ESTABLISHED,
  lastSpeaker: CLIENT,
  isAlone: false,
  repeated: 0,
  repeatedBy: CLIENT,
  probes: 0,
  end: "data",
  endedBy: SERVER,
  isCaptureGap: false,
  isAskedAgain: false,
};

function verdict(silence: Partial<Silence>, standing: Partial<TcpStanding> = {}): string {
  const { cause, detail } = stallVerdict({
    ...ASKED,
    standing: { ...ESTABLISHED, ...standing },
    ...silence,
  });
  return `${cause}: ${detail}`;
}

Deno.test("whose turn it was decides when everything was acknowledged", () => {
  assert.equal(
    verdict({}),
    "waiting_for_server: the client had sent its request, the server's answer was due; then it sent",
  );
  assert.equal(
    verdict({ lastSpeaker: SERVER, endedBy: CLIENT }),
    "waiting_for_client: the server had answered, it was the client's turn; then it sent",
  );
  assert.equal(
    verdict({ lastSpeaker: SERVER }),
    "waiting_for_server: the server paused while it was sending",
  );
  assert.equal(
    verdict({ lastSpeaker: null }),
    "waiting_for_server: nobody had sent data; the server began",
  );
  assert.equal(verdict({ lastSpeaker: null, end: "fin" }), "idle: nobody had sent data");
  assert.equal(
    verdict({ end: "fin", endedBy: CLIENT }),
    "waiting_for_server: the client had sent its request, the server's answer was due; nothing more came, the client closed",
  );
});

Deno.test("of a transfer that only one side sends, no answer is due", () => {
  assert.equal(
    verdict({ isAlone: true, end: "fin", endedBy: CLIENT }),
    "waiting_for_client: the client paused while it was sending",
  );
});

Deno.test("repetitions stand above turns, a closed window above repetitions, a gap above all", () => {
  const closedWindow = [false, true] as const;
  assert.equal(verdict({ repeated: 1 }), "retransmission_timeout: the client sent again once");
  assert.equal(
    verdict({ repeated: 1, probes: 2 }, { closedWindow }),
    "zero_window: the server had closed its window: its application did not read; 2 probes meanwhile",
  );
  assert.match(verdict({ repeated: 1, isCaptureGap: true }, { closedWindow }), /^capture_gap: /);
});

Deno.test("data under way that is not sent again was acknowledged late", () => {
  const unacked = [true, false] as const;
  assert.equal(
    verdict({ end: "ack" }, { unacked }),
    "late_ack: data of the client was acknowledged late",
  );
  assert.equal(
    verdict({ end: "none" }, { unacked }),
    "late_ack: data of the client was not acknowledged before the capture ended",
  );
  assert.match(verdict({}, { unacked }), /^waiting_for_server: /);
});

Deno.test("a handshake waits for the side whose packet is due", () => {
  assert.equal(
    verdict({ repeated: 2, end: "syn" }, { opening: "server" }),
    "handshake: the SYN, sent again 2 times, was answered late",
  );
  assert.equal(
    verdict({ end: "none" }, { opening: "client" }),
    "handshake: the SYN-ACK was never answered",
  );
});

Deno.test("once one side has closed, the other is waited for", () => {
  assert.equal(
    verdict({ lastSpeaker: SERVER, end: "fin", endedBy: CLIENT }, { fin: [false, true] }),
    "waiting_for_client: the server had closed, the client had not yet",
  );
});

Deno.test("of one direction alone, whose turn it was cannot be told", () => {
  assert.equal(
    verdict({}, { seen: [true, false], unacked: [true, false] }),
    "idle: only one direction is in the capture: whose turn it was cannot be told",
  );
});
