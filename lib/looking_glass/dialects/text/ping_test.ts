import { deepEqual } from "node:assert/strict";
import { readPing } from "./ping.ts";

const IOS = `Type escape sequence to abort.
Sending 5, 100-byte ICMP Echos to 192.0.2.1, timeout is 2 seconds:
!!.!!
Success rate is 80 percent (4/5), round-trip min/avg/max = 1/2/4 ms
`;

const LINUX = `PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.
64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.045 ms

--- 192.0.2.1 ping statistics ---
5 packets transmitted, 5 received, 0% packet loss, time 4090ms
rtt min/avg/max/mdev = 0.029/0.037/0.045/0.008 ms
`;

const BSD = `--- 192.0.2.1 ping statistics ---
5 packets transmitted, 3 packets received, 40% packet loss
round-trip min/avg/max/stddev = 1.013/1.236/1.457/0.181 ms
`;

Deno.test("a ping of IOS is counted by its success rate", () => {
  deepEqual(readPing(IOS), {
    answer: { kind: "ping", sent: 5, received: 4, minMs: 1, avgMs: 2, maxMs: 4 },
    complete: true,
    problems: [],
  });
});

Deno.test("a ping of Linux and one of BSD are counted by their statistics", () => {
  deepEqual(readPing(LINUX).answer, {
    kind: "ping",
    sent: 5,
    received: 5,
    minMs: 0.029,
    avgMs: 0.037,
    maxMs: 0.045,
  });
  deepEqual(readPing(BSD).answer, {
    kind: "ping",
    sent: 5,
    received: 3,
    minMs: 1.013,
    avgMs: 1.236,
    maxMs: 1.457,
  });
});

Deno.test("without an answer there are no times", () => {
  deepEqual(readPing(".....\nSuccess rate is 0 percent (0/5)\n"), {
    answer: { kind: "ping", sent: 5, received: 0, minMs: null, avgMs: null, maxMs: null },
    complete: true,
    problems: [],
  });
});

Deno.test("a ping that was cut before its statistics is not complete", () => {
  deepEqual(readPing(IOS.slice(0, IOS.indexOf("Success"))), {
    answer: { kind: "ping", sent: null, received: null, minMs: null, avgMs: null, maxMs: null },
    complete: false,
    problems: ["The router printed no statistics"],
  });
});

Deno.test("a router without ping refuses", () => {
  deepEqual(readPing("% [BGP] Unknown command: ping 192.0.2.11\n").answer, {
    kind: "refused",
    why: "unknown_command",
    said: "% [BGP] Unknown command: ping 192.0.2.11",
  });
});
