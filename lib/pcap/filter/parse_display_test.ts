/** The grammar of display filters: what is read, in which order it binds, and what is refused where. */
import assert from "node:assert/strict";
import { InputError } from "../../errors/mod.ts";
import { parseDisplayFilter } from "./parse_display.ts";
import { renderExpression } from "./render.ts";
import { FILTER_DEPTH_MAX, FILTER_NODES_MAX } from "./token_reader.ts";

/** What a filter is read as, in canonical form. */
function read(text: string): string {
  return renderExpression(parseDisplayFilter(text));
}

/** Column (from 1), what is wrong, and the line with the caret. */
function refusal(text: string): { column: unknown; message: string; caret: string; hint: string } {
  try {
    parseDisplayFilter(text);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.code, "input.filter");
    const [message = "", , caret = ""] = error.message.split("\n");
    return {
      column: error.detail["column"],
      message: message.replace(/^Cannot read the filter at column \d+: /, ""),
      caret,
      hint: error.hint,
    };
  }
  throw new Error(`"${text}" was read`);
}

Deno.test("every comparison has its sign and its word", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["tcp.port == 443", "tcp.port == 443"],
    ["tcp.port eq 443", "tcp.port == 443"],
    ["tcp.port any_eq 443", "tcp.port == 443"],
    ["tcp.port === 443", "tcp.port === 443"],
    ["tcp.port all_eq 443", "tcp.port === 443"],
    ["all tcp.port == 443", "tcp.port === 443"],
    ["all tcp.port > 1000", "all tcp.port > 1000"],
    ["all ip.src < ip.dst", "all ip.src < ip.dst"],
    ["tcp.port != 443", "tcp.port != 443"],
    ["tcp.port ne 443", "tcp.port != 443"],
    ["tcp.port all_ne 443", "tcp.port != 443"],
    ["tcp.port !== 443", "tcp.port !== 443"],
    ["tcp.port ~= 443", "tcp.port !== 443"],
    ["tcp.port any_ne 443", "tcp.port !== 443"],
    ["any tcp.port != 443", "tcp.port !== 443"],
    ["frame.len < 60", "frame.len < 60"],
    ["frame.len lt 60", "frame.len < 60"],
    ["frame.len > 60", "frame.len > 60"],
    ["frame.len gt 60", "frame.len > 60"],
    ["frame.len <= 60", "frame.len <= 60"],
    ["frame.len le 60", "frame.len <= 60"],
    ["frame.len >= 60", "frame.len >= 60"],
    ["frame.len ge 60", "frame.len >= 60"],
    ["tcp.port in {80, 443, 8000..9000}", "tcp.port in {80, 443, 8000 .. 9000}"],
    ["tcp.flags & 0x12 == 18", "tcp.flags & 0x12 == 18"],
    ["tcp.flags bitand 2", "tcp.flags & 0x2"],
    ['dns.qry.name contains "x"', 'dns.qry.name contains "x"'],
    ["tcp contains 16:03", "tcp contains 16:03"],
    ['http.host matches "^a\\\\d"', 'http.host matches "^a\\\\d"'],
    ['http.host ~ r"^a\\d"', 'http.host matches "^a\\\\d"'],
    ["ip.src == ip.dst", "ip.src == ip.dst"],
  ];
  for (const [text, canonical] of cases) assert.equal(read(text), canonical, text);
});

Deno.test("values are read by the type of their field", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["tcp.port == 0x1bb", "tcp.port == 443"],
    ["tcp.port == 0777", "tcp.port == 511"],
    ["tcp.port == 0b11", "tcp.port == 3"],
    ["ip.ttl == 'A'", "ip.ttl == 65"],
    ["tcp.flags.syn == true", "tcp.flags.syn == 1"],
    ["ip.addr == 10.1.2.3/8", "ip.addr == 10.0.0.0/8"],
    ["ipv6.addr == 2001:DB8::/32", "ipv6.addr == 2001:db8::/32"],
    ["ipv6.addr == ::1", "ipv6.addr == ::1"],
    ["eth.addr == 02-00-00-00-00-01", "eth.addr == 02:00:00:00:00:01"],
    ["eth.addr == 0200.0000.0001", "eth.addr == 02:00:00:00:00:01"],
    ["eth.addr[0:3] == 02:00:00", "eth.addr[0:3] == 0x20000"],
    ["frame.time_relative >= 2.5", "frame.time_relative >= 2.5"],
    ["frame.time_delta > 0.0000001", "frame.time_delta > 0.0000001"],
    ["frame.time_epoch > 1700000000.25", "frame.time_epoch > 1700000000.250000000"],
    ['frame.time >= "2024-01-01T01:00:00+01:00"', "frame.time >= 1704067200.000000000"],
    ["dns.qry.name == example.com", 'dns.qry.name == "example.com"'],
    ["tcp[13] == 12", "tcp[13:1] == 0x12"],
    ["tcp[0-3] == 01:bb:00:50", "tcp[0:4] == 0x1bb0050"],
    ["frame[-4:] == 00:00:00:00:01", "frame[-4:] == 00:00:00:00:01"],
    ["tcp.flags.rst == 1", "tcp.flags.reset == 1"],
  ];
  for (const [text, canonical] of cases) assert.equal(read(text), canonical, text);
});

Deno.test("not binds before and, and before xor, xor before or", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["tcp or udp and arp", "tcp or udp and arp"],
    ["(tcp or udp) and arp", "(tcp or udp) and arp"],
    ["tcp xor udp and arp", "tcp xor udp and arp"],
    ["(tcp xor udp) and arp", "(tcp xor udp) and arp"],
    ["tcp or udp xor arp", "tcp or udp xor arp"],
    ["(tcp || udp) ^^ arp", "(tcp or udp) xor arp"],
    ["!tcp && udp", "not tcp and udp"],
    ["!(tcp && udp)", "not (tcp and udp)"],
    ["not tcp.port == 80 or udp", "not tcp.port == 80 or udp"],
    ["not not tcp", "not not tcp"],
    ["((tcp))", "tcp"],
  ];
  for (const [text, canonical] of cases) assert.equal(read(text), canonical, text);
});

Deno.test("errors point at the column and say what was wanted", () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["", 1, "it is empty"],
    ["ip.adr == 192.0.2.1", 1, '"ip.adr" is no field'],
    [
      "tcp and ip.addr == 192.0.2.300",
      20,
      'ip.addr is compared with an IPv4 address or prefix such as 192.0.2.10 or 192.0.2.0/24, found "192.0.2.300"',
    ],
    ["tcp.port == ", 13, "tcp.port is compared with a number such as 443 or 0x1bb, found the end"],
    ["(tcp", 1, 'the "(" is never closed'],
    ["tcp)", 4, 'expected "and", "or" or the end, found ")"'],
    ["tcp udp", 5, 'expected "and", "or" or the end, found "udp"'],
    ["tcp.flags.syn = 1", 15, '"=" compares nothing here, write "=="'],
    ["tcp.port in {80 443}", 17, 'expected "," or "}", found "443"'],
    ["tcp.port in 80", 13, 'expected "{", found "80"'],
    ["tcp == 80", 5, "tcp is a protocol and has no value to compare"],
    [
      'tcp.port contains "80"',
      10,
      '"contains" searches text and octets, tcp.port is number',
    ],
    [
      "http.host matches x",
      19,
      'expected a regular expression in quotes, found "x"',
    ],
    ['http.host matches "(a"', 19, 'the pattern has a "(" that is never closed'],
    ['http.host == "a', 14, 'the " is never closed'],
    ['http.host == "\\q"', 15, '"\\q" is no escape'],
    ["tcp[13", 4, 'the "[" is never closed'],
    [
      "tcp[x] == 1",
      4,
      "expected a slice: [start:length], [first-last], [start:] or [index]",
    ],
    ["tcp.port[0] == 1", 9, "tcp.port is a number, only octets can be sliced"],
    ["tcp[-2:2] == 00:00", 4, "a slice of tcp needs a start and a length, both counted forward"],
    [
      "ip.src & 3",
      10,
      '"&" needs a number or a slice of one to four octets, ip.src is ipv4',
    ],
    [
      "tcp.analysis.retransmission == 1",
      29,
      "tcp.analysis.retransmission has no value to compare: it is there or not",
    ],
    ["tcp.port == ip.src", 13, "tcp.port is number, ip.src is ipv4"],
    ["upper(http.host) == A", 1, 'functions such as "upper" are not read'],
    ["tcp @ udp", 5, '"@" means nothing here'],
  ];
  for (const [text, column, message] of cases) {
    const seen = refusal(text);
    assert.deepEqual([seen.column, seen.message], [column, message], text);
  }
});

Deno.test("the caret stands beneath what is wrong", () => {
  assert.equal(refusal("tcp and ip.adr == 192.0.2.1").caret, "        ^~~~~~");
  assert.equal(refusal(`${"tcp or ".repeat(40)}udp.prt == 1`).caret.indexOf("^"), 61);
});

Deno.test("an unknown field brings the nearest names", () => {
  assert.equal(refusal("ip.adr == 192.0.2.1").hint, "Did you mean ip.addr, ip.id?");
  assert.equal(
    refusal("tcp.analysis.retransmision").hint,
    "Did you mean tcp.analysis.retransmission, tcp.analysis.fast_retransmission?",
  );
  assert.equal(refusal("ip.addr == 2001:db8::1").hint, "For IPv6 write ipv6.addr == 2001:db8::1.");
  assert.equal(refusal("ipv6.src == 192.0.2.1").hint, "For IPv4 write ip.src == 192.0.2.1.");
});

Deno.test("length, nesting and number of conditions are bounded", () => {
  assert.match(refusal("tcp".padEnd(2001)).message, /^it has 2001 characters, at most 2000/);
  const deep = "(".repeat(FILTER_DEPTH_MAX) + "tcp" + ")".repeat(FILTER_DEPTH_MAX);
  assert.match(refusal(deep).message, /^it nests deeper than 40$/);
  assert.match(refusal("!".repeat(1000) + "tcp").message, /^it nests deeper than 40$/);
  const many = Array<string>(FILTER_NODES_MAX + 1).fill("ip").join("||");
  assert.match(refusal(many).message, /^it has more than 256 conditions$/);
  const set = `ip.ttl in {${Array<string>(FILTER_NODES_MAX).fill("1").join(",")}}`;
  assert.match(refusal(set).message, /^it has more than 256 conditions$/);
});
