/**
 * Listening sockets that an engineer would want to know of: services for the inside that are open
 * to every network.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import type { SocketRow } from "./sockets.ts";

/** Services that should not listen on all addresses, by protocol and port (IANA registry). */
const INSIDE_SERVICES: ReadonlyMap<string, string> = new Map([
  ["tcp 21", "ftp, passwords in clear"],
  ["tcp 23", "telnet, passwords in clear"],
  ["udp 69", "tftp, no passwords"],
  ["tcp 111", "rpcbind"],
  ["udp 111", "rpcbind, an amplifier"],
  ["tcp 139", "netbios-ssn"],
  ["tcp 445", "smb"],
  ["tcp 512", "rexec"],
  ["tcp 513", "rlogin"],
  ["tcp 514", "rsh"],
  ["udp 1900", "ssdp, an amplifier"],
  ["tcp 2049", "nfs"],
  ["tcp 2375", "docker without TLS: root for everybody"],
  ["tcp 2379", "etcd"],
  ["tcp 3306", "mysql"],
  ["tcp 3389", "rdp"],
  ["tcp 5432", "postgresql"],
  ["tcp 5900", "vnc"],
  ["tcp 6000", "x11"],
  ["tcp 6379", "redis"],
  ["tcp 9200", "elasticsearch"],
  ["tcp 10250", "kubelet"],
  ["tcp 11211", "memcached"],
  ["udp 11211", "memcached, an amplifier"],
  ["tcp 27017", "mongodb"],
]);

const ANY_ADDRESS = new Set(["0.0.0.0", "::", "*"]);

/** Findings about listeners; `sockets` null: they were not looked at. */
export function listenerFindings(sockets: readonly SocketRow[] | null): readonly Finding[] {
  if (sockets === null) {
    return [{
      severity: "info",
      area: "sockets",
      line: "Listening sockets were not looked at: host.connections is false",
    }];
  }
  const listeners = sockets.filter(({ state }) => state === "LISTEN" || state === "UNCONNECTED");
  const open = listeners.filter((socket) => ANY_ADDRESS.has(socket.local_address));
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const { protocol, local_port, process_name } of open) {
    const service = `${protocol} ${local_port}`;
    const what = INSIDE_SERVICES.get(service);
    if (what === undefined || seen.has(service)) continue;
    seen.add(service);
    findings.push({
      severity: "warning",
      area: "sockets",
      line: `${protocol} port ${local_port} (${what}) listens on every address${
        process_name === null ? "" : `, process ${process_name}`
      }`,
    });
  }
  const full = listeners.filter((socket) =>
    socket.state === "LISTEN" && socket.send_queue > 0 && socket.receive_queue > socket.send_queue
  );
  for (const { local_address, local_port, receive_queue, send_queue } of full) {
    findings.push({
      severity: "critical",
      area: "sockets",
      line:
        `The backlog of ${local_address} port ${local_port} is full (${receive_queue} of ${send_queue}): new connections are dropped`,
    });
  }
  return findings.length > 0 ? findings : [{
    severity: "ok",
    area: "sockets",
    line: `${listeners.length} listening sockets, ${open.length} on every address, none surprising`,
  }];
}
