/**
 * Reading and writing the primitive fields of a DNS message (RFC 1035 §3.1, §4.1.4): numbers, byte
 * strings and compressed names, with every read bounded by the field that limits it.
 *
 * @module
 */
import { DecodeError, InputError } from "../errors/mod.ts";

/** Longest name on the wire, octets (RFC 1035 §2.3.4). */
const MAX_NAME_BYTES = 255;
/** Longest label, octets (RFC 1035 §2.3.4). */
const MAX_LABEL_BYTES = 63;

/** More than a name can have labels, so more pointers serve only to make work. */
const MAX_POINTERS = 127;

/** A cursor over a part of a DNS message; names may point back into the whole of it. */
export class DnsReader {
  #offset: number;
  readonly #view: DataView;

  /** Reads `message` from `offset` up to `end`, which the field `limitedBy` has set. */
  constructor(
    readonly message: Uint8Array,
    offset = 0,
    readonly end: number = message.length,
    readonly limitedBy = "message length",
  ) {
    this.#offset = offset;
    this.#view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.end - this.#offset;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#advance(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field));
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#advance(4, field));
  }

  bytes(length: number, field: string): Uint8Array {
    const start = this.#advance(length, field);
    return this.message.subarray(start, start + length);
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining, "rest");
  }

  /** A `<character-string>`: one length octet and that many octets (RFC 1035 §3.3). */
  characterString(field: string): Uint8Array {
    return this.bytes(this.u8(field), field);
  }

  /** @throws {DecodeError} `decode.dns_trailing` if bytes are left over */
  expectEnd(field: string): void {
    if (this.remaining > 0) {
      throw this.#bad("trailing", `"${field}" has ${this.remaining} bytes too many`);
    }
  }

  /** A reader for the next `length` bytes, which this one steps over. */
  part(length: number, field: string): DnsReader {
    const start = this.#advance(length, field);
    return new DnsReader(this.message, start, start + length, field);
  }

  /**
   * A name in presentation form, without the final dot; the root is `.`. Pointers must lead strictly
   * backwards, so that a loop cannot be (RFC 1035 §4.1.4), and are at most 127.
   */
  name(field: string): string {
    const labels: string[] = [];
    this.#walkName(field, labels);
    return labels.length === 0 ? "." : labels.join(".");
  }

  /** Steps over a name, which has to be as sound as one that is read. */
  skipName(field: string): void {
    this.#walkName(field, null);
  }

  #walkName(field: string, labels: string[] | null): void {
    // One octet for the root label that ends every name.
    let wireBytes = 1;
    let pointerLimit = this.#offset;
    let pointers = 0;
    let at = -1;
    while (true) {
      const length = at < 0 ? this.u8(field) : this.#octetAt(at++, field);
      if (length === 0) return;
      if ((length & 0xc0) === 0xc0) {
        const low = at < 0 ? this.u8(field) : this.#octetAt(at, field);
        const target = ((length & 0x3f) << 8) | low;
        if (target >= pointerLimit) {
          throw this.#bad("pointer", `"${field}" has a compression pointer that leads forward`);
        }
        if (++pointers > MAX_POINTERS) {
          throw this.#bad(
            "pointer",
            `"${field}" has more than ${MAX_POINTERS} compression pointers`,
          );
        }
        pointerLimit = target;
        at = target;
        continue;
      }
      if (length > MAX_LABEL_BYTES) {
        throw this.#bad("label", `"${field}" has a label of an unknown kind`);
      }
      wireBytes += length + 1;
      if (wireBytes > MAX_NAME_BYTES) {
        throw this.#bad("name", `"${field}" is longer than ${MAX_NAME_BYTES} octets`);
      }
      if (at < 0) {
        const label = this.bytes(length, field);
        labels?.push(renderLabel(label));
      } else {
        if (at + length > this.message.length) throw this.#short(at, length, field);
        labels?.push(renderLabel(this.message.subarray(at, at + length)));
        at += length;
      }
    }
  }

  #advance(length: number, field: string): number {
    const start = this.#offset;
    if (start + length > this.end) {
      throw new DecodeError(
        "dns_truncated",
        `Cannot decode DNS message: "${field}" runs past ${this.limitedBy}`,
        {
          layer: "dns",
          offset: start,
          needed: length,
          had: this.end - start,
          limitedBy: this.limitedBy,
        },
      );
    }
    this.#offset = start + length;
    return start;
  }

  /** An octet of a name that was pointed to; such a name may lie anywhere before. */
  #octetAt(at: number, field: string): number {
    const octet = this.message[at];
    if (octet === undefined) throw this.#short(at, 1, field);
    return octet;
  }

  #short(at: number, needed: number, field: string): DecodeError {
    return new DecodeError(
      "dns_truncated",
      `Cannot decode DNS message: "${field}" runs past message length`,
      {
        layer: "dns",
        offset: at,
        needed,
        had: Math.max(0, this.message.length - at),
        limitedBy: "message length",
      },
    );
  }

  #bad(reason: string, what: string): DecodeError {
    return new DecodeError(`dns_${reason}`, `Cannot decode DNS message: ${what}`, {
      layer: "dns",
      offset: this.#offset,
      needed: 0,
      had: this.remaining,
      limitedBy: this.limitedBy,
    });
  }
}

/** A label in presentation form: dots, backslashes and octets that do not print are escaped (RFC 4343 §2.1). */
function renderLabel(label: Uint8Array): string {
  let text = "";
  for (const octet of label) {
    if (octet === 0x2e || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
    else if (octet > 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${octet.toString().padStart(3, "0")}`;
  }
  return text;
}

/**
 * A name in wire form, uncompressed. Takes host names, service names such as `_dmarc.example.com`,
 * the root `.` and a final dot; ASCII only; escapes are not read, so a backslash is refused.
 *
 * @throws {InputError} `input.name` for an empty or too long label, a too long name, other characters
 */
export function encodeName(name: string): Uint8Array {
  const labels = name === "." ? [] : name.replace(/\.$/, "").split(".");
  const wire = new Uint8Array(labels.reduce((sum, label) => sum + label.length + 1, 1));
  let offset = 0;
  for (const label of labels) {
    if (
      label.length === 0 || label.length > MAX_LABEL_BYTES || !/^[\x21-\x5b\x5d-\x7e]+$/.test(label)
    ) {
      throw new InputError("name", `Cannot ask for "${name.slice(0, 80)}": not a DNS name`, {
        hint:
          "Labels are 1 to 63 printable ASCII characters without backslash, for example _dmarc.example.com.",
      });
    }
    wire[offset++] = label.length;
    for (let i = 0; i < label.length; i++) wire[offset++] = label.charCodeAt(i);
  }
  if (wire.length > MAX_NAME_BYTES) {
    throw new InputError("name", `Cannot ask for "${name.slice(0, 80)}…": the name is too long`, {
      hint: "A DNS name is at most 253 characters.",
    });
  }
  return wire;
}

/** True if two names in presentation form are the same (RFC 4343: ASCII case does not count). */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.replace(/(?<=.)\.$/, "").toLowerCase();
  return plain(a) === plain(b);
}

// A byte-order mark is text like any other: dropped, it would hide in a comparison.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Octets as text: UTF-8 where they are, else with every other octet as `\DDD` (RFC 1035 §5.1). */
export function renderText(octets: Uint8Array): string {
  try {
    return utf8.decode(octets);
  } catch {
    let text = "";
    for (const octet of octets) {
      text += octet >= 0x20 && octet < 0x7f && octet !== 0x5c
        ? String.fromCharCode(octet)
        : `\\${octet.toString().padStart(3, "0")}`;
    }
    return text;
  }
}

/** Text in quotes, as zone files write a `<character-string>`. */
export function quoteText(octets: Uint8Array): string {
  return `"${renderText(octets).replace(/["\\]/g, "\\$&")}"`;
}
