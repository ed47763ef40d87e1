import { BadValue } from "../go-parse.ts";
import { goQuote, goQuoteRune } from "../templates/go-quote.ts";
import type { OptionSpec } from "./command-spec.ts";
import { OptionValues } from "./option-values.ts";

/** Options that were not understood; the message is pflag's. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** What `--help` or `-h` asks for among the options of a command. */
type HelpRequest = "none" | "long" | "short";

export interface ParsedOptions {
  readonly values: OptionValues;
  readonly operands: readonly string[];
  readonly help: HelpRequest;
}

/**
 * Sorts words into options and operands as Go's pflag does: options may stand behind operands unless `optionsFirst`,
 * `-abc` are three flags, `-p80` and `-p=80` give a value. @throws {OptionError}
 */
export function parseOptions(
  specs: readonly OptionSpec[],
  words: readonly string[],
  settings: { readonly optionsFirst: boolean; readonly env: ReadonlyMap<string, string> },
): ParsedOptions {
  const values = new OptionValues(specs, settings.env);
  const operands: string[] = [];
  let help: HelpRequest = "none";
  let at = 0;

  const set = (spec: OptionSpec, value: string): void => {
    try {
      values.set(spec, value);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      const shown = spec.short === null ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      throw new OptionError(
        `invalid argument ${goQuote(value)} for ${goQuote(shown)} flag: ${error.message}`,
      );
    }
  };

  const long = (word: string): void => {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (name === "" || name.startsWith("-")) throw new OptionError(`bad flag syntax: ${word}`);
    const spec = specs.find((candidate) => candidate.name === name) ?? (name === "help" ? HELP : undefined);
    if (spec === undefined) throw new OptionError(`unknown flag: --${name}`);
    if (equals >= 0) set(spec, word.slice(equals + 1));
    else if (spec.type === "bool") set(spec, "true");
    else if (at < words.length) set(spec, words[at++]!);
    else throw new OptionError(`flag needs an argument: --${name}`);
    if (name === "help") help = values.flag("help") ? "long" : "none";
  };

  const short = (word: string): void => {
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const spec = specs.find((candidate) => candidate.short === letter);
      if (spec === undefined) {
        if (letter !== "h") {
          throw new OptionError(`unknown shorthand flag: ${goQuoteRune(letter)} in -${word.slice(i)}`);
        }
        help = "short";
        continue;
      }
      const rest = word.slice(i + 1);
      if (rest.length > 1 && rest.startsWith("=")) {
        set(spec, rest.slice(1));
        return;
      }
      if (spec.type === "bool") {
        set(spec, "true");
        continue;
      }
      if (rest !== "") set(spec, rest);
      else if (at < words.length) set(spec, words[at++]!);
      else throw new OptionError(`flag needs an argument: ${goQuoteRune(letter)} in -${word.slice(i)}`);
      return;
    }
  };

  while (at < words.length) {
    const word = words[at++]!;
    if (word === "--") {
      operands.push(...words.slice(at));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      if (!settings.optionsFirst) continue;
      operands.push(...words.slice(at));
      break;
    }
    if (word.startsWith("--")) long(word);
    else short(word);
  }
  return { values, operands, help };
}

const HELP: OptionSpec = {
  name: "help",
  short: null,
  type: "bool",
  usage: "Print usage",
  initial: "",
  check: null,
  hiddenAliasOf: null,
};
