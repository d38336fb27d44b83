import { deepEqual, equal } from "node:assert/strict";
import type { RouteServerLogin } from "../../lib/config/config.ts";
import { labServer } from "../support/lab_router.ts";
import { answerOf, routeTo } from "../support/looking_glass_questions.ts";
import { InsideGlass } from "./inside_glass.ts";
import { namespaceTest, Topology } from "./topology.ts";
import { FRR_BGPD, Vtys } from "./vty.ts";

const HOST = "host";
const NOBODY: RouteServerLogin = { username: null, password: null, password_env: null };
const GUEST: RouteServerLogin = { ...NOBODY, password: "guest" };

const SERVERS = [
  labServer(2701, { name: "open" }),
  labServer(2702, { name: "password", login: GUEST }),
  labServer(2702, { name: "wrong password", login: { ...NOBODY, password: "geust" } }),
  labServer(2702, { name: "no password configured" }),
  labServer(2703, { name: "privileged", login: GUEST }),
  labServer(2704, { name: "no password set", login: GUEST }),
  labServer(2705, { name: "nobody listens" }),
].map((server) => ({ ...server, dialect: null }));

/** Counts connections where they arrive. */
const COUNTERS = `table inet netglass {
${[2702, 2704].map((port) => `  counter port${port} { }`).join("\n")}
  chain input {
    type filter hook input priority 0;
${
  [2702, 2704].map((port) =>
    `    tcp dport ${port} tcp flags & (syn | ack) == syn counter name port${port}`
  ).join("\n")
}
  }
}`;

namespaceTest(
  "FRR's VTY is logged in to in each of its shapes, and a refused login is not repeated",
  [FRR_BGPD, "nft"],
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const network = new Topology();
    const vtys = stack.use(new Vtys(network, HOST));
    stack.use(network);
    await network.add(HOST);
    await network.rules(HOST, COUNTERS);
    await Promise.all([
      vtys.start(2701, " no login"),
      vtys.start(2702, "password guest", "banner motd line Username: > password # none"),
      // At once in the mode that `enable` leads to.
      vtys.start(2703, "password guest", "service advanced-vty"),
      vtys.start(2704),
    ]);
    await using glass = new InsideGlass(network, HOST, SERVERS);
    const connections = async (port: number) => {
      const args = ["list", "counter", "inet", "netglass", `port${port}`];
      const { stdout } = await network.exec(HOST, "nft", args);
      return Number(/packets (\d+)/.exec(stdout)?.[1]);
    };
    const failure = async (name: string) => {
      const { code, retryable, detail } = await glass.fail(name, routeTo("198.51.100.0/24"));
      return [code, detail.failure, retryable, detail.remote_said];
    };

    for (const name of ["open", "password", "privileged"]) {
      await t.step(`in: ${name}`, async () => {
        const { dialect, complete, parsed } = await glass.ask(name, routeTo("198.51.100.0/24"));
        const { match, paths } = answerOf(parsed.answer, "route");
        deepEqual([dialect, complete, match], ["frr", true, "exact"]);
        deepEqual(paths.map(({ rpki, weight, flags }) => [rpki, weight, ...flags]), [
          [null, 32768, "valid", "sourced", "local", "best"],
        ]);
      });
    }
    await t.step("a wrong password is said to be one, and tried once", async () => {
      const before = await connections(2702);
      deepEqual(await failure("wrong password"), [
        "remote.login",
        "bad_credentials",
        false,
        "Password: \nPassword:",
      ]);
      equal(await connections(2702), before + 1);
    });
    await t.step("a password that is asked for and not configured is missed", async () => {
      deepEqual(await failure("no password configured"), [
        "remote.login",
        "needs_password",
        false,
        "Password:",
      ]);
    });
    await t.step("a VTY without a password lets nobody in", async () => {
      deepEqual(await failure("no password set"), [
        "remote.login",
        "no_password_set",
        false,
        "Vty password is not set.",
      ]);
      equal(await connections(2704), 1);
    });
    await t.step("a port where nobody listens is refused", async () => {
      deepEqual((await failure("nobody listens")).slice(0, 2), ["remote.connect", "refused"]);
    });
  },
);
