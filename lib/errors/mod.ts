/**
 * The error classes of netglass: one per kind of trouble, each with a stable code, a hint that says
 * what to do next, and whether trying again can help. Every room throws these and nothing else on
 * purpose; what is not one of them is a bug and becomes {@link Bug} in the pipeline.
 *
 * @module
 */

/** Machine-readable extras of an error, shown to the client beside code and hint (snake_case keys). */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>;

/** Options that every error takes. */
export interface NetglassErrorOptions {
  /** What the reader can do next, one sentence. */
  readonly hint?: string;
  /** True if the same call may succeed later without a change. Default false. */
  readonly retryable?: boolean;
  /** Facts that belong to this class of error (rule, flag, stage, offset …). */
  readonly detail?: ErrorDetail;
  /** The error underneath; it goes to stderr only. */
  readonly cause?: unknown;
}

/** Base of all errors that netglass throws on purpose. */
export class NetglassError extends Error {
  /** Stable code, `class.reason`, for example `policy.block_private`. */
  readonly code: string;
  /** What to do next, or an empty string. */
  readonly hint: string;
  /** True if the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Facts of this class of error, snake_case. */
  readonly detail: ErrorDetail;

  /** Makes an error; `message` is sentence case, action first, without a final period. */
  constructor(code: string, message: string, options: NetglassErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint ?? "";
    this.retryable = options.retryable ?? false;
    this.detail = options.detail ?? {};
  }
}

/** Arguments parse but make no sense. Code `input.*`; the hint gives the expected form with an example. */
export class InputError extends NetglassError {
  /** `reason` is the part of the code after the class. */
  constructor(reason: string, message: string, options?: NetglassErrorOptions) {
    super(`input.${reason}`, message, options);
  }
}

/** A rule of the policy refused. Code `policy.*`; detail carries `rule` and `config_key`. */
export class PolicyDenied extends NetglassError {
  /** `reason` is the part of the code after the class. */
  constructor(reason: string, message: string, options?: NetglassErrorOptions) {
    super(`policy.${reason}`, message, options);
  }
}

/** Deno's permissions refused. Code `permission.*`; detail carries `flag`, the exact flag to add. */
export class PermissionMissing extends NetglassError {
  /** `flag` is the exact Deno flag; `configLine` the line that makes `netglass permissions` emit it. */
  constructor(
    reason: string,
    message: string,
    options: NetglassErrorOptions & { readonly flag: string; readonly configLine?: string },
  ) {
    const { flag, configLine, detail, ...rest } = options;
    super(`permission.${reason}`, message, {
      ...rest,
      hint: rest.hint ??
        (configLine === undefined
          ? `Start the server with ${flag} (netglass permissions prints the whole list).`
          : `Add ${configLine} to the configuration and start the server with what netglass permissions then prints, ${flag} among it.`),
      detail: { ...detail, flag, ...(configLine === undefined ? {} : { config_line: configLine }) },
    });
  }
}

/** Something that this host lacks: a program, a kernel feature, a network. Code `env.*`. */
export class Unavailable extends NetglassError {
  /** `reason` is the part of the code after the class. */
  constructor(reason: string, message: string, options?: NetglassErrorOptions) {
    super(`env.${reason}`, message, options);
  }
}

/** The far side failed or refused. Code `remote.*`; detail carries `stage`, `host`, `elapsed_ms`, `remote_said`. */
export class RemoteFailure extends NetglassError {
  /** `reason` is the part of the code after the class. */
  constructor(reason: string, message: string, options?: NetglassErrorOptions) {
    super(`remote.${reason}`, message, options);
  }
}

/** Bytes that do not decode. Code `decode.*`. */
export class DecodeError extends NetglassError {
  /** Offsets and lengths are in bytes. */
  constructor(
    reason: string,
    message: string,
    options: NetglassErrorOptions & {
      readonly layer: string;
      readonly offset: number;
      readonly needed: number;
      readonly had: number;
      /** Name of the field that limited the length. */
      readonly limitedBy: string;
    },
  ) {
    const { layer, offset, needed, had, limitedBy, detail, ...rest } = options;
    super(`decode.${reason}`, message, {
      ...rest,
      detail: { ...detail, layer, offset, needed, had, limited_by: limitedBy },
    });
  }
}

/** A fault of netglass itself. Code `bug.*`; the client sees an id, the details go to stderr. */
export class Bug extends NetglassError {
  /** The id that ties the client's answer to the line on stderr. */
  readonly id: string;

  /** Wraps what was thrown; `id` is made up unless given. */
  constructor(cause: unknown, id: string = crypto.randomUUID().slice(0, 8)) {
    super("bug.internal", `Internal error ${id}`, {
      hint: "This is a fault of netglass: the server's stderr has the details under this id.",
      detail: { id },
      cause,
    });
    this.id = id;
  }
}

/** Returns `error` if it is one of ours, else wraps it in a {@link Bug}. */
export function asNetglassError(error: unknown): NetglassError {
  return error instanceof NetglassError ? error : new Bug(error);
}
