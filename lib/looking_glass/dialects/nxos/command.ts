/**
 * Questions as commands of NX-OS.
 *
 * @module
 */
import type { RouterQuery } from "../../query.ts";
import { type RouterCommand, routerCommand } from "../../router_command.ts";
import { addressWord, commandOf, showBgp, type ShowWords } from "../text/show_bgp.ts";

const WORDS: ShowWords = {
  begin: { 4: "show bgp ipv4 unicast", 6: "show bgp ipv6 unicast" },
  received: "received-routes",
};

/** The command of a query, or null if NX-OS cannot say it: it shows large communities, no more. */
export function nxosCommand(query: RouterQuery): RouterCommand | null {
  if (query.kind === "ping" || query.kind === "traceroute") {
    const program = query.address.family === 4 ? query.kind : `${query.kind}6`;
    const count = query.kind === "ping" ? ["count 5"] : [];
    return commandOf(program, addressWord(query.address), ...count);
  }
  if (query.kind === "community" && query.community.kind === "large") return null;
  const words = showBgp(query, WORDS);
  return words === null ? null : routerCommand(...words);
}
