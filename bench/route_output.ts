/** What FRR prints, in the size that a bench wants: recorded rows again and again, and made-up paths. */
import { recordedFrr } from "../tests/support/recorded_frr.ts";

/**
 * At least so many characters of the recorded table: its head, its rows again and again, each time
 * with another AS in the middle of their paths, its last line.
 */
export function routeTable(chars: number): string {
  const recorded = recordedFrr("show ip bgp");
  const first = recorded.indexOf("\n", recorded.indexOf("   Network  ")) + 1;
  const last = recorded.indexOf("\nDisplayed");
  const rows = recorded.slice(first, last);
  const rounds = Math.ceil(chars / rows.length);
  const varied = Array.from(
    { length: rounds },
    (_, round) => rows.replaceAll(" 64496 ", ` ${20_000 + round} `),
  );
  return recorded.slice(0, first) + varied.join("") + recorded.slice(last);
}

/**
 * `show ip bgp 192.0.2.0/24` of a route server with `count` neighbours, each with a path of three to
 * six ASes of its own and four communities, as a collector at an exchange point has it.
 */
export function manyPaths(count: number): string {
  const paths = Array.from({ length: count }, (_, index) => {
    const asn = 64_512 + index;
    const transit = [64_600, 64_601, 64_602, 64_603, 64_604].slice(
      index % 4,
      index % 4 + 1 + index % 3,
    );
    const address = `198.51.100.${index + 1}`;
    const best = index === count - 1 ? ", best (AS Path)" : "";
    return `  ${[asn, ...transit, 64_700].join(" ")}
    ${address} from ${address} (${address})
      Origin IGP, metric ${index}, valid, external${best}, rpki validation-state: valid
      Community: ${[100, 200, 300, 400].map((value) => `${asn}:${value + index % 3}`).join(" ")}
      Last update: Sat Nov 21 01:50:${String(index % 60).padStart(2, "0")} 2026
`;
  });
  return `BGP routing table entry for 192.0.2.0/24, version 7
Paths: (${count} available, best #${count}, table default)
  Not advertised to any peer
${paths.join("")}`;
}
