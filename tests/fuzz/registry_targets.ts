/**
 * What registries answer: RDAP objects and documents of ROA payloads.
 *
 * @module
 */
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { JsonValue } from "../../lib/io/json_value.ts";
import { readRdapObject } from "../../lib/registry/rdap/rdap_object.ts";
import { type RdapKind, readRdapQuery } from "../../lib/registry/rdap/rdap_query.ts";
import { readVrpDocument } from "../../lib/registry/rpki/vrp_document.ts";
import { texts } from "./mutate.ts";
import {
  behindChoices,
  choose,
  fixtures,
  type FuzzTarget,
  must,
  mustBeJson,
  type Outcome,
} from "./target.ts";

const QUESTIONS: readonly (readonly [string, RdapKind])[] = [
  ["198.51.100.7", "ip"],
  ["AS64500", "autnum"],
  ["xn--bcher-kva.example", "domain"],
  ["ns1.example.net", "nameserver"],
  ["ORG-EX1-TEST", "entity"],
];
/** An object is cut to lists of 256 texts of 200 characters each, and 64 contacts. */
const OBJECT_CHARS_MAX = 2_000_000;

function runRdap(input: Uint8Array): Outcome {
  const [choice, bytes] = choose(input);
  const [text, kind] = QUESTIONS[choice % QUESTIONS.length] ?? ["AS1", "autnum"];
  try {
    const object = readRdapObject(
      JsonValue.parse("rdap.example", bytes),
      readRdapQuery(text, kind),
    );
    mustBeJson(object, OBJECT_CHARS_MAX);
    return `${kind} ${object.contacts.length} ${object.events.length} ${object.problems.length}`;
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    must(error.message.length <= 400, "the message is long");
    return error.message;
  }
}

async function runVrps(bytes: Uint8Array): Promise<Outcome> {
  try {
    const { table, problems } = await readVrpDocument(
      "rpki.example",
      bytes,
      systemClock,
      new AbortController().signal,
    );
    return `${table.size > 0} ${problems.map((text) => text.replaceAll(/\d+/g, "N"))}`;
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    return error.message.replaceAll(/\d+/g, "N");
  }
}

/** Everything that reads what registries answer. */
export const registryTargets: readonly FuzzTarget[] = [
  {
    name: "rdap_object",
    seeds: behindChoices(QUESTIONS.length, fixtures("registry", /^rdap_.*\.json$/)),
    words: texts('"vcardArray"', '["vcard",[]]', '"entities":[]', "null", "{}", "[]", '"label"'),
    run: runRdap,
  },
  {
    name: "vrp_document",
    seeds: texts(
      '{"metadata":{"generated":1750000000},"roas":[{"asn":"AS64496","prefix":"192.0.2.0/24","maxLength":24,"ta":"t"}]}',
      '{"metadata":{"buildtime":"2026-11-21T12:00:00Z"},"roas":[{"asn":64496,"prefix":"2001:db8::/32","maxLength":48,"expires":1}]}',
    ),
    words: texts('"roas":', '"asn":0', "4294967296", '"0.0.0.0/0"', "null", "1e99"),
    run: runVrps,
  },
];
