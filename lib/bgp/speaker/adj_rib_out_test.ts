import { deepEqual } from "node:assert/strict";
import { bgpTraits } from "../../../tests/support/bgp_octets.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { MESSAGE } from "../codec/message_header.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import { AdjRibOut } from "./adj_rib_out.ts";
import type { Slices, Work } from "./slices.ts";

const { prefix } = parsePrefix("192.0.2.0/24");
const ROUTE: OutboundRoute = {
  prefix,
  nextHop: "192.0.2.1",
  asPath: [65_001],
  origin: "igp",
  med: null,
  localPref: null,
  communities: [],
  otc: null,
};

/** One prefix on its way to a peer that reads at once; how many UPDATEs each act sends. */
function stage() {
  const chosen: { route: OutboundRoute | null } = { route: ROUTE };
  let sent = 0;
  const out = new AdjRibOut(
    0,
    { choose: () => chosen.route, candidates: () => [[prefix]].values() },
    {
      add: (_key: string, work: Work) => {
        while (work());
      },
      cancel: () => {},
    } as unknown as Slices,
    { now: () => 0 },
  );
  out.open({
    session: {
      send: (message, onWritten) => {
        if (message[18] === MESSAGE.update) sent++;
        onWritten?.();
        return true;
      },
    },
    traits: bgpTraits(),
  });
  return {
    out,
    chosen,
    during(act: () => void): number {
      sent = 0;
      act();
      return sent;
    },
  };
}

Deno.test("a route that the peer has already is not sent again, unless somebody asks (RFC 4271 section 9.2)", () => {
  const { out, chosen, during } = stage();
  const mark = (): void => out.mark(prefix);
  deepEqual([during(mark), during(mark)], [1, 0]);
  deepEqual(during(() => out.sendTable({ family: 0, before: null, behind: null })), 1);
  deepEqual(during(() => void out.deliver(prefix)), 1);
  chosen.route = { ...ROUTE, med: 5 };
  deepEqual([during(mark), during(mark)], [1, 0]);
  chosen.route = null;
  deepEqual([during(mark), during(mark)], [1, 0]);
  chosen.route = { ...ROUTE, med: 5 };
  deepEqual([during(mark), out.counts], [1, [1, 0]]);
});
