import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { hostOf, parseHostPort, parseWebService, parseWebUrl, portOf } from "./service_place.ts";

Deno.test("a host and a port are read, an address canonically", () => {
  const cases = {
    "rtr.example": { host: "rtr.example", port: null },
    "RTR.example.:8282": { host: "rtr.example", port: 8282 },
    "192.0.2.1:323": { host: "192.0.2.1", port: 323 },
    "2001:DB8::1": { host: "2001:db8::1", port: null },
    "[2001:db8::1]": { host: "2001:db8::1", port: null },
    "[2001:db8::1]:323": { host: "2001:db8::1", port: 323 },
  };
  for (const [text, value] of Object.entries(cases)) {
    deepStrictEqual(parseHostPort(text), value, text);
  }
});

Deno.test("what is no host with a port is none", () => {
  for (
    const text of [
      "",
      ":323",
      "rtr.example:",
      "rtr.example:0",
      "rtr.example:65536",
      "rtr.example:0323",
      "https://rtr.example",
      "127.1",
      "[192.0.2.1]:323",
      "a b",
      "-a",
      "rtr.example:323/x",
    ]
  ) strictEqual(parseHostPort(text), null, text);
});

Deno.test("the URL of a document has a host and a port", () => {
  const cases = {
    "https://rpki.example/vrps.json?x=1": ["rpki.example", 443],
    "http://192.0.2.1:8323/json": ["192.0.2.1", 8323],
    "http://[2001:db8::1]/json": ["2001:db8::1", 80],
  };
  for (const [text, place] of Object.entries(cases)) {
    const url = parseWebUrl(text);
    deepStrictEqual(url && [hostOf(url), portOf(url)], place, text);
  }
});

Deno.test("a URL that a parser would have to repair, or that holds secrets, is none", () => {
  for (
    const text of [
      "rpki.example/vrps.json",
      "ftp://rpki.example",
      "file:///etc/passwd",
      "https://",
      "https://user@rpki.example/",
      "https://user:secret@rpki.example/",
      "https://rpki.example/#part",
      "https:\\\\rpki.example",
      "https://rpki.example\\@other.example",
      "https://0x7f000001/",
      "https://127.1/",
      "https://rpki.example:0/",
      " https://rpki.example",
      "https://rpki.example/a b",
    ]
  ) strictEqual(parseWebUrl(text), null, text);
});

Deno.test("a service is a host, or a URL that paths are put behind", () => {
  strictEqual(parseWebService("rdap.org")?.href, "https://rdap.org/");
  strictEqual(parseWebService("rdap.example:8443")?.href, "https://rdap.example:8443/");
  strictEqual(parseWebService("http://192.0.2.1:80/rdap")?.href, "http://192.0.2.1/rdap");
  for (const text of ["https://rdap.example/?q", "https://rdap.example/rdap/", "a/b/", ""]) {
    strictEqual(parseWebService(text), null, text);
  }
});
