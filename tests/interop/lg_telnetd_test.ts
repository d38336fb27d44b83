import { deepEqual, ok } from "node:assert/strict";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { createLookingGlass } from "../../lib/looking_glass/create_looking_glass.ts";
import { TELNET_OPTIONS } from "../../lib/telnet/option.ts";
import { labOptions, labServer } from "../support/lab_router.ts";
import { answerOf, routeTo } from "../support/looking_glass_questions.ts";
import { TappedNet } from "../support/tapped_net.ts";
import { serveTelnetShell, TELNET_PROGRAMS } from "./telnet_shell.ts";
import { namespaceTest, Topology } from "./topology.ts";
import { FRR_BGPD, Vtys } from "./vty.ts";

const HOST = "host";

/** As login(1) asks, and then the router's own shell. */
const loginScript = (shell: string) => `
printf 'Authorized use only > really\\n\\nUsername: '
read -r username
stty -echo
printf 'Password: '
read -r password
stty echo
printf '\\n'
[ "$username $password" = 'rviews guest' ] || { sleep 0.2; printf 'Login incorrect\\n'; exit; }
exec ${shell}`;

namespaceTest(
  "a real telnet server negotiates its options, asks for name and password, and lets us in once",
  [FRR_BGPD, "vtysh", ...TELNET_PROGRAMS],
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const network = new Topology();
    const vtys = stack.use(new Vtys(network, HOST));
    stack.use(network);
    await network.add(HOST);
    const { directory } = await vtys.start(2701, " no login");
    const shell = `vtysh --histfile ${directory}/history --vty_socket ${directory} -d bgpd`;
    await using served = await serveTelnetShell(loginScript(shell));
    const ask = async (password: string) => {
      const tapped = new TappedNet();
      const login = { username: "rviews", password, password_env: null };
      const server = labServer(served.port, { dialect: null, login });
      const { dialects: _, ...options } = labOptions([server], { deadline_ms: 15_000 });
      const glass = createLookingGlass({ ...options, net: tapped.net });
      try {
        const { signal } = new AbortController();
        const outcome = await glass.ask(server, routeTo("198.51.100.7"), { signal }).then(
          (answer) => ({ answer, error: null }),
          (error) => ({ answer: null, error }),
        );
        return { tapped, ...outcome };
      } finally {
        await glass.stop();
      }
    };

    await t.step("every offer and request is answered once", async () => {
      const { answer, tapped } = await ask("guest");
      ok(answer !== null);
      const { match, paths } = answerOf(answer.parsed.answer, "route");
      deepEqual([answer.dialect, answer.complete, match, paths.length], [
        "frr",
        true,
        "longest",
        1,
      ]);
      const asked = [
        "WILL AUTHENTICATION",
        "WILL ENCRYPT",
        "DO TERMINAL-TYPE",
        "DO TERMINAL-SPEED",
        "DO X-DISPLAY-LOCATION",
        "DO NEW-ENVIRON",
        "DO ENVIRON",
        "WILL SUPPRESS-GO-AHEAD",
        "DO ECHO",
        "DO LINEMODE",
        "DO NAWS",
        "WILL STATUS",
        "DO TOGGLE-FLOW-CONTROL",
        "WILL ECHO",
        "DO TIMING-MARK",
        "DO TRANSMIT-BINARY",
      ];
      deepEqual(negotiation(tapped.heard), asked);
      const taken = new Set(["WILL SUPPRESS-GO-AHEAD", "WILL ECHO"]);
      deepEqual(
        negotiation(tapped.said),
        asked.map((one) => {
          const [verb, option] = one.split(" ");
          return `${taken.has(one) ? "DO" : verb === "DO" ? "WONT" : "DONT"} ${option}`;
        }),
      );
    });
    await t.step("a wrong password is said to be one, and tried once", async () => {
      const { error, tapped } = await ask("geust");
      ok(error instanceof RemoteFailure, String(error));
      deepEqual([error.code, error.detail.failure, error.retryable, tapped.dialled], [
        "remote.login",
        "bad_credentials",
        false,
        1,
      ]);
    });
  },
);

const VERBS = new Map([[251, "WILL"], [252, "WONT"], [253, "DO"], [254, "DONT"]]);

/** Offers and requests in a stream (RFC 854), in order, by the names of their options. */
function negotiation(octets: Uint8Array): readonly string[] {
  const found: string[] = [];
  for (let at = octets.indexOf(255); at !== -1; at = octets.indexOf(255, at)) {
    const verb = VERBS.get(octets[at + 1] ?? 0);
    const option = TELNET_OPTIONS.find(({ code }) => code === octets[at + 2]);
    if (verb !== undefined) found.push(`${verb} ${option?.name ?? octets[at + 2]}`);
    at += verb === undefined ? 2 : 3;
  }
  return found;
}
