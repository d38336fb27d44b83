/**
 * What we and a peer are to each other (RFC 9234).
 *
 * @module
 */

/** Roles as numbers (RFC 9234 §4.1). */
export const ROLE = { provider: 0, rs: 1, "rs-client": 2, customer: 3, peer: 4 } as const;

/** What the other side has to be (RFC 9234 §4.2). */
export const OTHER_ROLE: Readonly<Record<keyof typeof ROLE, keyof typeof ROLE>> = {
  provider: "customer",
  customer: "provider",
  rs: "rs-client",
  "rs-client": "rs",
  peer: "peer",
};
