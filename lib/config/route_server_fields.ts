/**
 * The fields of one entry of `looking_glass.servers`.
 *
 * @module
 */
import {
  checkCredential,
  checkDate,
  checkDialHost,
  checkEnvName,
  checkLabel,
  checkTag,
  oneOf,
} from "./check_text.ts";
import type { RouteServerEntry } from "./config.ts";
import type { FieldRow } from "./row.ts";

const dialects: readonly NonNullable<RouteServerEntry["dialect"]>[] = [
  "frr",
  "ios",
  "iosxr",
  "nxos",
  "eos",
  "junos",
  "bird",
  "openbgpd",
];

/** 2^32 - 1: the largest AS number (RFC 6793 §3). */
const MAX_AS_NUMBER = 4_294_967_295;

/** Every field, in the order of `config.yaml`. */
export const routeServerFields: readonly FieldRow[] = [
  {
    path: "name",
    type: "text",
    default: null,
    required: true,
    unit: "1 to 64 characters",
    check: checkLabel,
    doc: "what it is asked for by; unique without regard to case.",
  },
  {
    path: "host",
    type: "text",
    default: null,
    required: true,
    unit: "host name or address",
    check: checkDialHost,
    doc: "where it is.",
  },
  {
    path: "port",
    type: "integer",
    default: 23,
    unit: "TCP port",
    min: 1,
    max: 65_535,
    doc: "where telnet is served.",
  },
  {
    path: "dialect",
    type: "enum",
    default: null,
    nullable: true,
    values: dialects,
    doc:
      "what it speaks; null: found out at the first connection. frr is also Quagga, ios also IOS-XE.",
  },
  {
    path: "login.username",
    type: "text",
    default: null,
    unit: "text",
    check: checkCredential,
    doc: "what is answered if it asks for a user.",
  },
  {
    path: "login.password",
    type: "text",
    default: null,
    unit: "text",
    check: checkCredential,
    secret: true,
    doc: "what is answered if it asks for a password: one that its operator has published.",
  },
  {
    path: "login.password_env",
    type: "text",
    default: null,
    unit: "name of an environment variable",
    check: checkEnvName,
    doc: "the variable that holds the password; it counts before login.password.",
  },
  {
    path: "location",
    type: "text",
    default: null,
    unit: "text",
    check: checkLabel,
    doc: "where in the world, for a person.",
  },
  {
    path: "asn",
    type: "integer",
    default: null,
    nullable: true,
    unit: "AS number",
    min: 1,
    max: MAX_AS_NUMBER,
    doc: "of its operator.",
  },
  {
    path: "tags",
    type: "list",
    default: [],
    unit: "a word such as europe, ixp or multihop",
    check: checkTag,
    doc: "groups that it can be asked for by.",
  },
  {
    path: "families",
    type: "list",
    default: ["ipv4", "ipv6"],
    unit: "ipv4 or ipv6",
    check: oneOf(["ipv4", "ipv6"]),
    minEntries: 1,
    doc: "the address families that it carries.",
  },
  {
    path: "ping",
    type: "boolean",
    default: false,
    doc: "whether its operator lets visitors ping from it.",
  },
  {
    path: "traceroute",
    type: "boolean",
    default: false,
    doc: "whether its operator lets visitors trace routes from it.",
  },
  {
    path: "format",
    type: "enum",
    default: "text",
    values: ["text", "json"],
    doc: "json is three times the bytes, for FRR routers of your own.",
  },
  {
    path: "daily_connections",
    type: "integer",
    default: null,
    nullable: true,
    unit: "connections in 24 hours",
    min: 1,
    max: 1_000_000,
    doc: "most that its operator allows; null: no limit is known.",
  },
  {
    path: "daily_bytes",
    type: "integer",
    default: null,
    nullable: true,
    unit: "received bytes in 24 hours",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    doc: "most that its operator allows; null: no limit is known.",
  },
  {
    path: "verified",
    type: "text",
    default: null,
    unit: "date, YYYY-MM-DD",
    check: checkDate,
    doc: "when it was last seen to answer as this entry says; null: not checked.",
  },
  {
    path: "enabled",
    type: "boolean",
    default: true,
    isAlwaysWritten: true,
    doc: "whether it may be asked.",
  },
];
