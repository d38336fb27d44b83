/**
 * Fields of HTTP/1: the first line and the header section, bounded (RFC 9112 §3 to §5).
 *
 * @module
 */
import { readHttpFirstLine } from "../../app/http.ts";
import type { LayerReader } from "../layer_reader.ts";

/** Octets of the header section that are looked at. */
const HEAD_BYTES = 16_384;

/** Most header lines that are shown. */
const HEADERS_MAX = 40;

/** Longest line that is shown, characters. */
const LINE_CHARS = 256;

/** Headers that Wireshark has a field for, in lower case. */
const HEADER_FIELDS: Readonly<Record<string, string>> = {
  "accept": "http.accept",
  "accept-encoding": "http.accept_encoding",
  "accept-language": "http.accept_language",
  "authorization": "http.authorization",
  "cache-control": "http.cache_control",
  "connection": "http.connection",
  "content-encoding": "http.content_encoding",
  "content-length": "http.content_length_header",
  "content-type": "http.content_type",
  "cookie": "http.cookie",
  "date": "http.date",
  "host": "http.host",
  "last-modified": "http.last_modified",
  "location": "http.location",
  "referer": "http.referer",
  "server": "http.server",
  "set-cookie": "http.set_cookie",
  "transfer-encoding": "http.transfer_encoding",
  "upgrade": "http.upgrade",
  "user-agent": "http.user_agent",
  "x-forwarded-for": "http.x_forwarded_for",
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** First line and headers; nothing for the middle of a message. */
export function httpFields(layer: LayerReader): void {
  const first = readHttpFirstLine(layer.view, layer.pos, layer.size);
  if (first === null) {
    layer.note(0, "no message begins here: the middle of one");
    return;
  }
  if (first.type === "request") {
    layer.add("http.request.method", first.method);
    layer.add("http.request.uri", first.path);
    if (first.version !== "") layer.add("http.request.version", first.version);
  } else {
    layer.add("http.response.version", first.version);
    layer.add("http.response.code", first.status);
  }
  headers(layer, `http.${first.type}.line`);
  if (!first.whole) layer.note(layer.size, "the header section goes on in another segment");
}

/** A header without a field of its own is shown as a line. */
function headers(layer: LayerReader, lineField: string): void {
  const head = layer.bytes.subarray(layer.pos, Math.min(layer.end, layer.pos + HEAD_BYTES));
  const [, ...lines] = utf8.decode(head).split(/\r?\n/, HEADERS_MAX + 2);
  for (const [index, line] of lines.entries()) {
    const colon = line.indexOf(":");
    if (colon <= 0) return;
    if (index === HEADERS_MAX) {
      layer.note(0, `only the first ${HEADERS_MAX} headers are shown`);
      return;
    }
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim().slice(0, LINE_CHARS);
    const field = HEADER_FIELDS[name];
    if (field === undefined) layer.add(lineField, line.slice(0, LINE_CHARS));
    else layer.add(field, value);
  }
}
