/**
 * Golden wire files of BGP: `NAME.hex`, one message a line, and `NAME.json`, the session that they
 * belong to and what each says.
 *
 * @module
 */
import { describeMessage, type MessageDescription } from "../../lib/bgp/codec/describe_message.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";

const FOLDER = new URL("../golden_wire/bgp/", import.meta.url);

/** One pair of files. */
export interface GoldenWire {
  readonly name: string;
  readonly traits: CodecTraits;
  readonly octets: readonly Uint8Array[];
  readonly messages: readonly MessageDescription[];
}

/** All pairs, by name. */
export function goldenWires(): GoldenWire[] {
  const names = [...Deno.readDirSync(FOLDER)].flatMap(({ name }) =>
    name.endsWith(".hex") ? [name.slice(0, -4)] : []
  );
  return names.sort().map((name) => {
    const { traits, messages } = JSON.parse(Deno.readTextFileSync(new URL(`${name}.json`, FOLDER)));
    return { name, traits, messages, octets: readOctets(name) };
  });
}

/** Describes the messages of `NAME.hex` anew; lines that begin with `#` say what follows. */
export function writeGolden(name: string, traits: CodecTraits): void {
  const messages = readOctets(name).map((octets) => describeMessage(octets, traits));
  Deno.writeTextFileSync(
    new URL(`${name}.json`, FOLDER),
    `${JSON.stringify({ traits, messages }, null, 2)}\n`,
  );
}

/** Writes messages as `NAME.hex`. */
export function writeOctets(name: string, messages: readonly Uint8Array[]): void {
  const lines = messages.map((message) => message.toHex());
  Deno.writeTextFileSync(new URL(`${name}.hex`, FOLDER), `${lines.join("\n")}\n`);
}

function readOctets(name: string): Uint8Array[] {
  const lines = Deno.readTextFileSync(new URL(`${name}.hex`, FOLDER)).split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => Uint8Array.fromHex(line.replaceAll(" ", "")));
}
