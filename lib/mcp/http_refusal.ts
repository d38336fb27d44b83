/**
 * Answers to HTTP requests that never become a JSON-RPC message.
 *
 * @module
 */

/** A JSON-RPC error without an id (JSON-RPC 2.0 §5.1), as the body of an HTTP error. */
export function refusal(
  status: number,
  code: number,
  message: string,
  headers: HeadersInit = {},
): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers });
}
