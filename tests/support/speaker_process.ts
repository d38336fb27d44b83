/**
 * A process of its own that announces one route and waits to be killed. Arguments: the port of the
 * peer, and `hang` to block its main thread for good once the route is out.
 */
import { origination, peerSettings, speakerSettings } from "./speaker_settings.ts";
import { serviceOf, untilPeer } from "./speaker_pair.ts";

const [port, mode] = Deno.args;
const speaker = await serviceOf(
  speakerSettings({ peers: [peerSettings({ port: Number(port), connect: "active" })] }),
  "worker",
).open();
await untilPeer(speaker, ({ state }) => state === "Established");
await speaker.announce(
  origination("192.0.2.0/24", Date.now(), { expiresAtMs: Date.now() + 2_000 }),
);
while (mode === "hang") Math.random();
