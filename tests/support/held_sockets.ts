/**
 * Many sockets of one process in a namespace.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Topology } from "../interop/topology.ts";

/** Opens pairs of connected sockets, says so, and holds them until it is ended. */
const SOCKETS = `
import resource, socket, sys, time
pairs, port = int(sys.argv[1]), int(sys.argv[2])
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
listener = socket.socket()
listener.bind(("127.0.0.1", port))
listener.listen(128)
other = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
other.bind(("::1", port))
held = []
for _ in range(pairs):
    held.append(socket.create_connection(("127.0.0.1", port)))
    held.append(listener.accept()[0])
print("ready", flush=True)
time.sleep(120)
`;

/** Holds so many pairs of connected sockets, a listener and a UDP socket open until disposed of. */
export async function holdSockets(
  network: Topology,
  pairs: number,
  port: number,
): Promise<AsyncDisposable> {
  const holder = network.spawn("host", "python3", ["-c", SOCKETS, String(pairs), String(port)]);
  const said = holder.stdout.getReader();
  const { value } = await said.read();
  assert.equal(new TextDecoder().decode(value).trim(), "ready");
  return {
    async [Symbol.asyncDispose]() {
      holder.kill("SIGKILL");
      await said.cancel();
      await holder.stderr.cancel();
      await holder.status;
    },
  };
}
