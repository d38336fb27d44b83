import { deepEqual, equal, throws } from "node:assert/strict";
import { parseCursor, renderCursor } from "./route_cursor.ts";

Deno.test("a cursor names a prefix, and a path where a page ended among its paths", () => {
  for (const text of ["192.0.2.0/24", "2001:db8::/32", "0.0.0.0/0", "::/0 499.4294967295"]) {
    equal(renderCursor(parseCursor(text)), text);
  }
  deepEqual(parseCursor("192.0.2.0/24 3.7").path, { peer: 3, pathId: 7 });
});

Deno.test("what no answer gave is refused", () => {
  for (
    const text of ["", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/24 3", "192.0.2.0/24 a.b", "x/1"]
  ) {
    throws(() => parseCursor(text), { code: "input.cursor" });
  }
});
