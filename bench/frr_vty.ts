/** A route server on loopback for the bench: a real FRR bgpd, or recorded FRR where none is installed. */
import { serveRecording } from "../tests/demo/route_server.ts";
import { freePort, startDaemon } from "../tests/interop/daemon.ts";

const BGPD = "/usr/lib/frr/bgpd";

/** What can be asked. */
export interface FrrVty extends AsyncDisposable {
  /** What it is. */
  readonly what: string;
  readonly port: number;
  readonly password: string;
  readonly prompt: string;
  /** A prefix that it has. */
  readonly prefix: string;
}

/** Starts bgpd, which originates 256 prefixes and has no neighbours; else the recording. */
export async function startFrrVty(): Promise<FrrVty> {
  try {
    await Deno.stat(BGPD);
  } catch {
    const recording = await serveRecording("frr84-all-commands");
    return {
      what: "recorded FRR 8.4.4",
      port: recording.port,
      password: "guest",
      prompt: "rs1.example.net> ",
      prefix: "10.0.0.0/24",
      [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
    };
  }
  return await startBgpd();
}

async function startBgpd(): Promise<FrrVty> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "netglass-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const port = freePort();
  const networks = Array.from({ length: 256 }, (_, index) => `  network 100.64.${index}.0/24`);
  await Deno.writeTextFile(
    `${folder}/bgpd.conf`,
    `hostname bench.example.net
password guest
router bgp 64500
 bgp router-id 192.0.2.1
 no bgp network import-check
 address-family ipv4 unicast
${networks.join("\n")}
 exit-address-family
`,
  );
  // -Z: without zebra; -n: leaves the kernel's routes alone; -p 0: does not listen for BGP; -S: as
  // whoever starts it.
  const args = ["-Z", "-n", "-S", "-A", "127.0.0.1", "-P", `${port}`, "-p", "0"];
  const files = ["-f", `${folder}/bgpd.conf`, "--vty_socket", folder, "-i", `${folder}/pid`];
  stack.use(await startDaemon(BGPD, [...args, ...files], port));
  const running = stack.move();
  return {
    what: "FRR bgpd",
    port,
    password: "guest",
    prompt: "bench.example.net> ",
    prefix: "100.64.7.0/24",
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
