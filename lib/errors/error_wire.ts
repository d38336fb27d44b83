/**
 * Errors on their way between threads: as plain data there, of their own class again here.
 *
 * @module
 */
import {
  asNetglassError,
  Bug,
  DecodeError,
  type ErrorDetail,
  InputError,
  NetglassError,
  type NetglassErrorOptions,
  PermissionMissing,
  PolicyDenied,
  RemoteFailure,
  Unavailable,
} from "./mod.ts";

/** An error as plain data. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly detail: ErrorDetail;
  /** What a {@link Bug} wraps: its stack, or its text. */
  readonly cause: string | null;
}

/** The error as plain data. What is not one of ours becomes a {@link Bug} here, where its stack is. */
export function errorToWire(thrown: unknown): WireError {
  const error = asNetglassError(thrown);
  const { code, message, hint, retryable, detail } = error;
  return {
    code,
    message,
    hint,
    retryable,
    detail,
    cause: error instanceof Bug ? stackOf(error.cause) : null,
  };
}

/** The error again, of the class that its code tells. */
export function errorFromWire(wire: WireError): NetglassError {
  const { code, message, hint, retryable, detail } = wire;
  const options = { hint, retryable, detail };
  const dot = code.indexOf(".");
  const reason = code.slice(dot + 1);
  switch (code.slice(0, dot)) {
    case "input":
      return new InputError(reason, message, options);
    case "policy":
      return new PolicyDenied(reason, message, options);
    case "permission":
      return new PermissionMissing(reason, message, { ...options, flag: String(detail.flag) });
    case "env":
      return new Unavailable(reason, message, options);
    case "remote":
      return new RemoteFailure(reason, message, options);
    case "decode":
      return decodeError(reason, message, options);
    case "bug":
      return new Bug(wire.cause, String(detail.id));
    default:
      return new NetglassError(code, message, options);
  }
}

function decodeError(
  reason: string,
  message: string,
  options: NetglassErrorOptions & { readonly detail: ErrorDetail },
): DecodeError {
  const { layer, offset, needed, had, limited_by } = options.detail;
  return new DecodeError(reason, message, {
    ...options,
    layer: String(layer),
    offset: Number(offset),
    needed: Number(needed),
    had: Number(had),
    limitedBy: String(limited_by),
  });
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
