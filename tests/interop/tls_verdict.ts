/**
 * Prints what `port_check` thinks of the certificate on a port of loopback, for each name given.
 * A process of its own, because the root store is set when the runtime starts.
 *
 * @module
 */
import { portCheck } from "../../tools/connectivity/port_check.ts";
import { loopbackContext } from "../loopback_context.ts";

const [port, ...names] = Deno.args;
const verdicts: Record<string, unknown> = {};
for (const name of names) {
  const input = portCheck.input.parse({
    target: name,
    port: Number(port),
    tls: "always",
    grab_banner: false,
  });
  const cx = loopbackContext({ names: { [name]: ["127.0.0.1"] } });
  const tls = portCheck.output.parse(await portCheck.run(input, cx)).tls as {
    verdict: string;
    reasons: string[];
  };
  verdicts[name] = [tls.verdict, ...tls.reasons];
}
console.log(JSON.stringify(verdicts));
