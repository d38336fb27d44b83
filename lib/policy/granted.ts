/**
 * Compares what the runtime granted with what the generator derives: what is missing, with the flag
 * to add, and what is wider than the generator's own output.
 *
 * What a query can tell (Deno 2.9): a range or a wildcard cannot be queried, so an address or a name
 * inside stands for it; an allow entry that covers a denied range hides the denial from the query
 * (not from a connection), so such a range is passed over; a program that is not installed looks
 * like one that was not granted.
 *
 * @module
 */
import { readRange } from "../config/target_cover.ts";
import { ipv4FromBits, renderAddress } from "../ip/address.ts";
import { contains, type Prefix, prefixSize } from "../ip/prefix.ts";
import type { Grant, PermissionSet } from "./permission_set.ts";

/** One question to the runtime; assignable to Deno's own descriptor. */
export type PermissionQuestion =
  | { readonly name: "net"; readonly host?: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "read" | "write"; readonly path?: string }
  | { readonly name: "env"; readonly variable?: string }
  | { readonly name: "sys"; readonly kind?: SysKind }
  | { readonly name: "import"; readonly host?: string }
  | { readonly name: "ffi" };

/** Names of `--allow-sys` that netglass can ask for. */
export type SysKind = "hostname" | "networkInterfaces" | "osRelease" | "uid" | "gid";

/** Answers one question; the real one is `queryPermission` of `lib/io`. */
export type QueryPermission = (question: PermissionQuestion) => "granted" | "denied" | "prompt";

/** Kinds of permission as the flags name them. */
export type PermissionKind = "net" | "run" | "read" | "write" | "env" | "sys" | "import";

/** Something that the configuration needs and the runtime did not grant. */
export interface MissingGrant extends Grant {
  readonly kind: PermissionKind;
  /** The flag to add, for example `--allow-net=192.0.2.53:53`. */
  readonly flag: string;
}

/** The outcome of a comparison. */
export interface GrantComparison {
  /** Programs that are not installed are among these: a query cannot tell them apart. */
  readonly missing: readonly MissingGrant[];
  /** One sentence each; empty if nothing is wider. */
  readonly wider: readonly string[];
}

/** Compares the granted permissions with `set`. Asks only; changes nothing. */
export function compareGranted(set: PermissionSet, query: QueryPermission): GrantComparison {
  return { missing: findMissing(set, query), wider: findWider(set, query) };
}

/** True if one entry of an allow list is granted. */
function isGranted(kind: PermissionKind, value: string, query: QueryPermission): boolean {
  return query(questionFor(kind, value)) === "granted";
}

function findMissing(set: PermissionSet, query: QueryPermission): readonly MissingGrant[] {
  const missing: MissingGrant[] = [];
  const check = (kind: PermissionKind, grants: readonly Grant[]): void => {
    for (const grant of grants) {
      if (isGranted(kind, grant.value, query)) continue;
      missing.push({ ...grant, kind, flag: `--allow-${kind}=${grant.value}` });
    }
  };
  if (set.net.allow !== "any") {
    check("net", set.net.allow);
  } else if (query({ name: "net" }) !== "granted") {
    const reasons = ["security.network"];
    missing.push({ kind: "net", value: "any host", reasons, flag: "--allow-net" });
  }
  check("run", set.run);
  check("read", set.read);
  check("write", set.write);
  check("env", set.env);
  check("sys", set.sys);
  // Imports are listed to close them, not because anything is imported; a launch that closes them
  // in another way lacks nothing.
  return missing;
}

/** 0.0.0.0/0. */
const EVERYTHING: Prefix = { family: 4, value: 0n, length: 0 };

/** The program kinds through which everything else could be reached; none of them is ever emitted. */
const ESCAPES = ["sh", "bash", "deno", "env", "node", "python3", "cmd", "powershell"];

/** Two of the hosts that Deno imports from unless it is told otherwise. */
const OPEN_IMPORTS = ["jsr.io:443", "esm.sh:443"];

function findWider(set: PermissionSet, query: QueryPermission): readonly string[] {
  const wider: string[] = [];
  const bareKinds = ["run", "read", "write", "env", "sys", "import"] as const;
  const isBare = new Set<string>();
  for (const kind of [...set.net.allow === "any" ? [] : ["net"] as const, ...bareKinds]) {
    if (query({ name: kind }) !== "granted") continue;
    isBare.add(kind);
    wider.push(`--allow-${kind} is granted without a list`);
  }
  if (query({ name: "ffi" }) === "granted") wider.push("--allow-ffi is granted");

  for (const kind of ["read", "write"] as const) {
    const isListed = set[kind].some(({ value }) => value === "/");
    if (!isBare.has(kind) && !isListed && query({ name: kind, path: "/" }) === "granted") {
      wider.push(`--allow-${kind} covers the whole file system`);
    }
  }
  if (!isBare.has("run")) {
    for (const program of ESCAPES) {
      if (query({ name: "run", command: program }) === "granted") {
        wider.push(`--allow-run names "${program}", which can start anything`);
      }
    }
  }
  // These are open by default, so a launch without --allow-import shows here.
  const opened = OPEN_IMPORTS.find((host) => !set.import.some(({ value }) => value === host));
  if (!isBare.has("import") && opened !== undefined && isGranted("import", opened, query)) {
    wider.push("modules can be imported from remote hosts (the default of Deno)");
  }
  const allow = set.net.allow;
  if (allow !== "any" && !isBare.has("net")) {
    const probe = addressOutside(EVERYTHING, allow);
    if (probe !== null && isGranted("net", probe, query)) {
      wider.push(`--allow-net covers ${probe}, which the configuration does not list`);
    }
  }
  for (const { value } of set.net.deny) {
    const host = deniedHost(value, allow === "any" ? [] : allow);
    if (host !== null && query({ name: "net", host }) !== "denied") {
      wider.push(`--deny-net=${value} is not in force`);
    }
  }
  return wider;
}

function questionFor(kind: PermissionKind, value: string): PermissionQuestion {
  switch (kind) {
    case "net":
      return { name: "net", host: hostInside(value) };
    case "run":
      return { name: "run", command: value };
    case "read":
    case "write":
      return { name: kind, path: value };
    case "env":
      return { name: "env", variable: value };
    case "sys":
      // The generator takes the names from the tools' needs; an unknown one throws in the runtime.
      return { name: "sys", kind: value as SysKind };
    case "import":
      return { name: "import", host: value };
  }
}

/** A host that stands for an entry: itself, the first address of a range, a name under a wildcard. */
function hostInside(value: string): string {
  if (value.startsWith("*.")) return `netglass-probe${value.slice(1)}`;
  return value.includes("/") ? value.slice(0, value.indexOf("/")) : value;
}

/** A host of a denied entry whose state shows the denial, or null if an allow entry hides it. */
function deniedHost(value: string, allow: readonly Grant[]): string | null {
  const range = value.includes("/") ? readRange(value) : null;
  return range === null ? hostInside(value) : addressOutside(range, allow);
}

/** An address of an IPv4 range that no allow entry covers; a few spread over it are tried. */
function addressOutside(range: Prefix, allow: readonly Grant[]): string | null {
  const covered = allow
    .map(({ value }) => readRange(value.replace(/:\d+$/, "")))
    .filter((one) => one !== null);
  for (const tenths of [3n, 7n, 0n, 5n, 9n, 1n]) {
    const address = ipv4FromBits(range.value + (prefixSize(range) - 1n) * tenths / 10n);
    if (!covered.some((one) => contains(one, address))) return renderAddress(address);
  }
  return null;
}
