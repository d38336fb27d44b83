/**
 * Texts that name things: addresses, prefixes, hosts, AS numbers, target patterns, name servers.
 *
 * @module
 */
import { parseEndpoint, renderEndpoint } from "../../lib/config/endpoint.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { parseResolvConf } from "../../lib/io/system_resolvers.ts";
import {
  addressFromBytes,
  addressToBytes,
  type IpAddress,
  parseAddress,
  renderAddress,
} from "../../lib/ip/address.ts";
import { parseAsNumber, renderAsNumber } from "../../lib/ip/as_number.ts";
import { embeddedIpv4 } from "../../lib/ip/embedded_ipv4.ts";
import { parseHostName } from "../../lib/ip/host_name.ts";
import { contains, lastAddress, parsePrefix, renderPrefix } from "../../lib/ip/prefix.ts";
import { parseReverseName, reverseName } from "../../lib/ip/reverse_name.ts";
import { specialUse } from "../../lib/ip/special_use.ts";
import { IpSyntaxError } from "../../lib/ip/syntax_error.ts";
import { parseTarget, renderTarget } from "../../lib/ip/target.ts";
import { renderPatternFlag } from "../../lib/policy/range_flags.ts";
import {
  checkTargetPattern,
  matchesAddress,
  matchesName,
  parseTargetPattern,
} from "../../lib/policy/targets.ts";
import { splitServer } from "../../lib/probe/dns_lookup.ts";
import { texts } from "./mutate.ts";
import { asText, attempt, type FuzzTarget, must, mustBePrintable, type Outcome } from "./target.ts";

const ADDRESSES = texts(
  "192.0.2.1",
  "255.255.255.255",
  "2001:db8::1",
  "::ffff:192.0.2.1",
  "fe80::1%eth0",
  "2001:db8:1:2:3:4:5:6",
  "64:ff9b::c000:201",
  "2002:c000:201::",
  "::",
);
const NAMES = texts(
  "www.example.com",
  "_dmarc.example.com.",
  "bücher.example",
  "xn--bcher-kva.example",
  "127.1",
  "0x7f000001",
  "１２７.0.0.1",
);
const WORDS = texts("0x", "0", "1e1", ".", "%25", "fe80::", "::ffff:", "/32", "/0", "xn--", "*.");

/** The text in canonical form, or undefined where it is refused; a refusal must be fit to show. */
function canonical<T>(parse: () => T, render: (value: T) => string): string | undefined {
  const result = attempt([IpSyntaxError], parse);
  if ("value" in result) return render(result.value);
  const { error } = result;
  mustBePrintable(error.message, 1_000, "the message");
  if (error instanceof IpSyntaxError) mustBePrintable(error.expected, 300, "the expected form");
  return undefined;
}

function checkAddress(address: IpAddress): void {
  const bytes = addressToBytes(address);
  must(addressFromBytes(bytes).value === address.value, "the octets mean another address");
  for (const inner of embeddedIpv4(address)) must(inner.address.family === 4, "embedded IPv6");
  specialUse(address);
  const bare = { ...address, zone: null };
  must(parseReverseName(reverseName(bare)).value === address.value, "the reverse name differs");
  // An independent reader takes what we write, as the same.
  const shown = renderAddress(bare);
  const host = URL.parse(`http://${address.family === 4 ? shown : `[${shown}]`}/`)?.hostname ?? "";
  must(
    parseAddress(host.replace(/^\[|\]$/g, "")).value === address.value,
    `URL reads "${shown}" as "${host}"`,
  );
}

function runAddress(input: Uint8Array): Outcome {
  const text = asText(input);
  const zone = { zone: true };
  const shown = canonical(() => parseAddress(text, zone), renderAddress);
  if (shown === undefined) return "refused";
  const address = parseAddress(text, zone);
  checkAddress(address);
  must(renderAddress(parseAddress(shown, zone)) === shown, `"${shown}" is not stable`);
  return `${address.family} ${address.zone !== null} ${shown.includes(".")}`;
}

function runPrefix(input: Uint8Array): Outcome {
  const text = asText(input);
  const shown = canonical(() => parsePrefix(text).prefix, renderPrefix);
  if (shown === undefined) return "refused";
  const { prefix, address, hostBitsSet } = parsePrefix(text);
  must(contains(prefix, address) && contains(prefix, lastAddress(prefix)), "its own is not inside");
  must(renderPrefix(parsePrefix(shown).prefix) === shown, `"${shown}" is not stable`);
  must(!parsePrefix(shown).hostBitsSet, "the canonical form has host bits");
  return `${prefix.family} ${prefix.length === 0} ${hostBitsSet}`;
}

function runHostName(input: Uint8Array): Outcome {
  const text = asText(input);
  const outcomes = [false, true].map((underscores) => {
    const name = canonical(() => parseHostName(text, { underscores }), String);
    if (name === undefined) return "refused";
    must(/^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?$/.test(name), `"${name}" is no plain name`);
    must(underscores || !name.includes("_"), "an underscore slipped in");
    must(parseHostName(name, { underscores }) === name, `"${name}" is not stable`);
    must(
      canonical(() => parseAddress(name), renderAddress) === undefined,
      `"${name}" is an address`,
    );
    // A browser must not read an address where we read a name.
    const host = URL.parse(`http://${name}/`)?.hostname;
    must(host === undefined || host === name, `URL reads "${name}" as "${host}"`);
    return `${name.includes("xn--")} ${name === text}`;
  });
  return outcomes.join();
}

function runTarget(input: Uint8Array): Outcome {
  const text = asText(input);
  const syntax = { zone: true, underscores: true };
  const shown = canonical(() => parseTarget(text, syntax), renderTarget);
  splitServer(text);
  if (shown === undefined) return "refused";
  const target = parseTarget(text, syntax);
  must(renderTarget(parseTarget(shown, syntax)) === shown, `"${shown}" is not stable`);
  must(!shown.startsWith("-"), "a program would take it for a switch");
  mustBePrintable(shown, 255, "the target");
  if (target.kind === "address") checkAddress(target.address);
  return target.kind;
}

function runAsNumber(input: Uint8Array): Outcome {
  const text = asText(input);
  const shown = canonical(() => parseAsNumber(text), (number) => renderAsNumber(number, "asdot"));
  if (shown === undefined) return "refused";
  must(parseAsNumber(shown) === parseAsNumber(text), `"${shown}" is another number`);
  return `${shown.includes(".")} ${text.includes(".")}`;
}

function runReverseName(input: Uint8Array): Outcome {
  const text = asText(input);
  const name = canonical(() => parseReverseName(text), reverseName);
  if (name === undefined) return "refused";
  must(name === text.toLowerCase().replace(/\.$/, ""), `"${text}" came back as "${name}"`);
  return name.slice(-8);
}

function runPattern(input: Uint8Array): Outcome {
  const text = asText(input);
  const parsed = attempt([InputError], () => parseTargetPattern(text));
  const wanted = checkTargetPattern(text);
  must((wanted === null) === ("value" in parsed), "the check and the parser disagree");
  if ("error" in parsed) {
    mustBePrintable(`${parsed.error.message} ${wanted}`, 1_000, "the message");
    return "refused";
  }
  const pattern = parsed.value;
  renderPatternFlag(pattern);
  const name = "a.very-long-label.".repeat(14).slice(0, 253);
  matchesName(pattern, name);
  switch (pattern.kind) {
    case "any":
      must(text === "*", "it matches anything");
      break;
    case "name":
      must(matchesName(pattern, pattern.name), "it does not match itself");
      must(!matchesName(pattern, `x.${pattern.name}`), "it matches names beneath");
      must(!pattern.name.includes("*"), "a star is in a name");
      break;
    case "domain":
      must(matchesName(pattern, pattern.name), "it does not match its own domain");
      must(matchesName(pattern, `x.${pattern.name}`), "it does not match names beneath");
      must(!matchesName(pattern, `x${pattern.name}`), "it matches a longer label");
      break;
    case "glob":
      must(
        matchesName(pattern, pattern.parts.join("")),
        "it does not match with nothing for stars",
      );
      must(matchesName(pattern, pattern.parts.join("a.b")), "it does not match itself");
      // deno-lint-ignore no-control-regex -- "is it ASCII" is a range that starts at NUL
      must(/^[\u0000-\u007f]*$/.test(text), "another alphabet was taken for ASCII");
      break;
    case "range":
      must(matchesAddress(pattern, lastAddress(pattern.prefix)), "it does not match its own end");
      must(!matchesName(pattern, name), "a range matches a name");
  }
  return pattern.kind;
}

function runResolvConf(input: Uint8Array): Outcome {
  const resolvers = parseResolvConf(asText(input));
  must(resolvers.length <= input.length / 13, "there are more name servers than lines");
  must(new Set(resolvers).size === resolvers.length, "one comes twice");
  for (const resolver of resolvers) {
    mustBePrintable(resolver, 80, "the name server");
    const bare = resolver.replace(/%[^\]]*/, "");
    const endpoint = parseEndpoint(bare);
    must(endpoint !== null && endpoint.port === 53, `"${resolver}" is no endpoint`);
    must(renderEndpoint(endpoint.address, 53) === bare, `"${resolver}" is not canonical`);
  }
  return `${Math.min(resolvers.length, 4)} ${resolvers.some((one) => one.includes("%"))}`;
}

/** Everything that reads a name of something. */
export const nameTargets: readonly FuzzTarget[] = [
  { name: "address", seeds: ADDRESSES, words: WORDS, maxBytes: 256, run: runAddress },
  {
    name: "prefix",
    seeds: texts("192.0.2.0/24", "10.1.2.3/8", "2001:db8::/32", "::/0", "::ffff:10.0.0.0/104"),
    words: WORDS,
    maxBytes: 256,
    run: runPrefix,
  },
  { name: "host_name", seeds: NAMES, words: WORDS, maxBytes: 2_048, run: runHostName },
  {
    name: "target",
    seeds: [...ADDRESSES, ...NAMES, ...texts("[::1]:53", "http://a/", "a@b", "a,b", "-c1")],
    words: WORDS,
    maxBytes: 2_048,
    run: runTarget,
  },
  {
    name: "as_number",
    seeds: texts("64500", "AS64500", "1.10", "as4294967295"),
    maxBytes: 64,
    run: runAsNumber,
  },
  {
    name: "reverse_name",
    seeds: texts(
      "10.2.0.192.in-addr.arpa",
      `${"1.0.".repeat(16)}ip6.arpa.`,
      "2.0.192.IN-ADDR.ARPA",
    ),
    words: texts("in-addr.arpa", "ip6.arpa", "f."),
    maxBytes: 256,
    run: runReverseName,
  },
  {
    name: "target_pattern",
    seeds: [
      ...NAMES,
      ...texts("*", "*.example.com", "web*.example.com", "*a*b*c*", "10.1.*", "10.0.0.0/8"),
      ...texts("::ffff:10.0.0.0/104", "2001:db8::/32", "192.0.2.1"),
    ],
    words: WORDS,
    maxBytes: 2_048,
    run: runPattern,
  },
  {
    name: "resolv_conf",
    seeds: texts(
      "# made by hand\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.com\n",
      "nameserver fe80::1%eth0\noptions edns0\nnameserver ::ffff:192.0.2.1\nnameserver 1.2.3\n",
    ),
    words: texts("nameserver ", "\n", "%", "::", "%eth0", "fe80::1"),
    run: runResolvConf,
  },
];
