/**
 * An `ip` that prints the tunnels of `tests/fixtures/host/tunnels`, and knows the ways to their ends.
 *
 * @module
 */
import { hostFixture } from "./host_fixtures.ts";
import { type Scripted, type ScriptedPrograms, scriptedPrograms } from "./scripted_programs.ts";

/** Interface that the way to each far end leaves by; the rest has no route. */
const WAYS: Readonly<Record<string, string>> = {
  "198.51.100.1": "eth0",
  "198.51.100.2": "eth0",
  "198.51.100.3": "gre-loop",
  "198.51.100.4": "gre-b",
  "198.51.100.5": "gre-a",
  "198.51.100.7": "eth0",
  "2001:db8::2": "eth0",
};

/** `change` answers the commands that change something; default: they succeed. */
export function tunnelHost(
  change: (command: string) => Scripted = () => ({}),
): ScriptedPrograms {
  return scriptedPrograms(({ options }) => {
    const words = options.join(" ");
    if (words === "-j -d -s link show") return { stdout: hostFixture("tunnels/link.json") };
    if (words === "-j addr show") return { stdout: hostFixture("tunnels/addr.json") };
    const dst = /^-j route get (\S+)$/.exec(words)?.[1];
    if (dst === undefined) return change(words);
    const dev = WAYS[dst];
    if (dev === undefined) return { code: 2, stderr: "RTNETLINK answers: Network is unreachable" };
    const prefsrc = dst.includes(":") ? "2001:db8::1" : "192.0.2.1";
    return {
      stdout: JSON.stringify([{ dst, gateway: "192.0.2.254", dev, prefsrc, flags: [], uid: 0 }]),
    };
  });
}
