/**
 * What routers print, in every dialect, as an answer to every kind of question.
 *
 * @module
 */
import { renderPrefix } from "../../lib/ip/prefix.ts";
import type { Parsed, RouterAnswer } from "../../lib/looking_glass/answer.ts";
import type { DialectName } from "../../lib/looking_glass/dialects/dialect.ts";
import { DIALECTS } from "../../lib/looking_glass/dialects/mod.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { renderAsPath } from "../../lib/route/as_path.ts";
import type { RoutePath } from "../../lib/route/route.ts";
import { QUESTIONS, routeTo } from "../support/looking_glass_questions.ts";
import { texts } from "./mutate.ts";
import {
  asText,
  behindChoices,
  choose,
  fixtures,
  type FuzzTarget,
  must,
  mustBeJson,
  type Outcome,
} from "./target.ts";

/** Longest output that is tried. */
const MAX_BYTES = 65_535;

/** Also what the recorded details are about, so that they are read to their ends. */
const ASKED: readonly RouterQuery[] = [
  ...QUESTIONS,
  ...["10.0.0.0/24", "10.0.1.0/24", "203.0.113.0/24", "2001:db8:1::/48", "0.0.0.0/0"].map(routeTo),
];
const FORMATS = ["text", "json"] as const;

/** Recorded or documented outputs of a dialect. */
const FIXTURES: Readonly<Record<DialectName, readonly [folder: string, name: RegExp]>> = {
  frr: [
    "transcripts",
    /^frr84v__show_ip_bgp_(?:1|sum).*\.raw$|^frr84__.*(?:10\.0\.0\.0|db8_1_.*48|bgp_summary)(?:_24|_16)?.*\.raw$/,
  ],
  ios: ["ios", /\.txt$/],
  iosxr: ["iosxr", /\.txt$/],
  nxos: ["nxos", /\.txt$/],
  eos: ["eos", /\.txt$/],
  junos: ["junos", /\.txt$/],
  bird: ["bird2", /\.txt$/],
  openbgpd: ["openbgpd", /\.txt$/],
};
/** Longer outputs have more of the same. */
const SEED_BYTES = 6_000;

function outputsOf(name: DialectName): Uint8Array[] {
  return fixtures(`looking_glass/${FIXTURES[name][0]}`, FIXTURES[name][1])
    .filter(({ length }) => length <= SEED_BYTES)
    .map((bytes) => new TextEncoder().encode(asText(bytes).replace(ECHO_AND_PROMPT, "")));
}

/** Around recorded answers of FRR. */
const ECHO_AND_PROMPT = /^show .*\r?\n|rs1\.example\.net> $|\r/g;

function checkPath(path: RoutePath): void {
  must(path.prefix.length <= (path.prefix.family === 4 ? 32 : 128), "a prefix is too long");
  renderPrefix(path.prefix);
  renderAsPath(path.asPath);
  must(new Set(path.flags).size === path.flags.length, `a flag comes twice: ${path.flags}`);
  for (const number of [path.med, path.localPref, path.weight, path.otc, path.pathId]) {
    must(number === null || number >= 0 && number <= 0xffff_ffff, `${number} is no 32-bit number`);
  }
  must((path.bestReason ?? "").length <= 200, "the reason is not cut");
}

function checkAnswer(answer: RouterAnswer): void {
  switch (answer.kind) {
    case "route":
      must((answer.prefix === null) === (answer.match === "none"), "a match without a prefix");
      return answer.paths.forEach(checkPath);
    case "table":
      return answer.paths.forEach(checkPath);
    case "summary":
      for (const { address, description } of answer.neighbors) {
        must(address.length <= 200 && (description ?? "").length <= 200, "words are not cut");
      }
      return;
    case "traceroute":
      must(answer.hops.length <= 255, `${answer.hops.length} hops were kept`);
      return;
    case "refused":
      must(answer.said.length <= 200, "the router's words are not cut");
  }
}

function checkParsed({ answer, complete, problems }: Parsed, length: number): void {
  // What is no BGP route is left out of a whole answer, and said.
  must(complete || problems.length > 0, "incomplete, and nothing says why");
  must(problems.length <= 64, `${problems.length} problems are told`);
  for (const problem of problems) must(problem.length <= 400, "a problem is not cut");
  checkAnswer(answer);
  // A prefix holds a number that JSON has no form for.
  const plain = JSON.parse(
    JSON.stringify(answer, (_, value) => typeof value === "bigint" ? String(value) : value),
  );
  mustBeJson(plain, 4_096 + 2_000 * length);
}

function runDialect(dialect: (typeof DIALECTS)[number]): (input: Uint8Array) => Outcome {
  return (input) => {
    const [choice, bytes] = choose(input);
    const query = ASKED[choice % ASKED.length]!;
    const format = FORMATS[Math.floor(choice / ASKED.length) % FORMATS.length]!;
    const output = asText(bytes);
    const parsed = dialect.parse(query, output, format);
    checkParsed(parsed, output.length);
    return `${query.kind} ${parsed.answer.kind} ${parsed.complete}`;
  };
}

/** The parser of each dialect; the first octet chooses question and format. */
export const dialectTargets: readonly FuzzTarget[] = DIALECTS.map((dialect) => ({
  name: `dialect_${dialect.name}`,
  seeds: behindChoices(ASKED.length * (dialect.name === "frr" ? 2 : 1), outputsOf(dialect.name)),
  words: texts(
    "BGP routing table entry for 10.0.0.0/24\n",
    "Paths: (3 available, best #1, table default)\n",
    "   Network          Next Hop            Metric LocPrf Weight Path\n",
    "Displayed  4 routes and 618 total paths\n",
    "      Last update: ",
    "      Community: ",
    ", (aggregated by 64496 198.51.100.1)",
    "4294967295",
    "{64510,64511}",
    "(65001 65002)",
    "2001:db8::/32",
    "% ",
    '"paths":[{',
    " ".repeat(20),
  ),
  maxBytes: MAX_BYTES,
  run: runDialect(dialect),
}));
