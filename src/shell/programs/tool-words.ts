/**
 * What is changed in the words of a text tool before just-bash's takes over: what would read the clock or the chance of the
 * machine underneath gets the world's, and what it does not know is said in a way that it does.
 */
import type { ShellState } from "../shell-state.ts";

/** A tool's words as they are run, or a line that refuses them. */
type ToolWords = readonly string[] | { readonly refusal: string };

/** The words for just-bash. `readFile` gives a script's text, or null. */
export function toolWords(words: readonly string[], state: ShellState): ToolWords {
  switch (words[0]) {
    case "awk":
      return awkWords(words, state);
    case "jq":
      return jqWords(words, state);
    case "grep":
    case "egrep":
    case "fgrep":
      return grepWords(words);
    case "find":
      if (words.some((word) => /^-(mtime|atime|ctime|newer[a-z]t)$/.test(word)))
        return { refusal: "find: the age of files is not simulated" };
      return words;
    case "ln":
      return lnWords(words, state);
    case "tr":
      return words.map(withOctal);
    case "xan":
      if (words.some((word) => word === "sample" || word === "shuffle") && !words.includes("--seed"))
        return { refusal: "xan: say --seed N: there is no chance but the world's" };
      return words;
    default:
      return words;
  }
}

/**
 * A link is put into a directory that is named last, which just-bash's does not know, unless `-T` takes the word for the
 * link's own name, or `-n` and it is a link itself.
 */
function lnWords(words: readonly string[], state: ShellState): readonly string[] {
  const options = words.filter((word, i) => i > 0 && /^-./.test(word));
  const operands = words.filter((word, i) => i > 0 && !/^-./.test(word));
  const says = (letter: string, word: string): boolean =>
    options.some((option) => option === word || (/^-\w+$/.test(option) && option.includes(letter)));
  const plain = options
    .map((option) => (/^-\w+$/.test(option) ? option.replace(/[Tn]/g, "") : option))
    .filter((option) => option !== "-" && !/^--no-(?:target-directory|dereference)$/.test(option));
  const [target, name = "."] = operands;
  if (operands.length === 0 || operands.length > 2 || says("T", "--no-target-directory"))
    return ["ln", ...plain, ...operands];
  const follow = !says("n", "--no-dereference");
  const isDirectory = state.files.stat(state.path(name), follow)?.kind === "directory";
  const own = target!.slice(target!.replace(/\/+$/, "").lastIndexOf("/") + 1);
  return ["ln", ...plain, target!, isDirectory ? `${name.replace(/\/+$/, "")}/${own}` : name];
}

/** Octal escapes of tr (`\0`, `\012`), which just-bash's does not know, as the characters they stand for. */
function withOctal(set: string): string {
  return set.replace(/\\(\\|[0-3]?[0-7]{1,2})/g, (_, digits: string) =>
    digits === "\\" || digits === "134" ? "\\\\" : String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Park and Miller's generator, exact in doubles; `srand` gives the seed before, as in awk. */
const AWK_CHANCE = `
function overmesh_rand() { overmesh_seen = (overmesh_drawn() * 16807) % 2147483647; return overmesh_seen / 2147483647 }
function overmesh_drawn() { return overmesh_seen ? overmesh_seen : 1043618065 }
function overmesh_srand(n, old) { old = overmesh_seed + 0; overmesh_seed = n; overmesh_seen = (int(n) * 69621 + 12345) % 2147483646 + 1; return old }
`;

/** Strings, comments, and the three functions that ask the machine underneath. */
const AWK_PARTS = /"(?:\\[\s\S]|[^"\\])*"|#.*|\b(rand|srand|systime)\s*\(\s*(\))?/g;

function awkWords(words: readonly string[], state: ShellState): readonly string[] {
  const at = programOf(words, /^-[Fv]$/, ["-f"]);
  if (at === null) return words;
  const script = at.file === null ? words[at.index]! : readText(state, at.file);
  if (script === null || !/\b(s?rand|systime)\s*\(/.test(script)) return words;
  const { seconds } = state.machine.clock();
  const program = script.replace(AWK_PARTS, (part, name: string | undefined, closed: string | undefined) => {
    if (name === undefined) return part;
    if (name === "systime") return closed === undefined ? part : `(${seconds})`;
    if (name === "srand") return closed === undefined ? "overmesh_srand(" : `overmesh_srand(${seconds})`;
    return `overmesh_rand(${closed ?? ""}`;
  });
  return replaced(words, at, `${program}\n${AWK_CHANCE}`);
}

function jqWords(words: readonly string[], state: ShellState): ToolWords {
  const at = programOf(
    words,
    /^--(indent|tab)$/,
    ["-f", "--from-file"],
    /^--(arg|argjson|slurpfile|rawfile)$/,
  );
  if (at === null) return words;
  const filter = at.file === null ? words[at.index]! : readText(state, at.file);
  if (filter === null || !/\bnow\b/.test(filter)) return words;
  const { seconds, nanos } = state.machine.clock();
  const now = `(${seconds}.${String(nanos).padStart(9, "0")})`;
  let interpolated = false;
  const program = filter.replace(JQ_PARTS, (part) => {
    if (part.startsWith('"')) interpolated ||= /\\\([\s\S]*\bnow\b/.test(part);
    return part === "now" ? now : part;
  });
  return interpolated
    ? { refusal: "jq: now inside a string is not simulated: give it a name in front, now as $x | ..." }
    : replaced(words, at, program);
}

/** Strings, comments, and `now` where it is no field, variable, key or part of another name. */
const JQ_PARTS = /"(?:\\[\s\S]|[^"\\])*"|#.*|(?<![\w.$:@])now(?!\w|\s*:(?!:))/g;

interface ProgramPlace {
  /** The word that holds the program, or the option in front of its file. */
  readonly index: number;
  readonly file: string | null;
}

/** Where a program stands among words: the first that is no option, or the file of an option. */
function programOf(
  words: readonly string[],
  one: RegExp,
  files: readonly string[],
  two?: RegExp,
): ProgramPlace | null {
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (files.includes(word)) return i + 1 < words.length ? { index: i, file: words[i + 1]! } : null;
    if (one.test(word)) i++;
    else if (two?.test(word)) i += 2;
    else if (word === "--") return i + 1 < words.length ? { index: i + 1, file: null } : null;
    else if (!word.startsWith("-") || word === "-") return { index: i, file: null };
  }
  return null;
}

function replaced(words: readonly string[], { index, file }: ProgramPlace, program: string): string[] {
  return [...words.slice(0, index), program, ...words.slice(index + (file === null ? 1 : 2))];
}

function readText(state: ShellState, path: string): string | null {
  const full = state.path(path);
  return state.files.stat(full)?.kind === "file" ? state.files.read(full) : null;
}

/** Letters of grep's short options that take a value. */
const GREP_VALUES = "ABCmfdD";

/** Several patterns become one with alternatives; `-ePATTERN` and `--regexp=PATTERN` become `-e PATTERN`. */
function grepWords(words: readonly string[]): ToolWords {
  const patterns: string[] = [];
  const others: string[] = [];
  let kind = words[0] === "egrep" ? "E" : words[0] === "fgrep" ? "F" : "G";
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") {
      others.push(...words.slice(i));
      break;
    }
    const long = /^--regexp(?:=([\s\S]*))?$/.exec(word);
    if (long !== null) {
      patterns.push(long[1] ?? words[++i] ?? "");
      continue;
    }
    if (!/^-[A-Za-z]/.test(word)) {
      others.push(word);
      continue;
    }
    const value = [...word].findIndex(
      (letter, at) => at > 0 && (GREP_VALUES.includes(letter) || letter === "e"),
    );
    const letters = value < 0 ? word : word.slice(0, value);
    for (const letter of letters.slice(1)) if ("EFGP".includes(letter)) kind = letter;
    if (value < 0) others.push(word);
    else if (word[value] === "e") {
      if (letters !== "-") others.push(letters);
      patterns.push(word.slice(value + 1) || (words[++i] ?? ""));
    } else {
      others.push(word);
      if (value === word.length - 1 && i + 1 < words.length) others.push(words[++i]!);
    }
  }
  if (patterns.length === 0) return words;
  if (patterns.length === 1) return [words[0]!, "-e", patterns[0]!, ...others];
  if (others.some((word) => /^-\w*f/.test(word)))
    return { refusal: "grep: -e and -f together are not simulated" };
  if (kind === "F")
    return { refusal: "grep: several fixed strings (-F) are not simulated: use several -e without -F" };
  const joined = kind === "G" ? patterns.join("\\|") : patterns.map((pattern) => `(${pattern})`).join("|");
  return [words[0]!, "-e", joined, ...others];
}
