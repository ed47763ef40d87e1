/** One option as getopt(3) gives it. `name` is "?" for a mistake, which `message` says without the program's name. */
export interface Option {
  readonly name: string;
  readonly value: string;
  readonly message: string;
}

interface Arguments {
  readonly options: readonly Option[];
  readonly operands: readonly string[];
}

/**
 * Sorts words into options and operands as GNU getopt(3) does, options behind operands included. `letters` names the
 * options, a colon behind a letter says that it has a value. A mistake is an option called "?" in its place, and the
 * rest is still read.
 */
export function getopt(args: readonly string[], letters: string): Arguments {
  const options: Option[] = [];
  const operands: string[] = [];
  const mistake = (message: string): void => {
    options.push({ name: "?", value: "", message });
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith("--")) {
      mistake(`unrecognized option '${word}'`);
      continue;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const name = word[at]!;
      const known = name === ":" ? -1 : letters.indexOf(name);
      if (known < 0) {
        mistake(`invalid option -- '${name}'`);
        continue;
      }
      if (letters[known + 1] !== ":") {
        options.push({ name, value: "", message: "" });
        continue;
      }
      const value = at + 1 < word.length ? word.slice(at + 1) : args[++i];
      if (value === undefined) mistake(`option requires an argument -- '${name}'`);
      else options.push({ name, value, message: "" });
      break;
    }
  }
  return { options, operands };
}
