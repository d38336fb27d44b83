/**
 * JSON Schemas with what a reader of `tools/list` uses and no more: every client carries the list
 * in its model's context. A lean schema allows all that the full one allows.
 *
 * @module
 */

/** A JSON Schema 2020-12 that is not `true` or `false`. */
export type Schema = Readonly<Record<string, unknown>>;

const PLAIN_TYPES: ReadonlySet<unknown> = new Set([
  "string",
  "number",
  "integer",
  "boolean",
  "null",
]);

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `anyOf` of a type and null as one list of types or of values: half the words, the same meaning. */
function mergeNull(schema: Schema): Schema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [value, none] = anyOf as Schema[];
  if (none?.type !== "null" || typeof value?.type !== "string") return schema;
  const { type, enum: values, ...others } = value;
  return Array.isArray(values)
    ? { ...others, ...rest, enum: [...values, null] }
    : { ...others, ...rest, type: [type, "null"] };
}

/** Drops the dialect, what another word says already, and bounds that every integer of JavaScript has. */
function withoutNoise(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => {
      switch (key) {
        case "$schema":
        case "propertyNames": // A record's keys are strings anyway.
        case "readOnly":
          return false;
        case "pattern":
          return !("format" in schema);
        case "maximum":
          return value !== Number.MAX_SAFE_INTEGER;
        case "minimum":
          return value !== Number.MIN_SAFE_INTEGER;
        default:
          return true;
      }
    }),
  );
}

/** `schema` with what `change` makes of it and of each schema in it; `depth` counts the objects around it. */
function rewrite(
  schema: Schema,
  change: (schema: Schema, depth: number) => Schema,
  depth = 0,
): Schema {
  const written: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(change(schema, depth))) {
    if (key === "properties" && isSchema(value)) {
      written[key] = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [
          name,
          isSchema(member) ? rewrite(member, change, depth + 1) : member,
        ]),
      );
    } else if (key === "anyOf" && Array.isArray(value)) {
      written[key] = value.map((member) => rewrite(member, change, depth));
    } else if ((key === "items" || key === "additionalProperties") && isSchema(value)) {
      const members = rewrite(value, change, key === "items" ? depth : depth + 1);
      // Members that may be anything are what a list or record has without a word.
      if (Object.keys(members).length > 0) written[key] = members;
    } else {
      written[key] = value;
    }
  }
  return written;
}

/** The schema of arguments: all of it that forbids or explains something. */
export function leanInput(schema: Schema): Schema {
  return rewrite(schema, withoutNoise);
}

/** Whether the type of a part of a result goes without saying: name, value or another word shows it. */
function isPlain({ type, ...rest }: Schema, depth: number): boolean {
  if ("enum" in rest || "const" in rest || "properties" in rest) return !Array.isArray(type);
  if (Array.isArray(type)) return depth > 1 && type.every((one) => PLAIN_TYPES.has(one));
  return PLAIN_TYPES.has(type);
}

/**
 * The schema of a result: structure, names, descriptions, enumerations, and which of its own
 * properties may be null. That a result has what it promises is checked by the server, so it is not
 * said which parts are always there, nor of what plain type they are.
 */
export function leanOutput(schema: Schema): Schema {
  return rewrite(schema, (full, depth) => {
    const { required: _, ...rest } = withoutNoise(mergeNull(full));
    const { additionalProperties, ...open } = rest;
    const part = additionalProperties === false ? open : rest;
    if (!isPlain(part, depth)) return part;
    const { type: __, ...typeless } = part;
    return typeless;
  });
}
