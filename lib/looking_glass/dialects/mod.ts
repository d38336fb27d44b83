/**
 * All dialects.
 *
 * @module
 */
import { bird } from "./bird/bird.ts";
import type { Dialect, DialectName } from "./dialect.ts";
import { eos } from "./eos/eos.ts";
import { frr } from "./frr/frr.ts";
import { ios } from "./ios/ios.ts";
import { iosxr } from "./iosxr/iosxr.ts";
import { junos } from "./junos/junos.ts";
import { nxos } from "./nxos/nxos.ts";
import { openbgpd } from "./openbgpd/openbgpd.ts";

/** Every dialect, the most specific signatures first: the order in which they are recognised. */
export const DIALECTS: readonly Dialect[] = [
  frr,
  ios,
  iosxr,
  nxos,
  eos,
  junos,
  bird,
  openbgpd,
];

const BY_NAME: ReadonlyMap<string, Dialect> = new Map(DIALECTS.map((one) => [one.name, one]));

/** The dialect of a name. @throws {TypeError} if none has it */
export function dialectOf(name: DialectName): Dialect {
  const dialect = BY_NAME.get(name);
  if (dialect === undefined) throw new TypeError(`No dialect is called "${name}"`);
  return dialect;
}
