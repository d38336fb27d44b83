import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  addressFromBytes,
  addressToBytes,
  compareAddresses,
  ipv4FromBits,
  ipv6FromBits,
  parseAddress,
  renderAddress,
} from "./address.ts";
import { IpSyntaxError } from "./syntax_error.ts";

const canonical = (text: string): string => renderAddress(parseAddress(text, { zone: true }));

Deno.test("addresses are written in the one form of RFC 5952", () => {
  const table: [string, string][] = [
    ["192.0.2.10", "192.0.2.10"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:DB8::A", "2001:db8::a"],
    ["2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::FFFF:c000:201", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["febf::1%en0.100", "febf::1%en0.100"],
  ];
  for (const [text, wanted] of table) equal(canonical(text), wanted, text);
});

Deno.test("what is not strictly an address is refused", () => {
  const refused = [
    ..." |127.1|127.0.1|1.2.3|1.2.3.4.5|256.1.1.1|1.2.3.04|01.2.3.4|0x7f.0.0.1|1.2.3.4.|.1.2.3.4|1..3.4"
      .split("|"),
    ..."2130706433|0x7f000001|0177.0.0.1|1.2.3.-4|+1.2.3.4|1.2.3.4 | 1.2.3.4|1.2.3.4\n|1.2.3.4\0|1e1.2.3.4"
      .split("|"),
    ...":|:::|1:2|1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9|1::2::3|::1::|12345::|g::|::1:|:1::|1:2:3:4:5:6:7:8::"
      .split("|"),
    ..."::1.2.3|::1.2.3.256|::1.2.3.4:5|1.2.3.4::|::01.2.3.4|1:2:3:4:5:6:7:1.2.3.4|[::1]|::1/128|::ffff:127.1"
      .split("|"),
    ..."%eth0|1.2.3.4%eth0|::1%lo|2001:db8::1%eth0|fe80::1%|fe80::1%a b|fe80::1%-f|fe80::1%eth0%eth1|fe80::1%25/"
      .split("|"),
    "١٢٧.0.0.1",
    "１２７.0.0.1",
    `fe80::1%${"a".repeat(16)}`,
    "1".repeat(10_000),
    ":".repeat(10_000),
  ];
  for (const text of refused) {
    throws(() => parseAddress(text, { zone: true }), IpSyntaxError, JSON.stringify(text));
  }
});

Deno.test("a zone is refused unless it is asked for, and the error says what to write", () => {
  throws(() => parseAddress("fe80::1%eth0"), { expected: "the address alone, fe80::1" });
  throws(() => parseAddress("::1%lo", { zone: true }), {
    message: 'Cannot read "::1%lo" as an address: a zone means something on fe80::/10 only',
  });
});

Deno.test("a message escapes control characters and cuts long text", () => {
  throws(() => parseAddress("1.2.3.4\u001b[31m\u202e"), {
    message: 'Cannot read "1.2.3.4\\u001b[31m\\u202e" as an address',
  });
  throws(
    () => parseAddress("9".repeat(500)),
    (error: Error) => error.message.length < 130 && error.message.includes('…"'),
  );
});

const addresses = fc.oneof(
  fc.bigInt(0n, (1n << 32n) - 1n).map(ipv4FromBits),
  fc.bigInt(0n, (1n << 128n) - 1n).map(ipv6FromBits),
  // Many zero groups, so that runs of every place and length come up.
  fc.array(fc.constantFrom(0n, 0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 }).map((groups) =>
    ipv6FromBits(groups.reduce<bigint>((value, group) => value << 16n | group, 0n))
  ),
);

Deno.test("writing and reading give the same address back", () => {
  fc.assert(fc.property(addresses, (address) => {
    deepEqual(parseAddress(renderAddress(address)), address);
    deepEqual(addressFromBytes(addressToBytes(address)), address);
  }));
});

Deno.test("the canonical form agrees with that of the URL parser", () => {
  fc.assert(fc.property(addresses, (address) => {
    const text = renderAddress(address);
    if (address.family === 6 && !text.includes(".")) {
      equal(new URL(`http://[${text}]/`).hostname, `[${text}]`);
    }
  }));
});

Deno.test("any text either parses to itself canonically or is refused with our error", () => {
  const noise = fc.string({ unit: fc.constantFrom(..."0123456789abf:.x%") });
  fc.assert(
    fc.property(fc.oneof(noise, fc.string()), (text) => {
      try {
        const written = canonical(text);
        equal(canonical(written), written);
      } catch (error) {
        equal(error instanceof IpSyntaxError, true);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("addresses sort by family, then by value, then by zone", () => {
  const sorted = ["::1", "10.0.0.2", "fe80::1%b", "fe80::1%a", "9.0.0.1", "fe80::1"]
    .map((text) => parseAddress(text, { zone: true })).sort(compareAddresses).map(renderAddress);
  deepEqual(sorted, ["9.0.0.1", "10.0.0.2", "::1", "fe80::1", "fe80::1%a", "fe80::1%b"]);
});
