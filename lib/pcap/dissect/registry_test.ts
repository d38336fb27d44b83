import assert from "node:assert/strict";
import { TCP_PORTS, UDP_PORTS } from "./app/port_protocols.ts";
import { ETHER_TYPES, etherTypeLayer, etherTypeProtocol } from "./ether_types.ts";
import { IP_PROTOCOLS, ipProtocolLayer } from "./ip_protocols.ts";
import { Layer } from "./layer.ts";
import { LINK_TYPES, linkTypeLayer } from "./link_types.ts";
import { PPP_PROTOCOLS } from "./link/ppp_protocols.ts";
import { Protocol } from "./protocol.ts";
import { UDP_TUNNELS } from "./tunnel/udp_tunnels.ts";

Deno.test("every registry lists its code points once and in order", () => {
  const registries = [
    LINK_TYPES.map(({ code }) => code),
    ETHER_TYPES.map(({ code }) => code),
    IP_PROTOCOLS.map(({ code }) => code),
    PPP_PROTOCOLS.map(({ code }) => code),
    UDP_TUNNELS.map(({ port }) => port),
    TCP_PORTS.map(({ port }) => port),
    UDP_PORTS.map(({ port }) => port),
  ];
  for (const codes of registries) {
    assert.deepEqual(codes, [...new Set(codes)].sort((a, b) => a - b));
  }
});

Deno.test("a row is a leaf exactly if it names its protocol", () => {
  for (const row of [...ETHER_TYPES, ...IP_PROTOCOLS, ...PPP_PROTOCOLS]) {
    assert.equal(row.layer === Layer.leaf, row.protocol !== 0, row.name);
  }
});

Deno.test("what no row has is data, and a link type that is not read is unknown", () => {
  assert.equal(etherTypeLayer(0x1234), Layer.data);
  assert.equal(etherTypeProtocol(0x88cc), Protocol.lldp);
  assert.equal(ipProtocolLayer(253), Layer.data);
  assert.equal(linkTypeLayer(147), Layer.unknownLink);
  assert.equal(linkTypeLayer(189), Layer.unknownLink);
  assert.equal(linkTypeLayer(65535), Layer.unknownLink);
});
