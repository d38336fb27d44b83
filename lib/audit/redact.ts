/**
 * Arguments as the record may keep them: without secrets, short, and plain JSON.
 *
 * @module
 */

/** Longest string, in UTF-16 units. */
const MAX_STRING = 200;
/** Most items of an array and most members of an object. */
const MAX_ITEMS = 20;
/** Deepest nesting that is kept. */
const MAX_DEPTH = 6;
const MAX_KEY = 64;
/** Most characters of evidence: a hundred routes to ten peers, octets and all. */
const MAX_EVIDENCE_CHARS = 512 * 1_024;

/** A key with one of these words holds a secret. */
const SECRET_WORDS = new Set([
  "password",
  "passwd",
  "passphrase",
  "pass",
  "pwd",
  "secret",
  "secrets",
  "token",
  "tokens",
  "authorization",
  "auth",
  "credential",
  "credentials",
  "cookie",
  "bearer",
  "apikey",
  "psk",
]);

/** A key that ends in one of these words before `key` holds a secret: `api_key`, `tcp_md5_key`. */
const SECRET_KEY_KINDS = new Set([
  "api",
  "private",
  "access",
  "shared",
  "session",
  "md5",
  "signing",
]);

/** A secret as the configuration of a router has it: `password 7 08314D5D1A`, `authentication-key "x"`. */
const ROUTER_SECRET =
  /\b(password|secret|authentication-key|key-string|md5)[ \t]+(?:\d[ \t]+)?(?:"[^"\n]*"?|[^\s;"]+)/gi;

const REDACTED = "[redacted]";

/**
 * Redacts and caps the arguments of a call. Whatever is not an object (a call may carry anything)
 * comes back under the key `value`; null if there are none.
 */
export function redactArguments(args: unknown): Record<string, unknown> | null {
  if (args === undefined || args === null) return null;
  const plain = redact(args, 0);
  return isObject(args) && isObject(plain) ? { ...plain } : { value: plain };
}

/** One string, well-formed, of at most 200 characters and a note of what is left out. */
export function capText(text: string): string {
  const whole = text.replace(/(\/\/)[^/\s@]{1,512}@/g, `$1${REDACTED}@`)
    .replace(ROUTER_SECRET, `$1 ${REDACTED}`);
  if (whole.length <= MAX_STRING) return whole.toWellFormed();
  return `${whole.slice(0, MAX_STRING).toWellFormed()}… ${whole.length - MAX_STRING} more`;
}

/**
 * Evidence as the record keeps it: whole, for octets that were cut prove nothing, or only the plans
 * that it is about where it is no JSON or longer than half a mebibyte.
 */
export function capEvidence(
  evidence: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { plan_id, plan_ids, lease_id } = evidence;
  try {
    const text = JSON.stringify(evidence, wellFormed);
    if (text.length <= MAX_EVIDENCE_CHARS) return JSON.parse(text);
  } catch {
    // Circular, or a bigint: told like one that is too long.
  }
  const about = redact({ plan_id, plan_ids, lease_id }, 0);
  return { ...isObject(about) ? about : {}, left_out: "not JSON, or too long" };
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

function redact(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return capText(value);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return String(value);
    case "object":
      if (value === null) return null;
      if (depth >= MAX_DEPTH) return "… deeper";
      return Array.isArray(value) ? redactItems(value, depth) : redactMembers(value, depth);
    default:
      return null;
  }
}

function redactItems(items: readonly unknown[], depth: number): unknown[] {
  const kept = items.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  if (items.length > MAX_ITEMS) kept.push(`… ${items.length - MAX_ITEMS} more`);
  return kept;
}

function redactMembers(value: object, depth: number): Record<string, unknown> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const kept: [string, unknown][] = members.slice(0, MAX_ITEMS).map(([key, member]) => [
    key.slice(0, MAX_KEY).toWellFormed(),
    isSecretKey(key) && member !== null ? REDACTED : redact(member, depth + 1),
  ]);
  if (members.length > MAX_ITEMS) kept.push(["…", `${members.length - MAX_ITEMS} more`]);
  // fromEntries defines own members, so a key named __proto__ stays a key.
  return Object.fromEntries(kept);
}

function isSecretKey(key: string): boolean {
  const words = key.slice(0, 4 * MAX_KEY).replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word, at) =>
    SECRET_WORDS.has(word) || (word === "key" && SECRET_KEY_KINDS.has(words[at - 1] ?? ""))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
