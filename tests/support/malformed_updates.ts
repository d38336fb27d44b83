/**
 * UPDATEs that are malformed in every way that RFC 7606 and its kin name, and some that only look so:
 * each with what has to come of it.
 *
 * @module
 */
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { attributeHex, octetsOf, updateBody } from "./bgp_octets.ts";
import {
  AS_PATH,
  GOOD,
  GOOD_IPV6,
  IBGP,
  more,
  NEXT_HOP,
  NLRI,
  ORIGIN,
  REACH,
  SHORT,
} from "./walked_updates.ts";

/** GOOD with one of the three in another form. */
const origin = (hex: string): Uint8Array =>
  updateBody({ attributes: hex + AS_PATH + NEXT_HOP, nlri: NLRI });
const path = (value: string): Uint8Array =>
  updateBody({ attributes: ORIGIN + attributeHex(0x40, 2, value) + NEXT_HOP, nlri: NLRI });
const nextHop = (value: string): Uint8Array =>
  updateBody({ attributes: ORIGIN + AS_PATH + attributeHex(0x40, 3, value), nlri: NLRI });
/** MP_REACH_NLRI of IPv6 with this next hop. */
const mpNextHop = (value: string): Uint8Array => {
  const size = octetsOf(value).length.toString(16).padStart(2, "0");
  const reach = attributeHex(0x80, 14, `000201${size}${value}002020010db8`);
  return updateBody({ attributes: reach + ORIGIN + AS_PATH });
};

/** `outcome` as `walked_updates.ts` writes it; `changes` of the traits of `bgpTraits`. */
export type UpdateCase = readonly [
  name: string,
  body: Uint8Array,
  outcome: string,
  changes?: Partial<CodecTraits>,
];

/** Names are unique. */
export const UPDATE_CASES: readonly UpdateCase[] = [
  ["a good UPDATE", more(""), "ok"],
  ["a good one of IPv6", updateBody({ attributes: GOOD_IPV6 }), "ok"],
  ["MP_REACH_NLRI behind the others", updateBody({ attributes: ORIGIN + AS_PATH + REACH }), "ok"],
  [
    "attributes in another order",
    updateBody({ attributes: NEXT_HOP + AS_PATH + ORIGIN, nlri: NLRI }),
    "ok",
  ],
  ["an extended length where one octet would do", origin(attributeHex(0x50, 1, "00")), "ok"],
  ["the default route", updateBody({ attributes: GOOD, nlri: "00" }), "ok"],

  // Lengths (RFC 4271 §6.3).
  ["an empty body", octetsOf(""), "3/1 message-lengths"],
  ["a body of one octet", octetsOf("00"), "3/1 message-lengths"],
  ["no length of attributes", octetsOf("000000"), "3/1 message-lengths"],
  ["withdrawn routes that overrun the message", octetsOf("0005 0000"), "3/1 message-lengths"],
  ["attributes that overrun the message", octetsOf("0000 0001"), "3/1 message-lengths"],

  // NLRI (RFC 7606 §5.3).
  [
    "a withdrawn prefix of length 33",
    updateBody({ withdrawn: "210a00000000" }),
    "3/10 withdrawn-syntax",
  ],
  ["a withdrawn prefix that is cut", updateBody({ withdrawn: "180a00" }), "3/10 withdrawn-syntax"],
  [
    "a prefix of length 33",
    updateBody({ attributes: GOOD, nlri: "210a00000000" }),
    "3/10 nlri-syntax",
  ],
  ["a prefix that is cut", updateBody({ attributes: GOOD, nlri: "18cb00" }), "3/10 nlri-syntax"],
  [
    "path identifiers that were not agreed on",
    updateBody({ attributes: GOOD, nlri: "0000000118cb0071ff" }),
    "3/10 nlri-syntax",
  ],
  [
    "path identifiers that are missing",
    updateBody({ attributes: GOOD, nlri: NLRI }),
    "3/10 nlri-syntax",
    { addPathReceive: [true, false] },
  ],
  [
    "path identifiers that were agreed on",
    updateBody({ attributes: GOOD, nlri: "00000001" + NLRI }),
    "ok",
    { addPathReceive: [true, false] },
  ],
  [
    "an IPv6 prefix of length 129",
    updateBody({
      attributes:
        attributeHex(0x80, 14, "0002011020010db80000000000000000000000010081" + "00".repeat(17)) +
        ORIGIN + AS_PATH,
    }),
    "3/9 mp-reach-nlri 800e27" + "0002011020010db80000000000000000000000010081" + "00".repeat(17),
  ],
  [
    "an IPv6 withdrawal that is cut",
    updateBody({ attributes: attributeHex(0x80, 15, "0002012020010d") }),
    "3/9 mp-unreach-nlri 800f070002012020010d",
  ],
  ["host bits behind the length", updateBody({ attributes: GOOD, nlri: "09cbff" }), "ok"],
  [
    "a prefix of 224.0.0.0/4",
    updateBody({ attributes: GOOD, nlri: "08e0" }),
    "discard multicast-prefix",
  ],
  [
    "a multicast prefix among others",
    updateBody({ attributes: GOOD, nlri: NLRI + "20efffffff" + "080a" }),
    "discard multicast-prefix",
  ],
  [
    "a multicast prefix behind a path identifier",
    updateBody({ attributes: GOOD, nlri: "e0000001" + NLRI + "00000001" + "08e0" }),
    "discard multicast-prefix",
    { addPathReceive: [true, false] },
  ],
  ["a prefix around multicast space", updateBody({ attributes: GOOD, nlri: "03e0" }), "ok"],
  ["a prefix of 240.0.0.0/4", updateBody({ attributes: GOOD, nlri: "08f0" }), "ok"],
  [
    "a prefix of ff00::/8",
    updateBody({
      attributes: attributeHex(0x80, 14, `00020110fd00${"00".repeat(13)}10 00 10ff02`) + ORIGIN +
        AS_PATH,
    }),
    "discard multicast-prefix",
  ],
  ["a withdrawn prefix of 224.0.0.0/4", updateBody({ withdrawn: "08e0" }), "ok"],
  [
    "the same prefix withdrawn and announced",
    updateBody({ withdrawn: NLRI, attributes: GOOD, nlri: NLRI }),
    "ok",
  ],
  ["the same prefix twice", updateBody({ attributes: GOOD, nlri: NLRI + NLRI }), "ok"],

  // Attributes as such (RFC 7606 §3, §4).
  ["NLRI without attributes", updateBody({ nlri: NLRI }), "withdraw origin-missing"],
  [
    "no ORIGIN",
    updateBody({ attributes: AS_PATH + NEXT_HOP, nlri: NLRI }),
    "withdraw origin-missing",
  ],
  [
    "no AS_PATH",
    updateBody({ attributes: ORIGIN + NEXT_HOP, nlri: NLRI }),
    "withdraw as-path-missing",
  ],
  [
    "no NEXT_HOP",
    updateBody({ attributes: ORIGIN + AS_PATH, nlri: NLRI }),
    "withdraw next-hop-missing",
  ],
  ["no ORIGIN in IPv6", updateBody({ attributes: REACH + AS_PATH }), "withdraw origin-missing"],
  ["a last attribute that overruns", more("c0080800"), "withdraw attribute-overrun"],
  ["a last attribute that is a header alone", more("c008"), "withdraw attribute-overrun"],
  ["a last attribute of one octet", more("c0"), "withdraw attribute-overrun"],
  ["an extended length that is cut", more("d00800"), "withdraw attribute-overrun"],
  [
    "an overrun with no route found",
    updateBody({ attributes: "400108" }),
    "3/1 fault-without-nlri",
  ],
  [
    "a fault with withdrawn routes alone",
    updateBody({ withdrawn: NLRI, attributes: attributeHex(0x40, 1, "03") }),
    "3/1 fault-without-nlri",
  ],
  [
    "a MP_REACH_NLRI that overruns",
    updateBody({ attributes: ORIGIN + AS_PATH + "800e40000201" }),
    "3/1 fault-without-nlri",
  ],
  ["ORIGIN as optional", origin(attributeHex(0xc0, 1, "00")), "withdraw attribute-flags"],
  [
    "ORIGIN that is not transitive",
    origin(attributeHex(0x00, 1, "00")),
    "withdraw attribute-flags",
  ],
  [
    "COMMUNITIES as well-known",
    more(attributeHex(0x40, 8, "fdf20001")),
    "withdraw attribute-flags",
  ],
  ["MED as transitive", more(attributeHex(0xc0, 4, "00000001")), "withdraw attribute-flags"],
  [
    "MP_REACH_NLRI as transitive",
    updateBody({ attributes: attributeHex(0xc0, 14, REACH.slice(6)) + ORIGIN + AS_PATH }),
    `3/4 mp-attribute-flags ${octetsOf(attributeHex(0xc0, 14, REACH.slice(6))).toHex()}`,
  ],
  [
    "MP_UNREACH_NLRI as well-known",
    updateBody({ attributes: attributeHex(0x40, 15, "0002012020010db8") }),
    `3/4 mp-attribute-flags ${attributeHex(0x40, 15, "0002012020010db8")}`,
  ],
  ["Partial on a well-known attribute", origin(attributeHex(0x60, 1, "00")), "ok"],
  ["unused flag bits", origin(attributeHex(0x4f, 1, "00")), "ok"],
  ["ORIGIN twice", more(ORIGIN), "discard attribute-twice"],
  [
    "COMMUNITIES twice",
    more(attributeHex(0xc0, 8, "fdf20001") + attributeHex(0xc0, 8, "fdf20002")),
    "discard attribute-twice",
  ],
  [
    "MP_REACH_NLRI twice",
    updateBody({ attributes: REACH + REACH + ORIGIN + AS_PATH }),
    "3/1 mp-attribute-twice",
  ],
  [
    "MP_UNREACH_NLRI twice",
    updateBody({ attributes: attributeHex(0x80, 15, "000201") + attributeHex(0x80, 15, "000201") }),
    "3/1 mp-attribute-twice",
  ],
  [
    "an unknown well-known attribute",
    more(attributeHex(0x40, 99, "0102")),
    "3/2 unknown-well-known 4063020102",
  ],
  ["type 0 as well-known", more(attributeHex(0x40, 0, "")), "3/2 unknown-well-known 400000"],
  ["type 0 as optional", more(attributeHex(0x80, 0, "")), "ok"],
  ["type 255 as optional transitive", more(attributeHex(0xc0, 255, "01")), "ok"],
  ["the attribute 128 of another time", more(attributeHex(0xc0, 128, "0000fde8")), "ok"],

  // ORIGIN, AS_PATH (RFC 7606 §7.1, §7.2; RFC 7607; RFC 5065).
  ["ORIGIN 3", origin(attributeHex(0x40, 1, "03")), "withdraw origin-malformed"],
  ["ORIGIN of two octets", origin(attributeHex(0x40, 1, "0000")), "withdraw origin-malformed"],
  ["ORIGIN of none", origin(attributeHex(0x40, 1, "")), "withdraw origin-malformed"],
  ["an unknown segment", path("0501 0000fdf2"), "withdraw as-path-malformed"],
  ["a segment of type 0", path("0001 0000fdf2"), "withdraw as-path-malformed"],
  ["an empty segment", path("0200"), "withdraw as-path-malformed"],
  ["a segment that overruns", path("0203 0000fdf2 0000fbf4"), "withdraw as-path-malformed"],
  ["one octet behind the last segment", path("0201 0000fdf2 02"), "withdraw as-path-malformed"],
  [
    "AS numbers of two octets in a session of four",
    path("0202 fdf2 fbf4"),
    "withdraw as-path-malformed",
  ],
  ["an empty AS_PATH of an external peer", path(""), "ok"],
  ["an empty AS_PATH of an internal peer", path(""), "ok", IBGP],
  ["AS_SET", path("0201 0000fdf2 0102 0000fbf4 0000fbf5"), "ok"],
  ["AS_TRANS in a session of four octets", path("0202 0000fdf2 00005ba0"), "ok"],
  ["AS 0 in AS_PATH", path("0202 0000fdf2 00000000"), "withdraw as-path-zero"],
  ["AS 0 in an AS_SET", path("0101 00000000"), "withdraw as-path-zero"],
  [
    "a confederation's segment of an external peer",
    path("0301 0000fdf2"),
    "withdraw as-path-confederation",
  ],
  [
    "a confederation's set of an external peer",
    path("0401 0000fdf2"),
    "withdraw as-path-confederation",
  ],
  [
    "a confederation's segment of an internal peer",
    path("0301 0000fdf2"),
    "withdraw as-path-confederation",
    IBGP,
  ],
  ["our own AS in the path", path("0202 0000fdf2 0000fde8"), "ok"],

  // Next hops (RFC 7606 §7.3, §7.11; RFC 4271 §6.3; RFC 2545; RFC 8950).
  ["NEXT_HOP of three octets", nextHop("c00002"), "withdraw next-hop-length"],
  ["NEXT_HOP of sixteen", nextHop("00".repeat(16)), "withdraw next-hop-length"],
  ["NEXT_HOP 0.0.0.0", nextHop("00000000"), "withdraw next-hop-invalid"],
  ["NEXT_HOP 224.0.0.5", nextHop("e0000005"), "withdraw next-hop-invalid"],
  ["NEXT_HOP 255.255.255.255", nextHop("ffffffff"), "withdraw next-hop-invalid"],
  ["NEXT_HOP 127.0.0.10", nextHop("7f00000a"), "ok"],
  ["NEXT_HOP that is ours", nextHop("7f000001"), "withdraw next-hop-self"],
  [
    "a bad NEXT_HOP beside MP_REACH_NLRI alone",
    updateBody({ attributes: GOOD_IPV6 + attributeHex(0x40, 3, "00000000") }),
    "ok",
  ],
  [
    "an IPv6 next hop and a link-local one",
    mpNextHop("fd000000000000000000000000000010fe800000000000000000000000000010"),
    "ok",
  ],
  ["a link-local next hop alone", mpNextHop("fe800000000000000000000000000010"), "ok"],
  ["an IPv4-mapped next hop", mpNextHop("00000000000000000000ffff7f000003"), "ok"],
  [
    "an IPv4-mapped next hop that is ours",
    mpNextHop("00000000000000000000ffff7f000001"),
    "withdraw next-hop-self",
  ],
  [
    "an IPv4-mapped next hop of 0.0.0.0",
    mpNextHop("00000000000000000000ffff00000000"),
    "withdraw next-hop-invalid",
  ],
  ["the IPv6 next hop ::", mpNextHop("00".repeat(16)), "withdraw next-hop-invalid"],
  [
    "the IPv6 next hop ff02::1",
    mpNextHop("ff020000000000000000000000000001"),
    "withdraw next-hop-invalid",
  ],
  [
    "an IPv6 next hop that is ours",
    mpNextHop("fd000000000000000000000000000001"),
    "withdraw next-hop-self",
  ],
  [
    "an IPv6 next hop of four octets",
    mpNextHop("c000020a"),
    "3/9 mp-next-hop-length 800e0e00020104c000020a002020010db8",
  ],
  ["an IPv6 next hop of none", mpNextHop(""), "3/9 mp-next-hop-length 800e0a00020100002020010db8"],
  [
    "an IPv4 prefix in MP_REACH_NLRI",
    updateBody({
      attributes: attributeHex(0x80, 14, "00010104c000020a00" + NLRI) + ORIGIN + AS_PATH,
    }),
    "ok",
  ],
  [
    "an IPv4 prefix with an IPv6 next hop that was not agreed on",
    updateBody({
      attributes: attributeHex(0x80, 14, `00010110fd00${"00".repeat(13)}1000${NLRI}`) + ORIGIN +
        AS_PATH,
    }),
    `3/9 mp-next-hop-length 800e1900010110fd00${"00".repeat(13)}1000${NLRI}`,
  ],
  [
    "an IPv4 prefix with an IPv6 next hop that was agreed on",
    updateBody({
      attributes: attributeHex(0x80, 14, `00010110fd00${"00".repeat(13)}1000${NLRI}`) + ORIGIN +
        AS_PATH,
    }),
    "ok",
    { extendedNextHop: true },
  ],
  [
    "MP_REACH_NLRI of four octets",
    updateBody({ attributes: attributeHex(0x80, 14, "00020110") }),
    "3/9 mp-reach-length 800e0400020110",
  ],
  [
    "MP_REACH_NLRI whose next hop overruns",
    updateBody({ attributes: attributeHex(0x80, 14, "000201ff0000") }),
    "3/9 mp-reach-length 800e06000201ff0000",
  ],
  [
    "MP_UNREACH_NLRI of two octets",
    updateBody({ attributes: attributeHex(0x80, 15, "0002") }),
    "3/9 mp-unreach-length 800f020002",
  ],

  // Families.
  [
    "IPv6 that was not agreed on",
    updateBody({ attributes: GOOD_IPV6 }),
    "discard family-not-negotiated",
    { families: [true, false] },
  ],
  ["IPv4 in the body that was not agreed on", more(""), "discard family-not-negotiated", {
    families: [false, true],
  }],
  [
    "a family that nobody here knows",
    updateBody({ attributes: attributeHex(0x80, 14, "0019410400000000007f") + ORIGIN + AS_PATH }),
    "discard family-not-negotiated",
  ],
  [
    "a withdrawal of a family that nobody here knows",
    updateBody({ attributes: attributeHex(0x80, 15, "001941") }),
    "discard family-not-negotiated",
  ],

  // The others (RFC 7606 §7.4 to §7.14, RFC 8092 §6, RFC 9234 §5).
  ["MED of three octets", more(attributeHex(0x80, 4, "000001")), "withdraw med-length"],
  [
    "LOCAL_PREF of an external peer",
    more(attributeHex(0x40, 5, "00000064")),
    "discard local-pref-external",
  ],
  [
    "LOCAL_PREF of three octets of an external peer",
    more(attributeHex(0x40, 5, "000064")),
    "discard local-pref-external",
  ],
  [
    "LOCAL_PREF of three octets of an internal peer",
    more(attributeHex(0x40, 5, "000064")),
    "withdraw local-pref-length",
    IBGP,
  ],
  [
    "ATOMIC_AGGREGATE with a value",
    more(attributeHex(0x40, 6, "00")),
    "discard atomic-aggregate-length",
  ],
  [
    "AGGREGATOR of six octets in a session of four-octet AS numbers",
    more(attributeHex(0xc0, 7, "fdf2c0000201")),
    "discard aggregator-length",
  ],
  [
    "AGGREGATOR of eight octets in a session of two-octet AS numbers",
    updateBody({
      attributes: ORIGIN + attributeHex(0x40, 2, "0201fdf2") + NEXT_HOP +
        attributeHex(0xc0, 7, "0000fdf2c0000201"),
      nlri: NLRI,
    }),
    "discard aggregator-length",
    SHORT,
  ],
  [
    "AGGREGATOR of AS 0",
    more(attributeHex(0xc0, 7, "00000000c0000201")),
    "discard aggregator-zero",
  ],
  [
    "COMMUNITIES of five octets",
    more(attributeHex(0xc0, 8, "fdf2000100")),
    "withdraw communities-length",
  ],
  ["COMMUNITIES of none", more(attributeHex(0xc0, 8, "")), "withdraw communities-length"],
  ["COMMUNITIES of 4,000 octets", more(attributeHex(0xd0, 8, "fdf20001".repeat(1000))), "ok"],
  [
    "ORIGINATOR_ID of an external peer",
    more(attributeHex(0x80, 9, "c0000201")),
    "discard originator-id-external",
  ],
  [
    "ORIGINATOR_ID of three octets",
    more(attributeHex(0x80, 9, "c00002")),
    "withdraw originator-id-length",
    IBGP,
  ],
  [
    "CLUSTER_LIST of an external peer",
    more(attributeHex(0x80, 10, "c0000201")),
    "discard cluster-list-external",
  ],
  ["CLUSTER_LIST of none", more(attributeHex(0x80, 10, "")), "withdraw cluster-list-length", IBGP],
  [
    "CLUSTER_LIST of five octets",
    more(attributeHex(0x80, 10, "c000020100")),
    "withdraw cluster-list-length",
    IBGP,
  ],
  [
    "EXTENDED COMMUNITIES of nine octets",
    more(attributeHex(0xc0, 16, "0002fdf200000001ff")),
    "withdraw extended-communities-length",
  ],
  [
    "LARGE_COMMUNITY of 13 octets",
    more(attributeHex(0xc0, 32, "0000fdf20000000100000002ff")),
    "withdraw large-communities-length",
  ],
  [
    "LARGE_COMMUNITY of none",
    more(attributeHex(0xc0, 32, "")),
    "withdraw large-communities-length",
  ],
  ["Only to Customer of two octets", more(attributeHex(0xc0, 35, "fdf2")), "withdraw otc-length"],
  [
    "AS4_PATH from a NEW speaker",
    more(attributeHex(0xc0, 17, "02010000fdf2")),
    "discard as4-needless",
  ],
  [
    "AS4_AGGREGATOR from a NEW speaker",
    more(attributeHex(0xc0, 18, "0000fdf2c0000201")),
    "discard as4-needless",
  ],
  [
    "AS4_PATH that is cut",
    updateBody({
      attributes: ORIGIN + attributeHex(0x40, 2, "0201fdf2") + NEXT_HOP +
        attributeHex(0xc0, 17, "0202000000"),
      nlri: NLRI,
    }),
    "discard as4-path-malformed",
    SHORT,
  ],
  [
    "AS4_PATH with AS 0",
    updateBody({
      attributes: ORIGIN + attributeHex(0x40, 2, "0201fdf2") + NEXT_HOP +
        attributeHex(0xc0, 17, "020100000000"),
      nlri: NLRI,
    }),
    "discard as4-path-malformed",
    SHORT,
  ],
  [
    "AS4_PATH with the segment of a confederation",
    updateBody({
      attributes: ORIGIN + attributeHex(0x40, 2, "0202fdf25ba0") + NEXT_HOP +
        attributeHex(0xc0, 17, "03010000fdf3 020100030d40"),
      nlri: NLRI,
    }),
    "discard as4-path-confederation",
    SHORT,
  ],
  [
    "AS4_AGGREGATOR of AS 0",
    updateBody({
      attributes: ORIGIN + attributeHex(0x40, 2, "0201fdf2") + NEXT_HOP +
        attributeHex(0xc0, 18, "00000000c0000201"),
      nlri: NLRI,
    }),
    "discard as4-aggregator-malformed",
    SHORT,
  ],

  // The strongest of several counts (RFC 7606 §3(h)).
  [
    "an attribute to discard, then one to withdraw for",
    more(attributeHex(0x40, 6, "00") + attributeHex(0x80, 4, "00")),
    "withdraw med-length",
  ],
  [
    "one to withdraw for, then one to discard",
    more(attributeHex(0x80, 4, "00") + attributeHex(0x40, 6, "00")),
    "withdraw med-length",
  ],
  [
    "one to withdraw for, then one to reset for",
    more(attributeHex(0x80, 4, "00") + attributeHex(0x40, 99, "")),
    "3/2 unknown-well-known 406300",
  ],
];
