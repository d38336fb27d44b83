import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { isIpChange } from "./ip_change_argv.ts";

const taken = [
  "link add dev gre-rr1 type gre local 192.0.2.1 remote 198.51.100.1 key 42 ttl 64",
  "link add dev vx-a type vxlan id 42 local 2001:db8::1 remote 2001:db8::2 dstport 4789",
  "link set dev gre-rr1 up",
  "link set dev gre-rr1 mtu 1476",
  "link delete dev gre-rr1",
  "addr add 10.255.255.1/30 dev gre-rr1",
  "addr add 2001:db8::1/126 dev gre-rr1",
];

for (const text of taken) {
  Deno.test(`taken: ip ${text}`, () => strictEqual(isIpChange(text.split(" ")), true));
}

const refused = [
  "link add dev gre-rr1 type bridge",
  "link add dev gre-rr1 type gre local any",
  "link add dev gre-rr1 type gre local 192.0.2.1 remote",
  "link add dev gre-rr1 type gre external 1",
  "link add dev gre-rr1 type gre key 42 netns",
  "link add dev -force type gre",
  "link add dev averyveryverylongname type gre",
  "link add dev gre-a type gre constructor 1",
  "link add dev gre-a type gre hasOwnProperty local",
  "link set dev gre-rr1 netns 1",
  "link set dev gre-rr1 down",
  "link set dev gre-rr1 mtu 1e3",
  "link set gre-rr1 up",
  "link delete dev gre-rr1 type gre",
  "link delete group default",
  "addr add 10.255.255.1 dev gre-rr1",
  "addr add 10.0.0.01/8 dev gre-rr1",
  "addr flush dev gre-rr1",
  "addr add 10.255.255.1/30 dev gre-rr1 label x",
  "netns exec a sh",
  "route add default dev gre-rr1",
  "-batch - link delete dev a",
];

for (const text of refused) {
  Deno.test(`refused: ip ${text}`, () => strictEqual(isIpChange(text.split(" ")), false));
}

Deno.test("no word beside the fixed ones, names, numbers and addresses gets through", () => {
  fc.assert(fc.property(fc.constantFrom(...taken), fc.nat(20), fc.string(), (text, at, word) => {
    const words = text.split(" ");
    words[at % words.length] = word;
    if (isIpChange(words)) strictEqual(/^[A-Za-z0-9][A-Za-z0-9_.:/-]*$/.test(word), true, word);
  }));
});
