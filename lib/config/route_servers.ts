/**
 * The route servers that are known as shipped, most of them disabled.
 *
 * Sources: the collector menu of lg.routeviews.org as of 2026, Route Views' page on its telnet rate
 * limits, and published lists of route servers with the logins that their operators publish.
 * Nothing of it was contacted from where this list was made, so `verified` is null throughout.
 *
 * @module
 */
import type { RouteServerEntry, RouteServerLogin } from "./config.ts";

/** Servers that stand together in `config.yaml`, under a comment. */
export interface RouteServerGroup {
  readonly title: string;
  readonly servers: readonly RouteServerEntry[];
}

const NO_LOGIN: RouteServerLogin = { username: null, password: null, password_env: null };

/** The few that are asked unless somebody says otherwise: one on each continent. */
const ENABLED: readonly string[] = [
  "RouteViews Main",
  "IX.br São Paulo",
  "RouteViews Linx",
  "NAPAfrica Johannesburg",
  "Equinix Singapore",
  "Equinix Sydney",
];

type Rest = Partial<Omit<RouteServerEntry, "name" | "host">>;

function server(name: string, host: string, rest: Rest): RouteServerEntry {
  return {
    name,
    host,
    port: 23,
    dialect: null,
    login: NO_LOGIN,
    location: null,
    asn: null,
    tags: [],
    families: ["ipv4", "ipv6"],
    ping: false,
    traceroute: false,
    format: "text",
    daily_connections: null,
    daily_bytes: null,
    verified: null,
    enabled: ENABLED.includes(name),
    ...rest,
  };
}

/** A collector of Route Views: FRR without login, within the limits of its telnet policy. */
function collector(name: string, label: string, rest: Rest): RouteServerEntry {
  return server(name, `${label}.routeviews.org`, {
    dialect: "frr",
    asn: 6447,
    daily_connections: 100,
    daily_bytes: 500_000,
    ...rest,
  });
}

/** A collector with sessions from everywhere, at the University of Oregon. */
function multihop(name: string, label: string, rest: Rest = {}): RouteServerEntry {
  const location = "Eugene, Oregon, United States";
  const tags = ["north-america", "us", "eugene", "multihop"];
  return collector(name, label, { location, tags, ...rest });
}

type ExchangeRow = readonly [name: string, label: string, tags: string, location: string];

/** Collectors at internet exchanges of one continent; country and city are their tags. */
function exchanges(continent: string, rows: readonly ExchangeRow[]): readonly RouteServerEntry[] {
  return rows.map(([name, label, tags, location]) =>
    collector(name, label, { location, tags: [continent, ...tags.split(" "), "ixp"] })
  );
}

type OperatorRow = readonly [
  name: string,
  host: string,
  asn: number,
  tags: string,
  location: string,
  rest?: Rest,
];

/** Route servers that operators run of their own networks. */
function operators(rows: readonly OperatorRow[]): readonly RouteServerEntry[] {
  return rows.map(([name, host, asn, tags, location, rest = {}]) =>
    server(name, host, { location, asn, tags: tags.split(" "), ...rest })
  );
}

function login(username: string | null, password: string | null = null): RouteServerLogin {
  return { username, password, password_env: null };
}

/** Every shipped server, in the order of `config.yaml`. */
export const routeServerGroups: readonly RouteServerGroup[] = [
  {
    title:
      "Collectors of Route Views (routeviews.org). Each takes 100 connections and sends 500,000 bytes to one visitor in 24 hours, for questions that a person asks; whoever needs more asks its API. No server of this list was contacted when it was written, so verified is null throughout. First those with sessions from all over the world.",
    servers: [
      multihop("RouteViews Main", "route-views", {
        dialect: "ios",
        login: login("rviews"),
        ping: true,
        traceroute: true,
      }),
      multihop("RouteViews2", "route-views2"),
      multihop("RouteViews3", "route-views3"),
      multihop("RouteViews4", "route-views4"),
      multihop("RouteViews5", "route-views5"),
      // Its sessions carry IPv6 routes only.
      multihop("RouteViews6", "route-views6", { families: ["ipv6"] }),
      multihop("RouteViews7", "route-views7"),
      multihop("RouteViews8", "route-views8"),
    ],
  },
  {
    title: "Route Views in North and Central America.",
    servers: exchanges("north-america", [
      ["Equinix Ashburn", "route-views.eqix", "us ashburn", "Ashburn, United States"],
      ["DE-CIX New York", "route-views.ny", "us new-york", "New York, United States"],
      ["Equinix Chicago", "route-views.chicago", "us chicago", "Chicago, United States"],
      ["NWAX Portland", "route-views.nwax", "us portland", "Portland, United States"],
      ["CIX Atlanta", "cix.atl", "us atlanta", "Atlanta, United States"],
      [
        "Digital Realty Atlanta",
        "route-views.telxatl",
        "us atlanta",
        "Atlanta, United States",
      ],
      [
        "FD-IX Indianapolis",
        "route-views.mwix",
        "us indianapolis",
        "Indianapolis, United States",
      ],
      ["FL-IX Miami", "route-views.flix", "us miami", "Miami, United States"],
      ["PAIX Palo Alto", "route-views.isc", "us palo-alto", "Palo Alto, United States"],
      [
        "SFMIX San Francisco",
        "route-views.sfmix",
        "us san-francisco",
        "San Francisco, United States",
      ],
      [
        "Pacific Wave Los Angeles",
        "pacwave.lax",
        "us los-angeles",
        "Los Angeles, United States",
      ],
      ["PIT Querétaro", "pitmx.qro", "mx queretaro", "Querétaro, Mexico"],
      ["CRIX San José", "crix.sjo", "cr san-jose", "San José, Costa Rica"],
    ]),
  },
  {
    title: "Route Views in South America.",
    servers: exchanges("south-america", [
      ["IX.br São Paulo", "ix-br2.gru", "br sao-paulo", "São Paulo, Brazil"],
      ["IX.br Rio de Janeiro", "route-views.rio", "br rio-de-janeiro", "Rio de Janeiro, Brazil"],
      ["IX.br Fortaleza", "route-views.fortaleza", "br fortaleza", "Fortaleza, Brazil"],
      ["Peru IX Lima", "route-views.peru", "pe lima", "Lima, Peru"],
      ["NIC Chile Santiago", "route-views.chile", "cl santiago", "Santiago, Chile"],
      ["PIT Santiago", "pit.scl", "cl santiago", "Santiago, Chile"],
    ]),
  },
  {
    title: "Route Views in Europe.",
    servers: exchanges("europe", [
      ["RouteViews Linx", "route-views.linx", "gb london", "London, United Kingdom"],
      ["AMS-IX Amsterdam", "amsix.ams", "nl amsterdam", "Amsterdam, Netherlands"],
      ["DE-CIX Frankfurt", "decix.fra", "de frankfurt", "Frankfurt, Germany"],
      ["LocIX Frankfurt", "locix.fra", "de frankfurt", "Frankfurt, Germany"],
      ["Netnod Malmö", "netnod.mmx", "se malmo", "Malmö, Sweden"],
      ["Namex Rome", "namex.fco", "it rome", "Rome, Italy"],
      ["InterLAN Bucharest", "interlan.otp", "ro bucharest", "Bucharest, Romania"],
      ["SOX Belgrade", "route-views.soxrs", "rs belgrade", "Belgrade, Serbia"],
    ]),
  },
  {
    title: "Route Views in Africa.",
    servers: exchanges("africa", [
      [
        "NAPAfrica Johannesburg",
        "route-views.napafrica",
        "za johannesburg",
        "Johannesburg, South Africa",
      ],
      ["KIXP Nairobi", "route-views.kixp", "ke nairobi", "Nairobi, Kenya"],
      ["GIXA Accra", "route-views.gixa", "gh accra", "Accra, Ghana"],
      ["IXPN Lagos", "ixpn.los", "ng lagos", "Lagos, Nigeria"],
    ]),
  },
  {
    title: "Route Views in Asia.",
    servers: exchanges("asia", [
      ["Equinix Singapore", "route-views.sg", "sg singapore", "Singapore"],
      ["HKIX Hong Kong", "hkix.hkg", "hk hong-kong", "Hong Kong"],
      ["RouteViews WIDE", "route-views.wide", "jp tokyo", "Tokyo, Japan"],
      ["KINX Seoul", "kinx.icn", "kr seoul", "Seoul, South Korea"],
      ["BDIX Dhaka", "route-views.bdix", "bd dhaka", "Dhaka, Bangladesh"],
      ["BKNIX Bangkok", "route-views.bknix", "th bangkok", "Bangkok, Thailand"],
      ["DE-CIX Johor Bahru", "decix.jhb", "my johor-bahru", "Johor Bahru, Malaysia"],
      ["IIX Jakarta", "iix.cgk", "id jakarta", "Jakarta, Indonesia"],
      ["GetaFIX Manila", "getafix.mnl", "ph manila", "Manila, Philippines"],
      ["PhOpenIX Quezon City", "route-views.phoix", "ph quezon-city", "Quezon City, Philippines"],
      ["UAE-IX Dubai", "route-views.uaeix", "ae dubai", "Dubai, United Arab Emirates"],
      ["IRAQ-IXP Baghdad", "iraq-ixp.bgw", "iq baghdad", "Baghdad, Iraq"],
    ]),
  },
  {
    title: "Route Views in Oceania.",
    servers: exchanges("oceania", [
      ["Equinix Sydney", "route-views.sydney", "au sydney", "Sydney, Australia"],
      ["WA-IX Perth", "route-views.perth", "au perth", "Perth, Australia"],
      ["GOREX Guam", "route-views.gorex", "gu guam", "Guam"],
    ]),
  },
  {
    title:
      "Route servers that operators run of their own networks. The lists that name them are old: some ask for another login by now, or are gone. Logins are those that the operators publish.",
    servers: operators([
      ["AT&T", "route-server.ip.att.net", 7018, "north-america us", "United States", {
        dialect: "junos",
        login: login("rviews", "rviews"),
      }],
      ["Hurricane Electric", "route-server.he.net", 6939, "north-america us", "United States", {
        dialect: "frr",
        login: login(null, "rviews"),
      }],
      ["Host.net", "route-server.host.net", 13645, "north-america us", "United States", {
        login: login(null, "routes"),
      }],
      ["Wave", "route-server.as11404.net", 11404, "north-america us", "United States", {
        port: 2605,
      }],
      ["Level 3", "route-server.gblx.net", 3549, "north-america us", "United States"],
      ["Telus East", "route-views.on.bb.telus.com", 852, "north-america ca", "Ontario, Canada"],
      ["Telus West", "route-views.ab.bb.telus.com", 852, "north-america ca", "Alberta, Canada"],
      ["Eastlink", "route-server.eastlink.ca", 11260, "north-america ca", "Canada"],
      ["Allstream East", "route-server.east.allstream.com", 15290, "north-america ca", "Canada", {
        login: login("rserv"),
      }],
      [
        "Allstream Central",
        "route-server.central.allstream.com",
        15290,
        "north-america ca",
        "Canada",
        { login: login("rserv") },
      ],
      ["Allstream West", "route-server.west.allstream.com", 15290, "north-america ca", "Canada", {
        login: login("rserv"),
      }],
      ["Level 3 Europe", "route-server.eu.gblx.net", 3549, "europe", "Europe"],
      ["GTT", "route-server.as3257.net", 3257, "europe", "Europe", {
        login: login("public", "public"),
      }],
      ["Opentransit", "route-server.opentransit.net", 5511, "europe fr", "France", {
        login: login("rviews", "Rviews"),
      }],
      ["Swisscom", "route-server.ip-plus.net", 3303, "europe ch", "Switzerland", {
        dialect: "ios",
      }],
      ["Sunrise", "routeserver.sunrise.ch", 6730, "europe ch", "Switzerland"],
      ["TDC", "route-server.ip.tdc.net", 3292, "europe dk", "Denmark"],
      ["KPN", "route-server.eurorings.net", 286, "europe nl", "Netherlands"],
      ["BelWü", "route-server.belwue.de", 553, "europe de", "Germany", { dialect: "bird" }],
      ["Internet Solutions", "public-route-server.is.co.za", 3741, "africa za", "South Africa", {
        login: login("rviews", "rviews"),
      }],
      ["SAIX", "tpr-route-server.saix.net", 5713, "africa za", "South Africa", {
        login: login("saix", "saix"),
      }],
      ["Optus", "route-views.optus.net.au", 7474, "oceania au", "Australia"],
    ]),
  },
];
