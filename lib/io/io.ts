/**
 * The doors of netglass, as interfaces: time, programs, network, files. `real.ts` builds them on
 * Deno; tests build them on nothing. No other room touches Deno's powers.
 *
 * @module
 */

/** Time. Wall time for records, monotonic time for durations. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never steps back. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Programs that netglass may start; nothing else can be named. */
export type Program =
  | "ping"
  | "traceroute"
  | "tracert"
  | "mtr"
  | "ip"
  | "ss"
  | "ifconfig"
  | "netstat"
  | "arp"
  | "ndp"
  | "scutil";

/** One run of a program. The final argv is `[...options, "--", operand]` (without `--` on Windows). */
export interface ProgramCall {
  readonly program: Program;
  /** Fixed switches and validated numbers only, never text from a caller. */
  readonly options: readonly string[];
  /** The host: a canonical address or host name; the door refuses anything else. */
  readonly operand?: string;
  /** Cancellation; the child ends with its call. */
  readonly signal: AbortSignal;
  /** Hard limit of the run, milliseconds. */
  readonly deadlineMs: number;
  /** Sent first on cancellation or deadline; SIGKILL follows after 1 s. `SIGINT` makes ping print its statistics. */
  readonly stopSignal?: "SIGINT" | "SIGTERM";
  /** Cap on stdout; more is dropped and `truncated` set. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Called with each whole line of stdout as it arrives. */
  readonly onLine?: (line: string) => void;
}

/** What a run left behind. A non-zero exit is a result, not an error. */
export interface ProgramResult {
  /** Exit code, or null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** `exit`: by itself; `deadline`, `cancelled`: we ended it. */
  readonly ended: "exit" | "deadline" | "cancelled";
  readonly durationMs: number;
}

/** `ready`; `absent`: not installed; `not_permitted`: `--allow-run` does not name it. */
export type ProgramState = "ready" | "absent" | "not_permitted";

/** Starting programs: clear environment, fixed PATH, cwd `/`, output cap, deadline. */
export interface Programs {
  /** The platform whose dialect the programs speak. */
  readonly platform: "linux" | "darwin" | "windows";
  /**
   * Runs a program to its end.
   * @throws {Unavailable} `env.program_absent` with an install hint
   * @throws {PermissionMissing} `permission.run` with the flag
   */
  run(call: ProgramCall): Promise<ProgramResult>;
  /** Whether a program can be run, found out without running it; an answer holds for some seconds. */
  state(program: Program): Promise<ProgramState>;
}

/** A TCP connection that has been checked against the judged addresses. */
export interface Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  /** Reads into `into`; null at the end of the stream. */
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A connection of which the direction away from us can be ended alone. */
export interface TcpConnection extends Connection {
  readonly localPort: number;
  /** Nothing more is written (FIN), reading goes on; never rejects. */
  endWrite(): Promise<void>;
}

/** Where to accept connections. */
export interface ListenRequest {
  /** Canonical address of this host; an unspecified one accepts on all of them. */
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** The configuration line that the port comes from, for example `bgp.listen: "192.0.2.1:179"`. */
  readonly configLine: string;
}

/** A place that accepts connections. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** The next connection, or null once it is closed; never rejects. */
  accept(): Promise<TcpConnection | null>;
  /** Ends it; connections that were accepted live on. */
  close(): void;
}

/** One dial. */
export interface DialRequest {
  /** The name as the user wrote it, if there was one (the permission flag may name it). */
  readonly name?: string;
  /** Canonical address to dial; one of `judged`. */
  readonly address: string;
  readonly port: number;
  /** Canonical addresses that policy has let pass; the peer must be one of them. */
  readonly judged: readonly string[];
  /** Canonical address of this host that the connection leaves from; default: the system chooses. */
  readonly localAddress?: string;
  /** Deadline and cancellation; an abort closes the socket. */
  readonly signal: AbortSignal;
  /** The configuration line that would list this host; default: an entry of `security.allowed_targets`. */
  readonly configLine?: string;
}

/** How a dial failed, told apart where the system tells. */
export type DialFailure =
  | "refused"
  | "reset"
  | "timeout"
  | "host_unreachable"
  | "network_unreachable"
  | "cancelled"
  | "local";

/** One question in one datagram, and the datagram that answers it. */
export interface UdpExchange {
  /** Canonical address, judged by policy or configured; only datagrams from it and `port` count. */
  readonly address: string;
  readonly port: number;
  readonly payload: Uint8Array;
  /** True ends the wait; false drops the datagram and waits on. Must not throw. */
  readonly accept: (datagram: Uint8Array) => boolean;
  /** Deadline and cancellation; an abort closes the socket. */
  readonly signal: AbortSignal;
}

/** One TLS handshake over a connection; the certificate is shown, not trusted. */
export interface TlsRequest {
  /** Name or address that the certificate must be for; a name is also sent as SNI (RFC 6066 §3). */
  readonly serverName: string;
  /** Offered protocols in order of preference (RFC 7301); empty: the extension is not sent. */
  readonly alpn: readonly string[];
  readonly signal: AbortSignal;
}

/** What a handshake agreed on. */
export interface TlsSession {
  /** For example `TLSv1.3`, or null where the runtime does not say. */
  readonly version: string | null;
  /** IANA name of the cipher suite, or null where the runtime does not say. */
  readonly cipher: string | null;
  readonly alpn: string | null;
  /** Why the runtime would not trust the peer (an OpenSSL name such as `CERT_HAS_EXPIRED`), or null. */
  readonly distrust: string | null;
  /** Leaf certificate, DER; null if the runtime withholds it. */
  readonly certificate: Uint8Array | null;
  /** The encrypted stream; closing it closes the connection underneath. */
  readonly stream: Connection;
}

/** One question by HTTP GET, for what its operator offers to programs. */
export interface HttpRequest {
  /** Absolute and canonical; https, or http with `plain`. */
  readonly url: string;
  /** True: http will do, since the user configured it so. Default: https only. */
  readonly plain?: boolean;
  /**
   * Hosts, with a port if that is not the one of the scheme, that a redirect may lead to beside the
   * host of `url`. Default: none.
   */
  readonly redirectHosts?: readonly string[];
  /** Media types that are wanted, lower case, without parameters; another one is a failure. */
  readonly accept: readonly string[];
  /** Most octets of the body, counted after content decoding. */
  readonly maxBytes: number;
  /** Deadline and cancellation, waiting for a turn included. */
  readonly signal: AbortSignal;
  /** The configuration line that would list this host. */
  readonly configLine: string;
}

/** A whole answer with a status of success. */
export interface HttpAnswer {
  /** Where it came from: `HttpRequest.url`, or where redirects led. */
  readonly url: string;
  /** 200 to 299. */
  readonly status: number;
  /** One of `HttpRequest.accept`. */
  readonly contentType: string;
  /** Shared with others that asked the same: read only. */
  readonly body: Uint8Array;
}

/** How a GET failed. `dns` to `local`: no connection; `status` to `cut_short`: no usable answer. */
export type HttpFailure =
  | DialFailure
  | "dns"
  | "tls"
  /** Too many questions wait for this host. */
  | "busy"
  /** The host has said when it may be asked again, and it is not yet time. */
  | "rate_limited"
  | "protocol"
  | "status"
  /** To a host that is not among those that were given: `detail.location` names it. */
  | "redirect"
  | "content_type"
  | "encoding"
  | "too_large"
  | "cut_short";

/** Network. */
export interface Net {
  /** Configured name servers with `system` expanded, `a.b.c.d:port` or `[v6]:port`, preferred first. */
  readonly resolvers: readonly string[];
  /** Set if the system's name servers are wanted and could not be read: the flag that is missing. */
  readonly resolversFlag?: string;
  /**
   * Sends one datagram and waits for the one that `accept` takes.
   * @throws {PermissionMissing} `permission.net`
   * @throws {RemoteFailure} `remote.udp` with `detail.failure` one of {@link DialFailure}
   */
  exchangeUdp(request: UdpExchange): Promise<Uint8Array>;
  /**
   * TLS over `connection`, which the session then owns: it is closed on failure.
   * @throws {RemoteFailure} `remote.tls` with `detail.remote_said`, or `detail.failure` `timeout`, `cancelled`
   */
  tlsHandshake(connection: Connection, request: TlsRequest): Promise<TlsSession>;
  /**
   * Connects by TCP: by address where the permission covers the address, else by name with the
   * peer address checked before a byte is sent.
   * @throws {PermissionMissing} `permission.net`
   * @throws {RemoteFailure} `remote.connect` with `detail.failure` one of {@link DialFailure}
   */
  dial(request: DialRequest): Promise<Connection>;
  /**
   * Addresses of a name from the configured resolvers, A and AAAA, in canonical form.
   * @throws {RemoteFailure} `remote.dns_*` (nxdomain, timeout, failure)
   * @throws {PermissionMissing} `permission.net` naming the resolver
   */
  resolveHost(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * The name of a canonical address (first PTR record, no final dot), or null if there is none or
   * it cannot be learned; never throws.
   */
  reverseHost(address: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Asks by HTTP GET: a host at most once a second whoever asks, equal questions once a minute.
   * @throws {PermissionMissing} `permission.net`
   * @throws {RemoteFailure} `remote.http` with `detail.failure` one of {@link HttpFailure}, and
   *   `detail.status`, `detail.retry_after_sec`, `detail.location` where there is one
   */
  getHttp(request: HttpRequest): Promise<HttpAnswer>;
  /** True if connecting to `host:port` is permitted by the flags. */
  mayConnect(host: string, port: number): Promise<boolean>;
}

/** The doors together. */
export interface Io {
  readonly clock: Clock;
  readonly programs: Programs;
  readonly net: Net;
}
