/** Where in a person's text something stands; lines and columns count from 1. */
export interface Place {
  /** Its name as it was given. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

/**
 * A mistake of the person at the keyboard: one line that says what is wrong, where, and what to do.
 * The faces print `place: message (hint)` and exit with status 2.
 */
export class UserError extends Error {
  /** Always `UserError`. */
  override readonly name = "UserError";
  /** What kind of mistake it is, for programs: `UNKNOWN_HOST`, `REFUSED` ... */
  readonly code: string;
  /** Where in a text it stands, or null. */
  readonly place: Place | null;
  /** What to do; empty when there is nothing to say. */
  readonly hint: string;

  constructor(code: string, message: string, place: Place | null = null, hint = "") {
    super(message);
    this.code = code;
    this.place = place;
    this.hint = hint;
  }

  /** The one line that a person sees. */
  line(): string {
    const where = this.place === null ? "" : `${this.place.file}:${this.place.line}:${this.place.column}: `;
    return where + this.message + (this.hint === "" ? "" : ` (${this.hint})`);
  }
}
