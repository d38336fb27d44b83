/**
 * What the flags say about a socket, and the error that teaches which flag is missing.
 *
 * Measured on Deno 2.9.6: `query` answers for single hosts, also inside a permitted or denied CIDR;
 * a name that resolves into a denied range is only found out by connecting (`NotCapable`).
 *
 * @module
 */
import { renderEndpoint } from "../config/endpoint.ts";
import { PermissionMissing } from "../errors/mod.ts";

/** State of `--allow-net` for one host (name or address) and port. */
export async function netState(host: string, port: number): Promise<Deno.PermissionState> {
  try {
    return (await Deno.permissions.query({ name: "net", host: renderEndpoint(host, port) })).state;
  } catch {
    // A host that Deno cannot parse cannot have been granted.
    return "prompt";
  }
}

/** What a missing permission is about. */
export interface MissingNet {
  /** As the caller wrote it, for the message. */
  readonly subject: string;
  /** Host and port that the flag would name. */
  readonly host: string;
  readonly port: number;
  /** `Cannot <action> "<subject>"`. */
  readonly action: string;
  /** The configuration line that makes the generator emit the flag. */
  readonly configLine: string;
}

/** The error for a socket that no flag permits. */
export function netNotGranted(missing: MissingNet, cause?: unknown): PermissionMissing {
  const flag = `--allow-net=${renderEndpoint(missing.host, missing.port)}`;
  return new PermissionMissing(
    "net",
    `Cannot ${missing.action} "${missing.subject}": Deno was not given ${flag}`,
    {
      flag,
      configLine: missing.configLine,
      cause,
      ...(missing.configLine.startsWith("security.allowed_targets")
        ? { hint: listHint(missing, flag) }
        : {}),
    },
  );
}

function listHint({ configLine }: MissingNet, flag: string): string {
  return `Add ${configLine} to the configuration (once the list has an entry, only what it lists ` +
    `may be reached) and start the server with what netglass permissions then prints, ${flag} among it.`;
}

/** The error for a socket that `--deny-net` forbids; no `--allow-net` can lift it. */
export function netDenied(missing: MissingNet, cause?: unknown): PermissionMissing {
  const flag = `--deny-net=${missing.host.includes(":") ? `[${missing.host}]` : missing.host}`;
  return new PermissionMissing(
    "net",
    `Cannot ${missing.action} "${missing.subject}": Deno's deny list (--deny-net) covers it`,
    {
      flag,
      detail: { denied: true },
      hint:
        "The deny list follows from security.blocked_targets, block_private and block_cloud_metadata: change these and start the server with what netglass permissions prints.",
      cause,
    },
  );
}
