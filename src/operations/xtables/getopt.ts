/** How many arguments an option has: 0, 1, or 2 for one that may be there (getopt_long's `has_arg`). */
type HasArgument = 0 | 1 | 2;

export interface LongOption<C> {
  readonly name: string;
  readonly has: HasArgument;
  readonly code: C;
}

/** An option that nobody knows (`text` as the tool names it), or one without its argument. */
interface Mistake {
  readonly kind: "unknown" | "missing";
  readonly text: string;
}

/** One step over the arguments. */
type Word<C> =
  | { readonly kind: "option"; readonly code: C; readonly value: string | null }
  | Mistake
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "end" };

/** Goes over arguments as getopt_long(3) does, options and other words in their order (`-` first in the option string). */
export class Getopt<C> {
  readonly args: readonly string[];
  /** The next argument (optind). */
  at = 0;
  /** Letters left of `-abc`, and where that argument stands. */
  #letters = "";
  readonly #short: ReadonlyMap<string, LongOption<C>>;

  constructor(args: readonly string[], short: ReadonlyMap<string, LongOption<C>>) {
    this.args = args;
    this.#short = short;
  }

  /** The argument before the next one (argv[optind - 1]). */
  get last(): string {
    return this.args[this.at - 1] ?? "";
  }

  /** Whether another word that is no option and no `!` follows (xs_has_arg). */
  get hasWord(): boolean {
    const next = this.args[this.at];
    return next !== undefined && !next.startsWith("-") && !next.startsWith("!");
  }

  /** Takes the next argument whatever it is. */
  take(): string {
    return this.args[this.at++] ?? "";
  }

  /** `long`: the options known at this moment, in the order of precedence. */
  next(long: readonly LongOption<C>[]): Word<C> {
    if (this.#letters !== "") return this.#letter();
    const arg = this.args[this.at];
    if (arg === undefined) return { kind: "end" };
    this.at++;
    if (arg === "--") return { kind: "end" };
    if (!arg.startsWith("-") || arg === "-") return { kind: "word", text: arg };
    if (arg.startsWith("--")) return this.#long(arg, long);
    this.#letters = arg.slice(1);
    return this.#letter();
  }

  #letter(): Word<C> {
    const letter = this.#letters[0]!;
    const rest = this.#letters.slice(1);
    this.#letters = "";
    const option = this.#short.get(letter);
    if (option === undefined) {
      this.#letters = rest;
      return { kind: "unknown", text: `-${letter}` };
    }
    const { code, has } = option;
    if (has === 0) {
      this.#letters = rest;
      return { kind: "option", code, value: null };
    }
    if (rest !== "") return { kind: "option", code, value: rest };
    if (has === 2) return { kind: "option", code, value: null };
    if (this.at >= this.args.length) return { kind: "missing", text: this.last };
    return { kind: "option", code, value: this.take() };
  }

  #long(arg: string, long: readonly LongOption<C>[]): Word<C> {
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    const found = long.find((option) => option.name === name) ?? byBeginning(name, long);
    if (found === null) return { kind: "unknown", text: arg };
    const { code, has } = found;
    if (equals >= 0)
      return has === 0
        ? { kind: "unknown", text: arg }
        : { kind: "option", code, value: arg.slice(equals + 1) };
    if (has !== 1) return { kind: "option", code, value: null };
    if (this.at >= this.args.length) return { kind: "missing", text: this.last };
    return { kind: "option", code, value: this.take() };
  }
}

/** What getopt_long(3) says of an option that it does not take. */
export function optionMistake({ kind, text }: Mistake): string {
  const long = text.startsWith("--");
  if (kind === "missing")
    return long ? `option '${text}' requires an argument` : `option requires an argument -- '${text.at(-1)}'`;
  return long ? `unrecognized option '${text}'` : `invalid option -- '${text.at(-1)}'`;
}

/** The one option that begins so, if all that do mean the same. */
function byBeginning<C>(name: string, long: readonly LongOption<C>[]): LongOption<C> | null {
  const found = long.filter((option) => option.name.startsWith(name));
  const [first] = found;
  if (first === undefined) return null;
  return found.every((option) => option.has === first.has && option.code === first.code) ? first : null;
}
