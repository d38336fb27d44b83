import assert from "node:assert/strict";
import fc from "fast-check";
import { contactsOf, readContact } from "./contact.ts";

const card = (...properties: readonly unknown[]) =>
  readContact({ vcardArray: ["vcard", properties] });

Deno.test("a thick card gives what it says", () => {
  const contact = card(
    ["version", {}, "text", "4.0"],
    ["FN", {}, "text", "Joe Appleseed"],
    ["n", {}, "text", ["Appleseed", "Joe", "", "", ["PhD", "DDS"]]],
    ["org", { type: "work" }, "text", ["Example", "Networks"]],
    ["kind", {}, "text", "individual"],
    ["adr", { cc: "CA" }, "text", [
      "",
      "Suite 1234",
      ["4321 Rue", "2nd"],
      "Quebec",
      "QC",
      "G1V 2M2",
      "Canada",
    ]],
    ["tel", { type: ["work", "voice"], pref: "1" }, "uri", "tel:+1-555-555-1234;ext=102"],
    ["tel", { type: "fax" }, "text", "+1-555-555-4321"],
    ["email", { type: "work" }, "text", "joe@example.com"],
    ["email", {}, "text", "joe@example.com"],
    ["lang", {}, "language-tag", "fr"],
  );
  assert.deepEqual({ ...contact, roles: [], ids: [] }, {
    handle: null,
    roles: [],
    name: "Joe Appleseed",
    organization: "Example, Networks",
    kind: "individual",
    emails: ["joe@example.com"],
    phones: ["+1-555-555-1234;ext=102", "+1-555-555-4321"],
    address: "Suite 1234, 4321 Rue, 2nd, Quebec, QC, G1V 2M2, Canada",
    country: "CA",
    ids: [],
    of: null,
  });
});

Deno.test("broken cards give what can be understood of them", () => {
  assert.equal(card(["fn", {}, "text", "A"], "junk", 7, null, [], ["fn"]).name, "A");
  assert.equal(card(["fn", null, null, null], ["n", {}, "text", ["Doe", "Jo"]]).name, "Doe, Jo");
  assert.equal(readContact({ vcardArray: [["fn", {}, "text", "No wrapper"]] }).name, "No wrapper");
  assert.equal(readContact({ vcardArray: ["vcard", ["fn", {}, "text", "Flat"]] }).name, null);
  assert.deepEqual(card(["adr", { label: "1 Way\nTown" }, "text", ["", "", "", "", "", "", ""]]), {
    ...card(),
    address: "1 Way Town",
  });
  assert.equal(card(["adr", {}, "text", "One text"]).address, "One text");
  assert.equal(readContact({ vcardArray: "vcard" }).name, null);
  assert.equal(readContact(null).name, null);
  assert.deepEqual(readContact({ roles: "Abuse" }).roles, ["abuse"]);
});

Deno.test("entities in entities are found, with whose they are, up to a depth and a number", () => {
  const nested = (depth: number): unknown => ({
    handle: `D${depth}`,
    entities: depth === 10 ? [] : [nested(depth + 1)],
  });
  assert.deepEqual(
    contactsOf({ entities: [nested(1)] }).map(({ handle, of }) => `${handle} of ${of}`),
    ["D1 of null", "D2 of D1", "D3 of D2", "D4 of D3"],
  );
  const many = Array.from({ length: 5_000 }, (_, at) => ({ handle: `H${at}` }));
  assert.equal(contactsOf({ entities: many }).length, 64);
});

Deno.test("any JSON is a contact of short texts", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue({ maxDepth: 6 }), (a, b) => {
    const contacts = contactsOf({
      entities: [{ vcardArray: a, roles: b }, { vcardArray: ["vcard", b] }],
    });
    for (const { name, address, emails } of contacts) {
      for (const text of [name, address, ...emails]) assert.ok(text === null || text.length <= 201);
    }
  }));
});
