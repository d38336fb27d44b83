/**
 * Questions as commands of IOS XR.
 *
 * @module
 */
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";
import { addressWord, commandOf, showBgp, type ShowWords } from "../text/show_bgp.ts";

const WORDS: ShowWords = {
  begin: { 4: "show bgp ipv4 unicast", 6: "show bgp ipv6 unicast" },
  received: "received routes",
};

/** The command of a query, or null if IOS XR cannot say it. */
export function iosxrCommand(query: RouterQuery): RouterCommand | null {
  if (query.kind === "ping" || query.kind === "traceroute") {
    const count = query.kind === "ping" ? ["count 5"] : [];
    return commandOf(query.kind, addressWord(query.address), ...count);
  }
  const words = showBgp(query, WORDS);
  return words === null ? null : routerCommand(...words);
}
