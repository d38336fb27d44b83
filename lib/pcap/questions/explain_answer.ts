/**
 * What the question `explain` answers.
 *
 * @module
 */
import type { CaptureQuality } from "../quality/finding.ts";
import type { FlowEnding } from "../story/ending_words.ts";
import type { StoryEvent } from "../story/timeline.ts";
import type { Coverage } from "./coverage.ts";
import type { RttMs } from "./tcp_issues.ts";

/** Something of client and server each. */
export type Both<T> = { readonly client: T; readonly server: T };

/** A SYN or SYN-ACK. */
export interface OpeningPacket {
  readonly frame: number;
  readonly time_relative: number | null;
  readonly mss: number | null;
  readonly window_scale: number | null;
  readonly sack: boolean;
  readonly timestamps: boolean;
}

/** A time without progress. */
export interface StallAnswer {
  readonly cause: string;
  readonly waited_for: "client" | "server" | null;
  readonly start_relative: number | null;
  readonly duration_ms: number;
  readonly after_frame: number;
  /** Null if the capture ended first. */
  readonly before_frame: number | null;
  /** Repetitions and probes meanwhile. */
  readonly frames: readonly number[];
  readonly detail: string;
}

/** Answer of `askExplain`. */
export interface ExplainAnswer extends Coverage {
  readonly capture_quality: CaptureQuality;
  /** `tcp:5`, as `follow_stream` takes it. */
  readonly stream: string;
  readonly client: string;
  readonly server: string;
  readonly first_frame: number;
  readonly last_frame: number;
  readonly start_time: string | null;
  readonly duration_seconds: number | null;
  readonly packets: Both<number>;
  readonly bytes: Both<number>;
  /** Other flows between the same ends. */
  readonly same_endpoints: string[];
  readonly why_slow: {
    readonly cause: string;
    /** Of the flow's time, 0 to 1. */
    readonly share: number;
    readonly milliseconds: number;
    readonly explanation: string;
    readonly confidence: "high" | "medium" | "low";
    readonly causes: {
      readonly cause: string;
      readonly milliseconds: number;
      readonly share: number;
    }[];
  };
  readonly timeline: StoryEvent[];
  readonly dns: {
    readonly name: string;
    readonly type: string;
    readonly name_server: string;
    readonly asked_by: string;
    /** Null if the query was not captured. */
    readonly latency_ms: number | null;
    readonly queries: number;
    readonly before_ms: number | null;
    readonly frames: number[];
  } | null;
  readonly handshake: {
    readonly state: string;
    readonly syn: OpeningPacket | null;
    readonly syn_ack: OpeningPacket | null;
    readonly ack_frame: number | null;
    readonly to_server_ms: number | null;
    readonly to_client_ms: number | null;
    readonly repeated: number;
    readonly repeated_frames: readonly number[];
  } | null;
  /** Data of either side to the other's ACK, seen at the point of capture. */
  readonly rtt_ms: Both<RttMs | null>;
  readonly application: Record<string, string | number | boolean | readonly string[]> | null;
  /** From the last packet of a request to the first of the answer. */
  readonly responses: {
    readonly times_ms: RttMs | null;
    readonly slowest_frames: number[];
    readonly first_data_frames: Both<number | null>;
  };
  readonly throughput: { readonly bin_ms: number; readonly bytes: Both<readonly number[]> };
  readonly stalls: {
    readonly count: number;
    readonly limit_ms: number;
    readonly longest: StallAnswer[];
  };
  readonly loss:
    | (Both<Record<string, number | readonly number[]>> & {
      readonly vantage: string;
      readonly confidence: string;
    })
    | null;
  /** Whose data waited for what, milliseconds; and how long whose window was closed. */
  readonly limits: Both<Record<string, string | number> | null> | null;
  readonly zero_window_ms: Both<number> | null;
  /** What tshark 4.0 would flag. */
  readonly tshark_compatible: {
    readonly name: string;
    readonly from: "client" | "server";
    readonly count: number;
    readonly frames: readonly number[];
  }[];
  readonly icmp_errors: {
    readonly frame: number;
    readonly from: string;
    readonly text: string;
    readonly about: "client" | "server";
    readonly mtu: number | null;
    readonly quoted_bytes: number;
  }[];
  readonly icmp_error_count: number;
  readonly path_mtu_suspicion: {
    readonly from: "client" | "server";
    readonly bytes: number;
    readonly acked_bytes: number;
    readonly repeated: number;
    readonly frames: readonly number[];
  } | null;
  /** Null for UDP. */
  readonly end: FlowEnding | null;
  readonly unknown: string[];
}
