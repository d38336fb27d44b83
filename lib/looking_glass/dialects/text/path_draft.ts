/**
 * A path while it is being read, and the numbers and addresses in it.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../../ip/address.ts";
import { parseAsNumber } from "../../../ip/as_number.ts";
import { parsePrefix, type Prefix } from "../../../ip/prefix.ts";
import { IpSyntaxError } from "../../../ip/syntax_error.ts";
import type { AsPath } from "../../../route/as_path.ts";
import type { OriginValidation, PathFlag, PathPeer, RoutePath } from "../../../route/route.ts";
import { NO_PATH } from "../../answer.ts";

/** A path whose fields can be set, lists added to. */
export type PathDraft =
  & {
    -readonly [Key in Exclude<keyof RoutePath, "flags" | "peer" | "unknownAttributes">]:
      RoutePath[Key];
  }
  & {
    flags: PathFlag[];
    peer: { -readonly [Key in keyof PathPeer]: PathPeer[Key] };
    unknownAttributes: string[];
  };

/** A path of which only the prefix is known. */
export function draftPath(prefix: Prefix): PathDraft {
  return { ...NO_PATH, prefix, flags: [], peer: { ...NO_PATH.peer }, unknownAttributes: [] };
}

/** Notes what the router says of a path, once. */
export function addFlag({ flags }: PathDraft, flag: PathFlag): void {
  if (!flags.includes(flag)) flags.push(flag);
}

/** An unsigned 32-bit number in decimal, or null. */
export function readUint32(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number <= 0xffff_ffff ? number : null;
}

/** An AS number in asplain or asdot, or null. */
export function readAsn(text: string | undefined): number | null {
  return text === undefined ? null : orNull(() => parseAsNumber(text));
}

/** An address in canonical form, a zone kept, or null. */
export function readAddress(text: string | undefined): string | null {
  const address = text === undefined ? null : parseAddressOrNull(text, { zone: true });
  return address === null ? null : renderAddress(address);
}

/** A prefix whose host bits are zero, or null. */
export function readPrefix(text: string): Prefix | null {
  return orNull(() => {
    const { prefix, hostBitsSet } = parsePrefix(text);
    return hostBitsSet ? null : prefix;
  });
}

/** A validation state as FRR and IOS write it: `valid`, `not found`, `not-found` … */
export function readValidation(text: string): OriginValidation {
  const word = text.trim().toLowerCase().replace(/[ -]/g, "_");
  return word === "valid" || word === "invalid" || word === "not_found" ? word : "unverified";
}

/** The AS at the near end of a path, if it begins with a sequence. */
export function nearestAs(path: AsPath): number | null {
  const first = path[0];
  const isOrdered = first?.kind === "sequence" || first?.kind === "confed_sequence";
  return isOrdered ? first.asns[0] ?? null : null;
}

/** The neighbour's AS where the path came from another AS: the nearest one; else null. */
export function neighborAs({ flags, asPath }: PathDraft): number | null {
  const isExternal = flags.includes("external") || flags.includes("confed_external");
  return isExternal ? nearestAs(asPath) : null;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}
