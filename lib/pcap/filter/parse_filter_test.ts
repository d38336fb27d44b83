/** Which grammar a text is of, what is ambiguous, and what any text leads to. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../errors/mod.ts";
import type { Expression, Literal, Operand } from "./expression.ts";
import { joined } from "./expression.ts";
import { allFields } from "./field_table.ts";
import { Filter } from "./filter.ts";
import { parseDisplayFilter } from "./parse_display.ts";
import { parseFilter } from "./parse_filter.ts";
import { renderExpression } from "./render.ts";

function hintOf(text: string): string {
  try {
    parseFilter(text);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.hint;
  }
  throw new Error(`"${text}" was read`);
}

Deno.test("each text is read by the grammar that knows it", () => {
  assert.equal(renderExpression(parseFilter("ip.addr == 192.0.2.1")), "ip.addr == 192.0.2.1");
  assert.equal(renderExpression(parseFilter("tcp port 443")), "tcp.port == 443");
  assert.equal(renderExpression(parseFilter("tcp and not vlan")), "tcp and not vlan");
  assert.equal(renderExpression(parseFilter("tcp[13] & 2 != 0")), "tcp[13:1] & 0x2 != 0");
});

Deno.test("a text that the grammars read differently is refused with both readings", () => {
  assert.equal(
    hintOf("tcp or udp and vlan"),
    "Write it as a display filter: tcp or udp and vlan (what Wireshark reads), or (tcp or udp) and vlan (what tcpdump reads).",
  );
  assert.equal(
    hintOf("tcp[13] == 10"),
    "Write it as a display filter: tcp[13:1] == 0x10 (what Wireshark reads), or tcp[13:1] == 0xa (what tcpdump reads).",
  );
});

Deno.test("Python for scapy is answered with the display filter that it means", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["TCP in pkt and pkt[TCP].dport == 443", "tcp and tcp.dstport == 443"],
    ["pkt.haslayer(DNS)", "dns"],
    ["packet.haslayer(UDP) and not packet.haslayer(DNS)", "udp and not dns"],
    ['IP.src == "192.0.2.1"', "ip.src == 192.0.2.1"],
    ["UDP and DNS", "udp and dns"],
    ['pkt[TCP].flags & "SA"', "tcp.flags & 0x12"],
    ["len(pkt) > 1000 and pkt[IP].ttl < 5", "frame.len > 1000 and ip.ttl < 5"],
    ["pkt[TCP].dport in (80, 443)", "tcp.dstport in {80, 443}"],
    ["pkt[DNSQR].qname == b'example.com.'", 'dns.qry.name == "example.com."'],
  ];
  for (const [text, meant] of cases) {
    assert.equal(hintOf(text), `Write it as a Wireshark display filter: ${meant}`, text);
  }
  assert.match(hintOf("lambda pkt: pkt[TCP].dport"), /^Rewrite it as a Wireshark display filter/);
});

const word = fc.constantFrom(
  ...'tcp udp ip.addr tcp.port and or not xor in contains matches == != < > & ( ) { } [0:2] .. , 443 192.0.2.1 10.0.0.0/8 2001:db8::/32 "a" "(" host port net src dst vlan 0x10 pkt[TCP] frame.len 02:00:00:00:00:01 ! && || all any'
    .split(" "),
);

Deno.test("any text is read or refused as input, and what is read compiles", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(word, { maxLength: 14 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let expression;
      try {
        expression = parseFilter(text);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
        return;
      }
      assert.equal(new Filter(expression).clauses.length > 0, true);
    }),
    { numRuns: 3000 },
  );
});

function fieldOf(type: string): fc.Arbitrary<Operand> {
  const fields = allFields().filter((field) => field.type === type);
  return fc.constantFrom(...fields).map((field) => ({ field, slice: null, mask: null }));
}

const octets = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value): Literal => ({
    type: "octets",
    value: new Uint8Array(value),
    mask: null,
  }));

/** Operands with values of their type. */
const pair: fc.Arbitrary<readonly [Operand, Literal]> = fc.oneof(
  fc.tuple(
    fieldOf("number"),
    fc.nat(0xffffffff).map((value): Literal => ({ type: "number", value })),
  ),
  fc.tuple(
    fieldOf("boolean"),
    fc.constantFrom(0, 1).map((value): Literal => ({ type: "number", value })),
  ),
  fc.tuple(
    fieldOf("seconds"),
    fc.nat(1e9).map((nanos): Literal => ({ type: "number", value: nanos / 1e9 })),
  ),
  fc.tuple(
    fieldOf("time"),
    fc.tuple(fc.nat(4e9), fc.nat(999_999_999)).map(([sec, nsec]): Literal => ({
      type: "time",
      sec,
      nsec,
    })),
  ),
  fc.tuple(fieldOf("ipv4"), octets(4)),
  fc.tuple(fieldOf("ipv6"), octets(16)),
  fc.tuple(fieldOf("mac"), octets(6)),
  fc.tuple(
    fieldOf("text"),
    fc.string({ maxLength: 10 }).map((value): Literal => ({ type: "text", value })),
  ),
  fc.tuple(
    fieldOf("number").map((operand) => ({ ...operand, mask: 0x12 })),
    fc.nat(255).map((value): Literal => ({ type: "number", value })),
  ),
);

const expressions = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(
      pair,
      fc.constantFrom(...(["==", "!=", "<", ">", "<=", ">="] as const)),
      fc.boolean(),
    ).map(([[operand, value], operator, every]): Expression => ({
      kind: "compare",
      operator,
      every: (operator === "==" || operator === "!=") && every,
      operand,
      value,
    })),
    fc.constantFrom(...allFields()).map((field): Expression => ({
      kind: "present",
      operand: { field, slice: null, mask: null },
    })),
    pair.map(([operand, value]): Expression => ({
      kind: "in",
      operand,
      members: [{ low: value, high: null }, { low: value, high: value }],
    })),
    fc.array(tie("expression"), { minLength: 2, maxLength: 3 }).map((terms) =>
      joined("and", terms)
    ),
    fc.array(tie("expression"), { minLength: 2, maxLength: 3 }).map((terms) => joined("or", terms)),
    tie("expression").map((term): Expression => ({ kind: "not", term })),
    fc.tuple(tie("expression"), tie("expression")).map(([left, right]): Expression => ({
      kind: "xor",
      left,
      right,
    })),
  ),
})).expression;

Deno.test("an expression that is written out reads back as itself", () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      const text = renderExpression(expression);
      fc.pre(text.length <= 2000);
      assert.deepEqual(parseDisplayFilter(text), expression, text);
    }),
    { numRuns: 1000 },
  );
});
