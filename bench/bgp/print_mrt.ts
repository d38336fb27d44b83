/** Prints an MRT file as `bgpdump -m` does: `deno run -A bench/bgp/print_mrt.ts FILE`. */
import { openCapture } from "../../lib/io/capture_file.ts";
import { DumpText } from "../../lib/bgp/mrt/dump_text.ts";
import { readMrt } from "../../lib/bgp/mrt/read_mrt.ts";

using file = openCapture(Deno.args[0] ?? "", () => true);
const text = new DumpText((octets) => {
  for (let done = 0; done < octets.length;) done += Deno.stdout.writeSync(octets.subarray(done));
});
await readMrt(file, {
  onRoute: (route) => text.route(route),
  onStateChange: (change) => text.stateChange(change),
});
text.flush();
