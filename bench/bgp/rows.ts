/** Rows of the BGP bench: a number of ours beside another's, judged by what issue 5 asks for. */
import type { Row } from "../report.ts";

/** What must hold: of ours over theirs, or of ours alone. */
export type Goal =
  | { readonly of: "ratio" | "ours"; readonly atMost: number }
  | { readonly of: "ours"; readonly atLeast: number };

/** A number beside another's. */
export interface Compared {
  readonly number: string;
  readonly unit: string;
  readonly ours: number;
  /** Null: nobody else has such a number here. */
  readonly theirs: { readonly name: string; readonly value: number } | null;
  /** Null: nothing was asked for. */
  readonly goal: Goal | null;
}

/** The row of a report. */
export function compared({ number, unit, ours, theirs, goal }: Compared): Row {
  const ratio = theirs === null ? NaN : ours / theirs.value;
  return {
    number,
    ours: `${digits(ours)} ${unit}`,
    peer: theirs === null ? "-" : `${digits(theirs.value)} ${unit} (${theirs.name})`,
    ratio: Number.isFinite(ratio) ? digits(ratio) : "-",
    goal: goal === null ? "-" : sayGoal(goal, unit),
    met: goal === null ? null : isMet(goal, ours, ratio),
  };
}

/** Null: there is no ratio. */
function isMet(goal: Goal, ours: number, ratio: number): boolean | null {
  const value = goal.of === "ratio" ? ratio : ours;
  if (goal.of === "ratio" && Number.isNaN(ratio)) return null;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

function sayGoal(goal: Goal, unit: string): string {
  const bound = "atMost" in goal ? `<= ${digits(goal.atMost)}` : `>= ${digits(goal.atLeast)}`;
  return goal.of === "ratio" ? bound : `${bound} ${unit}`;
}

/** Three digits that count, all before the point. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return "?";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return `${Number(value.toPrecision(3))}`;
}
