import assert from "node:assert/strict";
import { readAll } from "../support/capture_bytes.ts";

const SOURCES = new URL("../fixtures/captures/", import.meta.url).pathname;

/** True if a program of the Wireshark suite can be run. */
async function has(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output()).success;
  } catch {
    return false;
  }
}

const ready = await has("editcap") && await has("mergecap") && await has("tshark");

async function run(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert.equal(success, true, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Time, wire length and captured length of each frame, as tshark tells them. */
async function framesOf(path: string): Promise<string[]> {
  const fields = ["frame.time_epoch", "frame.len", "frame.cap_len"].flatMap((one) => ["-e", one]);
  return (await run("tshark", ["-n", "-r", path, "-T", "fields", ...fields])).trim().split("\n");
}

Deno.test("files that editcap and mergecap write have the frames that tshark sees", {
  ignore: !ready,
}, async () => {
  const directory = await Deno.makeTempDir();
  try {
    const source = `${SOURCES}real-rtobackoff.pcap`;
    const made: string[] = [];
    for (const format of ["pcap", "nsecpcap", "modpcap", "pcapng", "snoop"]) {
      made.push(`${directory}/${format}`);
      await run("editcap", ["-F", format, source, `${directory}/${format}`]);
    }
    made.push(`${directory}/snapped`, `${directory}/two`, `${directory}/four`);
    await run("editcap", ["-F", "pcapng", "-s", "60", source, `${directory}/snapped`]);
    await run("mergecap", ["-w", `${directory}/two`, source, `${SOURCES}real-resets.pcap`]);
    await run("mergecap", [
      "-a",
      "-I",
      "none",
      "-w",
      `${directory}/four`,
      source,
      `${directory}/nsecpcap`,
    ]);
    for (const path of made) {
      const { reader, packets } = await readAll(await Deno.readFile(path));
      assert.equal(reader.complete, true, path);
      const ours = packets.map(({ sec, nsec, wireLength, bytes }) =>
        [`${sec}.${String(nsec).padStart(9, "0")}`, wireLength, bytes.length].join("\t")
      );
      assert.deepEqual(ours, await framesOf(path), path);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
