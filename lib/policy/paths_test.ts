import { equal } from "node:assert/strict";
import { enclosingRoot } from "./paths.ts";

Deno.test("a path is inside a root only at a separator", () => {
  const roots = ["/srv/captures", "/data"];
  equal(enclosingRoot("/srv/captures/a.pcap", roots), "/srv/captures");
  equal(enclosingRoot("/srv/captures", roots), "/srv/captures");
  equal(enclosingRoot("/data/x/y.pcap", roots), "/data");
  equal(enclosingRoot("/srv/captures-old/a.pcap", roots), null);
  equal(enclosingRoot("/srv", roots), null);
  equal(enclosingRoot("/etc/passwd", roots), null);
  equal(enclosingRoot("/etc/passwd", []), null);
  equal(enclosingRoot("/etc/passwd", ["/"]), "/");
});

Deno.test("Windows roots have backslashes", () => {
  equal(enclosingRoot("C:\\captures\\a.pcap", ["C:\\captures"]), "C:\\captures");
  equal(enclosingRoot("C:\\captures2\\a.pcap", ["C:\\captures"]), null);
  equal(enclosingRoot("C:\\a.pcap", ["C:\\"]), "C:\\");
  equal(enclosingRoot("\\\\nas\\share\\a.pcap", ["\\\\nas\\share"]), "\\\\nas\\share");
});
