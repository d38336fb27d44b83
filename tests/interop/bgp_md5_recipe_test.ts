/** What the README says of a peer that wants TCP-MD5, run as it stands there. */
import { equal, ok } from "node:assert/strict";
import { BGP_DAEMONS, type BgpDaemon } from "./bgp_daemons.ts";
import { BgpRig } from "./bgp_rig.ts";
import { untilUp } from "./bgp_shown.ts";
import { poll } from "./route_server_rig.ts";
import { namespaceTest, Topology } from "./topology.ts";

const [BIRD] = BGP_DAEMONS.filter(({ name }) => name === "bird") as [BgpDaemon];
const GUARDED: BgpDaemon = {
  ...BIRD,
  config: (session) => BIRD.config(session).replace("hold time", 'password "secret"; hold time'),
};
const OURS = "192.168.99.0/24";

/** The commands of the README; its addresses are those of this test. */
async function recipe(): Promise<string> {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const found = [...readme.matchAll(/^ *```sh\n([^]*?)^ *```/gm)]
    .map(([, text = ""]) => text).find((text) => text.includes("socat"));
  ok(found);
  return `deno() { "${Deno.execPath()}" "$@"; }\n${found}`;
}

namespaceTest(
  "a peer that wants TCP-MD5 is reached by way of socat, and hears our routes with a next hop that it can use",
  [...BIRD.programs, "socat", "bash"],
  async () => {
    // The network's end kills socat, so that its pipes close.
    await using afterwards = new AsyncDisposableStack();
    await using rig = new BgpRig(new Topology());
    const { network } = rig;
    await network.add("us");
    await network.add("rr");
    await network.link(
      { at: "us", name: "eth0", addresses: ["10.255.255.1/30"] },
      { at: "rr", name: "eth0", addresses: ["10.255.255.2/30"] },
    );
    const bird = await rig.start("rr", GUARDED, {
      asn: 65000,
      address: "10.255.255.2",
      ipv4: "10.255.255.2",
      ipv6: "2001:db8::2",
      peerAs: 65099,
      peer: "10.255.255.1",
      isPassive: true,
      isFull: false,
    });
    const sidecar = network.spawn("us", "bash", ["-c", await recipe()]);
    const ended = sidecar.output();
    afterwards.defer(async () => void await ended);
    const netglass = await rig.netglass("us", CONFIG);
    await untilUp(netglass, "rr1");

    await poll("its route is here", async () => {
      const { routes } = await netglass.call("bgp_get_rib", { prefix: "198.51.100.0/24" }) as {
        routes: { as_path: string }[];
      };
      return routes[0]?.as_path === "65000";
    });
    await netglass.change("bgp_inject_route", { network: OURS, reason: "by way of socat" });
    const seen = () => BIRD.seen(bird.ask, OURS, "10.255.255.1", bird.directory);
    await poll("BIRD has it", async () => await seen() !== null);
    equal((await seen())?.nextHop, "10.255.255.1");
  },
);

const CONFIG = `toolsets: [bgp]
bgp:
  enabled: true
  local_as: 65099
  router_id: 10.255.255.1
  peers:
    - name: rr1
      address: 127.0.0.1
      port: 1790
      remote_as: 65000
      import_policy: all
      connect_retry_sec: 1
      next_hop: { ipv4: 10.255.255.1 }
  originate: { enabled: true, lab: true, allowed_prefixes: [${OURS}] }
`;
