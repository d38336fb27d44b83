import { deepEqual, equal, rejects } from "node:assert/strict";
import { defaultConfig } from "../../lib/config/load.ts";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";
import { joined, sampleTable, sampleUpdates } from "../../tests/support/mrt_samples.ts";
import { mrtSearch } from "./mrt_search.ts";
import { mrtSummary } from "./mrt_summary.ts";

async function withFile(
  octets: Uint8Array,
  act: (ask: (tool: Tool, args?: object) => Promise<Record<string, unknown>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const file_path = `${folder}/rib.mrt`;
  try {
    await Deno.writeFile(file_path, octets);
    for (const isolation of ["inline", "worker"] as const) {
      const config = {
        ...defaultConfig(),
        pcap: { ...defaultConfig().pcap, allowed_paths: [folder], isolation },
      };
      const signal = new AbortController().signal;
      const cx = { config, signal, progress() {} } as unknown as ToolContext;
      await act(async (tool, args) => {
        const answer = await tool.run(tool.input.parse({ file_path, ...args }), cx);
        deepEqual(tool.output.strict().parse(answer), answer);
        return answer;
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("mrt_summary tells what a file holds, in a thread and without one", () =>
  withFile(joined(sampleTable(), sampleUpdates()), async (ask) => {
    const answer = await ask(mrtSummary);
    equal(
      answer.summary,
      "A table of 3 paths, 4 announcements, 1 withdrawal from 3 peers and 1 origin AS, " +
        "2026-11-21T00:00:00Z to 2026-11-21T00:00:01Z.",
    );
    equal(answer.view, "view1");
    equal(answer.collector, "10.0.0.254");
    deepEqual(answer.rib_paths, { ipv4: 2, ipv6: 1 });
    deepEqual(answer.other_messages, { "KEEPALIVE": 1, "UPDATE without routes": 1 });
    deepEqual(answer.state_changes, [{
      time: "2026-11-21T00:00:00.000001Z",
      peer: "192.0.2.1",
      peer_as: 64500,
      from: "OpenConfirm",
      to: "Established",
    }]);
    equal(answer.complete, true);
  }));

Deno.test("mrt_search shows whole routes, and pages through them by skip", () =>
  withFile(joined(sampleTable(), sampleUpdates()), async (ask) => {
    const answer = await ask(mrtSearch, { origin_asn: 64501, limit: 1, skip: 1, kind: "rib" });
    equal(answer.summary, "2 routes match, 2 to 2 shown.");
    deepEqual(answer.routes, [{
      network: "198.51.100.0/24",
      kind: "rib",
      time: "2026-11-21T00:00:00Z",
      originated_at: "2026-11-20T23:59:00Z",
      peer: "2001:db8::2",
      peer_as: 4200000000,
      next_hop: "192.0.2.1",
      as_path: "64500 64501",
      origin: "igp",
      local_pref: null,
      med: 10,
      communities: ["64500:1", "65535:65281"],
    }]);
  }));

Deno.test("mrt_search finds by address, and by peer as address or AS", () =>
  withFile(sampleTable(), async (ask) => {
    const networks = async (args: object) =>
      ((await ask(mrtSearch, args)).routes as { network: string }[]).map(({ network }) => network);
    deepEqual(await networks({ prefix: "198.51.100.77" }), ["198.51.100.0/24", "198.51.100.0/24"]);
    deepEqual(await networks({ prefix: "2001:db8::/32", match: "covered" }), ["2001:db8:5::/48"]);
    deepEqual(await networks({ peer: "2001:db8::2", family: "ipv4-unicast" }), ["198.51.100.0/24"]);
    deepEqual(await networks({ peer_as: "AS64500" }), ["198.51.100.0/24"]);
    deepEqual(await networks({ via_asn: "64511" }), ["2001:db8:5::/48"]);
  }));

Deno.test("mrt_search prints lines of bgpdump where asked to", () =>
  withFile(sampleTable(), async (ask) => {
    const { routes } = await ask(mrtSearch, { family: "ipv6-unicast", format: "bgpdump" });
    equal(
      (routes as { bgpdump_line: string }[])[0]?.bgpdump_line,
      "TABLE_DUMP2|1795219200|B|2001:db8::2|4200000000|2001:db8:5::/48|" +
        "64502 {64510,64511}|EGP|2001:db8::1|0|0||AG|64502 198.51.100.1|",
    );
  }));

Deno.test("what was not read of a damaged file is said", () =>
  withFile(sampleTable().subarray(0, -1), async (ask) => {
    const answer = await ask(mrtSearch, { count_only: true });
    equal(
      answer.summary,
      "2 routes match, none shown. Reading ended at octet 185: the file ends inside of a record: " +
        "89 of 90 octets.",
    );
    equal(answer.complete, false);
    equal(answer.truncated_at, 185);
  }));

Deno.test("a file that is no MRT file, and one outside the directories, are refused", () =>
  withFile(new TextEncoder().encode("No routes here, just a line of text.\n"), async (ask) => {
    await rejects(ask(mrtSummary), { code: "decode.mrt" });
    await rejects(ask(mrtSummary, { file_path: "/etc/passwd" }), { code: "policy.allowed_paths" });
    await rejects(ask(mrtSearch, { prefix: "10.1.0.0/8" }), { code: "input.prefix" });
    await rejects(ask(mrtSearch, { peer: "rrc00" }), { code: "input.peer" });
  }));
