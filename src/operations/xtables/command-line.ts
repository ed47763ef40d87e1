import type { XtRule } from "../../netfilter/rule.ts";
import { checkChainName, ruleNumber } from "./command-names.ts";
import {
  allowedWith,
  changesRules,
  checkOrder,
  maxName,
  ownOptions,
  shortOptions,
} from "./command-options.ts";
import type { Extensions, XtExtension } from "./extension.ts";
import { Getopt } from "./getopt.ts";
import { checkWaitInterval, INTERVAL_NOTE, readWait } from "./lock-wait.ts";
import { type LoadedOption, RuleReader } from "./rule-reader.ts";
import { XtProblem } from "./xt-problem.ts";

/** What a command line of `iptables` says. */
export interface CommandLine {
  /** A letter: `A`, `C`, `D`, `I`, `R`, `L`, `S`, `F`, `Z`, `N`, `X`, `E`, `P`, `V`, `h`; `LZ` and `SZ` list and zero. */
  readonly command: string;
  readonly table: string;
  readonly chain: string | null;
  /** From 1; null: none was named. */
  readonly position: number | null;
  readonly newName: string;
  readonly policy: string;
  readonly numeric: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly verbose: number;
  readonly counters: readonly [number, number] | null;
  /** One rule for each pair of a source and a destination. */
  readonly rules: readonly XtRule[];
  /** What goes to standard error all the same. */
  readonly notes: string;
  /** The extensions that were loaded, for `-h`. */
  readonly loaded: readonly XtExtension[];
}

/** A line of a restored file that is for ip6tables alone. */
export class OtherFamily extends Error {}

/** An option of the tool itself by its letter, or of a match or target. */
type Code = string | LoadedOption;

/** Reads a command line of `iptables`; `restoring` while it is a line of a file. @throws {XtProblem} */
export function parseCommandLine(
  args: readonly string[],
  extensions: Extensions,
  table: string,
  restoring: boolean,
): CommandLine {
  const reader = new CommandLineReader(args, extensions, table, restoring);
  try {
    return reader.read();
  } catch (error) {
    if (error instanceof XtProblem) error.before = reader.notes + error.before;
    throw error;
  }
}

class CommandLineReader {
  readonly #words: Getopt<Code>;
  readonly #extensions: Extensions;
  readonly #restoring: boolean;
  #command = "";
  #table: string;
  #chain: string | null = null;
  #position: number | null = null;
  /** Whether the number belongs to the command (`-D CHAIN 3`, `-Z CHAIN 3`). */
  #byNumber = false;
  #newName = "";
  #policy = "";
  readonly #options: Set<string> = new Set();
  readonly #rule: RuleReader;
  #verbose = 0;
  #wait = false;
  #waitInterval = false;
  #counters: readonly [number, number] | null = null;

  constructor(args: readonly string[], extensions: Extensions, table: string, restoring: boolean) {
    this.#words = new Getopt(args, shortOptions);
    this.#extensions = extensions;
    this.#rule = new RuleReader(extensions);
    this.#table = table;
    this.#restoring = restoring;
  }

  /** What goes to standard error all the same. */
  get notes(): string {
    return this.#rule.notices;
  }

  read(): CommandLine {
    const words = this.#words;
    let not = false;
    for (;;) {
      const before = words.at;
      const word = words.next([...ownOptions, ...this.#rule.options]);
      if (word.kind === "end") break;
      if (word.kind === "word") {
        if (word.text !== "!") throw new XtProblem(`Bad argument \`${word.text}'`, 2, true);
        if (not) throw new XtProblem("multiple consecutive ! not allowed");
        not = true;
        continue;
      }
      if (word.kind !== "option") {
        // The match of the protocol comes by itself, when an option asks for it.
        if (this.#rule.loadProtocol()) {
          words.at = before;
          continue;
        }
        throw new XtProblem(
          word.kind === "missing"
            ? `option "${word.text}" requires an argument`
            : `unknown option "${word.text}"`,
        );
      }
      const { code } = word;
      if (code === "V" || code === "h") return this.#done(code);
      if (typeof code === "string") this.#own(code, word.value, not);
      else this.#ofExtension(code, word.value, not);
      not = false;
    }
    this.#check(not);
    return this.#done(this.#command);
  }

  #ofExtension(code: LoadedOption, value: string | null, not: boolean): void {
    const { twoArguments } = code.option;
    if (twoArguments === undefined) {
      this.#rule.takeOf(code, value, not);
      return;
    }
    if (!this.#words.hasWord) throw new XtProblem(twoArguments);
    this.#rule.takeOf(code, `${value} ${this.#words.take()}`, not);
  }

  #own(code: string, value: string | null, not: boolean): void {
    if ("ACDIRLSFZNXEP".includes(code)) {
      this.#takeCommand(code, value, not);
      return;
    }
    switch (code) {
      case "m":
        if (not) throw new XtProblem("unexpected ! flag before --match");
        this.#rule.loadMatch(value!);
        return;
      case "t":
        if (not) throw new XtProblem("unexpected ! flag before --table");
        if (this.#restoring) throw new XtProblem("The -t option cannot be used in iptables-restore.\n");
        this.#table = value!;
        return;
      case "w":
        if (this.#restoring) throw new XtProblem("You cannot use `-w' from iptables-restore");
        this.#wait = readWait(this.#optional(value));
        return;
      case "W":
        if (this.#restoring) throw new XtProblem("You cannot use `-W' from iptables-restore");
        checkWaitInterval(this.#optional(value));
        this.#rule.notices += INTERVAL_NOTE;
        this.#waitInterval = true;
        return;
      case "M":
      case "4":
        return;
      case "6":
        // A file may be for both families: what is for the other is left out.
        if (this.#restoring) throw new OtherFamily();
        throw new XtProblem("", 2, true);
      case "v":
        if (this.#verbose++ > 0) return;
    }
    this.#setOption(code === "g" ? "j" : code, not);
    if (code === "c") this.#readCounters(value!);
    else this.#rule.take(code, value, this.#words.last);
  }

  #setOption(letter: string, not: boolean): void {
    if (this.#options.has(letter)) throw new XtProblem(`multiple -${letter} flags not allowed`);
    this.#options.add(letter);
    if (not) this.#rule.negate(letter);
  }

  #takeCommand(letter: string, value: string | null, not: boolean): void {
    const words = this.#words;
    if (letter === "N") checkChainName(value!, this.#extensions);
    if (not) throw new XtProblem("unexpected '!' flag");
    const before = this.#command;
    const lists = before === "L" || before === "S";
    const listsToo = (letter === "L" || letter === "S") && before === "Z";
    if (before !== "" && !(letter === "Z" && lists) && !listsToo)
      throw new XtProblem(`Cannot use -${letter} with -${before.at(-1)}`);
    this.#command = listsToo ? `${letter}Z` : `${before}${letter}`;
    if (value !== null) this.#chain = value;
    switch (letter) {
      case "D":
        if (words.hasWord) {
          this.#position = ruleNumber(words.take());
          this.#byNumber = true;
        }
        return;
      case "R":
        if (!words.hasWord) throw new XtProblem("-R requires a rule number");
        this.#position = ruleNumber(words.take());
        return;
      case "I":
        this.#position = words.hasWord ? ruleNumber(words.take()) : 1;
        return;
      case "L":
      case "S":
      case "Z":
        if (value === null && words.hasWord) this.#chain = words.take();
        if (words.hasWord) {
          this.#position = ruleNumber(words.take());
          if (letter === "Z") this.#byNumber = true;
        }
        return;
      case "F":
      case "X":
        if (value === null && words.hasWord) this.#chain = words.take();
        return;
      case "E":
        if (!words.hasWord) throw new XtProblem("-E requires old-chain-name and new-chain-name");
        // Only a new chain's name is looked at; what this one may not be the kernel's library says.
        this.#newName = words.take();
        return;
      case "P":
        if (!words.hasWord) throw new XtProblem("-P requires a chain and a policy");
        this.#policy = words.take();
    }
  }

  /** The argument of an option that may stand without one. */
  #optional(value: string | null): string | null {
    return value ?? (this.#words.hasWord ? this.#words.take() : null);
  }

  #readCounters(value: string): void {
    const comma = value.indexOf(",");
    let bytes = comma < 0 ? null : value.slice(comma + 1);
    if (bytes === null && this.#words.hasWord) bytes = this.#words.take();
    if (bytes === null) throw new XtProblem("-c requires packet and byte counter");
    if (!/^\s*[+-]?\d/.test(value)) throw new XtProblem("-c packet counter not numeric");
    if (!/^\s*[+-]?\d/.test(bytes)) throw new XtProblem("-c byte counter not numeric");
    this.#counters = [Number.parseInt(value, 10), Number.parseInt(bytes, 10)];
  }

  #check(not: boolean): void {
    if (this.#table === "nat" && (this.#policy === "DROP" || this.#rule.jump === "DROP"))
      throw new XtProblem(
        '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n',
      );
    if (this.#waitInterval && !this.#wait)
      throw new XtProblem("--wait-interval only makes sense with --wait\n");
    this.#rule.check();
    if (this.#words.at < this.#words.args.length)
      throw new XtProblem("unknown arguments found on commandline");
    if (this.#command === "") throw new XtProblem("no command specified");
    if (not) throw new XtProblem("nothing appropriate following !");
  }

  #checkOptions(): void {
    const letters = this.#byNumber && this.#command === "D" ? ["#"] : [...this.#command];
    for (const option of checkOrder) {
      const allowed = allowedWith[option];
      if (!this.#options.has(option) || allowed === undefined) continue;
      if (!letters.every((letter) => allowed.includes(letter)))
        throw new XtProblem(`Illegal option \`-${option}' with this command`);
    }
    const chain = this.#chain ?? "";
    if (chain.length >= maxName)
      throw new XtProblem(`chain name \`${chain}' too long (must be under ${maxName} chars)`);
    if (!changesRules.includes(this.#command) || this.#byNumber) return;
    const reject = (option: string): void => {
      if (this.#options.has(option)) throw new XtProblem(`Can't use -${option} with ${chain}\n`);
    };
    if (chain === "PREROUTING" || chain === "INPUT") reject("o");
    if (chain === "POSTROUTING" || chain === "OUTPUT") reject("i");
  }

  #done(command: string): CommandLine {
    const helps = command === "V" || command === "h";
    const rules = helps ? [] : this.#rule.make(this.#table);
    if (command === "R" && rules.length !== 1)
      throw new XtProblem("Replacement rule does not specify a unique address");
    if (!helps) this.#checkOptions();
    if (command === "h") this.#rule.loadProtocolForHelp();
    return {
      command: helps ? command : this.#command,
      table: this.#table,
      chain: this.#chain,
      position: this.#position,
      newName: this.#newName,
      policy: this.#policy,
      numeric: this.#options.has("n"),
      exact: this.#options.has("x"),
      lineNumbers: this.#options.has("0"),
      verbose: this.#verbose,
      counters: this.#counters,
      rules,
      notes: this.notes,
      loaded: this.#rule.loaded,
    };
  }
}
