/**
 * A plan as the client gets it, as the audit record keeps it, and as a person is asked about it.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { escapeText } from "./escape.ts";
import type { Schema } from "./lean_schema.ts";
import { type HeldPlan, otherArguments } from "./plan_store.ts";

/** Longest question and its longest line, characters. */
const MAX_QUESTION_CHARS = 8_000;
const MAX_LINE_CHARS = 1_000;

/** What applies a plan, as a client gives it. */
export interface Confirmation {
  readonly planId: string;
  readonly token: string;
}

/** The arguments that every tool with a plan takes beside its own. */
export const PLAN_INPUT: Readonly<Record<string, Schema>> = {
  plan_id: {
    type: "string",
    maxLength: 64,
    description: "Applies this plan: give it with confirm_token and no other argument",
  },
  confirm_token: {
    type: "string",
    maxLength: 64,
    description: "confirm_token of the plan, once the person who answers for it has agreed",
  },
};

/** What the answer of a plan has beside `success` and `summary`. */
export const PLAN_OUTPUT: Readonly<Record<string, Schema>> = {
  plan_id: { description: "Of a plan; with confirm_token it applies" },
  confirm_token: {},
  expires_at: { description: "RFC 3339, UTC" },
  decoded: { description: "What would be changed" },
  exact: { description: "Octets (hexadecimal) or argv, exactly as they would be sent or run" },
  blast_radius: {},
  warnings: {},
};

/**
 * The confirmation among the arguments of a call, or null if it is to plan.
 *
 * @throws {InputError} `input.plan_arguments` if other arguments stand beside it or half of it is
 *   missing
 */
export function readConfirmation(args: unknown): Confirmation | null {
  if (typeof args !== "object" || args === null) return null;
  const given = new Map(Object.entries(args).filter(([, value]) => (value ?? null) !== null));
  const planId = given.get("plan_id");
  const token = given.get("confirm_token");
  if (planId === undefined && token === undefined) return null;
  if (typeof planId !== "string" || typeof token !== "string") {
    throw new InputError(
      "plan_arguments",
      "Cannot apply a plan: plan_id and confirm_token are wanted, both as strings",
      { hint: "Give both as the answer of the plan had them." },
    );
  }
  if (given.size > 2) throw otherArguments();
  return { planId, token };
}

/** The arguments without those that `PLAN_INPUT` adds, which are null here. */
export function withoutConfirmation(args: unknown): unknown {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(
    Object.entries(args).filter(([name]) => !Object.hasOwn(PLAN_INPUT, name)),
  );
}

/** What the audit record keeps of a plan. */
export function planEvidence({ id, plan, expiresAtMs }: HeldPlan): Record<string, unknown> {
  return {
    plan_id: id,
    expires_at: new Date(expiresAtMs).toISOString(),
    summary: plan.summary,
    decoded: plan.decoded,
    exact: plan.exact,
    blast_radius: plan.blastRadius,
    warnings: plan.warnings,
  };
}

/** The answer of a call that plans. */
export function planAnswer(held: HeldPlan): Record<string, unknown> {
  return {
    success: true,
    ...planEvidence(held),
    summary: `Planned, not done: ${held.plan.summary}`,
    state: "planned",
    ...(held.token === null ? {} : { confirm_token: held.token }),
  };
}

/** The question to the person in front of the client. */
export function planQuestion({ plan, expiresAtMs }: HeldPlan): string {
  const radius = Object.entries(plan.blastRadius)
    .filter(([, value]) => value !== null && value !== false && value !== 0)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) =>
      `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`
    );
  const runs = plan.exact.flatMap((step) => "argv" in step ? [`Runs: ${step.argv.join(" ")}`] : []);
  const lines = [
    plan.summary,
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    ...runs,
    ...radius,
    `In full: ${JSON.stringify(plan.decoded)}`,
    `Confirm before ${new Date(expiresAtMs).toISOString()}.`,
  ];
  return lines.map((line) => escapeText(line, MAX_LINE_CHARS)).join("\n")
    .slice(0, MAX_QUESTION_CHARS);
}
