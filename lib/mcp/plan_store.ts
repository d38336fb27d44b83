/**
 * Plans that wait to be confirmed. Each applies once, within five minutes, by the tool and the
 * session that made it.
 *
 * @module
 */
import { InputError, PolicyDenied } from "../errors/mod.ts";
import type { Clock } from "../io/io.ts";
import type { ChangePlan } from "./change_tool.ts";
import { sameSecret } from "./same_secret.ts";

/** How long a plan can be confirmed, milliseconds. */
export const PLAN_LIFETIME_MS = 5 * 60_000;
/** Most plans that are kept for all callers together; the oldest go first. */
const MAX_PLANS = 64;

/** A plan and what it is bound to. */
export interface HeldPlan {
  readonly id: string;
  readonly tool: string;
  /** The session that made it; null: the client has none. */
  readonly session: string | null;
  /** The arguments it was made from, parsed. */
  readonly input: unknown;
  readonly plan: ChangePlan<unknown>;
  /** What confirms it; null: a person was asked, and only that answer confirms it. */
  readonly token: string | null;
  /** Milliseconds since the epoch, for people. */
  readonly expiresAtMs: number;
}

/** Who wants to apply. */
export interface Claimant {
  readonly tool: string;
  readonly session: string | null;
}

interface Slot {
  readonly held: HeldPlan;
  /** On the clock that never steps back. */
  readonly endsMs: number;
  state: "waiting" | "applied" | "declined";
}

/** The plans of one server. */
export class PlanStore {
  readonly #clock: Pick<Clock, "now" | "monotonicMs">;
  /** Oldest first. */
  readonly #slots = new Map<string, Slot>();

  constructor(clock: Pick<Clock, "now" | "monotonicMs">) {
    this.#clock = clock;
  }

  /** A plan with its id and, unless a person is asked, its token; not kept yet. */
  prepare(
    part: Pick<HeldPlan, "tool" | "session" | "input" | "plan">,
    isAsked: boolean,
  ): HeldPlan {
    return {
      ...part,
      id: crypto.randomUUID(),
      token: isAsked ? null : newToken(),
      expiresAtMs: this.#clock.now() + PLAN_LIFETIME_MS,
    };
  }

  /** Keeps a plan until it is taken, replaced by newer ones, or old. */
  keep(held: HeldPlan): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, { endsMs }] of this.#slots) {
      if (this.#slots.size < MAX_PLANS && endsMs > nowMs - PLAN_LIFETIME_MS) break;
      this.#slots.delete(id);
    }
    this.#slots.set(held.id, { held, endsMs: nowMs + PLAN_LIFETIME_MS, state: "waiting" });
  }

  /**
   * Takes a plan by its token: it cannot be taken again.
   *
   * @throws {InputError} `input.plan_unknown`, `input.plan_bound`, `input.confirm_token`,
   *   `input.plan_applied`, `input.plan_expired`
   */
  async take(id: string, token: string, claimant: Claimant): Promise<HeldPlan> {
    const slot = this.#slotOf(id, claimant);
    const { token: wanted } = slot.held;
    // A plan without a token is compared too: by the time it takes nobody learns which kind it is.
    const isSame = await sameSecret(token, wanted ?? newToken());
    if (!isSame || wanted === null) {
      throw new InputError(
        "confirm_token",
        "Cannot apply the plan: confirm_token is not its token",
        {
          hint: "Give plan_id and confirm_token of one and the same answer.",
        },
      );
    }
    return this.#claim(slot);
  }

  /**
   * Takes a plan about which a person was asked.
   *
   * @throws {PolicyDenied} `policy.not_confirmed` if the answer is no: the plan is void then
   * @throws {InputError} as `take`, and `input.plan_arguments` if `input` is not what was planned
   */
  takeAnswered(
    id: string,
    isAccepted: boolean,
    claimant: Claimant & { readonly input: unknown },
  ): HeldPlan {
    const slot = this.#slotOf(id, claimant);
    if (JSON.stringify(slot.held.input) !== JSON.stringify(claimant.input)) {
      throw otherArguments();
    }
    if (slot.held.token !== null) throw unknownPlan();
    const held = this.#claim(slot);
    if (isAccepted) return held;
    slot.state = "declined";
    throw new PolicyDenied("not_confirmed", "Cannot apply the plan: it was not confirmed", {
      hint: "Nothing was changed. Ask the person what they want instead.",
    });
  }

  #slotOf(id: string, { tool, session }: Claimant): Slot {
    const slot = this.#slots.get(id);
    if (slot === undefined) throw unknownPlan();
    if (slot.held.tool !== tool || slot.held.session !== session) {
      throw new InputError(
        "plan_bound",
        "Cannot apply the plan: it belongs to another tool or another session",
        { hint: "Apply a plan with the tool that made it, in the session that it was made in." },
      );
    }
    return slot;
  }

  #claim(slot: Slot): HeldPlan {
    if (slot.state !== "waiting") {
      throw new InputError("plan_applied", `Cannot apply the plan: it was ${slot.state} already`, {
        hint: "A plan applies once. Call without plan_id to plan again.",
      });
    }
    if (this.#clock.monotonicMs() >= slot.endsMs) {
      throw new InputError("plan_expired", "Cannot apply the plan: it is older than five minutes", {
        hint: "Call without plan_id to plan again.",
      });
    }
    slot.state = "applied";
    return slot.held;
  }
}

/** The refusal of arguments beside a plan. */
export function otherArguments(): InputError {
  return new InputError(
    "plan_arguments",
    "Cannot apply the plan: its arguments are those it was made with",
    {
      hint: "Give plan_id and confirm_token and nothing else, or plan again with other arguments.",
    },
  );
}

function unknownPlan(): InputError {
  return new InputError("plan_unknown", "Cannot apply the plan: there is no such plan", {
    hint: "Give plan_id as the answer had it. A server that was started anew has no plans.",
  });
}

/** 256 random bits. */
function newToken(): string {
  const octets = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...octets)).replaceAll("+", "-").replaceAll("/", "_")
    .replace("=", "");
}
