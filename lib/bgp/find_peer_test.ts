import { equal, throws } from "node:assert/strict";
import { speakerPeers } from "../../tests/support/listed_speaker.ts";
import { peerSettings } from "../../tests/support/speaker_settings.ts";
import { findPeer } from "./find_peer.ts";

const [first, second] = speakerPeers(["rr1", "Core"]);
const sixth = { ...first!, settings: peerSettings({ name: "ix6", address: "2001:db8::6" }) };
const speaker = { peers: () => [first!, second!, sixth] };

Deno.test("a peer is found by its name in any case, and by its address in any notation", () => {
  equal(findPeer(speaker, "rr1"), first);
  equal(findPeer(speaker, "CORE"), second);
  equal(findPeer(speaker, "127.0.1.2"), second);
  equal(findPeer(speaker, "2001:DB8:0::6"), sixth);
});

Deno.test("where none is found, the nearest name is offered, or those that there are", () => {
  throws(() => findPeer(speaker, "Cor"), { code: "input.peer", hint: 'Did you mean "Core"?' });
  throws(() => findPeer(speaker, "192.0.2.1"), { hint: "Configured: rr1, Core and ix6." });
  throws(() => findPeer({ peers: () => [] }, "rr1"), { hint: "Add it to bgp.peers." });
});
