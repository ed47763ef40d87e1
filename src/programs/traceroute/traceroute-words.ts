import { own } from "../../base/own.ts";
import { ProgramExit } from "../program-exit.ts";

/** Long names of options. */
const LONG: Readonly<Record<string, string>> = {
  "dont-fragment": "F",
  first: "f",
  icmp: "I",
  tcp: "T",
  interface: "i",
  "max-hops": "m",
  "sim-queries": "N",
  port: "p",
  tos: "t",
  wait: "w",
  queries: "q",
  source: "s",
  sendwait: "z",
  fwmark: "fwmark",
  udp: "U",
  version: "V",
  help: "help",
  mtu: "mtu",
  back: "back",
};
const VALUED: ReadonlySet<string> = new Set([
  "f",
  "i",
  "m",
  "N",
  "p",
  "t",
  "w",
  "q",
  "s",
  "z",
  "g",
  "l",
  "M",
  "O",
  "P",
  "fwmark",
]);

/** What the value of an option is called. */
const VALUE_NAMES: Readonly<Record<string, string>> = {
  f: "first_ttl",
  g: "gate,...",
  i: "device",
  m: "max_ttl",
  N: "squeries",
  p: "port",
  t: "tos",
  l: "flow_label",
  w: "MAX,HERE,NEAR",
  q: "nqueries",
  s: "src_addr",
  z: "sendwait",
};

export interface Operand {
  readonly word: string;
  /** Its place in the command line. */
  readonly at: number;
}

/** An option by its letter, with "" for a value that it does not have. */
export interface GivenOption {
  readonly letter: string;
  readonly value: string;
  /** How it was typed. */
  readonly shown: string;
  /** The place of its value in the command line, or its own. */
  readonly at: number;
}

/** Ends the tool with these words. @throws {ProgramExit} */
export function fail(message: string): never {
  throw new ProgramExit(2, `${message}\n`);
}

/** The words of a command line, one by one: a mistake comes to light after what stands before it. @throws {ProgramExit} */
export function* readWords(args: readonly string[]): Generator<GivenOption | Operand, void, void> {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const at = i + 1;
    if (word.startsWith("--") && word.length > 2) {
      const [name, value] = word.slice(2).split("=", 2) as [string, string | undefined];
      const letter = own(LONG, name);
      if (letter === undefined) fail(`Bad option \`--${name}' (argc ${at})`);
      if (!VALUED.has(letter)) yield option(letter, "", word, at);
      else if (value !== undefined) yield option(letter, value, `--${name}`, at);
      else
        yield option(
          letter,
          args[++i] ?? fail(`Option \`--${name}' (argc ${at}) requires an argument: \`--${name}'`),
          `--${name}`,
          at + 1,
        );
      continue;
    }
    if (!word.startsWith("-") || word === "-") {
      yield { word, at };
      continue;
    }
    for (let k = 1; k < word.length; k++) {
      const letter = word[k]!;
      if (!VALUED.has(letter)) {
        yield option(letter, "", `-${letter}`, at);
        continue;
      }
      const attached = word.slice(k + 1);
      if (attached !== "") yield option(letter, attached, `-${letter}`, at);
      else {
        const next = args[++i];
        if (next === undefined)
          fail(
            `Option \`-${letter}' (argc ${at}) requires an argument: \`-${letter} ${VALUE_NAMES[letter] ?? letter}'`,
          );
        yield option(letter, next, `-${letter}`, at + 1);
      }
      break;
    }
  }
}

function option(letter: string, value: string, shown: string, at: number): GivenOption {
  return { letter, value, shown, at };
}
