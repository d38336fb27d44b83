/** The tunnel tools with the kernel: a VXLAN link, made, used, shown and deleted in a namespace. */
import assert from "node:assert/strict";
import { namespaceTest, Topology } from "./topology.ts";

namespaceTest(
  "a VXLAN link is planned, made, shown and deleted, and carries packets",
  ["ping"],
  async () => {
    await using network = new Topology();
    await network.add("host");
    await network.add("far");
    await network.link(
      { at: "host", name: "va", addresses: ["192.0.2.1/24"] },
      { at: "far", name: "vb", addresses: ["192.0.2.2/24"] },
    );
    const script = new URL("tunnel_once.ts", import.meta.url).pathname;
    const { stdout } = await network.exec("host", Deno.execPath(), [
      ...["run", "--no-prompt", "--frozen", "--allow-run=ip", script],
    ]);
    const { created, status, outside, deleted, after } = JSON.parse(stdout);
    assert.deepEqual(created.plan.exact, [
      {
        argv:
          "ip link add dev vx-rr1 type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 ttl 64 dstport 4789"
            .split(" "),
      },
      { argv: "ip addr add 10.255.255.1/30 dev vx-rr1".split(" ") },
      { argv: "ip link set dev vx-rr1 mtu 1450".split(" ") },
      { argv: "ip link set dev vx-rr1 up".split(" ") },
    ]);
    assert.equal(created.done.summary, "vx-rr1 is there, up, MTU 1450");
    assert.match(created.again.code, /^input\./);
    const [tunnel] = status.tunnels;
    assert.deepEqual(
      [
        tunnel.name,
        tunnel.kind,
        tunnel.key,
        tunnel.remote,
        tunnel.port,
        tunnel.mtu,
        tunnel.findings,
      ],
      ["vx-rr1", "vxlan", 42, "192.0.2.2", 4789, 1450, []],
    );
    assert.deepEqual(tunnel.underlay, {
      interface: "va",
      gateway: null,
      source_address: "192.0.2.1",
      mtu: 1500,
      recursive: false,
    });
    assert.equal(outside.code, "policy.tunnel_remote");
    assert.deepEqual(deleted.plan.exact, [{ argv: ["ip", "link", "delete", "dev", "vx-rr1"] }]);
    assert.equal(deleted.done.summary, "vx-rr1 is gone");
    assert.equal(after.count, 0);
    // What would make it anew does.
    for (const argv of deleted.done.rollback as string[][]) {
      await network.ip("host", argv.slice(1).join(" "));
    }
    for (
      const words of [
        "link add dev vx-rr1 type vxlan id 42 local 192.0.2.2 remote 192.0.2.1 dstport 4789",
        "addr add 10.255.255.2/30 dev vx-rr1",
        "link set dev vx-rr1 up",
      ]
    ) await network.ip("far", words);
    await network.exec("host", "ping", ["-c", "1", "-W", "5", "10.255.255.2"]);
  },
);
