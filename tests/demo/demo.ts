/**
 * The demo: a real MCP client asks a real MCP server real questions, under the permission flags that
 * netglass derives for itself. Needs no network, no root and no program beyond Deno. Exit 0 only if
 * everything that it says was true.
 */
import { dump } from "js-yaml";
import { bgpSection } from "./bgp_section.ts";
import { startDnsServer } from "./dns_server.ts";
import { routeServerSection, serveRecordings } from "./route_server_section.ts";
import {
  ask,
  connect,
  expect,
  failureCount,
  heading,
  INK,
  netglass,
  paint,
  say,
  serverArgs,
  show,
  withoutPublicServers,
} from "./stage.ts";

/** Taken between two namespaces with 1 % loss; see the PROVENANCE beside it. */
const CAPTURE = new URL("../fixtures/captures/real-loss1-rcv.pcap.gz", import.meta.url);

function startBannerServer(): { port: number; stop: () => Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of listener) {
      try {
        // The terminal escape in the greeting is there to be seen escaped in the answer.
        await connection.write(new TextEncoder().encode("SSH-2.0-demo \u001b[31mred\u001b[0m\r\n"));
      } catch {
        // The prober may have hung up before it was greeted.
      } finally {
        connection.close();
      }
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    stop: async () => {
      listener.close();
      await accepting;
    },
  };
}

function unusedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

const folder = await Deno.makeTempDir({ prefix: "netglass-demo-" });
const dns = await startDnsServer();
const greeter = startBannerServer();
const recorded = await serveRecordings();
try {
  heading("netglass demo: no network, no root, real permission flags");
  const configFile = `${folder}/config.yaml`;
  await Deno.mkdir(`${folder}/audit`);
  await Deno.mkdir(`${folder}/captures`);
  await Deno.copyFile(CAPTURE, `${folder}/captures/slow-upload.pcap.gz`);
  await Deno.writeTextFile(
    configFile,
    dump({
      security: { allowed_targets: ["127.0.0.0/8", "::1", "*.demo.test"] },
      dns: { resolvers: [`127.0.0.1:${dns.port}`] },
      pcap: { allowed_paths: ["./captures"] },
      audit: { path: "./audit" },
      looking_glass: {
        servers: [
          ...withoutPublicServers(),
          ...Object.entries(recorded).map(([name, { port }]) => ({
            name,
            host: "127.0.0.1",
            port,
            login: { password: "guest" },
            ...(name === "Demo paged" ? { dialect: "frr", format: "json" } : {}),
            ...(name === "Demo later" ? { dialect: "frr" } : {}),
          })),
        ],
      },
    }, { flowLevel: 3 }),
  );
  say("\nThe configuration of this demo, with the public route servers switched off:");
  show((await Deno.readTextFile(configFile)).trim().split("\n"));

  heading("1. The fence: netglass permissions turns that into Deno flags");
  const args = await serverArgs(configFile);
  show(args.filter((arg) => /^--(allow|deny|no)-/.test(arg)));
  const has = (start: string, part: string): boolean =>
    args.some((arg) => arg.startsWith(start) && arg.includes(part));
  expect(has("--allow-run=", "ping,traceroute,mtr,ip"), "four programs may be started, no others");
  expect(
    has("--deny-net=", "169.254.169.254"),
    "the cloud metadata endpoint is denied by Deno itself",
  );
  expect(
    !has("--allow-net=", "routeviews.org") &&
      Object.values(recorded).every(({ port }) => has("--allow-net=", `127.0.0.1:${port},`)),
    "each enabled route server is one host and port; a disabled one is none",
  );
  expect(!args.includes("--allow-all") && !args.includes("-A"), "there is no blanket permission");

  heading("2. The server starts as an MCP client starts it, and the official client connects");
  const client = await connect(args, folder);
  say(`   protocol ${client.getNegotiatedProtocolVersion()}`);
  const { tools } = await client.listTools();
  say(`   ${tools.length} tools: ${tools.map((tool) => tool.name).join(", ")}`);
  expect(tools.length === 34, "34 tools are listed");
  expect(
    tools.every((tool) => tool.annotations?.readOnlyHint === true),
    "every one of them only observes, and says so",
  );

  heading("3. What works here?");
  const capable = await ask(client, "capabilities", {});
  expect(capable.data.success === true, "the server says what it can do");

  heading("4. May I? Policy explains itself before anything is sent");
  const metadata = await ask(client, "policy_explain", { target: "169.254.169.254" });
  expect(metadata.data.effect === "deny", `denied by rule ${String(metadata.data.rule)}`);
  const rebinding = await ask(client, "policy_explain", { target: "innocent.demo.test" });
  expect(
    rebinding.data.effect === "deny",
    "a harmless name that resolves to that address is denied as well",
  );

  heading("5. Connectivity, on loopback");
  const pinged = await ask(client, "ping", { target: "127.0.0.1", count: 3 });
  if (pinged.error === null) {
    expect(pinged.data.packets_received === 3, "three echo requests, three replies");
  } else {
    expect(
      pinged.error.code === "env.program_absent",
      "this machine has no ping: the answer says so and how to get it, and the demo goes on",
    );
  }
  const open = await ask(client, "port_check", { target: "127.0.0.1", port: greeter.port });
  expect(open.data.is_open === true, "the port is open");
  say(`   banner: ${String(open.data.banner)}`);
  expect(
    String(open.data.banner).includes("\\x1b[31m"),
    "the terminal escape in the banner is shown, not sent",
  );
  const closed = await ask(client, "port_check", { target: "::1", port: unusedPort() });
  expect(
    closed.data.state === "closed",
    "a closed port is told apart from a filtered one, over IPv6",
  );

  heading("6. DNS, against a server inside this demo");
  const address = await ask(client, "dns_lookup", { query: "router1.demo.test" });
  const records = (address.data.records ?? []) as { value: string; ttl: number }[];
  expect(
    records[0]?.value === "127.0.0.1" && records[0]?.ttl === 300,
    "the A record, with its TTL",
  );
  const missing = await ask(client, "dns_lookup", { query: "nowhere.demo.test" });
  expect(missing.data.found === false, "a name that does not exist is an answer, not an error");

  heading("7. A capture: an upload that was slow, taken at the receiver");
  const capture = `${folder}/captures/slow-upload.pcap.gz`;
  const listing = await ask(client, "list_captures", {});
  expect(
    JSON.stringify(listing.data).includes("slow-upload.pcap.gz"),
    "it lies in the one directory that may be read",
  );
  const issues = await ask(client, "find_tcp_issues", { file_path: capture });
  const loss = issues.data.loss as { retransmissions?: number; vantage?: string } | undefined;
  const tshark = issues.data.tshark_compatible as { retransmission?: number } | undefined;
  expect(
    loss?.retransmissions === 37,
    "37 segments were lost and sent again: exactly what the sender's kernel counted",
  );
  expect(tshark?.retransmission === 34, "tshark would show 34; that count is given beside it");
  expect(loss?.vantage === "receiver", "the place of the capture was inferred, not told");
  const story = await ask(client, "explain_connection", { file_path: capture, stream: "tcp:1" });
  expect(story.error === null, "one connection, told with frames as evidence");
  const outside = await ask(client, "pcap_summary", { file_path: "/etc/passwd" });
  expect(
    outside.error?.code === "policy.allowed_paths",
    "a file elsewhere is refused, whether it exists or not",
  );

  await routeServerSection(client, recorded);

  await bgpSection(folder);

  heading("10. What must not happen does not happen");
  const refused = await ask(client, "port_check", { target: "169.254.169.254", port: 80 });
  expect(refused.error?.code.startsWith("policy.") === true, "refused before a socket was made");
  say(`   rule: ${String(refused.error?.detail?.rule)}`);
  say(`   flag that holds even if the rule were wrong: ${String(refused.error?.detail?.flag)}`);
  expect(
    String(refused.error?.detail?.flag).startsWith("--deny-net="),
    "the flag that stops it is named",
  );
  const spelled = await ask(client, "port_check", { target: "0xA9FEA9FE", port: 80 });
  expect(spelled.error?.code.startsWith("input.") === true, "a disguised spelling is no way round");
  const injected = await ask(client, "ping", { target: "-f" });
  expect(
    injected.error?.code.startsWith("input.") === true,
    "an option as a target reaches no program",
  );

  heading("11. Who did what? The audit record");
  const audit = await ask(client, "audit_log", { limit: 50, verify: true });
  const verified = audit.data.verified as { ok: boolean; records: number } | null;
  expect(
    verified?.ok === true,
    `${verified?.records ?? 0} records, each chained to the one before`,
  );
  const listed = (audit.data.records ?? []) as { outcome: string | null }[];
  expect(
    listed.some((record) => record.outcome?.startsWith("policy.") === true),
    "the refusal is in it",
  );

  await client.close();
  say();
  const verdict = JSON.parse(
    await netglass(["audit", "verify", "--path", `${folder}/audit`, "--json"]),
  ) as { ok: boolean };
  expect(verdict.ok, "netglass audit verify agrees after the server has gone");
} catch (error) {
  say(`\n${paint(INK.red, String(error instanceof Error ? error.stack : error))}`);
  expect(false, "the demo did not break off");
} finally {
  await greeter.stop();
  await dns.stop();
  for (const server of Object.values(recorded)) await server[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
}

const failures = failureCount();
heading(
  failures === 0
    ? "All of it was true."
    : `${failures} of the statements above ${failures === 1 ? "was" : "were"} not true.`,
);
Deno.exit(failures === 0 ? 0 : 1);
