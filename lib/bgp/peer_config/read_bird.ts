/**
 * Reads `protocol bgp` of BIRD 2.
 *
 * @module
 */
import { addressIn, asNumberIn, numberIn, roleIn, type Stanza, StanzaBuilder } from "./stanza.ts";

/** One statement of a block, and the block that it opens. */
interface BirdStatement {
  readonly words: readonly string[];
  readonly block: readonly BirdStatement[] | null;
}

/** Deeper blocks are read as far as this. */
const MAX_DEPTH = 8;

/** Statements that say nothing about our side. */
const WITHOUT_EFFECT =
  /^(?:description|multihop|direct|strict|error|connect|keepalive|startup|graceful|interpret|check|enable|disabled|rr|source|ttl|bfd|debug|allow|interface|table|vrf|advertise|capabilities|min|require|medium|med|default|path|prefer|deterministic|secondary|long|disable)$/;

/** Reads the text; whatever it is, there is an answer. */
export function readBird(text: string): Stanza {
  const builder = new StanzaBuilder();
  for (const { words, block } of parseBlocks(tokensOf(text))) {
    if (words[0] !== "protocol" || words[1] !== "bgp" || block === null) continue;
    if (words.includes("from")) {
      builder.note("What the template of the protocol says was not read: paste it as one block");
    }
    readProtocol(block, builder);
  }
  return builder.finish("bird");
}

function readProtocol(block: readonly BirdStatement[], builder: StanzaBuilder): void {
  const found = block.find(({ words }) => words[0] === "neighbor");
  const neighbor = found === undefined ? null : builder.neighbor(found.words[1] ?? "");
  if (found === undefined || neighbor === null) {
    builder.miss(`protocol bgp without a neighbor address: ${found?.words.join(" ") ?? ""}`);
    return;
  }
  for (const { words, block: inner } of block) {
    const [first = "", second = "", third] = words;
    const after = (word: string): string | undefined =>
      words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
    if (first === "neighbor") {
      neighbor.ourAs = asNumberIn(after("as"));
      neighbor.ourPort = numberIn(after("port"), 65_535);
    } else if (first === "local" && second === "role") neighbor.theirRole = roleIn(third);
    else if (first === "local") {
      neighbor.theirAddress = addressIn(second) ?? neighbor.theirAddress;
      neighbor.theirAs = asNumberIn(after("as")) ?? neighbor.theirAs;
    } else if (first === "source" && second === "address") {
      neighbor.theirAddress ??= addressIn(third);
    } else if (first === "hold" && second === "time") {
      neighbor.holdTimeSec = numberIn(third, 65_535);
    } else if (first === "passive") neighbor.isPassive = second !== "no" && second !== "off";
    else if (first === "password" || first === "authentication") builder.secret();
    else if (first === "ipv4" || first === "ipv6") {
      neighbor.families.add(`${first}-unicast`);
      const paths = inner?.find((one) => one.words.slice(0, 2).join(" ") === "add paths");
      if (paths !== undefined && /^(?:on|yes|tx)$/.test(paths.words[2] ?? "on")) {
        neighbor.sendsPaths = true;
      }
    } else if (!WITHOUT_EFFECT.test(first)) builder.miss(words.join(" "));
  }
}

function tokensOf(text: string): readonly string[] {
  const bare = text.replace(/\/\*[^]*?(?:\*\/|$)/g, " ").replace(/#[^\n]*/g, "");
  return bare.match(/"[^"\n]*"?|[{};]|[^\s{};"]+/g) ?? [];
}

function parseBlocks(tokens: readonly string[]): readonly BirdStatement[] {
  const root: BirdStatement[] = [];
  const stack: BirdStatement[][] = [root];
  let words: string[] = [];
  for (const token of tokens) {
    const top = stack.at(-1) ?? root;
    if (token === "{") {
      const block: BirdStatement[] = [];
      top.push({ words, block });
      // What is too deep is read flat, so that no depth of braces costs more.
      stack.push(stack.length < MAX_DEPTH ? block : top);
      words = [];
    } else if (token === "}" || token === ";") {
      if (words.length > 0) top.push({ words, block: null });
      words = [];
      if (token === "}" && stack.length > 1) stack.pop();
    } else words.push(token);
  }
  return root;
}
