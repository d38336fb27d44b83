/** Spellings that have got past somebody's filter: none may pass here. */
import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { InputError, NetglassError, PolicyDenied } from "../errors/mod.ts";
import { ipv4FromBits, ipv6FromBits, parseAddress, renderAddress } from "../ip/address.ts";
import { policyFor } from "../../tests/support/policy_for.ts";

const never = new AbortController().signal;

/** Every way of writing one IPv4 address that a resolver, a browser or a translator understands. */
function spellingsOf(v4: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
  const bits = Number(parseAddress(v4).value);
  const hex = (n: number, width = 0): string => n.toString(16).padStart(width, "0");
  const oct = (n: number): string => `0${n.toString(8)}`;
  const high = hex(a * 256 + b), low = hex(c * 256 + d);
  const fullWidth = (text: string): string =>
    text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  const inverted = hex(~bits >>> 0, 8);
  return [
    // The address itself and what only looks different.
    v4,
    `${v4}.`,
    `${v4}..`,
    ` ${v4}`,
    `${v4} `,
    `${v4}\n`,
    `${v4}\t`,
    `${v4}\0`,
    `${v4}\0.example.com`,
    `${v4}%00`,
    `${v4}%lo`,
    `${v4}/32`,
    `${v4}:80`,
    `[${v4}]`,
    `http://${v4}/`,
    `user@${v4}`,
    `${v4}#`,
    `${v4}?`,
    `${v4};`,
    `${v4},192.0.2.1`,
    `-${v4}`,
    // inet_aton(3).
    String(bits),
    `${bits}.`,
    `0x${hex(bits)}`,
    `0X${hex(bits).toUpperCase()}`,
    `0x00000000${hex(bits, 8)}`,
    `0${bits.toString(8)}`,
    `000${bits.toString(8)}`,
    [oct(a), oct(b), oct(c), oct(d)].join("."),
    [`0${oct(a)}`, oct(b), c, d].join("."),
    [`0x${hex(a)}`, `0x${hex(b)}`, `0x${hex(c)}`, `0x${hex(d)}`].join("."),
    [`0x${hex(a)}`, b, oct(c), d].join("."),
    [a, b, c, `0x${hex(d)}`].join("."),
    [oct(a), b, c, d].join("."),
    [a, b, c, `00${d}`].join("."),
    [a, b, c * 256 + d].join("."),
    [a, b * 65536 + c * 256 + d].join("."),
    [`0x${hex(a)}`, b * 65536 + c * 256 + d].join("."),
    [a + 256, b, c, d].join("."),
    // Digits and dots of other scripts.
    fullWidth(v4),
    fullWidth(String(bits)),
    v4.replaceAll(".", "。"),
    v4.replaceAll(".", "．"),
    v4.replaceAll(".", "｡"),
    fullWidth(v4).replaceAll(".", "。"),
    v4.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    v4.replace(/[1-9]/g, (digit) => String.fromCodePoint(0x2460 + Number(digit) - 1)),
    v4.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
    v4.replace(".", ".\u200b"),
    v4.replace(".", "\u00ad."),
    `\u202e${v4}`,
    `\ufeff${v4}`,
    // IPv6 with the address inside.
    `::ffff:${v4}`,
    `::FFFF:${v4}`,
    `::ffff:${high}:${low}`,
    `0:0:0:0:0:ffff:${v4}`,
    `0000:0000:0000:0000:0000:ffff:${hex(a * 256 + b, 4)}:${hex(c * 256 + d, 4)}`,
    `::${v4}`,
    `::${high}:${low}`,
    `::ffff:0:${v4}`,
    `64:ff9b::${v4}`,
    `64:ff9b::${high}:${low}`,
    `0064:ff9b:0:0:0:0:${v4}`,
    `64:ff9b:1::${v4}`,
    `64:ff9b:1:${high}:${hex(c)}:${hex(d * 256)}::`,
    `64:ff9b:1:${high}:${hex(c)}:${hex(d * 256)}::1`,
    // RFC 6052 §2.2 with a prefix of 56 and of 64 bits.
    `64:ff9b:1:${hex(a)}:${hex(b)}:${hex(c * 256 + d)}::`,
    `64:ff9b:1:0:${hex(a)}:${hex(b * 256 + c)}:${hex(d * 256)}:0`,
    `2002:${high}:${low}::`,
    `2002:${high}:${low}::1`,
    `2002:${high}:${low}:ffff::${v4}`,
    `2001:0:${high}:${low}:0:0:f7f7:f7f7`,
    `2001:0:808:808:8000:63bf:${inverted.slice(0, 4)}:${inverted.slice(4)}`,
    `2001:4860::5efe:${v4}`,
    `2001:4860::200:5efe:${v4}`,
    `fe80::5efe:${v4}`,
    `::ffff:${v4}%lo`,
    `[::ffff:${v4}]`,
    `[::ffff:${v4}]:80`,
    `::ffff:${v4}/128`,
    `::ffff:${a}.${b}.${c * 256 + d}`,
    `::ffff:0x${hex(a)}.${b}.${c}.${d}`,
    `::ffff:${bits}`,
  ];
}

const OTHERS = [
  ...[
    "localhost",
    "LOCALHOST",
    "localhost.",
    "LocalHost.",
    "a.localhost",
    "ｌｏｃａｌｈｏｓｔ",
    "loc\u00adalhost",
  ],
  ...[
    "::1",
    "::01",
    "0:0:0:0:0:0:0:1",
    "::0:1",
    "::1%lo",
    "[::1]",
    "[::1]:22",
    "::1.",
    "::",
    "0::0",
  ],
  ...[
    "0.0.0.0",
    "0",
    "0x0",
    "00",
    "0.1",
    "0.0.0.1",
    "0.255.255.255",
    "::ffff:0.0.0.0",
    "::0.0.0.0",
  ],
  ...[
    "fe80::1",
    "fe80::1%eth0",
    "FE80::1%1",
    "febf::1",
    "fec0::1",
    "fc00::1",
    "fd00::1",
    "fdff::1",
  ],
  ...["ff02::1", "ff02::1%eth0", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"],
  ...["100.64.0.1", "100.127.255.254", "198.18.0.1", "192.0.2.1", "2001:db8::1", "3fff::1"],
  ...["172.16.0.1", "172.31.255.255", "192.168.0.1", "10.255.255.255", "127.255.255.254"],
];

const METADATA_TEXTS = [
  ...[
    "metadata.google.internal",
    "METADATA.google.INTERNAL",
    "metadata.google.internal.",
    "metadata.goog",
  ],
  ...[
    "ｍetadata.google.internal",
    "metadata。google。internal",
    "meta\u00addata.google.internal",
    "ⅿetadata.goog",
  ],
  ...["metadata", "instance-data", "metadata.tencentyun.com", "fd00:ec2::254", "FD00:0EC2:0::0254"],
  ...[
    "fd00:ec2:0:0:0:0:0:254",
    "fd00:ec2::0.0.2.84",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fe80::a9fe:a9fe%eth0",
  ],
];

async function assertNotPassed(text: string, security: Parameters<typeof policyFor>[0]) {
  const policy = policyFor(security);
  try {
    const judged = await policy.judgeHost(text, never);
    ok(false, `${JSON.stringify(text)} passed as ${judged.addresses}`);
  } catch (error) {
    // A name that resolves to nothing reaches nothing, but none here should get as far as DNS.
    ok(error instanceof InputError || error instanceof PolicyDenied, `${text}: ${error}`);
  }
}

const PRIVATE = [
  "127.0.0.1",
  "10.0.0.5",
  "192.168.1.1",
  "172.16.5.4",
  "169.254.10.20",
  "100.64.1.2",
];
const CLOUD = ["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"];

Deno.test("the table has more than 200 spellings", () => {
  const all = new Set([
    ...PRIVATE.flatMap(spellingsOf),
    ...CLOUD.flatMap(spellingsOf),
    ...OTHERS,
    ...METADATA_TEXTS,
  ]);
  ok(all.size > 700, String(all.size));
});

Deno.test("no spelling of a private address passes security.block_private", async () => {
  for (const text of [...PRIVATE.flatMap(spellingsOf), ...OTHERS]) {
    await assertNotPassed(text, { security: { block_private: true, block_cloud_metadata: false } });
  }
});

Deno.test("no spelling of a metadata endpoint passes security.block_cloud_metadata", async () => {
  for (const text of [...CLOUD.flatMap(spellingsOf), ...METADATA_TEXTS]) {
    await assertNotPassed(text, { security: { block_private: false } });
  }
});

Deno.test("no spelling of a blocked address passes security.blocked_targets", async () => {
  for (const text of spellingsOf("203.0.113.7")) {
    await assertNotPassed(text, { security: { blocked_targets: ["203.0.113.0/24"] } });
  }
});

Deno.test("an allowed target does not lift a denial", async () => {
  const allowed = [
    "*",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.5",
    "169.254.169.254",
    "metadata.google.internal",
  ];
  for (
    const text of ["10.0.0.5", "169.254.169.254", "metadata.google.internal", "::ffff:10.0.0.5"]
  ) {
    await assertNotPassed(text, { security: { allowed_targets: allowed, block_private: true } });
  }
});

Deno.test("one bad address among good ones is enough, in any place and family", async () => {
  const good = ["8.8.8.8", "2606:4700::1111"];
  for (
    const bad of [
      "10.0.0.5",
      "::1",
      "::ffff:127.0.0.1",
      "64:ff9b::a00:5",
      "169.254.169.254",
      "fd00::1",
    ]
  ) {
    for (const addresses of [[bad], [bad, ...good], [...good, bad]]) {
      await assertNotPassed("mixed.example", {
        security: { block_private: true },
        names: { "mixed.example": addresses },
      });
    }
  }
});

Deno.test("judging an address as a host and deciding about it agree", async () => {
  const policy = policyFor({ security: { block_private: true } });
  const addresses = fc.oneof(
    fc.bigInt(0n, (1n << 32n) - 1n).map(ipv4FromBits),
    fc.bigInt(0n, (1n << 128n) - 1n).map(ipv6FromBits),
  );
  await fc.assert(fc.asyncProperty(addresses, async (address) => {
    const text = renderAddress(address);
    const decision = policy.decideAddress(text);
    try {
      const judged = await policy.judgeHost(text, never);
      equal(decision.effect, "allow");
      equal(judged.addresses.length, 1);
    } catch (error) {
      ok(error instanceof PolicyDenied);
      equal(decision.effect, "deny");
    }
  }));
});

Deno.test("any text at all is judged or refused with an error of ours", async () => {
  const policy = policyFor({ security: { block_private: true } });
  const unit = fc.constantFrom(..."0123456789abfx.:%/-_*[]@ \u3002\uff11\u0000");
  const text = fc.oneof(fc.string({ unit, maxLength: 40 }), fc.string({ unit: "grapheme" }));
  await fc.assert(
    fc.asyncProperty(text, async (given) => {
      try {
        await policy.judgeHost(given, never);
      } catch (error) {
        ok(error instanceof NetglassError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});
