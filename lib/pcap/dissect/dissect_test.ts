import assert from "node:assert/strict";
import {
  batchOf,
  fromHex,
  HELLO,
  ipv4,
  ipv6,
  MAC,
  SAMPLES,
  tcp,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import { Cut, DissectColumns, Fragment, Tunnel } from "./columns.ts";
import { dissectBatch } from "./dissect.ts";
import { describeMalformed } from "./malformed.ts";
import { Protocol } from "./protocol.ts";

function dissect(
  hex: string,
  linkType: number,
  extra: { wireLength?: number; fcsLength?: number } = {},
): DissectColumns {
  const columns = new DissectColumns();
  dissectBatch(batchOf([{ linkType, octets: fromHex(hex), ...extra }]), columns);
  return columns;
}

function sample(name: string): DissectColumns {
  const found = SAMPLES.find((one) => one.name === name);
  assert.ok(found, name);
  return dissect(found.hex, found.linkType);
}

/** Row 0 of the named columns. */
function row(columns: DissectColumns, ...names: (keyof DissectColumns)[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name of names) {
    const column = columns[name];
    if (ArrayBuffer.isView(column)) values[name] = Number(Reflect.get(column, 0));
  }
  return values;
}

Deno.test("every link type and encapsulation leads to its protocol path", () => {
  for (const one of SAMPLES) {
    const columns = dissect(one.hex, one.linkType);
    assert.equal(columns.paths.nameOf(columns.path[0] ?? 0), one.path, one.name);
  }
});

Deno.test("every sample that carries the TCP segment to its end shows the same transport", () => {
  for (const one of SAMPLES.filter(({ path }) => path.endsWith("tcp:data"))) {
    const columns = dissect(one.hex, one.linkType);
    const end = one.hex.lastIndexOf(tcp(HELLO)) / 2;
    assert.deepEqual(
      row(
        columns,
        "l4Protocol",
        "l4Offset",
        "srcPort",
        "dstPort",
        "seq",
        "ack",
        "window",
        "tcpFlags",
        "payloadOffset",
        "payloadCaptured",
        "payloadWire",
      ),
      {
        l4Protocol: 6,
        l4Offset: end,
        srcPort: 12345,
        dstPort: 9999,
        seq: 1,
        ack: 2,
        window: 512,
        tcpFlags: 0x18,
        payloadOffset: end + 20,
        payloadCaptured: 5,
        payloadWire: 5,
      },
      one.name,
    );
  }
});

Deno.test("addresses are offsets of the innermost IP header", () => {
  assert.deepEqual(
    row(
      sample("VXLAN"),
      "ipVersion",
      "addressLength",
      "l3Offset",
      "srcOffset",
      "dstOffset",
      "ttl",
      "ipId",
    ),
    {
      ipVersion: 4,
      addressLength: 4,
      l3Offset: 64,
      srcOffset: 76,
      dstOffset: 80,
      ttl: 64,
      ipId: 0x1234,
    },
  );
  assert.deepEqual(
    row(sample("6in4"), "ipVersion", "addressLength", "l3Offset", "srcOffset", "dstOffset", "ipId"),
    {
      ipVersion: 6,
      addressLength: 16,
      l3Offset: 20,
      srcOffset: 28,
      dstOffset: 44,
      ipId: 0,
    },
  );
});

Deno.test("tunnels give their depth, kind and id", () => {
  const seen = (name: string) => row(sample(name), "tunnelDepth", "tunnelKind", "tunnelId");
  assert.deepEqual(seen("Ethernet, IPv4, TCP"), {
    tunnelDepth: 0,
    tunnelKind: Tunnel.none,
    tunnelId: 0,
  });
  assert.deepEqual(seen("VXLAN"), { tunnelDepth: 1, tunnelKind: Tunnel.vxlan, tunnelId: 42 });
  assert.deepEqual(seen("Geneve with an option"), {
    tunnelDepth: 1,
    tunnelKind: Tunnel.geneve,
    tunnelId: 42,
  });
  assert.deepEqual(seen("GTP-U"), { tunnelDepth: 1, tunnelKind: Tunnel.gtpU, tunnelId: 99 });
  assert.deepEqual(seen("GRE with key, transparent Ethernet"), {
    tunnelDepth: 1,
    tunnelKind: Tunnel.gre,
    tunnelId: 7,
  });
  assert.deepEqual(seen("GRE, ERSPAN II"), {
    tunnelDepth: 1,
    tunnelKind: Tunnel.erspan,
    tunnelId: 2,
  });
  assert.deepEqual(seen("IP in IP"), { tunnelDepth: 1, tunnelKind: Tunnel.ipInIp, tunnelId: 0 });
  assert.deepEqual(seen("6in4"), { tunnelDepth: 1, tunnelKind: Tunnel.ipv6InIp, tunnelId: 0 });
  assert.deepEqual(seen("MPLS pseudowire with control word"), {
    tunnelDepth: 1,
    tunnelKind: Tunnel.pseudowire,
    tunnelId: 0,
  });
});

Deno.test("the outermost VLAN id and the number of tags are kept", () => {
  assert.deepEqual(row(sample("802.1Q"), "vlanId", "vlanDepth"), { vlanId: 100, vlanDepth: 1 });
  assert.deepEqual(row(sample("802.1ad QinQ"), "vlanId", "vlanDepth"), {
    vlanId: 100,
    vlanDepth: 2,
  });
  assert.deepEqual(row(sample("0x9100 three deep"), "vlanId", "vlanDepth"), {
    vlanId: 1,
    vlanDepth: 3,
  });
  assert.deepEqual(row(sample("RAW 101, IPv4"), "vlanId", "vlanDepth"), {
    vlanId: -1,
    vlanDepth: 0,
  });
});

Deno.test("a stack of 200 VLAN tags ends at the bound and says so", () => {
  const columns = dissect(MAC + "81000001".repeat(200) + "0800" + ipv4(6, tcp("")), 1);
  assert.equal(columns.vlanDepth[0], 32);
  assert.equal(
    describeMalformed(columns.malformed[0] ?? 0),
    "vlan: nested deeper than is followed",
  );
});

Deno.test("150 extension headers are followed, 300 are not", () => {
  const chain = (headers: number) =>
    ipv6(60, "3c00010400000000".repeat(headers - 1) + "0600010400000000" + tcp(""));
  assert.deepEqual(row(dissect(chain(150), 101), "l4Protocol", "dstPort", "malformed"), {
    l4Protocol: 6,
    dstPort: 9999,
    malformed: 0,
  });
  assert.equal(
    describeMalformed(dissect(chain(300), 101).malformed[0] ?? 0),
    "ipv6: nested deeper than is followed",
  );
});

Deno.test("fragments tell offset, more and id, and only the first has ports", () => {
  assert.deepEqual(
    row(
      sample("IPv4 first fragment"),
      "fragment",
      "fragmentOffset",
      "fragmentMore",
      "ipId",
      "srcPort",
      "dstPort",
      "malformed",
    ),
    {
      fragment: Fragment.first,
      fragmentOffset: 0,
      fragmentMore: 1,
      ipId: 0x1234,
      srcPort: 1000,
      dstPort: 2000,
      malformed: 0,
    },
  );
  assert.deepEqual(
    row(
      sample("IPv4 later fragment"),
      "fragment",
      "fragmentOffset",
      "fragmentMore",
      "l4Offset",
      "srcPort",
      "payloadOffset",
      "payloadWire",
    ),
    {
      fragment: Fragment.later,
      fragmentOffset: 800,
      fragmentMore: 0,
      l4Offset: -1,
      srcPort: -1,
      payloadOffset: 20,
      payloadWire: 5,
    },
  );
  assert.deepEqual(
    row(
      sample("IPv6 later fragment"),
      "fragment",
      "fragmentOffset",
      "fragmentMore",
      "ipId",
      "l4Protocol",
    ),
    { fragment: Fragment.later, fragmentOffset: 96, fragmentMore: 1, ipId: 7, l4Protocol: 17 },
  );
});

Deno.test("payload length is that of the wire when the capture is cut", () => {
  const columns = dissect((MAC + "0800" + ipv4(6, tcp(HELLO.repeat(20)))).slice(0, 2 * 64), 1, {
    wireLength: 154,
  });
  assert.deepEqual(row(columns, "payloadCaptured", "payloadWire", "cut", "malformed"), {
    payloadCaptured: 10,
    payloadWire: 100,
    cut: Cut.payload,
    malformed: 0,
  });
});

Deno.test("a header that the capture cut is told from one that the wire lacks", () => {
  const hex = (MAC + "0800" + ipv4(6, tcp(HELLO))).slice(0, 2 * 44);
  const cut = dissect(hex, 1, { wireLength: 59 });
  assert.deepEqual(row(cut, "cut", "srcPort", "dstPort"), {
    cut: Cut.header,
    srcPort: 12345,
    dstPort: 9999,
  });
  assert.equal(describeMalformed(cut.malformed[0] ?? 0), "tcp: cut by the capture length");
  assert.equal(cut.paths.nameOf(cut.path[0] ?? 0), "eth:ip:tcp:_ws.short");
  const ended = dissect(hex, 1);
  assert.equal(
    describeMalformed(ended.malformed[0] ?? 0),
    "ip: length field is larger than what encloses it",
  );
  const limited = dissect(ipv4(6, "3039270f") + "000000000000", 101);
  assert.equal(describeMalformed(limited.malformed[0] ?? 0), "tcp: cut by the IPv4 total length");
});

Deno.test("length fields that contradict what encloses them are named and not believed", () => {
  const seen = (name: string) => {
    const columns = sample(name);
    return [describeMalformed(columns.malformed[0] ?? 0), columns.payloadWire[0]];
  };
  assert.deepEqual(seen("IPv4 total length 0"), ["", 5]);
  assert.deepEqual(seen("IPv4 total length beyond the frame"), [
    "ip: length field is larger than what encloses it",
    5,
  ]);
  assert.deepEqual(seen("IPv4 total length below the header"), [
    "ip: length field is smaller than the header",
    0,
  ]);
  assert.deepEqual(seen("IPv4 header length 2"), [
    "ip: header length field is smaller than the header",
    0,
  ]);
  assert.deepEqual(seen("TCP data offset 2"), [
    "tcp: header length field is smaller than the header",
    0,
  ]);
  assert.deepEqual(seen("UDP length 3"), ["udp: length field is smaller than the header", 0]);
  assert.deepEqual(seen("UDP length 60000"), [
    "udp: length field is larger than what encloses it",
    5,
  ]);
});

Deno.test("a UDP length of 0 in a jumbogram reaches to the end of the jumbo payload", () => {
  const jumbo = "1100c2040000" + "0018" + "03e807d000000000" + "0102030405060708";
  const columns = dissect(ipv6(0, jumbo).replace("600000000018", "600000000000"), 101);
  assert.deepEqual(row(columns, "srcPort", "payloadWire", "malformed"), {
    srcPort: 1000,
    payloadWire: 8,
    malformed: 0,
  });
});

Deno.test("a frame check sequence is no payload", () => {
  const frame = MAC + "0800" + ipv4(17, udp(1000, 2000, HELLO)).replace("45000021", "45000000");
  assert.equal(dissect(frame + "deadbeef", 1, { fcsLength: 4 }).payloadWire[0], 5);
});

Deno.test("ICMP type and code are read, the quoted packet is not", () => {
  assert.deepEqual(
    row(sample("ICMP quoting a packet"), "icmpType", "icmpCode", "srcPort", "l4Protocol"),
    {
      icmpType: 3,
      icmpCode: 3,
      srcPort: -1,
      l4Protocol: 1,
    },
  );
});

Deno.test("the application column names what was recognized", () => {
  assert.equal(sample("UDP, DNS").app[0], Protocol.dns);
  assert.equal(sample("UDP, QUIC Initial").app[0], Protocol.quic);
  assert.equal(sample("TCP, TLS record").app[0], Protocol.tls);
  assert.equal(sample("Ethernet, IPv4, TCP").app[0], 0);
});
