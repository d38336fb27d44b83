/**
 * Reads `protocols bgp` of Junos, as `set` commands or in braces.
 *
 * @module
 */
import {
  addressIn,
  asNumberIn,
  numberIn,
  type Stanza,
  StanzaBuilder,
  type StanzaNeighbor,
} from "./stanza.ts";

/** Statements that say nothing about our side. */
const WITHOUT_EFFECT =
  /^(?:type|description|import|export|multihop|log-updown|authentication-algorithm|preference|metric-out|out-delay|keep|vpn-apply-export|cluster|advertise-inactive|mtu-discovery|remove-private|graceful-restart|bfd-liveness-detection|ttl|apply-groups)$/;

/** A longer way to a leaf is of something else; each leaf costs as much as its way. */
const MAX_WORDS = 64;

/** Reads the text; whatever it is, there is an answer. */
export function readJunos(text: string): Stanza {
  const builder = new StanzaBuilder();
  const commands = commandsOf(text);
  let theirAs: number | null = null;
  /** Statements of groups, for the neighbors in them. */
  const ofGroup = new Map<string, (readonly string[])[]>();
  const ofNeighbor: {
    readonly group: string;
    readonly address: string;
    readonly rest: readonly string[];
  }[] = [];
  const internal = new Set<string>();
  for (const words of commands) {
    const at = words.indexOf("bgp");
    if (words.includes("autonomous-system")) {
      theirAs = asNumberIn(words[words.indexOf("autonomous-system") + 1]) ?? theirAs;
    }
    if (at === -1 || words[at - 1] !== "protocols" || words[at + 1] !== "group") continue;
    const group = words[at + 2] ?? "";
    const rest = words.slice(at + 3);
    if (rest[0] === "type" && rest[1] === "internal") internal.add(group);
    if (rest[0] === "neighbor") {
      ofNeighbor.push({ group, address: rest[1] ?? "", rest: rest.slice(2) });
    } else if (rest.length > 0) {
      const known = ofGroup.get(group);
      if (known === undefined) ofGroup.set(group, [rest]);
      else known.push(rest);
    }
  }
  const inherited = new Set<string>();
  for (const { group, address, rest } of ofNeighbor) {
    const neighbor = builder.neighbor(address);
    if (neighbor === null) {
      builder.miss(`group ${group} neighbor ${address} ${rest.join(" ")}`);
      continue;
    }
    if (!inherited.has(neighbor.ourAddress)) {
      inherited.add(neighbor.ourAddress);
      for (const words of ofGroup.get(group) ?? []) apply(neighbor, words, builder);
      if (internal.has(group)) neighbor.ourAs ??= theirAs;
    }
    if (rest.length > 0) apply(neighbor, rest, builder);
  }
  for (const neighbor of builder.all()) {
    neighbor.theirAs ??= theirAs;
    // RFC 4760 families that nobody named: Junos exchanges IPv4 unicast.
    if (neighbor.families.size === 0) neighbor.families.add("ipv4-unicast");
  }
  return builder.finish("junos");
}

function apply(
  neighbor: StanzaNeighbor,
  [first = "", second, third]: readonly string[],
  builder: StanzaBuilder,
): void {
  if (first === "peer-as") neighbor.ourAs = asNumberIn(second);
  else if (first === "local-as") neighbor.theirAs = asNumberIn(second);
  else if (first === "local-address") neighbor.theirAddress = addressIn(second);
  else if (first === "hold-time") neighbor.holdTimeSec = numberIn(second, 65_535);
  else if (first === "passive") neighbor.isPassive = true;
  else if (first === "authentication-key") builder.secret();
  else if (
    first === "family" && (second === "inet" || second === "inet6") &&
    (third ?? "unicast") === "unicast"
  ) {
    neighbor.families.add(second === "inet" ? "ipv4-unicast" : "ipv6-unicast");
  } else if (!WITHOUT_EFFECT.test(first)) {
    builder.miss([first, second, third].filter((word) => word !== undefined).join(" "));
  }
}

/** Each leaf of the text as the words that lead to it; braces are unfolded. */
function commandsOf(text: string): readonly (readonly string[])[] {
  const bare = text.replace(/\/\*[^]*?(?:\*\/|$)/g, " ").replace(/##?[^\n]*/g, "");
  if (!bare.includes("{")) {
    return bare.split("\n").map((line) => wordsOf(line.replace(/^\s*set\s+/, "")))
      .filter((words) => words.length > 0);
  }
  const commands: (readonly string[])[] = [];
  /** The ways to the open braces, the innermost last. */
  const ways: (readonly string[])[] = [];
  let way: readonly string[] = [];
  let words: string[] = [];
  for (const token of bare.match(/"[^"\n]*"?|[{};]|[^\s{};"]+/g) ?? []) {
    if (token === "{") {
      ways.push(way);
      way = [...way, ...words].slice(0, MAX_WORDS);
      words = [];
    } else if (token === ";" || token === "}") {
      if (words.length > 0 && way.length + words.length <= MAX_WORDS) {
        commands.push([...way, ...words]);
      }
      words = [];
      if (token === "}") way = ways.pop() ?? [];
    } else words.push(token);
  }
  return commands;
}

function wordsOf(line: string): readonly string[] {
  return line.match(/"[^"]*"?|\S+/g) ?? [];
}
