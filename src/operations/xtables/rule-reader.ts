import type { XtInfo } from "../../net/xtables.ts";
import type { XtNegation, XtRule } from "../../netfilter/rule.ts";
import { VERDICTS } from "../../netfilter/rule-set.ts";
import { unsigned } from "../words.ts";
import { deviceName, targetName } from "./command-names.ts";
import { negations } from "./command-options.ts";
import {
  checkOptions,
  type Extensions,
  GivenOptions,
  type RuleContext,
  takeOption,
  type XtExtension,
  type XtOption,
} from "./extension.ts";
import type { LongOption } from "./getopt.ts";
import { listedProtocol, parseProtocol } from "./protocols.ts";
import { parseAddresses } from "./rule-addresses.ts";
import { XtProblem } from "./xt-problem.ts";

const ANY = "0.0.0.0/0";

/** What the tool takes verdicts for. */
const STANDARD: XtExtension = {
  name: "standard",
  help: "standard match options:\n(If target is DROP, ACCEPT, RETURN or nothing)\n",
  options: [],
  make: () => ({ name: "" }),
  save: () => "",
  list: () => null,
};

/** A match or target of the rule being read. */
interface Loaded {
  readonly extension: XtExtension;
  readonly given: GivenOptions;
}

/** An option of a match or target that the rule has loaded. */
export interface LoadedOption {
  readonly of: Loaded;
  readonly option: XtOption;
}

/** The rule of a command line, while its words come: each match and target that it loads brings options of its own. */
export class RuleReader {
  readonly #extensions: Extensions;
  readonly #not: Set<XtNegation> = new Set();
  #sources = ANY;
  #destinations = ANY;
  #in = "";
  #out = "";
  #protocolText: string | null = null;
  #protocol = 0;
  #protocolLoaded = false;
  #fragment = false;
  #goto = false;
  #jump: string | null = null;
  #target: Loaded | null = null;
  readonly #matches: Loaded[] = [];
  /** What the loaded extensions say on standard error. */
  notices = "";

  constructor(extensions: Extensions) {
    this.#extensions = extensions;
  }

  /** The target's name, known or not. */
  get jump(): string | null {
    return this.#jump;
  }

  /** The extensions that were loaded, the target first; verdicts are one. */
  get loaded(): readonly XtExtension[] {
    const loaded = [...(this.#target === null ? [] : [this.#target]), ...this.#matches].map(
      (l) => l.extension,
    );
    return this.#jump !== null && !this.#goto && VERDICTS.includes(this.#jump)
      ? [STANDARD, ...loaded]
      : loaded;
  }

  /** The options that the loaded extensions take. */
  get options(): readonly LongOption<LoadedOption>[] {
    const known: LongOption<LoadedOption>[] = [];
    const add = (of: Loaded): void => {
      for (const option of of.extension.options)
        known.push({ name: option.name, has: option.read === undefined ? 0 : 1, code: { of, option } });
    };
    if (this.#target !== null) add(this.#target);
    const seen = new Set<string>();
    for (const match of [...this.#matches].reverse()) {
      // Of a match that is loaded again only the newer one takes options.
      if (seen.has(match.extension.name)) continue;
      seen.add(match.extension.name);
      add(match);
    }
    return known;
  }

  /** `!` stood before the option of this letter. @throws {XtProblem} */
  negate(letter: string): void {
    const negation = negations[letter];
    if (negation === undefined) throw new XtProblem(`cannot have ! before -${letter}`);
    this.#not.add(negation);
  }

  /**
   * Takes an option of the rule by its letter; other letters are none. `whole` is the word as it was typed: most
   * options take it whole, even `--protocol=tcp`, which then is no protocol. @throws {XtProblem}
   */
  take(letter: string, value: string | null, whole: string): void {
    switch (letter) {
      case "p":
        this.#protocolText = whole.toLowerCase();
        this.#protocol = parseProtocol(this.#protocolText);
        if (this.#protocol === 0 && this.#not.has("protocol"))
          throw new XtProblem("rule would never match protocol");
        return;
      case "s":
        this.#sources = whole;
        return;
      case "d":
        this.#destinations = whole;
        return;
      case "g":
        this.#goto = true;
        this.#jump = targetName(value!);
        return;
      case "j":
        this.#jump = targetName(whole);
        this.#loadTarget(this.#jump);
        return;
      case "i":
        this.#in = this.#device(whole);
        return;
      case "o":
        this.#out = this.#device(whole);
        return;
      case "f":
        this.#fragment = true;
    }
  }

  #device(name: string): string {
    if (/[\s/]/.test(name))
      this.notices += `Warning: weird character in interface \`${name}' ('/' and ' ' are not allowed by the kernel).\n`;
    return deviceName(name);
  }

  /** Takes an option of a match or target. @throws {XtProblem} */
  takeOf({ of, option }: LoadedOption, value: string | null, not: boolean): void {
    takeOption(of.extension, of.given, option, value, not);
  }

  /** `-m NAME`. @throws {XtProblem} */
  loadMatch(name: string): void {
    const extension = this.#extensions.matches.get(name);
    if (extension === undefined)
      throw new XtProblem(`Couldn't load match \`${name}':No such file or directory\n`);
    this.#tell(extension);
    this.#matches.push({ extension, given: new GivenOptions() });
    if (this.#protocolText === name) this.#protocolLoaded = true;
  }

  /** Loads the match of the protocol that `-p` named, where there is one and it is not here yet; true if it did. */
  loadProtocol(): boolean {
    if (this.#protocolText === null || this.#protocolLoaded) return false;
    this.#protocolLoaded = true;
    const number = unsigned(this.#protocolText, 255);
    const name = number === null ? this.#protocolText : (listedProtocol(number) ?? "");
    const extension = this.#extensions.matches.get(name);
    if (extension === undefined) return false;
    this.#matches.push({ extension, given: new GivenOptions() });
    return true;
  }

  /** Before the help: where no match was named, that of the protocol's own name comes. */
  loadProtocolForHelp(): void {
    if (this.#matches.length > 0 || this.#protocolText === null) return;
    const extension = this.#extensions.matches.get(this.#protocolText);
    if (extension !== undefined) this.#matches.push({ extension, given: new GivenOptions() });
  }

  #loadTarget(name: string): void {
    const extension = this.#extensions.targets.get(name);
    if (extension === undefined) return;
    this.#tell(extension);
    this.#target = { extension, given: new GivenOptions() };
  }

  /** Each notice is given once. */
  #tell({ notice }: XtExtension): void {
    const { told } = this.#extensions;
    if (notice === undefined || told.has(notice)) return;
    told.add(notice);
    this.notices += notice;
  }

  /** Each match, and the target, has the options that it must have. @throws {XtProblem} */
  check(): void {
    for (const { extension, given } of this.#matches) checkOptions(extension, given);
    if (this.#target !== null) checkOptions(this.#target.extension, this.#target.given);
  }

  /** The rule, once for each pair of a source and a destination. @throws {XtProblem} */
  make(table: string): XtRule[] {
    const not = this.#not;
    const context: RuleContext = { table, protocol: this.#protocol, notProtocol: not.has("protocol") };
    const matches = this.#matches.map(({ extension, given }) => {
      const info = extension.make(given, context);
      this.notices += extension.warning?.(info, given) ?? "";
      return info;
    });
    const target = this.#makeTarget(context);
    const sources = parseAddresses(this.#sources);
    const destinations = parseAddresses(this.#destinations);
    if ((sources.length > 1 || destinations.length > 1) && (not.has("source") || not.has("destination")))
      throw new XtProblem("! not allowed with multiple source or destination IP addresses");
    const rule = (source: string, destination: string): XtRule => ({
      ...(source !== ANY || not.has("source") ? { source } : {}),
      ...(destination !== ANY || not.has("destination") ? { destination } : {}),
      ...(this.#in !== "" ? { in: this.#in } : {}),
      ...(this.#out !== "" ? { out: this.#out } : {}),
      ...(this.#protocol !== 0 ? { protocol: this.#protocol } : {}),
      ...(this.#fragment ? { fragment: true as const } : {}),
      ...(not.size > 0 ? { not: Object.values(negations).filter((n) => not.has(n)) } : {}),
      ...(matches.length > 0 ? { matches } : {}),
      ...(target !== null ? { target } : {}),
      ...(this.#goto ? { goto: true as const } : {}),
    });
    return sources.flatMap((source) => destinations.map((destination) => rule(source, destination)));
  }

  #makeTarget(context: RuleContext): XtInfo | null {
    if (this.#target !== null) return this.#target.extension.make(this.#target.given, context);
    return this.#jump === null ? null : { name: this.#jump };
  }
}
