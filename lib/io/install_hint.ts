/**
 * How to get a program that is absent.
 *
 * @module
 */
import type { Program, Programs } from "./io.ts";

type Platform = Programs["platform"];

/** Package names, one row per program: Debian and Ubuntu, Alpine, Fedora. */
const LINUX_PACKAGES: Readonly<Record<Program, readonly [string, string, string] | null>> = {
  ping: ["iputils-ping", "iputils-ping", "iputils"],
  traceroute: ["traceroute", "traceroute", "traceroute"],
  mtr: ["mtr-tiny", "mtr", "mtr"],
  ip: ["iproute2", "iproute2", "iproute"],
  ss: ["iproute2", "iproute2-ss", "iproute"],
  tracert: null,
  ifconfig: null,
  netstat: null,
  arp: null,
  ndp: null,
  scutil: null,
};

const DARWIN: Readonly<Record<Program, string>> = {
  ping: "ping is part of macOS (/sbin/ping): check that the file is there.",
  traceroute: "traceroute is part of macOS (/usr/sbin/traceroute): check that the file is there.",
  mtr: "Install it: brew install mtr (it needs root to send).",
  ip: "Install it: brew install iproute2mac.",
  ss: "ss exists on Linux only.",
  tracert: "tracert exists on Windows only; use traceroute.",
  ifconfig: "ifconfig is part of macOS (/sbin/ifconfig): check that the file is there.",
  netstat: "netstat is part of macOS (/usr/sbin/netstat): check that the file is there.",
  arp: "arp is part of macOS (/usr/sbin/arp): check that the file is there.",
  ndp: "ndp is part of macOS (/usr/sbin/ndp): check that the file is there.",
  scutil: "scutil is part of macOS (/usr/sbin/scutil): check that the file is there.",
};

const WINDOWS: Readonly<Record<Program, string>> = {
  ping: "ping is part of Windows (System32\\ping.exe): check that the file is there.",
  tracert: "tracert is part of Windows (System32\\tracert.exe): check that the file is there.",
  traceroute: "traceroute does not exist on Windows; tracert does its work.",
  mtr: "mtr does not exist on Windows; use traceroute and ping, or run the server in WSL.",
  ip: "ip exists on Linux only.",
  ss: "ss exists on Linux only.",
  netstat: "netstat is part of Windows (System32\\NETSTAT.EXE): check that the file is there.",
  arp: "arp is part of Windows (System32\\ARP.EXE): check that the file is there.",
  ifconfig: "ifconfig exists on macOS only.",
  ndp: "ndp exists on macOS only.",
  scutil: "scutil exists on macOS only.",
};

/** One sentence or two that say how to get `program` on `platform`. */
export function installHint(program: Program, platform: Platform): string {
  if (platform === "darwin") return DARWIN[program];
  if (platform === "windows") return WINDOWS[program];
  const packages = LINUX_PACKAGES[program];
  if (packages === null) return `${program} is not used on Linux.`;
  const [debian, alpine, fedora] = packages;
  return `Install it: Debian and Ubuntu apt-get install ${debian}; Alpine apk add ${alpine}; Fedora dnf install ${fedora}. Restart the server afterwards: Deno looks its programs up once, at start.`;
}
