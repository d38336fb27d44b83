/**
 * The interfaces of this host as the runtime lists them, one entry for each address.
 *
 * @module
 */
import { PermissionMissing } from "../errors/mod.ts";

/** One address of an interface. */
export interface RuntimeInterface {
  readonly name: string;
  readonly address: string;
  /** Address and prefix length. */
  readonly cidr: string;
  readonly mac: string;
  readonly scopeId: number | null;
}

/** Lists them. @throws {PermissionMissing} `permission.sys` */
export function listRuntimeInterfaces(): readonly RuntimeInterface[] {
  try {
    return Deno.networkInterfaces().map(({ name, address, cidr, mac, scopeid }) => ({
      ...{ name, address, cidr, mac, scopeId: scopeid },
    }));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const flag = "--allow-sys=networkInterfaces";
    throw new PermissionMissing("sys", `Cannot list interfaces: Deno was not given ${flag}`, {
      flag,
    });
  }
}
