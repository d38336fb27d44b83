import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { denoJsonPermissions, permissionFlags, renderPermissions } from "./permission_formats.ts";
import type { Grant, PermissionSet } from "./permission_set.ts";

const grants = (...values: string[]): readonly Grant[] =>
  values.map((value) => ({ value, reasons: ["a reason"] }));

const set: PermissionSet = {
  net: { allow: grants("192.0.2.53:53", "*.example"), deny: grants("[::1]", "10.0.0.0/8") },
  run: grants("ping"),
  read: grants("/srv/my captures", "/srv/it's"),
  write: [],
  env: grants("HOME"),
  sys: [],
  import: grants("127.0.0.1:1"),
  unstable: grants("worker-options"),
  comments: ["One thing that no flag says."],
};

Deno.test("flags are one line that a POSIX shell splits as meant", () => {
  deepStrictEqual(renderPermissions(set, "flags", { entry: "main.ts" }), {
    text: "--no-prompt '--allow-net=192.0.2.53:53,*.example' '--deny-net=[::1],10.0.0.0/8' " +
      "--allow-run=ping '--allow-read=/srv/my captures,/srv/it'\\''s' --allow-env=HOME " +
      "--allow-import=127.0.0.1:1 --unstable-worker-options",
    comments: ["One thing that no flag says."],
  });
});

Deno.test("flags for Windows have double quotes", () => {
  const windows: PermissionSet = { ...set, read: grants("C:\\My captures") };
  strictEqual(
    renderPermissions(windows, "flags", { entry: "main.ts", shell: "windows" }).text.includes(
      '"--allow-read=C:\\My captures"',
    ),
    true,
  );
});

Deno.test("a path with a comma is left out of flags and said", () => {
  const comma: PermissionSet = { ...set, read: grants("/srv/a,b"), comments: [] };
  const { flags, comments } = permissionFlags(comma);
  strictEqual(flags.some((flag) => flag.startsWith("--allow-read")), false);
  deepStrictEqual(comments, [
    '"/srv/a,b" has a comma, which --allow-read cannot hold: use the deno-json format or rename it.',
  ]);
  deepStrictEqual(denoJsonPermissions(comma)["read"], ["/srv/a,b"]);
});

Deno.test("the deno.json set has lists by kind and leaves empty kinds out; switches stand beside it", () => {
  deepStrictEqual(
    JSON.parse(renderPermissions(set, "deno-json", { entry: "main.ts" }).text),
    {
      permissions: {
        default: {
          net: { allow: ["192.0.2.53:53", "*.example"], deny: ["[::1]", "10.0.0.0/8"] },
          run: ["ping"],
          read: ["/srv/my captures", "/srv/it's"],
          env: ["HOME"],
          import: ["127.0.0.1:1"],
        },
      },
      unstable: ["worker-options"],
    },
  );
});

Deno.test("an open network is true in deno.json and a bare flag elsewhere", () => {
  const open: PermissionSet = { ...set, net: { allow: "any", deny: grants("10.0.0.0/8") } };
  deepStrictEqual(denoJsonPermissions(open)["net"], { allow: true, deny: ["10.0.0.0/8"] });
  deepStrictEqual(permissionFlags(open).flags.slice(0, 3), [
    "--no-prompt",
    "--allow-net",
    "--deny-net=10.0.0.0/8",
  ]);
});

Deno.test("the client entry runs deno with the flags, unquoted", () => {
  const { text } = renderPermissions(set, "mcp", {
    entry: "/srv/netglass/main.ts",
    args: ["serve", "--config", "/etc/n.yaml"],
    cachedOnly: true,
  });
  deepStrictEqual(JSON.parse(text), {
    mcpServers: {
      netglass: {
        command: "deno",
        args: [
          "run",
          "--cached-only",
          "--no-prompt",
          "--allow-net=192.0.2.53:53,*.example",
          "--deny-net=[::1],10.0.0.0/8",
          "--allow-run=ping",
          "--allow-read=/srv/my captures,/srv/it's",
          "--allow-env=HOME",
          "--allow-import=127.0.0.1:1",
          "--unstable-worker-options",
          "/srv/netglass/main.ts",
          "serve",
          "--config",
          "/etc/n.yaml",
        ],
      },
    },
  });
});

Deno.test("compile bakes the flags in", () => {
  const { text } = renderPermissions(set, "compile", { entry: "main.ts", output: "netglass" });
  strictEqual(text.startsWith("deno compile --no-prompt '--allow-net="), true);
  strictEqual(text.endsWith("--unstable-worker-options --output netglass main.ts"), true);
});

Deno.test("compile includes the modules that nothing imports", () => {
  const { text } = renderPermissions(set, "compile", {
    entry: "main.ts",
    include: ["lib/a.ts", "/srv/my lib/b.ts"],
  });
  strictEqual(
    text.endsWith(
      "--include lib/a.ts --include '/srv/my lib/b.ts' --output netglass main.ts",
    ),
    true,
  );
});

Deno.test("json keeps the reasons", () => {
  deepStrictEqual(JSON.parse(renderPermissions(set, "json", { entry: "main.ts" }).text), set);
});
