import { deepStrictEqual } from "node:assert/strict";
import { compareGranted, type PermissionQuestion, type QueryPermission } from "./granted.ts";
import type { Grant, PermissionSet } from "./permission_set.ts";

const grants = (...values: string[]): readonly Grant[] =>
  values.map((value) => ({ value, reasons: ["a reason"] }));

const set: PermissionSet = {
  net: {
    allow: grants("192.0.2.53:53", "*.example", "10.0.0.0/8"),
    deny: grants("10.1.0.0/16", "172.16.0.0/12", "[::1]"),
  },
  run: grants("ping"),
  read: grants("/srv/captures"),
  write: grants("/srv/audit"),
  env: grants("HOME"),
  sys: grants("hostname"),
  import: grants("127.0.0.1:1"),
  unstable: [],
  comments: [],
};

function asText(question: PermissionQuestion): string {
  const { name, ...rest } = question;
  const value = Object.values(rest)[0];
  return value === undefined ? name : `${name} ${value}`;
}

/** What the runtime answers to the exact flags of `set`, with some answers changed. */
function runtime(changes: Record<string, "granted" | "denied" | "prompt"> = {}): QueryPermission {
  const answers: Record<string, "granted" | "denied" | "prompt"> = {
    "net 192.0.2.53:53": "granted",
    "net netglass-probe.example": "granted",
    "net 10.0.0.0": "granted",
    "net 172.20.204.204": "denied",
    "net [::1]": "denied",
    "run ping": "granted",
    "read /srv/captures": "granted",
    "write /srv/audit": "granted",
    "env HOME": "granted",
    "sys hostname": "granted",
    ...changes,
  };
  return (question) => answers[asText(question)] ?? "prompt";
}

Deno.test("exactly the derived permissions are neither missing nor wider", () => {
  deepStrictEqual(compareGranted(set, runtime()), { missing: [], wider: [] });
});

Deno.test("each thing that is missing comes with its flag and its reason", () => {
  deepStrictEqual(
    compareGranted(set, () => "prompt").missing.map(({ flag }) => flag),
    [
      "--allow-net=192.0.2.53:53",
      "--allow-net=*.example",
      "--allow-net=10.0.0.0/8",
      "--allow-run=ping",
      "--allow-read=/srv/captures",
      "--allow-write=/srv/audit",
      "--allow-env=HOME",
      "--allow-sys=hostname",
    ],
  );
  deepStrictEqual(compareGranted(set, runtime({ "run ping": "prompt" })).missing, [
    { kind: "run", value: "ping", reasons: ["a reason"], flag: "--allow-run=ping" },
  ]);
});

Deno.test("an open network that was not granted is missing as a whole", () => {
  const open: PermissionSet = { ...set, net: { allow: "any", deny: [] } };
  deepStrictEqual(compareGranted(open, runtime()).missing.map(({ flag }) => flag), ["--allow-net"]);
  deepStrictEqual(compareGranted(open, runtime({ net: "granted" })), { missing: [], wider: [] });
});

const wide: readonly (readonly [name: string, changes: Parameters<typeof runtime>[0], string[]])[] =
  [
    ["a bare network", { net: "granted" }, ["--allow-net is granted without a list"]],
    ["a bare run", { run: "granted" }, ["--allow-run is granted without a list"]],
    ["a bare read", { read: "granted" }, ["--allow-read is granted without a list"]],
    ["a bare write", { write: "granted" }, ["--allow-write is granted without a list"]],
    ["a bare env", { env: "granted" }, ["--allow-env is granted without a list"]],
    ["a bare sys", { sys: "granted" }, ["--allow-sys is granted without a list"]],
    ["a bare import", { import: "granted" }, ["--allow-import is granted without a list"]],
    ["ffi", { ffi: "granted" }, ["--allow-ffi is granted"]],
    ["the root to read", { "read /": "granted" }, ["--allow-read covers the whole file system"]],
    ["the root to write", { "write /": "granted" }, ["--allow-write covers the whole file system"]],
    ["a shell", { "run bash": "granted" }, ['--allow-run names "bash", which can start anything']],
    ["the default imports of Deno", { "import jsr.io:443": "granted" }, [
      "modules can be imported from remote hosts (the default of Deno)",
    ]],
    ["a range of all addresses", { "net 76.204.204.204": "granted" }, [
      "--allow-net covers 76.204.204.204, which the configuration does not list",
    ]],
    ["a denied address that is not denied", { "net [::1]": "prompt" }, [
      "--deny-net=[::1] is not in force",
    ]],
    ["a denied range that is not denied", { "net 172.20.204.204": "granted" }, [
      "--deny-net=172.16.0.0/12 is not in force",
    ]],
    ["a denied range that an allowed one hides", { "net 10.1.76.204": "granted" }, []],
  ];

for (const [name, changes, expected] of wide) {
  Deno.test(`wider: ${name}`, () => {
    deepStrictEqual(compareGranted(set, runtime(changes)).wider, expected);
  });
}
