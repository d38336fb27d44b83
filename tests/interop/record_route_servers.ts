/**
 * Records what BIRD and OpenBGPD answer in the rig: `deno run -A tests/interop/record_route_servers.ts`.
 *
 * @module
 */
import { withRouteServer } from "./route_server_rig.ts";

const COMMANDS = {
  bird: [
    "show status",
    "show protocols all",
    "show route all",
    "show route for 10.0.0.1 all",
    "show route for 8.8.8.8 all",
    "show route for 2001:db8:1::1 all",
    "show route 10.0.0.0/24 all",
    "show route 10.9.0.0/24 all",
    "show route where net ~ [10.0.0.0/16+] all stats",
    "show route where net ~ [2001:db8::/32+] all stats",
    "show route where bgp_path ~ [= * 64496 =] all stats",
    "show route where bgp_path ~ [= * 65001 + 0..4294967295 [64496, 64499] =] all stats",
    "show route where (65535,666) ~ bgp_community all stats",
    "show route where (65001,1,2) ~ bgp_large_community all stats",
    "show route where (rt,1.2.3.4,5) ~ bgp_ext_community all stats",
    "show route where from = 192.0.2.13 all stats",
    "show route where from = 192.0.2.200 all stats",
    "show route filtered all",
    "show route import table exa1.ipv4 all",
    "show foo",
    "show route 300.1.1.1",
    "show route where foo",
    "configure",
  ],
  openbgpd: [
    "show ip bgp memory",
    "show summary",
    "show neighbor",
    "show ip bgp",
    "show ip bgp detail",
    "show ip bgp detail 10.0.0.1",
    "show ip bgp detail 8.8.8.8",
    "show ip bgp detail 2001:db8:1::1",
    "show ip bgp detail 10.0.0.0/24",
    "show ip bgp detail 10.9.0.0/24",
    "show ip bgp 10.0.0.0/16 all",
    "show ip bgp inet as 64496",
    "show ip bgp inet source-as 64499",
    "show ip bgp inet6 source-as 64496",
    "show ip bgp inet transit-as 64496",
    "show ip bgp inet peer-as 65002",
    "show ip bgp inet empty-as",
    "show ip bgp inet community 65535:666",
    "show ip bgp inet large-community 65001:1:2",
    "show ip bgp inet ext-community rt 65001:77",
    "show ip bgp inet neighbor 192.0.2.13",
    "show ip bgp inet in neighbor 192.0.2.11",
    "show ip bgp inet out neighbor 192.0.2.12",
    "show ip bgp inet neighbor 192.0.2.200",
    "show version",
    "show ip bgp 300.1.1.1",
  ],
} as const;

const DIRECTORIES = { bird: "bird2", openbgpd: "openbgpd" } as const;

for (const daemon of ["bird", "openbgpd"] as const) {
  const folder = new URL(`../fixtures/looking_glass/${DIRECTORIES[daemon]}/`, import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  await withRouteServer(daemon, async ({ ask }) => {
    for (const command of COMMANDS[daemon]) {
      const name = command.replace(/[^\w.-]+/g, "_");
      await Deno.writeTextFile(new URL(`${name}.txt`, folder), await ask(command));
    }
  });
}
