/**
 * The tools about our routes as a client calls them: the whole pipeline and the real guard, in front
 * of a speaker that only notes what it was told.
 *
 * @module
 */
import assert from "node:assert/strict";
import type {
  BgpSpeaker,
  ExportPreview,
  LocalPrefOverride,
  Origination,
  PeerStatus,
  SendReport,
  SpeakerEvent,
} from "../../lib/bgp/bgp_service.ts";
import { originationOnWire } from "./origination_on_wire.ts";
import { createRouteGuard } from "../../lib/bgp/guard/create_route_guard.ts";
import type { OwnAddress } from "../../lib/bgp/guard/prefix_rules.ts";
import type { RouteGuard } from "../../lib/bgp/guard/route_guard.ts";
import { speakerSettings } from "../../lib/bgp/speaker_settings.ts";
import type { BgpConfig, BgpPeerEntry } from "../../lib/config/bgp_config.ts";
import type { Config } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { InputError, type NetglassError } from "../../lib/errors/mod.ts";
import type { AuditEntry } from "../../lib/audit/record.ts";
import { parsePrefix, type Prefix, renderPrefix } from "../../lib/ip/prefix.ts";
import type { ServerFacts } from "../../lib/mcp/define_tool.ts";
import type { CallOutcome, CallRequest, Pipeline } from "../../lib/mcp/pipeline.ts";
import { selectTools } from "../../lib/mcp/toolsets.ts";
import { VrpTable } from "../../lib/route/vrp_table.ts";
import { toolCards } from "../../tools/cards.ts";
import { ListedRib } from "./listed_rib.ts";
import { ManualClock } from "./manual_clock.ts";
import { plainPipeline } from "./plain_pipeline.ts";

/** Says yes to everything and remembers it. */
export class NotingSpeaker implements BgpSpeaker {
  readonly settings;
  readonly rib = new ListedRib();
  /** Everything that was announced, oldest first. */
  readonly announced: Origination[] = [];
  readonly withdrawn: string[] = [];
  /** Names of peers whose session is down. */
  readonly down = new Set<string>();
  /** Resolves when an announcement may return; null: at once. */
  hold: Promise<void> | null = null;
  /** First octet of every message. */
  octet = 0xff;
  /** Our end of every session; null: as configured. */
  sessionAddress: string | null = null;
  readonly #live = new Map<string, Origination>();
  readonly #overrides = new Map<string, LocalPrefOverride>();
  readonly #listeners = new Set<(event: SpeakerEvent) => void>();
  readonly changes = { firstSeq: 0, nextSeq: 0, read: () => [], find: () => [] };

  constructor(config: { readonly bgp: BgpConfig }) {
    const settings = speakerSettings(config);
    assert.ok(settings !== null);
    this.settings = settings;
  }

  peers(): readonly PeerStatus[] {
    return this.settings.peers.map((settings) => ({
      settings,
      state: this.down.has(settings.name) ? "Idle" as const : "Established" as const,
      reason: "",
      sinceMs: 0,
      negotiated: this.sessionAddress === null
        ? null
        : { localAddress: this.sessionAddress } as PeerStatus["negotiated"],
      counters: {} as PeerStatus["counters"],
      received: [0, 0] as const,
      sent: [0, 0] as const,
      endOfRib: [true, true] as const,
      incidents: [],
      malformed: [],
      isDisabled: false,
    }));
  }

  listener() {
    return { address: null, port: null, problem: null, strangers: 0, recent: [] };
  }

  preview(origination: Origination): Promise<readonly ExportPreview[]> {
    return Promise.resolve(
      this.settings.peers.filter(({ index }) => origination.peers.includes(index)).map((peer) =>
        originationOnWire(
          origination,
          this.settings,
          peer,
          this.down.has(peer.name),
          this.octet,
        )
      ),
    );
  }

  async announce(origination: Origination): Promise<SendReport> {
    this.announced.push(origination);
    this.#live.set(origination.id, origination);
    await this.hold;
    return await this.#report(origination);
  }

  async withdraw(id: string): Promise<SendReport> {
    this.withdrawn.push(id);
    const origination = this.#live.get(id);
    // As the real one does.
    if (origination === undefined) throw new InputError("route_id", `Cannot withdraw "${id}"`);
    this.#live.delete(id);
    return await this.#report(origination);
  }

  async withdrawAll(): Promise<ReadonlyMap<string, SendReport>> {
    const reports = new Map<string, SendReport>();
    for (const id of [...this.#live.keys()]) reports.set(id, await this.withdraw(id));
    return reports;
  }

  originations(): readonly Origination[] {
    return [...this.#live.values()];
  }

  overrideLocalPref(override: LocalPrefOverride): Promise<void> {
    this.#overrides.set(`${renderPrefix(override.prefix)} ${override.peer}`, override);
    return Promise.resolve();
  }

  liftLocalPref(prefix: Prefix, peer: number | null): Promise<void> {
    this.#overrides.delete(`${renderPrefix(prefix)} ${peer}`);
    return Promise.resolve();
  }

  overrides(): readonly LocalPrefOverride[] {
    return [...this.#overrides.values()];
  }

  refresh = () => Promise.resolve(true);
  enable = () => Promise.resolve();
  disable = () => Promise.resolve();
  softOut = () => Promise.resolve({ peers: [] });
  stop = () => Promise.resolve();

  onEvent(listener: (event: SpeakerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends a route, as its time would. */
  expire(id: string): void {
    this.#live.delete(id);
    this.tell({ kind: "expired", id, report: { peers: [] } });
  }

  /** Tells what happened before the orders that it was given since. */
  tellLate(event: SpeakerEvent): void {
    const since = [...this.#live];
    this.#live.clear();
    this.tell(event);
    for (const [id, origination] of since) this.#live.set(id, origination);
  }

  /** Tells of something that happened by itself. */
  tell(event: SpeakerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #report(origination: Origination): Promise<SendReport> {
    const previews = await this.preview(origination);
    return {
      peers: previews.map(({ peer, verdict, reason, messages }) => ({
        peer,
        state: verdict === "send" ? "sent" as const : verdict,
        reason,
        messages: verdict === "send" ? messages : [],
        sentAtMs: verdict === "send" ? 0 : null,
      })),
    };
  }
}

function peerEntry(part: Pick<BgpPeerEntry, "name" | "address" | "remote_as">): BgpPeerEntry {
  return {
    port: 179,
    local_address: "10.255.0.1",
    connect: "active",
    hold_time_sec: 90,
    connect_retry_sec: 5,
    delay_open_sec: 0,
    families: ["ipv4-unicast", "ipv6-unicast"],
    max_prefixes: null,
    max_prefixes_action: "warn",
    max_prefixes_restart_sec: 60,
    role: null,
    strict_role: false,
    add_path: "off",
    extended_messages: false,
    extended_next_hop: false,
    graceful_restart: false,
    import_policy: "all",
    transit: [],
    next_hop: { ipv4: null, ipv6: "fd00:ffff::1" },
    enabled: true,
    ...part,
  };
}

/** What a test may set. */
export interface GuardedOptions {
  readonly originate?: Partial<BgpConfig["originate"]>;
  readonly readOnly?: boolean;
  /** `http`: a call without a session has nothing whose end would be noticed. Default: stdio. */
  readonly transport?: "stdio" | "http";
  /** Why the payloads cannot be read. */
  readonly roasFail?: NetglassError;
  /** Prefixes that AS 64511 alone may originate. */
  readonly roas?: readonly string[];
  readonly protectedAddresses?: readonly OwnAddress[];
}

/** What is wished of a route of which nothing is wished. */
export const NO_WISHES = {
  nextHop: null,
  asPath: null,
  prepend: null,
  med: null,
  localPref: 100,
  communities: [],
  peers: [],
  lifetimeSec: null,
} as const;

/**
 * AS 65099 with rr1 (eBGP, AS 65000) and core (iBGP); 192.168.99.0/24 may be announced as it is,
 * 10.20.0.0/16 also as /24s, to rr1 only, with 65099:1.
 */
export class GuardedStage {
  readonly clock = new ManualClock();
  speaker: NotingSpeaker;
  /** Addresses that no route may cover, as they are when the guard asks. */
  protect: () => Promise<readonly OwnAddress[]>;
  /** Why the payloads cannot be read, or null. */
  roasFail: NetglassError | null;
  /** How often it asked. */
  protectAsked = 0;
  readonly config: Config;
  readonly #roas = new VrpTable();
  readonly pipeline: Pipeline;
  readonly audited: AuditEntry[];
  readonly guard: RouteGuard;
  readonly toolNames: readonly string[];

  constructor(options: GuardedOptions = {}) {
    const config = this.config = configOf(options);
    this.speaker = new NotingSpeaker(config);
    this.protect = () => Promise.resolve(options.protectedAddresses ?? []);
    const table = this.#roas;
    this.roasFail = options.roasFail ?? null;
    for (const text of options.roas ?? []) this.holdRoa(text);
    this.guard = createRouteGuard({
      config,
      speaker: this.speaker,
      clock: this.clock,
      roaPayloads: () =>
        Promise.resolve({
          read: () =>
            this.roasFail === null ? Promise.resolve({ table }) : Promise.reject(this.roasFail),
        }),
      protectedAddresses: () => {
        this.protectAsked++;
        return this.protect();
      },
    });
    const tools = selectTools(toolCards, config);
    this.toolNames = tools.map(({ name }) => name);
    const { pipeline, audited } = plainPipeline({
      tools,
      clock: this.clock,
      config,
      server: { transport: options.transport ?? "stdio" } as ServerFacts,
      bgp: () => Promise.resolve(this.speaker),
      routeGuard: () => {
        this.guard.follow(this.speaker);
        return Promise.resolve(this.guard);
      },
      // A fault of ours is never a test's expectation.
      logBug: (bug) => queueMicrotask(() => assert.fail(String(bug.cause))),
    });
    this.pipeline = pipeline;
    this.audited = audited;
  }

  /** From now on AS 64511 alone may originate the prefix. */
  holdRoa(text: string): void {
    const { prefix } = parsePrefix(text);
    this.#roas.add({ prefix, maxLength: prefix.length, asn: 64_511 });
  }

  /** Another speaker in the place of one that died. */
  replaceSpeaker(): void {
    this.speaker = new NotingSpeaker(this.config);
  }

  /** Calls a tool. */
  call(name: string, args: unknown, part: Partial<CallRequest> = {}): Promise<CallOutcome> {
    return this.pipeline.call({ name, args, signal: new AbortController().signal, ...part });
  }

  /** Plans and confirms, as whoever has the token does; the outcome of the first that fails. */
  async confirmed(
    name: string,
    args: Record<string, unknown>,
    part: Partial<CallRequest> = {},
  ): Promise<CallOutcome> {
    const planned = await this.call(name, args, part);
    if (!planned.ok) return planned;
    const { plan_id, confirm_token } = planned.structured;
    return await this.call(name, { plan_id, confirm_token }, part);
  }

  /** Plans and announces a route that the rails let pass. */
  async announce(network: string, args: Record<string, unknown> = {}): Promise<void> {
    const outcome = await this.confirmed("bgp_inject_route", { network, ...args });
    assert.ok(outcome.ok, outcome.ok ? "" : outcome.error.message);
  }
}

function configOf({ originate = {}, readOnly = false }: GuardedOptions): Config {
  const defaults = defaultConfig();
  return {
    ...defaults,
    toolsets: ["bgp"],
    read_only: readOnly,
    bgp: {
      ...defaults.bgp,
      enabled: true,
      local_as: 65_099,
      router_id: "10.255.255.1",
      peers: [
        peerEntry({ name: "rr1", address: "10.255.0.2", remote_as: 65_000 }),
        peerEntry({ name: "core", address: "10.255.0.3", remote_as: 65_099 }),
      ],
      originate: {
        ...defaults.bgp.originate,
        enabled: true,
        lab: true,
        allowed_prefixes: [
          {
            prefix: "192.168.99.0/24",
            ge: null,
            le: null,
            origin_as: null,
            peers: [],
            communities: [],
          },
          {
            prefix: "10.20.0.0/16",
            ge: 16,
            le: 24,
            origin_as: null,
            peers: ["rr1"],
            communities: ["65099:1"],
          },
          { prefix: "10.255.0.0/16", ge: 16, le: 32, origin_as: null, peers: [], communities: [] },
          { prefix: "fd00:20::/32", ge: 32, le: 48, origin_as: null, peers: [], communities: [] },
        ],
        ...originate,
      },
    },
  };
}
