/**
 * Finding the end of terminal escape sequences (ECMA-48 §5.3–5.6) without keeping them.
 *
 * @module
 */

type State =
  | "outside"
  /** Behind ESC. */
  | "escape"
  /** Control sequence: parameters and intermediates up to a final octet (ECMA-48 §5.4). */
  | "csi"
  /** Control string (DCS, SOS, OSC, PM, APC): up to ST (ECMA-48 §5.6). */
  | "string";

const LF = 0x0a, ESC = 0x1b;
const DCS = 0x50, SOS = 0x58, CSI = 0x5b, OSC = 0x5d, PM = 0x5e, APC = 0x5f;

// ST in its 8-bit form; ESC is looked at again, since it starts ST or another sequence; LF, CAN and
// SUB stand for a string whose end was lost, so that one costs no more than its own line.
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const STRING_END = /[\x07\x0a\x18\x1a\x1b\x9c]/g;

/** Skips one sequence after another. Memory does not grow with their length. */
export class EscapeSkipper {
  #state: State = "outside";

  /** True between the start of a sequence and its end. */
  get isInside(): boolean {
    return this.#state !== "outside";
  }

  /** ESC was read. */
  enter(): void {
    this.#state = "escape";
  }

  /** A control of the C1 set was read: the same as ESC and the character 0x40 below (ECMA-48 §5.3). */
  enterC1(code: number): void {
    this.#state = stateBehindEscape(code - 0x40);
  }

  /** Skips from `at`; the place where the text goes on, at most its length. */
  skip(text: string, at: number): number {
    for (; at < text.length && this.#state !== "outside"; at++) {
      if (this.#state === "string") {
        STRING_END.lastIndex = at;
        if (!STRING_END.test(text)) return text.length;
        at = STRING_END.lastIndex - 1;
        const code = text.charCodeAt(at);
        this.#state = code === ESC ? "escape" : "outside";
        if (code === LF) return at;
        continue;
      }
      const code = text.charCodeAt(at);
      if (code < 0x20 || code > 0x7e) {
        // A control in the middle breaks the sequence off and means what it means elsewhere.
        this.#state = "outside";
        return at;
      }
      if (this.#state === "csi") {
        if (code >= 0x40) this.#state = "outside";
      } else if (code >= 0x30) this.#state = stateBehindEscape(code);
    }
    return at;
  }
}

function stateBehindEscape(code: number): State {
  switch (code) {
    case CSI:
      return "csi";
    case DCS:
    case SOS:
    case OSC:
    case PM:
    case APC:
      return "string";
    default:
      return "outside";
  }
}
