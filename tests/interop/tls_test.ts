import assert from "node:assert/strict";
import { portCheck } from "../../tools/connectivity/port_check.ts";
import { loopbackContext } from "../loopback_context.ts";
import { freePort, interopTest, runProgram, startDaemon } from "./daemon.ts";

const FIXTURES = new URL("../fixtures/tls/", import.meta.url);
const path = (name: string): string => new URL(name, FIXTURES).pathname;

interface Tls {
  handshake: boolean;
  version: string | null;
  alpn: string | null;
  verdict: string;
  reasons: string[];
  certificate: { names: string[]; days_left: number } | null;
  error?: string;
}

/** Checks a port of an `openssl s_server` with this certificate and these switches. */
async function checkServer(
  certificate: string,
  switches: readonly string[],
  name = "www.example",
): Promise<{ state: unknown; summary: unknown; tls: Tls }> {
  const port = freePort();
  await using _server = await startDaemon("openssl", [
    "s_server",
    ...["-accept", `127.0.0.1:${port}`, "-quiet"],
    ...["-cert", path(certificate), "-key", path("server.key")],
    ...switches,
  ], port);
  const cx = loopbackContext({ names: { [name]: ["127.0.0.1"] } });
  const input = portCheck.input.parse({ target: name, port, tls: "always", grab_banner: false });
  const { state, summary, tls } = portCheck.output.parse(await portCheck.run(input, cx));
  // The schema has just checked the shape.
  return { state, summary, tls: tls as Tls };
}

interopTest(
  "openssl's TLS 1.2 and 1.3 servers are told apart",
  { programs: ["openssl"] },
  async () => {
    const old = await checkServer("good.pem", ["-tls1_2"]);
    assert.equal(old.tls.version, "TLSv1.2");
    assert.equal(old.tls.alpn, null);
    const modern = await checkServer("good.pem", ["-tls1_3", "-alpn", "http/1.1"]);
    assert.equal(modern.tls.version, "TLSv1.3");
    assert.equal(modern.tls.alpn, "http/1.1");
    assert.deepEqual(modern.tls.reasons, ["unknown_issuer"]);
  },
);

interopTest("what is wrong with a certificate is named, and it is shown all the same", {
  programs: ["openssl"],
}, async () => {
  const expired = await checkServer("expired.pem", []);
  assert.deepEqual(expired.tls.reasons, ["expired"]);
  assert.ok((expired.tls.certificate?.days_left ?? 0) < -2000);
  assert.match(String(expired.summary), /certificate untrusted, expired$/);
  const wrongName = await checkServer("good.pem", [], "other.example");
  assert.deepEqual(wrongName.tls.reasons, ["unknown_issuer", "name_mismatch"]);
  const selfSigned = await checkServer("self_signed.pem", [], "self.example");
  assert.deepEqual(selfSigned.tls.reasons, ["self_signed"]);
  assert.deepEqual(selfSigned.tls.certificate?.names, ["self.example"]);
});

interopTest("a server that offers no version of ours fails the handshake, the port is open", {
  programs: ["openssl"],
}, async () => {
  const { state, tls } = await checkServer("good.pem", [
    "-tls1_1",
    "-cipher",
    "DEFAULT@SECLEVEL=0",
  ]);
  assert.equal(state, "open");
  assert.equal(tls.handshake, false);
  assert.ok((tls.error ?? "").length > 0);
});

interopTest("with the test CA in the runtime's root store the good chain is trusted", {
  programs: ["openssl"],
}, async () => {
  const verdicts = async (certificate: string): Promise<unknown> => {
    const port = freePort();
    await using _server = await startDaemon("openssl", [
      "s_server",
      ...["-accept", `127.0.0.1:${port}`, "-quiet"],
      ...["-cert", path(certificate), "-key", path("server.key")],
    ], port);
    const child = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-prompt",
        `--cert=${path("ca.pem")}`,
        new URL("tls_verdict.ts", import.meta.url).href,
        `${port}`,
        ...["www.example", "a.cdn.example", "other.example"],
      ],
    }).output();
    return JSON.parse(new TextDecoder().decode(child.stdout));
  };
  assert.deepEqual(await verdicts("good.pem"), {
    "www.example": ["trusted"],
    "a.cdn.example": ["trusted"],
    "other.example": ["untrusted", "name_mismatch"],
  });
  assert.deepEqual(await verdicts("expired.pem"), {
    "www.example": ["untrusted", "expired"],
    "a.cdn.example": ["untrusted", "expired", "name_mismatch"],
    "other.example": ["untrusted", "expired", "name_mismatch"],
  });
});

interopTest("dropped and rejected ports of a network namespace are told apart", {
  programs: ["ip", "nft"],
  root: true,
}, async () => {
  const space = `ngtcp${Deno.pid}`;
  const [near, far] = [`ngta${Deno.pid}`, `ngtb${Deno.pid}`];
  const inside = (...args: string[]) => runProgram("ip", ["netns", "exec", space, ...args]);
  const address = "198.18.77.2";
  await runProgram("ip", ["netns", "add", space]);
  try {
    await runProgram("ip", [
      "link",
      "add",
      near,
      "type",
      "veth",
      "peer",
      "name",
      far,
      "netns",
      space,
    ]);
    await runProgram("ip", ["address", "add", "198.18.77.1/30", "dev", near]);
    await runProgram("ip", ["link", "set", near, "up"]);
    await inside("ip", "address", "add", `${address}/30`, "dev", far);
    await inside("ip", "link", "set", far, "up");
    await inside(
      "nft",
      "add table inet t; add chain inet t c { type filter hook input priority 0; }; " +
        "add rule inet t c tcp dport 1001 drop; " +
        "add rule inet t c tcp dport 1002 reject with icmpx type admin-prohibited; " +
        "add rule inet t c tcp dport 1003 reject with icmpx type port-unreachable; " +
        "add rule inet t c tcp dport 1004 reject with tcp reset; " +
        "add rule inet t c tcp dport 1005 reject with icmpx type host-unreachable; " +
        "add rule inet t c tcp dport 1006 reject with icmpx type no-route",
    );
    const check = async (target: string, port: number): Promise<unknown[]> => {
      const input = portCheck.input.parse({ target, port, timeout: 0.5 });
      const answer = await portCheck.run(input, loopbackContext());
      return [answer.state, answer.evidence];
    };
    assert.deepEqual(await check(address, 1000), ["closed", "refused"]);
    assert.deepEqual(await check(address, 1001), ["filtered", "silence"]);
    assert.deepEqual(await check(address, 1002), ["filtered", "host_unreachable"]);
    assert.deepEqual(await check(address, 1003), ["closed", "refused"]);
    assert.deepEqual(await check(address, 1004), ["closed", "refused"]);
    assert.deepEqual(await check(address, 1005), ["filtered", "host_unreachable"]);
    assert.deepEqual(await check(address, 1006), ["unreachable", "network_unreachable"]);
  } finally {
    await runProgram("ip", ["netns", "delete", space]);
  }
});
