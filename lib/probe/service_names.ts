/**
 * What a TCP port is usually for, and how to begin talking on it.
 *
 * @module
 */

/** How a conversation on a port begins. */
interface PortRow {
  readonly service: string;
  /** TLS from the first byte. */
  readonly tls?: true;
  /** The client speaks first, in HTTP. */
  readonly http?: true;
  /** ALPN to offer (IANA "TLS ALPN Protocol IDs"). */
  readonly alpn?: readonly string[];
}

const HTTP_ALPN = ["h2", "http/1.1"];

/** IANA "Service Name and Transport Protocol Port Number Registry", and habit. */
const PORTS: Readonly<Record<number, PortRow>> = {
  21: { service: "FTP" },
  22: { service: "SSH" },
  23: { service: "Telnet" },
  25: { service: "SMTP" },
  43: { service: "WHOIS" },
  49: { service: "TACACS+" },
  53: { service: "DNS" },
  80: { service: "HTTP", http: true },
  88: { service: "Kerberos" },
  110: { service: "POP3" },
  111: { service: "rpcbind" },
  113: { service: "ident" },
  119: { service: "NNTP" },
  135: { service: "MS RPC" },
  139: { service: "NetBIOS" },
  143: { service: "IMAP" },
  179: { service: "BGP" },
  323: { service: "RPKI-RTR" },
  324: { service: "RPKI-RTR over TLS", tls: true },
  389: { service: "LDAP" },
  443: { service: "HTTPS", tls: true, http: true, alpn: HTTP_ALPN },
  445: { service: "SMB" },
  465: { service: "SMTPS", tls: true },
  514: { service: "Shell" },
  515: { service: "LPD" },
  541: { service: "FortiManager" },
  548: { service: "AFP" },
  554: { service: "RTSP" },
  587: { service: "SMTP submission" },
  631: { service: "IPP" },
  636: { service: "LDAPS", tls: true },
  646: { service: "LDP" },
  830: { service: "NETCONF over SSH" },
  853: { service: "DNS over TLS", tls: true, alpn: ["dot"] },
  873: { service: "rsync" },
  989: { service: "FTPS data", tls: true },
  990: { service: "FTPS", tls: true },
  992: { service: "Telnet over TLS", tls: true },
  993: { service: "IMAPS", tls: true },
  995: { service: "POP3S", tls: true },
  1080: { service: "SOCKS" },
  1433: { service: "MS SQL Server" },
  1521: { service: "Oracle" },
  1723: { service: "PPTP" },
  1883: { service: "MQTT" },
  2049: { service: "NFS" },
  2375: { service: "Docker" },
  2376: { service: "Docker over TLS", tls: true },
  2379: { service: "etcd" },
  2601: { service: "Zebra vty" },
  2605: { service: "BGPd vty" },
  3128: { service: "HTTP proxy" },
  3268: { service: "AD global catalog" },
  3269: { service: "AD global catalog over TLS", tls: true },
  3306: { service: "MySQL" },
  3389: { service: "RDP" },
  4190: { service: "ManageSieve" },
  5000: { service: "HTTP (common)" },
  5060: { service: "SIP" },
  5061: { service: "SIP over TLS", tls: true },
  5201: { service: "iperf3" },
  5222: { service: "XMPP" },
  5269: { service: "XMPP server" },
  5432: { service: "PostgreSQL" },
  5671: { service: "AMQP over TLS", tls: true },
  5672: { service: "AMQP" },
  5900: { service: "VNC" },
  5985: { service: "WinRM" },
  5986: { service: "WinRM over TLS", tls: true },
  6379: { service: "Redis" },
  6443: { service: "Kubernetes API", tls: true, alpn: HTTP_ALPN },
  6513: { service: "NETCONF over TLS", tls: true },
  6514: { service: "Syslog over TLS", tls: true },
  6697: { service: "IRC over TLS", tls: true },
  8000: { service: "HTTP-Alt", http: true },
  8080: { service: "HTTP-Proxy", http: true },
  8291: { service: "MikroTik WinBox" },
  8443: { service: "HTTPS-Alt", tls: true, http: true, alpn: HTTP_ALPN },
  8728: { service: "MikroTik API" },
  8729: { service: "MikroTik API over TLS", tls: true },
  8883: { service: "MQTT over TLS", tls: true },
  8888: { service: "HTTP-Alt", http: true },
  9090: { service: "Prometheus" },
  9092: { service: "Kafka" },
  9100: { service: "JetDirect or node exporter" },
  9200: { service: "Elasticsearch" },
  9339: { service: "gNMI", tls: true, alpn: ["h2"] },
  10161: { service: "SNMP over TLS", tls: true },
  11019: { service: "BMP" },
  11211: { service: "memcached" },
  27017: { service: "MongoDB" },
  50051: { service: "gRPC" },
};

/** Usual service of a port, or null. A guess from the number alone. */
export function serviceHint(port: number): string | null {
  return PORTS[port]?.service ?? null;
}

/** True if TLS starts with the first byte on this port. */
export function expectsTls(port: number): boolean {
  return PORTS[port]?.tls === true;
}

/** True if the client speaks first, in HTTP. */
export function expectsHttp(port: number): boolean {
  return PORTS[port]?.http === true;
}

/** ALPN to offer on this port; none where no protocol is registered or known. */
export function alpnOffer(port: number): readonly string[] {
  const row = PORTS[port];
  return row === undefined ? HTTP_ALPN : row.alpn ?? [];
}
