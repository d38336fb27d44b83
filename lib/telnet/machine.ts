/**
 * The telnet protocol as a client of route servers speaks it (RFC 854, 855, 1143): commands come
 * out of the stream wherever it is split, and each request for an option is answered once.
 *
 * @module
 */
import { TELNET_OPTIONS } from "./option.ts";

/** Commands (RFC 854, "TELNET command structure"); those not named here carry nothing for us. */
const SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255;

/**
 * Most answers about one option in one direction, however often the other side changes its mind:
 * 2 directions, 256 options and 3 octets make at most 12 KiB over the life of a connection.
 */
const MAX_ANSWERS = 8;

const TAKEN: ReadonlySet<number> = new Set(
  TELNET_OPTIONS.filter((option) => option.isTaken).map((option) => option.code),
);

const NOTHING = new Uint8Array(0);

/** Where in the stream we are. */
type State =
  | "data"
  | "command"
  /** The option of a WILL, WONT, DO or DONT comes next. */
  | "option"
  | "subnegotiation"
  | "command_in_subnegotiation";

/** What came out of a piece of the stream. */
export interface TelnetReceived {
  /** Octets of data; may be a view of the piece, so it is good until that is written over. */
  readonly data: Uint8Array;
  /** What must be sent back, often nothing. */
  readonly reply: Uint8Array;
}

/** What the other side wants of one option in one direction. */
interface Wish {
  isOn: boolean;
  answers: number;
}

/**
 * One connection's protocol. It never asks for anything itself, so that of the Q method (RFC 1143
 * §7) only the states YES and NO are left, and a request that repeats the last one is no change
 * and gets no answer. What does not change memory or speed: the number of commands, and the length
 * of a subnegotiation, which is skipped as it comes.
 */
export class TelnetMachine {
  #state: State = "data";
  /** WILL, WONT, DO or DONT in the state `option`. */
  #verb = 0;
  /** Key: option, plus 256 for what we are asked to do (DO) rather than told (WILL). */
  readonly #wishes = new Map<number, Wish>();

  /** Takes the next octets of the connection, however they were split. */
  receive(chunk: Uint8Array): TelnetReceived {
    if (this.#state === "data" && !chunk.includes(IAC)) return { data: chunk, reply: NOTHING };
    const data = new Uint8Array(chunk.length);
    let length = 0;
    const reply: number[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.#state === "data" || this.#state === "subnegotiation") {
        const found = chunk.indexOf(IAC, at);
        const end = found === -1 ? chunk.length : found;
        if (this.#state === "data") {
          data.set(chunk.subarray(at, end), length);
          length += end - at;
        }
        at = end + 1;
        if (found !== -1) this.#enterCommand();
      } else if (this.#command(chunk[at++] ?? 0, reply)) data[length++] = IAC;
    }
    return { data: data.subarray(0, length), reply: Uint8Array.from(reply) };
  }

  #enterCommand(): void {
    this.#state = this.#state === "data" ? "command" : "command_in_subnegotiation";
  }

  /** Takes one octet behind IAC; true if it stands for an octet 255 of data. */
  #command(octet: number, reply: number[]): boolean {
    if (this.#state === "option") {
      this.#state = "data";
      this.#request(octet, reply);
      return false;
    }
    const isInside = this.#state === "command_in_subnegotiation";
    if (octet === IAC) {
      this.#state = isInside ? "subnegotiation" : "data";
      return !isInside;
    }
    if (octet >= WILL) {
      // Inside a subnegotiation: its IAC SE was lost, and what follows is meant as it stands.
      this.#verb = octet;
      this.#state = "option";
    } else if (octet === SB || (isInside && octet !== SE)) this.#state = "subnegotiation";
    else this.#state = "data";
    return false;
  }

  #request(option: number, reply: number[]): void {
    const isForUs = this.#verb === DO || this.#verb === DONT;
    const isOn = this.#verb === DO || this.#verb === WILL;
    const key = isForUs ? 256 + option : option;
    const wish = this.#wishes.get(key) ?? { isOn: false, answers: 0 };
    if (wish.isOn === isOn) return;
    wish.isOn = isOn;
    this.#wishes.set(key, wish);
    const isTaken = !isForUs && TAKEN.has(option);
    // What was refused is off on both sides already: taking the wish back changes nothing.
    if ((!isOn && !isTaken) || wish.answers >= MAX_ANSWERS) return;
    wish.answers++;
    reply.push(IAC, isForUs ? WONT : isOn && isTaken ? DO : DONT, option);
  }
}

/**
 * A line as it goes to the wire, ended by CR LF. UTF-8 has no octet 255 (RFC 3629 §3), so none has
 * to be doubled.
 *
 * @throws {TypeError} if `text` holds a control character: it would be a second line, or a key
 */
export function encodeLine(text: string): Uint8Array {
  // deno-lint-ignore no-control-regex -- control characters are what is refused
  if (/[\x00-\x1f\x7f-\x9f]/.test(text)) {
    throw new TypeError("Cannot send the line: it holds a control character");
  }
  return new TextEncoder().encode(`${text}\r\n`);
}
