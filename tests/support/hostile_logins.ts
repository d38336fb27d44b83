/**
 * Route servers that are hard to get into.
 *
 * @module
 */
import type { Credentials } from "../../lib/looking_glass/dialogue/login.ts";
import {
  ANSWER,
  ANSWER_TEXT,
  ask,
  greets,
  type HostileServer,
  lines,
  obey,
  PROMPT,
} from "./hostile_server.ts";

const GUEST: Credentials = { username: "guest", password: "secret" };

/** Ends the login of {@link GUEST}. */
const LOGIN = ["login: ", "Password: "] as const;

/** Hostile up to the prompt. */
export const HOSTILE_LOGINS: readonly HostileServer[] = [
  // How one gets in.
  { name: "obedient", script: greets("\r\nHello\r\n"), outcome: { whole: ANSWER_TEXT } },
  { name: "no greeting", script: greets(""), outcome: { whole: ANSWER_TEXT } },
  {
    name: "username and password",
    login: GUEST,
    script: async (peer) => {
      const [username] = await ask(peer, "\r\nDebian GNU/Linux 12\r\nrs1 login: ");
      await peer.send("Password: ");
      const password = await peer.readLine();
      if (username !== "guest" || password !== "secret") return;
      await greets("\r\nLast login: Sat Nov 21 01:00:00 UTC 2026 on pts/0\r\n")(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "password only",
    login: { username: null, password: "secret" },
    script: async (peer) => {
      await ask(peer, "\r\nUser Access Verification\r\n\r\nPassword: ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "username only",
    login: { username: "rviews", password: "never-sent" },
    script: async (peer) => {
      await ask(peer, "\r\nUser Access Verification\r\n\r\nUsername: ");
      await obey(peer, { prompt: "route-views>" });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "double login prompt",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, "login: ", "login: ", "Password: ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "press RETURN",
    script: async (peer) => {
      await ask(peer, "\r\nrs1 con0 is now available\r\n\r\nPress RETURN to get started.\r\n\r\n");
      await obey(peer, { prompt: "rs1>" });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "press any key, unfinished",
    script: async (peer) => {
      await ask(peer, "\r\nPress any key to continue...");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "silent acceptance",
    login: GUEST,
    hurry: 20,
    script: async (peer) => {
      await ask(peer, ...LOGIN);
      await peer.readLine();
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "asks for a username that is not configured",
    script: (peer) => peer.send("Username: ").then(() => peer.forever()),
    outcome: { login: "needs_username" },
  },
  {
    name: "asks for a password that is not configured",
    script: (peer) => peer.send("Password: ").then(() => peer.forever()),
    outcome: { login: "needs_password" },
  },
  {
    name: "Login invalid three times, then closes",
    login: GUEST,
    script: async (peer) => {
      for (let attempt = 0; attempt < 3; attempt++) {
        await ask(peer, "\r\nUsername: ", "Password: ");
        await peer.send("% Login invalid\r\n\r\n");
      }
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "Login incorrect, then nothing",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, ...LOGIN);
      await peer.send("Login incorrect\r\n");
      await peer.forever();
    },
    hurry: 20,
    outcome: { login: "bad_credentials" },
  },
  {
    name: "login loop",
    login: GUEST,
    script: async (peer) => {
      for (;;) await ask(peer, ...LOGIN);
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "username loop",
    login: GUEST,
    script: async (peer) => {
      for (;;) await ask(peer, "login: ");
    },
    outcome: { login: "bad_credentials" },
  },
  {
    name: "Too many users, then closes",
    script: (peer) => peer.send("\r\n% Too many users logged on\r\n"),
    outcome: { login: "too_many_users" },
  },
  {
    name: "no VTY password",
    script: (peer) => peer.send("Vty password is not set.\r\n"),
    outcome: { login: "no_password_set" },
  },
  {
    name: "Connection refused, in words",
    script: (peer) => peer.send("Connection refused by the remote host\r\n"),
    outcome: { login: "refused" },
  },
  { name: "closes at once", script: () => Promise.resolve(), outcome: { login: "closed" } },
  {
    name: "reset at the greeting",
    script: (peer) => peer.send("Hello\r\nrs1> ").then(() => peer.reset()),
    outcome: { login: "closed" },
  },
  {
    name: "reset at the password",
    login: GUEST,
    script: async (peer) => {
      await ask(peer, "login: ");
      await peer.send("Password: ");
      await peer.reset();
    },
    outcome: { login: "closed" },
  },
  { name: "silent", script: (peer) => peer.forever(), outcome: { login: "timeout" } },
  {
    name: "tarpit",
    script: async (peer) => {
      for (;;) await peer.drip("x", 500);
    },
    outcome: { login: "timeout" },
  },
  {
    name: "never the same prompt",
    script: async (peer) => {
      for (let count = 0;; count++) await ask(peer, `rs1:${count}> `);
    },
    outcome: { login: "no_prompt" },
  },
  {
    name: "a prompt that does not come back",
    script: (peer) => peer.send("Hello\r\nrs1> ").then(() => peer.forever()),
    outcome: { login: "no_prompt" },
  },

  // What comes before the prompt.
  {
    name: "endless banner",
    script: async (peer) => {
      for (;;) await peer.send(lines(Array(100).fill("Welcome to the route server")));
    },
    outcome: { login: "endless_greeting" },
  },
  {
    name: "endless banner without a line end",
    script: async (peer) => {
      for (;;) await peer.send("x".repeat(4096));
    },
    outcome: { login: "endless_greeting" },
  },
  {
    name: "banner of 60 kB",
    script: greets(lines(Array(1000).fill(`${"=".repeat(58)}`))),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that looks like prompts",
    script: greets(
      "Route server, contact <noc@example.net>\r\nhost#\r\nrs1.example.net>\r\n" +
        "*> 10.0.0.0/8\r\nUsername: rviews, no password\r\nUnauthorized access is denied\r\n",
    ),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that pauses in the middle of a line, as at a prompt",
    script: async (peer) => {
      await peer.send("Route server. Contact <noc@example.net>");
      await peer.sleep(100);
      await greets(" or host#\r\n")(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "banner that pauses before the password question",
    login: { username: null, password: "secret" },
    script: async (peer) => {
      await peer.send("Route server. Contact <noc@example.net>");
      await peer.sleep(100);
      for (const told of [await ask(peer, "\r\n\r\nPassword: "), await ask(peer, "Password: ")]) {
        if (told[0] === "secret") await obey(peer);
      }
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "late prompt",
    script: async (peer) => {
      await peer.send("Hello\r\n");
      await peer.sleep(300);
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "prompt octet by octet",
    script: async (peer) => {
      for (;;) {
        await peer.drip(PROMPT, 5);
        const line = await peer.readLine();
        await peer.send(`${line}\r\n${line === "" ? "" : lines(ANSWER)}`);
      }
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "prompt that changes after the login",
    script: async (peer) => {
      await ask(peer, "console> ");
      await obey(peer);
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "Latin-1 banner, colours, title and a cut character",
    script: async (peer) => {
      await peer.send(Uint8Array.of(0x47, 0xfc, 0x6e, 0xe2, 0x82, 13, 10));
      await obey(peer, { prompt: "\x1b]0;rs1\x07\x1b[1;32mrs1.example.net\x1b[0m> " });
    },
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "host name of 200 characters",
    script: greets("", { prompt: `${"r".repeat(63)}.${"s".repeat(136)}> ` }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "IOS-XR prompt",
    script: greets("", { prompt: "RP/0/RSP0/CPU0:rs1#" }),
    outcome: { whole: ANSWER_TEXT },
  },
  {
    name: "Junos, a line before each prompt",
    script: greets("--- JUNOS 21.4R3 ---\r\n", {
      prompt: "guest@rs1> ",
      preamble: "\r\n{master}\r\n",
    }),
    outcome: { whole: ANSWER_TEXT },
  },
];
