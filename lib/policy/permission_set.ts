/**
 * Deno permissions as values: what is granted or denied, and who wanted it.
 *
 * @module
 */

/** One entry of a permission list. */
export interface Grant {
  /** As Deno writes it: `192.0.2.1:53`, `ping`, `/srv/captures`. */
  readonly value: string;
  /** The tools and configuration keys that want it, sorted, each once. */
  readonly reasons: readonly string[];
}

/** All permissions of one launch. An empty list is no permission of that kind. */
export interface PermissionSet {
  /** `allow: "any"` is the bare flag: every host that `deny` does not name. */
  readonly net: { readonly allow: readonly Grant[] | "any"; readonly deny: readonly Grant[] };
  readonly run: readonly Grant[];
  readonly read: readonly Grant[];
  readonly write: readonly Grant[];
  readonly env: readonly Grant[];
  readonly sys: readonly Grant[];
  /** Hosts that modules may be imported from at run time. */
  readonly import: readonly Grant[];
  /** Names of unstable features, without `--unstable-`. */
  readonly unstable: readonly Grant[];
  /** What no flag can express and the application check enforces; one sentence each. */
  readonly comments: readonly string[];
}

/** Collects entries in the order of their first mention and the reasons of each. */
export class GrantList {
  readonly #reasons = new Map<string, Set<string>>();

  add(value: string, ...reasons: readonly string[]): void {
    const known = this.#reasons.get(value) ?? new Set();
    for (const reason of reasons) known.add(reason);
    this.#reasons.set(value, known);
  }

  get size(): number {
    return this.#reasons.size;
  }

  toArray(): readonly Grant[] {
    return [...this.#reasons].map(([value, reasons]) => ({ value, reasons: [...reasons].sort() }));
  }
}
