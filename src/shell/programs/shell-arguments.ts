import { SET_OPTIONS, SHOPT_OPTIONS } from "../shell-options.ts";
import type { ShellState } from "../shell-state.ts";

/** What the options of a shell's command line ask for, besides those of `set` and `shopt`, which are on already. */
interface ShellArguments {
  /** `-c`: the first operand is the text. */
  readonly command: boolean;
  /** `-s`: the text is the standard input, whatever the operands. */
  readonly input: boolean;
  readonly operands: readonly string[];
}

/** Long options that change nothing here. */
const LONG: ReadonlySet<string> = new Set("--login --noediting --noprofile --norc --posix".split(" "));

const USAGE = `Usage:	bash [GNU long option] [option] ...
	bash [GNU long option] [option] script-file ...
GNU long options:
	--debug
	--debugger
	--dump-po-strings
	--dump-strings
	--help
	--init-file
	--login
	--noediting
	--noprofile
	--norc
	--posix
	--pretty-print
	--rcfile
	--restricted
	--verbose
	--version
Shell options:
	-ilrsD or -c command or -O shopt_option		(invocation only)
	-abefhkmnptuvxBCEHPT or -o option
`;

/**
 * Reads the command line of a shell and switches its options on and off.
 * @param kind whose words the refusals have
 * @returns the status when the shell has refused
 */
export function readShellArguments(
  state: ShellState,
  args: readonly string[],
  name: string,
  kind: "bash" | "dash" | "ash",
): ShellArguments | number {
  const refuse = (option: string): number => {
    if (kind === "bash") state.err(`${name}: ${option}: invalid option\n${USAGE}`);
    else if (kind === "dash") state.err(`${name}: 0: Illegal option ${option}\n`);
    else state.err(`${name}: illegal option ${option}\n`);
    return 2;
  };
  let command = false;
  let input = false;
  let i = 0;
  for (; /^[-+]./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    if (word.startsWith("--")) {
      if (kind !== "bash" || !LONG.has(word)) return refuse(kind === "bash" ? word : "--");
      continue;
    }
    for (const letter of word.slice(1)) {
      if (letter === "c") command = true;
      else if (letter === "s") input = true;
      else if (letter === "o" || letter === "O") {
        const option = args[++i] ?? "";
        const isSet = letter === "o";
        const isKnown = isSet
          ? SET_OPTIONS.some(([known]) => known === option)
          : SHOPT_OPTIONS.includes(option);
        if (!isKnown) {
          if (kind !== "bash") return refuse(`-${letter} ${option}`);
          const what = isSet
            ? `${name}: ${option}: invalid option name`
            : `${option}: invalid shell option name`;
          state.err(`${name}: line 0: ${what}\n`);
          return 2;
        }
        turn(isSet ? state.options : state.shellOptions, option, word);
      } else {
        const option = SET_OPTIONS.find((known) => known[1] === letter);
        if (option !== undefined) turn(state.options, option[0], word);
        else if (!"ilrD".includes(letter)) return refuse(`${word[0]}${letter}`);
      }
    }
  }
  return { command, input, operands: args.slice(i) };
}

/** `-e` switches on, `+e` off. */
function turn(options: Set<string>, option: string, word: string): void {
  if (word.startsWith("-")) options.add(option);
  else options.delete(option);
}
