/** The port of BGP is one that not everybody may listen on: what is said to whom may not. */
import { equal } from "node:assert/strict";
import { namespaceTest, Topology } from "./topology.ts";

const LISTEN = new URL("../../lib/io/listen.ts", import.meta.url).href;

const SCRIPT = `
import { listen } from "${LISTEN}";
try {
  listen({ address: "127.0.0.1", port: 179, configLine: "bgp.listen" }).close();
  console.log("it listens");
} catch ({ code, hint }) {
  console.log(code, hint);
}`;

namespaceTest("who lacks the privilege for port 179 is told which one it is", [
  "setpriv",
], async () => {
  await using network = new Topology();
  // A new namespace has the kernel's own limit, 1024.
  await network.add("host");
  const evaluate = [Deno.execPath(), "eval", "--no-check", SCRIPT];
  equal((await network.exec("host", "env", evaluate)).stdout, "it listens\n");
  const { stdout } = await network.exec("host", "setpriv", [
    ...["--bounding-set", "-net_bind_service", "--"],
    ...evaluate,
  ]);
  equal(
    stdout,
    "env.listen Ports below 1024 need a privilege (CAP_NET_BIND_SERVICE on Linux): grant it, or " +
      "choose another port.\n",
  );
});
