/**
 * Addresses that a public registry can say something of.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { type IpAddress, renderAddress } from "../ip/address.ts";
import { specialUse } from "../ip/special_use.ts";

/** @throws {InputError} `input.special_use` for an address that the internet does not route */
export function demandRouted(address: IpAddress): void {
  const special = specialUse(address);
  if (special?.globallyReachable !== false) return;
  throw new InputError(
    "special_use",
    `Cannot look up "${
      renderAddress(address)
    }": it is ${special.name} (${special.source}), which the internet does not route`,
    { hint: "Give a public address, for example 193.0.6.139." },
  );
}
