/**
 * Small bgpds of FRR for tests of their command line: no neighbors, one route of their own.
 *
 * @module
 */
import { poll } from "./route_server_rig.ts";
import type { Topology } from "./topology.ts";

/** Where FRR is installed: another bgpd, OpenBGPD's, is found by its name. */
export const FRR_BGPD = "/usr/lib/frr/bgpd";

/** Running daemons; leaving their scope removes their files. */
export class Vtys implements AsyncDisposable {
  readonly #directories: string[] = [];
  readonly #ended: Promise<unknown>[] = [];

  /** The daemons run in the namespace of `network` with this label, and end with it. */
  constructor(private readonly network: Topology, private readonly label: string) {}

  /** Starts one whose VTY listens on 127.0.0.1. `lines` are added to its configuration. */
  async start(port: number, ...lines: readonly string[]): Promise<{ readonly directory: string }> {
    const directory = await Deno.makeTempDir();
    this.#directories.push(directory);
    const config = `${directory}/bgpd.conf`;
    const route = [
      ...["router bgp 64500", " bgp router-id 192.0.2.1", " no bgp network import-check"],
      ...[" address-family ipv4 unicast", "  network 198.51.100.0/24", "line vty"],
    ];
    await Deno.writeTextFile(config, [`hostname vty${port}`, ...route, ...lines, ""].join("\n"));
    const args = [
      ...["--skip_runas", "--no_zebra", "--bgp_port", "0", "--config_file", config],
      ...["--pid_file", `${directory}/pid`, "--vty_socket", directory],
      ...["--vty_addr", "127.0.0.1", "--vty_port", String(port)],
    ];
    this.#ended.push(this.network.spawn(this.label, FRR_BGPD, args).output());
    // It comes into being after the port is open.
    await poll("the VTY listens", () => isThere(`${directory}/bgpd.vty`));
    return { directory };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ended);
    for (const directory of this.#directories) await Deno.remove(directory, { recursive: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
