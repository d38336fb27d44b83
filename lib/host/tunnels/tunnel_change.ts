/**
 * Creating and deleting a tunnel: what is allowed, the exact commands, and running them with a way
 * back.
 *
 * @module
 */
import type { TunnelsConfig } from "../../config/bgp_config.ts";
import { InputError, PolicyDenied, Unavailable } from "../../errors/mod.ts";
import { type IpAddress, renderAddress } from "../../ip/address.ts";
import { contains, parsePrefix } from "../../ip/prefix.ts";
import type { HostDoors } from "../ip_program.ts";
import { type InnerNetwork, judgeInner } from "./inner_network.ts";
import { readTunnels, readUnderlay } from "./tunnel.ts";
import { UNDERLAY_OVERHEAD } from "./tunnel_findings.ts";

/** Kinds that can be created. */
export const CREATED_KINDS = ["gre", "gretap", "ip6gre", "ip6gretap", "vxlan"] as const;

/** A tunnel that is wanted. */
export interface WantedTunnel {
  readonly name: string;
  readonly kind: typeof CREATED_KINDS[number];
  readonly local: IpAddress;
  readonly remote: IpAddress;
  /** GRE key, or the network identifier of VXLAN; null: none. */
  readonly key: number | null;
  readonly ttl: number;
  /** null: what fits the way to the far end. */
  readonly mtu: number | null;
  /** Address of the interface with its length, or null. */
  readonly inner: InnerNetwork | null;
}

/** Commands of `ip`, in order, and those that undo them. */
export interface TunnelCommands {
  readonly commands: readonly (readonly string[])[];
  readonly rollback: readonly (readonly string[])[];
  /** One sentence each. */
  readonly warnings: readonly string[];
  readonly mtu: number | null;
  /** Interface that packets to the far end leave by. */
  readonly underlay: string | null;
}

/** UDP port of VXLAN (RFC 7348 §8). */
const VXLAN_PORT = 4789;
/** Time for one command, milliseconds. */
const DEADLINE_MS = 10_000;

/**
 * The commands that make a tunnel. Reads only.
 *
 * @throws {PolicyDenied} `policy.tunnel_name`, `policy.tunnel_remote`, `policy.tunnel_inner`
 * @throws {InputError} `input.tunnel` for ends, key or MTU that do not fit
 * @throws {Unavailable} `env.tunnel_exists`, `env.no_route`; as `askIp`
 */
export async function planCreate(
  doors: HostDoors,
  wanted: WantedTunnel,
  rules: TunnelsConfig,
): Promise<TunnelCommands> {
  const { name, kind, local, remote, key, ttl, inner } = wanted;
  const far = renderAddress(remote);
  requireName(name, rules, "create");
  requireRemote(remote, rules);
  requireEnds(wanted);
  const { interfaces } = await readTunnels(doors);
  if (interfaces.some((one) => one.name === name)) {
    throw new Unavailable("tunnel_exists", `Cannot create "${name}": there is such an interface`, {
      hint: "gre_tunnel_status shows it; choose another name, or delete it first.",
    });
  }
  const near = renderAddress(local);
  if (!interfaces.some(({ addresses }) => addresses.some(({ address }) => address === near))) {
    throw refused(`local ${near} is no address of this host`, "get_interfaces shows them");
  }
  const underlay = await readUnderlay(doors, far, interfaces);
  if (underlay === null) {
    throw new Unavailable("no_route", `Cannot create "${name}": no route leads to ${far}`, {
      hint: "path_to tells why.",
    });
  }
  if (inner !== null) judgeInner(inner, remote, interfaces);
  const overhead = (UNDERLAY_OVERHEAD[kind] ?? 0) + (kind !== "vxlan" && key !== null ? 4 : 0) +
    (kind === "vxlan" && remote.family === 6 ? 20 : 0);
  const fits = underlay.mtu === null ? null : underlay.mtu - overhead;
  if (wanted.mtu !== null && fits !== null && wanted.mtu > fits) {
    throw refused(
      `mtu ${wanted.mtu} and ${overhead} octets of outer headers do not fit the ${underlay.mtu} of ${underlay.interface}`,
      `give at most ${fits}, or leave it out`,
    );
  }
  const mtu = wanted.mtu ?? fits;
  const id = kind === "vxlan" ? ["id", String(key)] : key === null ? [] : ["key", String(key)];
  const port = kind === "vxlan" ? ["dstport", String(VXLAN_PORT)] : [];
  return {
    commands: [
      ["link", "add", "dev", name, "type", kind, ...id, "local", near, "remote", far].concat(
        ["ttl", String(ttl)],
        port,
      ),
      ...inner === null
        ? []
        : [["addr", "add", `${renderAddress(inner.address)}/${inner.prefix.length}`, "dev", name]],
      ...mtu === null ? [] : [["link", "set", "dev", name, "mtu", String(mtu)]],
      ["link", "set", "dev", name, "up"],
    ],
    rollback: [["link", "delete", "dev", name]],
    warnings: [
      ...underlay.source_address !== null && underlay.source_address !== near
        ? [`This host would take ${underlay.source_address}, not ${near}, on the way to ${far}`]
        : [],
      ...mtu !== null && mtu < 1280 ? [`MTU ${mtu} is below the 1280 that IPv6 needs`] : [],
      "It lasts until it is deleted or the host restarts, and is not encrypted",
    ],
    mtu,
    underlay: underlay.interface,
  };
}

/**
 * The command that deletes a tunnel, and those that would make it anew. Reads only.
 *
 * @throws {PolicyDenied} `policy.tunnel_name`
 * @throws {InputError} `input.tunnel` if there is no such tunnel, or it is not one that can be deleted
 */
export async function planDelete(
  doors: HostDoors,
  name: string,
  rules: TunnelsConfig,
): Promise<TunnelCommands> {
  requireName(name, rules, "delete");
  const { tunnels } = await readTunnels(doors);
  const tunnel = tunnels.find((one) => one.name === name);
  if (tunnel === undefined) {
    throw new InputError("tunnel", `Cannot delete "${name}": this host has no such tunnel`, {
      hint: `It has: ${tunnels.map((one) => one.name).slice(0, 20).join(", ") || "none"}.`,
    });
  }
  const kind = CREATED_KINDS.find((one) => one === tunnel.kind);
  if (tunnel.is_fallback || kind === undefined) {
    throw new InputError("tunnel", `Cannot delete "${name}": it is none that netglass creates`, {
      hint: `Only ${CREATED_KINDS.join(", ")} can be deleted, and none that a module makes itself.`,
    });
  }
  const option = (word: string, value: string | number | null): readonly string[] =>
    value === null ? [] : [word, String(value)];
  return {
    commands: [["link", "delete", "dev", name]],
    rollback: [
      [
        ...["link", "add", "dev", name, "type", kind],
        ...option(kind === "vxlan" ? "id" : "key", tunnel.key),
        ...option("local", tunnel.local),
        ...option("remote", tunnel.remote),
        ...option("ttl", tunnel.ttl),
        ...option("dstport", tunnel.port ?? null),
      ],
      ...tunnel.addresses.filter((text) => !text.startsWith("fe80:"))
        .map((text) => ["addr", "add", text, "dev", name]),
      ...tunnel.mtu === null ? [] : [["link", "set", "dev", name, "mtu", String(tunnel.mtu)]],
      ...tunnel.status === "up" ? [["link", "set", "dev", name, "up"]] : [],
    ],
    warnings: ["Routes through it go with it, and its counters"],
    mtu: tunnel.mtu,
    underlay: tunnel.underlay?.interface ?? null,
  };
}

/**
 * Runs commands in order; after a failure runs `rollback` if any had been done.
 *
 * @throws {Unavailable} `env.tunnel_failed` with what `ip` said and whether it was undone
 */
export async function runCommands(
  { programs, signal }: HostDoors,
  { commands, rollback }: Pick<TunnelCommands, "commands" | "rollback">,
): Promise<void> {
  const run = (words: readonly string[], until: AbortSignal) =>
    programs.run({ program: "ip", options: words, signal: until, deadlineMs: DEADLINE_MS });
  for (const [index, words] of commands.entries()) {
    const result = await run(words, signal);
    if (result.code === 0) continue;
    // One that we ended may have done its work before.
    const isUnknown = result.ended !== "exit";
    let undone = index > 0 || isUnknown && rollback.length > 0
      ? "what had been done was undone"
      : isUnknown
      ? "it was stopped, and may have been done all the same"
      : "nothing was changed";
    if (index > 0 || isUnknown) {
      // Also where the call was cancelled: half a tunnel is nobody's wish.
      for (const back of rollback) {
        const { code } = await run(back, AbortSignal.timeout(DEADLINE_MS));
        if (code !== 0 && index > 0) undone = `"ip ${back.join(" ")}" failed too: do it by hand`;
      }
    }
    const said = result.stderr.split("\n", 1)[0]?.slice(0, 200) ?? "";
    throw new Unavailable("tunnel_failed", `Cannot run "ip ${words.join(" ")}": ${undone}`, {
      hint: hintFor(said),
      detail: { program: "ip", exit_code: result.code, program_said: said },
    });
  }
}

/**
 * Refuses a plan whose commands would not be the same any more.
 *
 * @throws {PolicyDenied} `policy.plan_changed`
 */
export function requireSame(
  planned: readonly (readonly string[])[],
  now: readonly (readonly string[])[],
): void {
  if (JSON.stringify(planned) === JSON.stringify(now)) return;
  throw new PolicyDenied("plan_changed", "Cannot change the tunnel: this host has changed since", {
    hint: "Other commands would be run than were planned. Plan again.",
    detail: { rule: "tunnels.plan_changed", config_key: null },
  });
}

function hintFor(said: string): string {
  if (/Operation not permitted/i.test(said)) {
    return "The server needs the capability CAP_NET_ADMIN (setcap, or the unit of its service).";
  }
  if (/Unknown device type/i.test(said)) {
    return "The kernel has no such kind of tunnel: load its module (modprobe ip_gre), or choose kind vxlan.";
  }
  return "detail.program_said holds the words of ip.";
}

function requireName(name: string, rules: TunnelsConfig, verb: "create" | "delete"): void {
  const isAllowed = rules.allowed_names.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern
  );
  if (isAllowed) return;
  throw denied(
    "tunnel_name",
    `Cannot ${verb} "${name}": rule tunnels.allowed_names does not hold it`,
    "tunnels.allowed_names",
    name,
  );
}

function requireRemote(remote: IpAddress, rules: TunnelsConfig): void {
  const text = renderAddress(remote);
  const isAllowed = rules.allowed_remotes.some((range) =>
    range.includes("/") ? contains(parsePrefix(range).prefix, remote) : range === text
  );
  if (isAllowed) return;
  throw denied(
    "tunnel_remote",
    `Cannot create a tunnel to ${text}: rule tunnels.allowed_remotes does not hold it`,
    "tunnels.allowed_remotes",
    text,
  );
}

function requireEnds({ kind, local, remote, key }: WantedTunnel): void {
  if (local.family !== remote.family) {
    throw refused("local and remote are of different families", "give both as IPv4 or as IPv6");
  }
  if (renderAddress(local) === renderAddress(remote)) {
    throw refused("local and remote are the same address", "remote is the far end");
  }
  const family = kind.startsWith("ip6") ? 6 : kind === "vxlan" ? local.family : 4;
  if (local.family !== family) {
    throw refused(`the ends of a ${kind} are IPv${family} addresses`, "see kind");
  }
  if (kind !== "vxlan") return;
  if (key === null || key > 0xff_ffff) {
    throw refused("kind vxlan needs key, its network identifier", "give 0 to 16777215");
  }
}

function refused(why: string, instead: string): InputError {
  return new InputError("tunnel", `Cannot create the tunnel: ${why}`, { hint: `${instead}.` });
}

function denied(reason: string, message: string, key: string, value: string): PolicyDenied {
  return new PolicyDenied(reason, message, {
    hint: `Allow it with ${key}: ["${value}"].`,
    detail: { rule: key, config_key: key },
  });
}
