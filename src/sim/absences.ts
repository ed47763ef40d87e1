import type { Cause, EntryKind, EntryRef, Registry } from "./registry.ts";

/**
 * What was looked for in a table and was not there, as entries of their own: made when a look-up fails while somebody
 * observes, gone as soon as the table gets something. So "nothing fitted" has an entry and a cause, as all else has.
 */
export class Absences {
  readonly #registry: Registry;
  readonly #kind: EntryKind;
  readonly #where: () => string;
  readonly #refs: Map<string, EntryRef> = new Map();

  /** `kind` and `where`: of the table that was asked. */
  constructor(registry: Registry, kind: EntryKind, where: () => string) {
    this.#registry = registry;
    this.#kind = kind;
    this.#where = where;
  }

  /**
   * The entry that says `text`. Its cause is why the last entry went that would have fitted, by its text as the table's
   * tool prints it, or `never` in words.
   */
  of(text: string, wouldFit: (entry: string) => boolean, never: string): EntryRef {
    return this.because(text, () => {
      const gone = this.#registry.whyGone(this.#kind, this.#where(), wouldFit);
      return gone ?? { by: "nobody", text: never };
    });
  }

  /** The entry that says `text`, for a cause that is known. */
  because(text: string, cause: () => Cause): EntryRef {
    const known = this.#refs.get(text);
    if (known !== undefined) return known;
    const ref = this.#registry.made(this.#kind, this.#where(), text, cause());
    this.#refs.set(text, ref);
    return ref;
  }

  /** Something came into the table: what is missing now is to be seen anew. */
  end(): void {
    if (this.#refs.size === 0) return;
    for (const ref of this.#refs.values()) this.#registry.gone(ref);
    this.#refs.clear();
  }
}
