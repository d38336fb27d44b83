/**
 * Tools that change something: one says what it would do, exactly, before it does it; the other
 * takes back what is ours. Between plan and apply stands a confirmation (`pipeline.ts`).
 *
 * @module
 */
import type { z } from "zod";
import { eraseFace, type Tool, type ToolContext, type ToolFace } from "./define_tool.ts";

/** One thing that an apply would do: octets to a peer, or a program that is run. */
export type PlanStep =
  | {
    readonly to: string;
    /** Messages as they would be sent, hexadecimal digits. */
    readonly octets: readonly string[];
  }
  | { readonly argv: readonly string[] };

/** What a tool would do; `payload` is for its own `apply` and never shown. */
export interface ChangePlan<P> {
  /** One sentence: what would be done. */
  readonly summary: string;
  /** The change for people, snake_case. */
  readonly decoded: Readonly<Record<string, unknown>>;
  readonly exact: readonly PlanStep[];
  /** What else it touches, snake_case. */
  readonly blastRadius: Readonly<Record<string, unknown>>;
  /** What whoever confirms should know, a sentence each. */
  readonly warnings: readonly string[];
  readonly payload: P;
}

/** A plan that was confirmed. */
export interface ConfirmedPlan<P> extends ChangePlan<P> {
  /** `plan_id` of the answer; unique, and what the audit record knows the change by. */
  readonly id: string;
}

/** A tool that changes something, as its module writes it. */
export interface ChangeSpec<I extends z.ZodObject, O extends z.ZodObject, P>
  extends ToolFace<I, O> {
  /** `destroy`: what it takes away is not ours or cannot be had back. */
  readonly effect: "change" | "destroy";
  /** Reads only. @throws what forbids the change */
  readonly plan: (
    input: z.output<I>,
    cx: ToolContext,
  ) => Promise<ChangePlan<P>> | ChangePlan<P>;
  /** Does what the plan says, once. What may have changed since is judged again. */
  readonly apply: (
    plan: ConfirmedPlan<P>,
    cx: ToolContext,
  ) => Promise<z.input<O>> | z.input<O>;
}

/** A tool that takes back something of ours: without a plan, and offered with `read_only` as well. */
export interface TakeBackSpec<I extends z.ZodObject, O extends z.ZodObject> extends ToolFace<I, O> {
  readonly effect: "change" | "destroy";
  /** Whether something of ours can be out there. */
  readonly offered: NonNullable<ToolFace<I, O>["offered"]>;
  readonly run: (input: z.output<I>, cx: ToolContext) => Promise<z.input<O>> | z.input<O>;
}

/**
 * Makes a tool that plans, is confirmed and applies.
 *
 * @throws {TypeError} if the name is not snake_case
 */
export function defineChange<I extends z.ZodObject, O extends z.ZodObject, P>(
  spec: ChangeSpec<I, O, P>,
): Tool {
  return eraseFace(spec, {
    effect: spec.effect,
    takesBack: false,
    run: () => Promise.reject(new TypeError(`Tool "${spec.name}" is planned and applied, not run`)),
    // The erased functions receive only what `input` has parsed and what `plan` has made.
    change: {
      plan: async (input, cx) => await spec.plan(input as z.output<I>, cx),
      apply: async (plan, cx) =>
        await spec.apply(plan as ConfirmedPlan<P>, cx) as Record<string, unknown>,
    },
  });
}

/**
 * Makes a tool that takes back something of ours.
 *
 * @throws {TypeError} if the name is not snake_case
 */
export function defineTakeBack<I extends z.ZodObject, O extends z.ZodObject>(
  spec: TakeBackSpec<I, O>,
): Tool {
  return eraseFace(spec, {
    effect: spec.effect,
    takesBack: true,
    run: async (input, cx) => await spec.run(input as z.output<I>, cx) as Record<string, unknown>,
    change: null,
  });
}
