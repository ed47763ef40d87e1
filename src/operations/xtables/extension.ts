import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { XtInfo } from "../../net/xtables.ts";
import { XtProblem } from "./xt-problem.ts";

/** What a rule says besides the options of an extension, as far as extensions ask for it. */
export interface RuleContext {
  readonly table: string;
  /** The protocol's number, 0 for any. */
  readonly protocol: number;
  readonly notProtocol: boolean;
}

/** Reads an option's argument. @throws {XtProblem} */
export type ReadOption = (text: string, extension: string, option: string) => unknown;

/** An option of a match or target (struct xt_option_entry). */
export interface XtOption {
  readonly name: string;
  /** Options with the same id are one option with several names; absent: the name itself. */
  readonly id?: string;
  /** Reads the argument; absent: the option has none. */
  readonly read?: ReadOption;
  /** It takes two arguments, which come as one text with a blank between (`--tcp-flags`). */
  readonly twoArguments?: string;
  /** `!` may stand in front. */
  readonly not?: true;
  /** It may be given more than once. */
  readonly multi?: true;
  readonly mandatory?: true;
  /** The ids of options that may not stand beside it, and of those that must. */
  readonly excludes?: readonly string[];
  readonly also?: readonly string[];
  /** What the tool says when it is given twice, where that is not the usual sentence. */
  readonly twice?: string;
  /** What it says to a `!` in front that may not be there, where that is not the usual sentence. */
  readonly inverted?: string;
}

/** An option as it was given. */
interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly not: boolean;
}

/** The options that were given to one match or target of one rule. */
export class GivenOptions {
  readonly #given: Map<string, Given[]> = new Map();
  /** All as they came. */
  readonly inOrder: (Given & { readonly id: string })[] = [];

  add(id: string, given: Given): void {
    this.inOrder.push({ id, ...given });
    const list = this.#given.get(id);
    if (list === undefined) this.#given.set(id, [given]);
    else list.push(given);
  }

  has(id: string): boolean {
    return this.#given.has(id);
  }

  /** The value of an option, which its `read` made; undefined when it was not given. */
  get<T>(id: string): T | undefined {
    return this.#given.get(id)?.at(-1)?.value as T | undefined;
  }

  /** All values of an option that may be given more than once. */
  all(id: string): readonly Given[] {
    return this.#given.get(id) ?? [];
  }

  /** Whether `!` stood in front of it. */
  not(id: string): boolean {
    return this.#given.get(id)?.at(-1)?.not === true;
  }

  get size(): number {
    return this.#given.size;
  }
}

/** How rules are listed (`-L`). */
interface ListStyle {
  /** `-n`: numbers in place of names. */
  readonly numeric: boolean;
  /** The rule's protocol, 0 for any. */
  readonly protocol: number;
}

/**
 * A match or target as the tool knows it: its options, how they are read into a value, and how the value is printed.
 * What it does to packets is the kernel's ({@link ../../net/xtables.ts}), under the same name.
 */
export interface XtExtension<I extends XtInfo = XtInfo> {
  readonly name: string;
  readonly options: readonly XtOption[];
  /** What must hold of the options before it is asked which may stand together (x6_fcheck). @throws {XtProblem} */
  check?(given: GivenOptions): void;
  /** Makes the value. Its fields must come in one order, so that equal rules are equal texts. @throws {XtProblem} */
  make(given: GivenOptions, rule: RuleContext): I;
  /** What is said on standard error about a value that is taken all the same. */
  warning?(info: I, given: GivenOptions): string;
  /** What the tool asks the kernel before it goes on. @throws {XtProblem} */
  verify?(info: I, ns: NetworkNamespace): void;
  /** The options as `iptables-save` prints them, without blanks around; empty when there are none. */
  save(info: I): string;
  /** What `iptables -L` prints, without the blank in front; null: nothing, not even a blank. */
  list(info: I, style: ListStyle): string | null;
  /** The part of `iptables -m NAME -h` about it. */
  readonly help?: string;
  /** The name under which a rule with this value is saved, where it is another one. */
  savedAs?(info: I): string;
  /** Said on standard error when it is loaded. */
  readonly notice?: string;
}

/** The matches and targets that a tool knows. */
export interface Extensions {
  readonly matches: ReadonlyMap<string, XtExtension>;
  readonly targets: ReadonlyMap<string, XtExtension>;
  /** The notices that were given already. */
  readonly told: Set<string>;
}

/** Reads one option. @throws {XtProblem} */
export function takeOption(
  extension: XtExtension,
  given: GivenOptions,
  option: XtOption,
  text: string | null,
  not: boolean,
): void {
  const id = option.id ?? option.name;
  // The tool tells of an option by the first of its names.
  const { name } = extension.options.find((other) => (other.id ?? other.name) === id)!;
  if (option.multi !== true && given.has(id))
    throw new XtProblem(option.twice ?? `${extension.name}: option "--${name}" can only be used once.\n`);
  if (not && option.not !== true)
    throw new XtProblem(option.inverted ?? `${extension.name}: option "--${name}" cannot be inverted.\n`);
  const value = option.read === undefined ? true : option.read(text!, extension.name, name);
  given.add(id, { name, value, not });
}

/** What must and must not stand together. @throws {XtProblem} */
export function checkOptions(extension: XtExtension, given: GivenOptions): void {
  const { name } = extension;
  extension.check?.(given);
  const seen = new Set<string>();
  for (const option of extension.options) {
    const id = option.id ?? option.name;
    if (option.mandatory === true && !given.has(id))
      throw new XtProblem(`${name}: option "--${option.name}" must be specified\n`);
    if (!given.has(id) || seen.has(id)) continue;
    seen.add(id);
    for (const other of extension.options) {
      const otherId = other.id ?? other.name;
      if (otherId === id) continue;
      if (option.also?.includes(otherId) === true && !given.has(otherId))
        throw new XtProblem(`${name}: option "--${option.name}" also requires "--${other.name}".\n`);
      if (option.excludes?.includes(otherId) === true && given.has(otherId))
        throw new XtProblem(
          `${name}: option "--${option.name}" cannot be used together with "--${other.name}".\n`,
        );
    }
  }
}
