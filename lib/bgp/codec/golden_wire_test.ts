import assert from "node:assert/strict";
import { goldenWires } from "../../../tests/support/bgp_golden.ts";
import { bgpTraits, messageOf, octetsOf } from "../../../tests/support/bgp_octets.ts";
import { ATTRIBUTE } from "./path_attribute.ts";
import { describeMessage } from "./describe_message.ts";
import { MESSAGE_KINDS } from "./message_header.ts";

const wires = goldenWires();

for (const { name, octets, messages, traits } of wires) {
  Deno.test(`the golden messages of ${name} read as they did when they were looked through`, () => {
    assert.equal(octets.length, messages.length);
    octets.forEach((message, index) =>
      assert.deepEqual(
        JSON.parse(JSON.stringify(describeMessage(message, traits))),
        messages[index],
        `message ${index}`,
      )
    );
  });
}

Deno.test("real daemons send nothing that is met by a reset", () => {
  const recorded = wires.filter(({ name }) => name !== "made");
  assert.deepEqual(recorded.map(({ name }) => name), [
    "bird",
    "bird_two_octets",
    "exabgp",
    "frr",
    "gobgp",
    "openbgpd",
  ]);
  for (const { name, messages } of recorded) {
    assert.deepEqual(messages.filter(({ fault }) => fault !== null), [], name);
  }
});

Deno.test("every message type and every attribute that is read is among the golden ones", () => {
  const messages = wires.flatMap((wire) => wire.messages);
  const types = new Set(messages.map(({ type }) => type));
  assert.deepEqual(MESSAGE_KINDS.filter(({ name }) => !types.has(name)), []);
  const seen = new Set(
    messages.flatMap((message) => message.kind === "update" ? message.attributes : [])
      .map(({ type }) => type),
  );
  assert.deepEqual(Object.values(ATTRIBUTE).filter((type) => !seen.has(type)), []);
});

Deno.test("a description is bounded whatever the message", () => {
  const nlri = octetsOf("0000 0000" + "200a000001".repeat(813));
  const many = describeMessage(messageOf(2, nlri), bgpTraits());
  assert.ok(many.kind === "update");
  assert.deepEqual([many.announced.count, many.announced.prefixes.length], [813, 100]);
  const empty = octetsOf("0000 0fbd" + "c06300".repeat(1343));
  const attributes = describeMessage(messageOf(2, empty), bgpTraits());
  assert.ok(attributes.kind === "update");
  assert.deepEqual(
    [attributes.attribute_count, attributes.attributes.length, attributes.discarded.length],
    [1343, 64, 64],
  );
  const capabilities = describeMessage(
    messageOf(1, octetsOf("04 fdf2 005a 0a000002 ff ff 0fc3 02 0fc0" + "0200".repeat(2016))),
    bgpTraits(),
  );
  assert.ok(capabilities.kind === "open");
  assert.deepEqual([capabilities.capability_count, capabilities.capabilities.length], [2016, 64]);
});

Deno.test("what is no whole message is said to be unreadable", () => {
  for (const octets of [new Uint8Array(0), octetsOf("ffff"), new Uint8Array(200_000).fill(0xff)]) {
    assert.equal(describeMessage(octets, bgpTraits()).kind, "unreadable");
  }
});
