/**
 * How a flow ended, in words.
 *
 * @module
 */
import { sayNs } from "../questions/say_amount.ts";
import type { EndingFindings, ResetContext, ResetFacts } from "./ending_watch.ts";
import { CLIENT, otherRole, type Role, type RoleName, roleName, SERVER } from "./flow_packet.ts";

/** How a TCP connection ended. */
export type FlowEnding = {
  readonly how: "closed" | "half_closed" | "reset" | "open";
  /** Who sent the RST, else who sent the first FIN; null if nobody did. */
  readonly by: RoleName | null;
  /** One sentence without a final period. */
  readonly detail: string;
  /** FINs and the RST, by number. */
  readonly frames: number[];
};

/** What a RST followed, `{own}` and `{other}` being the sides. */
const AFTER: Readonly<Record<ResetContext, string>> = {
  refusal: "in answer to the SYN",
  data_after_close: "for data that came after the {own} had closed",
  own_close: "after the {own} itself had closed",
  others_close: "after the {other} had closed",
  data: "after data of the {other}, without a further answer",
  own_data: "after it had sent data itself",
  handshake: "before any data was sent",
};

/** The end of a connection: what closed or reset it first. */
export function endingOf({ fins, reset, resets }: EndingFindings): FlowEnding {
  const frames = [fins[CLIENT]?.frame, fins[SERVER]?.frame, reset?.frame]
    .filter((frame) => frame !== undefined).sort((a, b) => a - b);
  const isClosed = !fins.includes(null);
  if (reset !== null && !(isClosed && frames.at(-1) === reset.frame)) {
    return { how: "reset", by: roleName(reset.role), detail: sayReset(reset, resets), frames };
  }
  const first = firstToClose(fins);
  if (first === null) {
    return { how: "open", by: null, detail: "neither FIN nor RST was captured", frames };
  }
  const by = roleName(first);
  if (!isClosed) {
    const detail = `the ${by} closed its side, the other had not when the capture ended`;
    return { how: "half_closed", by, detail, frames };
  }
  const after = resets === 0 ? "" : "; a RST came after";
  return { how: "closed", by, detail: `both sides closed, the ${by} first${after}`, frames };
}

/** Who reset a connection, and after what. */
export function sayReset({ role, context, ns, after }: ResetFacts, resets: number): string {
  const own = roleName(role);
  const what = AFTER[context].replace("{own}", own).replace("{other}", roleName(otherRole(role)));
  const waitedNs = ns - after.ns;
  const wait = waitedNs >= 0 ? `, ${sayNs(waitedNs)} after frame ${after.frame}` : "";
  const more = resets > 1 ? `; ${resets} RSTs in all` : "";
  return `the ${own} reset the connection ${what}${wait}${more}`;
}

function firstToClose([client, server]: EndingFindings["fins"]): Role | null {
  if (client === null) return server === null ? null : SERVER;
  return server !== null && server.frame < client.frame ? SERVER : CLIENT;
}
