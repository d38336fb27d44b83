/** A server that a client starts only to ask for its version, and the one that it then keeps. */
import assert from "node:assert/strict";
import { clientTest, Install } from "../support/netglass.ts";

clientTest(
  "a peer is dialled by the server that the client keeps, not by the one that it tries",
  async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const firstOctets: Promise<number | null>[] = [];
    const accepting = (async () => {
      for await (const connection of listener) {
        firstOctets.push(
          connection.read(new Uint8Array(19)).catch(() => null).finally(() => connection.close()),
        );
      }
    })();
    await using install = await Install.make({
      toolsets: ["bgp"],
      bgp: {
        enabled: true,
        local_as: 65_099,
        router_id: "10.255.255.1",
        peers: [{ name: "rr1", address: "127.0.0.1", port, remote_as: 65_000 }],
      },
    });
    // The client starts a server, asks it, ends it, and starts another.
    const client = await install.connect("auto");
    assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
    assert.equal(firstOctets.length, 0);
    // A question opens the speaker at once.
    await client.callTool({ name: "bgp_get_peers", arguments: {} });
    for (let looks = 0; firstOctets.length === 0 && looks < 100; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await client.close();
    listener.close();
    await accepting;
    assert.deepEqual(await Promise.all(firstOctets), [19]);
  },
);
