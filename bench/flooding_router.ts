/**
 * A router that answers `show ip bgp …` with a table of so many octets, without end in sight: in a
 * process of its own, so that what is measured of the client is the client.
 *
 *     deno run -A bench/flooding_router.ts OCTETS
 *
 * Prints the port of 127.0.0.1 that it serves, and ends with its stdin.
 */
import { serveTelnet } from "../tests/support/telnet_server.ts";
import { routeTable } from "./route_output.ts";

const table = new TextEncoder().encode(routeTable(Number(Deno.args[0])).replaceAll("\n", "\r\n"));
const PROMPT = "flood> ";

const server = await serveTelnet(async (peer) => {
  await peer.send(PROMPT);
  for (let line = await peer.readLine(); line !== "exit"; line = await peer.readLine()) {
    await peer.send(`${line}\r\n`);
    if (line.startsWith("show ip bgp ")) {
      await peer.send(table);
      return;
    }
    await peer.send(PROMPT);
  }
});
// deno-lint-ignore no-console -- what the bench reads
console.log(server.port);
await Deno.stdin.read(new Uint8Array(1));
await server[Symbol.asyncDispose]();
