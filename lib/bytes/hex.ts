/**
 * Octets as hexadecimal.
 *
 * @module
 */

/** Two digits per octet, `separator` between octets. */
export function hexText(octets: Uint8Array, separator = ""): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(separator);
}
