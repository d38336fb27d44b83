/**
 * Comparing secrets.
 *
 * @module
 */

/** Compares without telling by the time it takes how much of the secret was right. */
export async function sameSecret(a: string, b: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [left, right] = await Promise.all(
    [a, b].map(async (text) =>
      new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)))
    ),
  );
  let difference = 0;
  left?.forEach((byte, index) => difference |= byte ^ (right?.[index] ?? 0));
  return difference === 0;
}
