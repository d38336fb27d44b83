/**
 * VLAN identifiers (IEEE 802.1Q).
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { quoteText } from "../ip/syntax_error.ts";

/** The lowest and highest VLAN id; 0 is a priority tag and 4095 reserved (IEEE 802.1Q table 9-2). */
const VLAN_ID_MIN = 1;
/** See {@link VLAN_ID_MIN}. */
const VLAN_ID_MAX = 4094;

/**
 * Reads a VLAN id: a number, or decimal text in which leading zeros are accepted (`010` is 10).
 *
 * @throws {InputError} `input.vlan_id`
 */
export function parseVlanId(given: string | number): number {
  const text = String(given);
  const id = /^[0-9]{1,8}$/.test(text) ? Number(text) : NaN;
  if (id >= VLAN_ID_MIN && id <= VLAN_ID_MAX) return id;
  throw new InputError("vlan_id", `Cannot read ${quoteText(text)} as a VLAN id`, {
    hint: `Wanted: a number from ${VLAN_ID_MIN} to ${VLAN_ID_MAX}.`,
  });
}
