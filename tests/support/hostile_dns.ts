/**
 * Captures of DNS that obeys no rule for long: queries, answers, and everything that can go wrong with
 * them, so that the rules of the tracker meet in every order. The same seed gives the same capture.
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../lib/ip/address.ts";
import { Random } from "../fuzz/random.ts";
import { captureOf, ipPacket, tcpPacket, type TimedPacket, udpPacket } from "./dns_capture.ts";

const A = 1, AAAA = 28, OPT = 41, CLASS_IN = 1;
const NXDOMAIN = 3;
const SYN = 2, ACK = 16;
const DNS_PORT = 53, VXLAN_PORT = 4789;
const UNDERLAY = addressToBytes(parseAddress("192.0.2.1"));
const PORTS = [53, 5353, 5355] as const;
const SUFFIXES = ["", "example", "corp.example", "a.corp.example"] as const;

/** The beginning of a label that makes a name of two such longer than most. */
const LONG = "long".repeat(14);

/** What to make; of fewer clients, ports, ids and names more meet. */
export interface HostileDnsWish {
  readonly seed: number;
  readonly steps: number;
  readonly clients: number;
  readonly servers: number;
  readonly ports: number;
  readonly ids: number;
  readonly names: number;
  /** Of so many steps one is odd. */
  readonly odd: number;
}

/** What somebody asked. */
interface Question {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly tenant: number;
}

/** What is said of a question. */
interface Said {
  readonly isResponse?: boolean;
  readonly rcode?: number;
  readonly isTruncated?: boolean;
  /** Payload size of EDNS. */
  readonly edns?: number;
  readonly hasQuestion?: boolean;
}

/** A capture of hostile DNS. */
export function hostileDns(wish: HostileDnsWish): Uint8Array {
  const random = new Random(wish.seed);
  const talk = new Talk();
  const asked: Question[] = [];
  for (let step = 0; step < wish.steps; step++) {
    talk.wait(random.pick([0, 0, 0.2, 0.4, 1.5, 3, 7]));
    if (random.oneIn(wish.odd)) beOdd(random, talk, asked, wish);
    else if (random.oneIn(2) || asked.length === 0) ask(random, talk, asked, wish);
    else {
      const [question] = asked.splice(random.below(Math.min(asked.length, 20)), 1);
      if (question !== undefined) talk.send(question, { isResponse: true });
    }
    if (asked.length > 60) asked.shift();
  }
  return captureOf(talk.packets);
}

/** Packets one after the other. */
class Talk {
  readonly packets: TimedPacket[] = [];
  #ms = 60_000;
  #seq = 1;

  /** Lets time pass, or go back. */
  wait(ms: number): void {
    this.#ms = Math.max(0, this.#ms + ms);
  }

  /** Sends a message by UDP, to `port` on the server's side, in VXLAN if there is a tenant. */
  send(question: Question, said: Said, port = DNS_PORT): void {
    const packet = this.#udp(question, said, port);
    const { tenant } = question;
    this.packets.push(tenant === 0 ? packet : this.#inVxlan(packet.octets, tenant));
  }

  /** Asks by TCP, and is answered. */
  sendByTcp(question: Question): void {
    const { client, server } = question;
    const from = endpoint(client, 20_000 + this.#seq % 40_000), to = endpoint(server, DNS_PORT);
    const seq = this.#seq += 1000;
    const packets = [
      tcpPacket(this.#ms, from, to, seq, SYN),
      tcpPacket(this.#ms, from, to, seq + 1, ACK, withLength(encode(question, {}))),
      tcpPacket(this.#ms + 1, to, from, seq, SYN | ACK),
      tcpPacket(this.#ms + 1, to, from, seq + 1, ACK, withLength(encode(question, ANSWER))),
    ];
    this.packets.push(...packets);
  }

  #udp(question: Question, said: Said, port: number): TimedPacket {
    const { client, server } = question;
    const from = endpoint(client, question.port), to = endpoint(server, port);
    const data = encode(question, said);
    return said.isResponse === true
      ? udpPacket(this.#ms, to, from, data)
      : udpPacket(this.#ms, from, to, data);
  }

  #inVxlan(inner: Uint8Array, tenant: number): TimedPacket {
    const isV6 = (inner[0] ?? 0) >> 4 === 6;
    const udp = new Uint8Array(8 + 8 + 14 + inner.length);
    const view = new DataView(udp.buffer);
    view.setUint16(0, 50_000);
    view.setUint16(2, VXLAN_PORT);
    view.setUint16(4, udp.length);
    view.setUint32(8, 0x08000000);
    view.setUint32(12, tenant << 8);
    view.setUint16(28, isV6 ? 0x86dd : 0x0800);
    udp.set(inner, 30);
    return { ms: this.#ms, octets: ipPacket(17, UNDERLAY, UNDERLAY, udp) };
  }
}

const ANSWER: Said = { isResponse: true };

/** Asks something new, perhaps for both kinds of addresses. */
function ask(random: Random, talk: Talk, asked: Question[], wish: HostileDnsWish): void {
  const isV6 = random.oneIn(4);
  const number = random.below(wish.names);
  const label = `${number % 5 === 0 ? LONG : "n"}${number}`;
  const question: Question = {
    client: addressOf(isV6, 1, random.below(wish.clients)),
    server: addressOf(isV6, 2, random.below(wish.servers)),
    port: 30_000 + random.below(wish.ports),
    id: random.below(wish.ids),
    name: [label, random.pick(SUFFIXES)].filter((part) => part !== "").join("."),
    type: random.pick([A, A, A, AAAA, 12, 65]),
    tenant: random.oneIn(10) ? 1 + random.below(2) : 0,
  };
  const edns = random.pick([-1, 512, 1232, 4096, random.oneIn(9) ? random.below(100) : 1400]);
  talk.send(question, { edns });
  asked.push(question);
  if (question.type !== A || random.oneIn(3)) return;
  const sibling = { ...question, id: (question.id + 1) % 65_536, type: AAAA };
  talk.send(sibling, { edns });
  asked.push(sibling);
}

/** Does something that a tracker has to know better than to take for what it looks like. */
function beOdd(random: Random, talk: Talk, asked: Question[], wish: HostileDnsWish): void {
  if (asked.length === 0) ask(random, talk, asked, wish);
  const question = asked[random.below(asked.length)];
  if (question === undefined) return;
  const odd = random.below(14);
  if (odd === 0) talk.send(question, {});
  else if (odd === 1) talk.send({ ...question, id: (question.id + 7) % 65_536 }, {});
  else if (odd === 2) talk.send({ ...question, server: addressOf(false, 2, 0), port: 29_999 }, {});
  else if (odd === 3) talk.send(question, { isResponse: true, rcode: random.pick([2, 3, 5]) });
  else if (odd === 4) {
    talk.send(question, { isResponse: true, isTruncated: true });
    if (!random.oneIn(3)) talk.sendByTcp(question);
  } else if (odd === 5) {
    talk.send(question, ANSWER);
    talk.wait(random.pick([0.2, 30]));
    talk.send(question, ANSWER);
  } else if (odd === 6) talk.send(question, { isResponse: true, hasQuestion: false });
  else if (odd === 7) talk.wait(random.pick([99, 101, 150, 400, 1100]));
  else if (odd === 8 && random.oneIn(4)) talk.wait(random.pick([4000, 6000, 31_000]));
  else if (odd === 9) talk.wait(-random.pick([1, 50, 900, random.oneIn(4) ? 7000 : 2]));
  else if (odd === 10) talk.send(question, random.oneIn(2) ? ANSWER : {}, random.pick(PORTS));
  else if (odd === 11) talk.send({ ...question, type: AAAA }, ANSWER);
  else if (odd === 12) search(random, talk, question);
  else talk.send({ ...question, name: question.name.toUpperCase(), tenant: 1 }, {});
}

/** Tries a name with suffix after suffix, in vain but for the last. */
function search(random: Random, talk: Talk, question: Question): void {
  const [label = ""] = question.name.split(".");
  const tries = [...SUFFIXES.slice(1), ""].map((suffix) => [label, suffix].join("."));
  tries.forEach((name, index) => {
    const asked = {
      ...question,
      name: name.replace(/\.$/, ""),
      id: (question.id + index) % 65_536,
    };
    talk.send(asked, {});
    talk.wait(2);
    const isFound = index === tries.length - 1 && random.oneIn(2);
    talk.send(asked, { isResponse: true, rcode: isFound ? 0 : NXDOMAIN });
  });
}

/** A message as octets (RFC 1035 §4). */
function encode({ id, name, type }: Question, said: Said): Uint8Array {
  const { isResponse = false, rcode = 0, isTruncated = false, edns = -1, hasQuestion = true } =
    said;
  const labels = name.split(".").flatMap((
    label,
  ) => [label.length, ...new TextEncoder().encode(label)]);
  const question = [...labels, 0, type >> 8, type & 255, 0, CLASS_IN];
  const option = edns < 0 ? [] : [0, 0, OPT, edns >> 8, edns & 255, 0, 0, 0, 0, 0, 0];
  const flags = (isResponse ? 0x8180 : 0x0100) | (isTruncated ? 0x0200 : 0) | rcode;
  return Uint8Array.from([
    ...[id >> 8, id & 255, flags >> 8, flags & 255, 0, hasQuestion ? 1 : 0],
    ...[0, 0, 0, 0, 0, edns < 0 ? 0 : 1],
    ...(hasQuestion ? question : []),
    ...option,
  ]);
}

function withLength(octets: Uint8Array): Uint8Array {
  return Uint8Array.from([octets.length >> 8, octets.length & 255, ...octets]);
}

function addressOf(isV6: boolean, side: number, host: number): string {
  return isV6
    ? `2001:db8::${side}:${host.toString(16)}`
    : `10.${side * 64 + (host >> 16)}.${host >> 8 & 255}.${host & 255}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Questions in a crowd between one and its answer. */
const CROWD_WAIT = 700;

/**
 * Questions of so many clients to many servers for many names, one each, of which every second is
 * answered, and some are asked again. Of so many names one is long.
 */
export function crowdedDns(count: number, clients: number, long: number): Uint8Array {
  const talk = new Talk();
  const from = (start: number): Question[] =>
    Array.from({ length: count }, (_, index) => ({
      client: addressOf(index % 4 < 2, 1, (start + index >> 1) % clients),
      server: addressOf(false, 2, (start + index) % 1100),
      port: 40_000,
      id: index & 65_535,
      name: crowdedName(start + index >> 1, long),
      type: index % 2 === 0 ? A : AAAA,
      tenant: 0,
    }));
  for (const start of [0, count, 0]) {
    const questions = from(start);
    questions.forEach((question, index) => {
      talk.wait(start === 0 && index % 1000 === 0 ? 40 : 0.01);
      talk.send(question, { edns: 1232 });
      const asked = questions[index - CROWD_WAIT];
      if (asked === undefined) return;
      if (index % 2 === 0) talk.send(asked, ANSWER);
      else if (index % 10 === 1) talk.send({ ...asked, id: asked.id + 29_000 }, {});
    });
    talk.wait(3000);
  }
  return captureOf(talk.packets);
}

function crowdedName(number: number, long: number): string {
  return number % long === 0 ? `${LONG}${number}.${LONG}.example` : `${LONG.slice(20)}${number}`;
}
