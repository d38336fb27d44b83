/**
 * The named network namespaces of this host (ip-netns(8)); their insides are not looked at.
 *
 * @module
 */
import { textOf } from "./entry.ts";
import { type HostDoors, tryIp } from "./ip_program.ts";

/** The names, sorted; empty too where there are none or `ip` cannot tell. @throws {Unavailable} `env.program_absent` */
export async function readNamespaces(doors: HostDoors): Promise<readonly string[]> {
  if (doors.programs.platform !== "linux") return [];
  const { answer } = await tryIp(doors, ["netns", "list"]);
  return (answer?.entries ?? []).map((entry) => textOf(entry, "name"))
    .filter((name) => name !== null).sort();
}
