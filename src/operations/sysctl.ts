import { heardValue } from "./expected.ts";
import type { Command } from "./operation.ts";
import { pathOf } from "./sysctl-name.ts";
import type { SysctlTelling } from "./sysctl-set.ts";
import type { SysctlShow } from "./sysctl-show.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, --all            display all variables
  -A                   alias of -a
  -X                   alias of -a
      --deprecated     include deprecated parameters to listing
      --dry-run        Print the key and values but do not write
  -b, --binary         print value without new line
  -e, --ignore         ignore unknown variables errors
  -N, --names          print variable names without values
  -n, --values         print only values of the given variable(s)
  -p, --load[=<file>]  read values from file
  -f                   alias of -p
      --system         read values from all system directories
  -r, --pattern <expression>
                       select setting that match expression
  -q, --quiet          do not echo variable set
  -w, --write          enable writing a value to variable
  -o                   does nothing
  -x                   does nothing
  -d                   alias of -h

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see sysctl(8).
`;

const LONG: Readonly<Record<string, string>> = {
  "--all": "a",
  "--binary": "b",
  "--ignore": "e",
  "--names": "N",
  "--values": "n",
  "--load": "p",
  "--pattern": "r",
  "--quiet": "q",
  "--write": "w",
  "--help": "h",
  "--version": "V",
  "--deprecated": "D",
};

interface Options {
  readonly letters: Set<string>;
  pattern: string | undefined;
  load: string | undefined;
  readonly variables: string[];
}

/** procps-ng 4.0's sysctl. Reading the system's own files (`--system`) is not simulated. */
export const sysctl: Tool = {
  name: "sysctl",
  entersNamespaces: false,
  parse(args) {
    const { letters, pattern, load, variables } = readOptions(args);
    if (letters.has("h") || letters.has("d")) throw new ToolError("", 0, USAGE);
    if (letters.has("V")) throw new ToolError("", 0, "sysctl from procps-ng 4.0.2\n");
    const telling = tellingOf(letters);
    if (letters.has("p") || letters.has("f")) {
      const files = [...(load === undefined ? [] : [load]), ...variables];
      if (files.length === 0) files.push("/etc/sysctl.conf");
      return files.map((file): Command => ({ op: "sysctl-load", ...telling, file }));
    }
    const all = ["a", "A", "X"].some((letter) => letters.has(letter));
    if (variables.length === 0 && !all) {
      if (args.length === 0) throw new ToolError("", 1, USAGE);
      throw new ToolError("sysctl: no variables specified\nTry `sysctl --help' for more information.", 1);
    }
    if (variables.some((word) => /^[=\s]/.test(word) || (letters.has("w") && !word.includes("="))))
      throw new ToolError("sysctl: command line(0): invalid syntax, continuing...", 1);
    const commands = runs(variables, (word) => word.includes("=")).flatMap((words): Command[] => {
      if (words[0]!.includes("=")) return [{ op: "sysctl-set", settings: words.map(settingOf), ...telling }];
      return all ? [] : [question(words.map(pathOf), letters, pattern)];
    });
    return all ? [...commands, question([], letters, pattern)] : commands;
  },
  readsInput: (args) => args.includes("-"),
  refused: (error) => ({ stderr: `sysctl: ${error.message}\n`, status: 1 }),
};

/** The stretches of words that are alike, in their order: what is set and what is asked for take turns. */
function runs(words: readonly string[], kind: (word: string) => boolean): readonly (readonly string[])[] {
  const all: string[][] = [];
  for (const word of words) {
    const last = all.at(-1);
    if (last !== undefined && kind(last[0]!) === kind(word)) last.push(word);
    else all.push([word]);
  }
  return all;
}

/** `NAME=VALUE` */
function settingOf(word: string): readonly [path: string, value: string] {
  const cut = word.indexOf("=");
  return [pathOf(word.slice(0, cut).trim()), word.slice(cut + 1).trim()];
}

/** While something is set, `-N` means `-n`. */
function tellingOf(letters: ReadonlySet<string>): SysctlTelling {
  return {
    ...(letters.has("q") ? { quiet: true } : {}),
    ...(letters.has("e") ? { ignore: true } : {}),
    ...(letters.has("n") || letters.has("N")
      ? { only: "values" }
      : letters.has("b")
        ? { only: "binary" }
        : {}),
  };
}

function question(
  paths: readonly string[],
  letters: ReadonlySet<string>,
  pattern: string | undefined,
): SysctlShow {
  const only = letters.has("N")
    ? "names"
    : letters.has("b")
      ? "binary"
      : letters.has("n")
        ? "values"
        : undefined;
  return {
    ask: "sysctl-show",
    paths,
    ...(only === undefined ? {} : { only }),
    ...(letters.has("e") ? { ignore: true } : {}),
    ...(pattern === undefined ? {} : { pattern }),
    ...(letters.has("D") ? { deprecated: true } : {}),
  };
}

function readOptions(args: readonly string[]): Options {
  const options: Options = { letters: new Set(), pattern: undefined, load: undefined, variables: [] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith("-") || arg === "-") {
      heardValue(arg, options.letters.has("p") || options.letters.has("f") ? "file" : "sysctl");
      options.variables.push(arg);
      continue;
    }
    if (arg === "--") {
      options.variables.push(...args.slice(i + 1));
      break;
    }
    const [long, value] = arg.split("=", 2);
    const letters = arg.startsWith("--") ? LONG[long!] : arg.slice(1);
    if (letters === undefined) throw new ToolError(`sysctl: unrecognized option '${arg}'`, 0, USAGE);
    for (const letter of letters) {
      if (!"aAXbeNnpfrqwoxdhV".includes(letter) && long !== "--deprecated")
        throw new ToolError(`sysctl: invalid option -- '${letter}'`, 0, USAGE);
      options.letters.add(letter);
      if (letter === "r") options.pattern = value ?? args[++i];
      if (letter === "p") options.load = value;
    }
  }
  return options;
}
