/**
 * What of a packet a condition depends on, as far as the index knows of it.
 *
 * @module
 */
import type { Expression, Operand } from "../filter/expression.ts";

/**
 * What the fields of a condition follow from: the flow and direction, the protocol path, one of the
 * things that TCP segments have in common, or what each packet has for itself.
 */
export type Aspect = "flow" | "path" | "tcp_flags" | "tcp_length" | "findings" | "packet";

/** Fields by aspect. Protocols follow from the path, `tcp.analysis` fields from the findings. */
const FIELDS: readonly (readonly [Aspect, readonly string[]])[] = [
  ["flow", [
    "ip.src",
    "ip.dst",
    "ip.addr",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.addr",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.port",
    "tcp.stream",
    "udp.srcport",
    "udp.dstport",
    "udp.port",
    "udp.stream",
    "sctp.srcport",
    "sctp.dstport",
    "sctp.port",
  ]],
  ["path", ["frame.protocols"]],
  ["tcp_length", ["tcp.len"]],
  ["packet", [
    "frame.number",
    "frame.len",
    "frame.time_relative",
    "frame.time_delta",
    "frame.time_epoch",
    "frame.time",
  ]],
];

const ASPECTS: ReadonlyMap<string, Aspect> = new Map(
  FIELDS.flatMap(([aspect, names]) => names.map((name): [string, Aspect] => [name, aspect])),
);

/** The one aspect that all of an expression depends on; null: several, or one that is not known. */
export function aspectOf(expression: Expression): Aspect | null {
  const aspects = new Set(aspectsOf(expression));
  const [only = null] = aspects;
  return aspects.size === 1 ? only : null;
}

/** True if the index knows all that an expression depends on. */
export function isIndexed(expression: Expression): boolean {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.every(isIndexed);
    case "xor":
      return isIndexed(expression.left) && isIndexed(expression.right);
    case "not":
      return isIndexed(expression.term);
    default:
      return aspectOf(expression) !== null;
  }
}

function aspectsOf(expression: Expression): readonly (Aspect | null)[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.flatMap(aspectsOf);
    case "xor":
      return [...aspectsOf(expression.left), ...aspectsOf(expression.right)];
    case "not":
      return aspectsOf(expression.term);
    case "relate":
      return [ofField(expression.left), ofField(expression.right)];
    case "present":
      return [isProtocol(expression.operand) ? "path" : ofField(expression.operand)];
    default:
      return [ofField(expression.operand)];
  }
}

/** True if only the header counts, not what stands in it. */
function isProtocol({ field, slice, mask }: Operand): boolean {
  return field.type === "protocol" && slice === null && mask === null;
}

function ofField({ field: { name, needs } }: Operand): Aspect | null {
  if (name === "tcp.flags" || name.startsWith("tcp.flags.")) return "tcp_flags";
  const known = ASPECTS.get(name);
  if (known !== undefined) return known;
  const isFinding = needs.includes("tcp_analysis") && name !== "tcp.analysis.duplicate_ack_num";
  return isFinding ? "findings" : null;
}
