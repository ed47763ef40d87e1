import type { Command } from "../operation.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import type { IpsetChange } from "./ipset-change.ts";
import { misuse, PROGRAM } from "./ipset-element.ts";
import { helpText } from "./ipset-help.ts";
import type { IpsetShow } from "./ipset-show.ts";

/** Commands and their older names. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  create: ["n", "-N", "--create"],
  add: ["-A", "--add"],
  del: ["-D", "--del"],
  test: ["-T", "--test"],
  destroy: ["x", "-X", "--destroy"],
  list: ["-L", "--list"],
  save: ["-S", "--save"],
  restore: ["-R", "--restore"],
  flush: ["-F", "--flush"],
  rename: ["e", "-E", "--rename"],
  swap: ["w", "-W", "--swap"],
  help: ["-h", "-H", "--help"],
  quit: ["q"],
  version: ["-v", "-V", "--version"],
};

/** How sets are shown; null: as the command has it. */
type Form = IpsetShow["form"] | null;

const QUIET = ["-q", "-quiet", "--quiet"];
/** Elements are in order anyway, and nobody looks up the names of addresses. */
const WITHOUT_EFFECT = ["-s", "-sorted", "--sorted", "-r", "-resolve", "--resolve"];
/** How many words a command takes at most, where no options follow. */
const MOST_WORDS: Readonly<Record<string, number>> = {
  ...{ destroy: 1, list: 1, save: 1, flush: 1, rename: 2, swap: 2 },
};

function commandOf(word: string): string | null {
  return Object.keys(COMMANDS).find((name) => name === word || COMMANDS[name]!.includes(word)) ?? null;
}

export const ipset: Tool = {
  name: "ipset",
  entersNamespaces: false,
  readsInput: (args) => args.some((arg) => commandOf(arg) === "restore"),
  isQuiet: (args) => args.some((arg) => QUIET.includes(arg)),
  parse(args, _toolbox, outside): Command[] {
    const words: string[] = [];
    let exist = false;
    let form: Form = null;
    let file: string | null = null;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg === "-f" || arg === "-file" || arg === "--file") file = argument(args, ++i);
      else if (arg === "-o" || arg === "-output" || arg === "--output")
        form = outputForm(argument(args, ++i));
      else if (arg === "-!" || arg === "-exist" || arg === "--exist") exist = true;
      else if (arg === "-n" || arg === "-name" || arg === "--name") form = "names";
      else if (arg === "-t" || arg === "-terse" || arg === "--terse") form = "terse";
      else if (!QUIET.includes(arg) && !WITHOUT_EFFECT.includes(arg)) words.push(arg);
    }
    const [word, ...rest] = words;
    if (word === undefined) throw misuse("No command specified.");
    const command = commandOf(word);
    if (command === null) throw misuse(`No command specified: unknown argument ${word}`);
    if (command !== "restore") {
      if (file !== null) throw new ToolError("ipset: -f with list or save is not simulated: use > FILE", 1);
      return [commandFrom(command, rest, exist, form)];
    }
    const text = file === null ? (outside?.stdin ?? "") : (outside?.readFile?.(file) ?? null);
    // The tool ends without a word.
    if (text === null) throw new ToolError("", 255);
    return restored(text, exist, form);
  },
  refused: (error) => ({ stderr: `${PROGRAM}: Kernel error received: ${error.message}\n`, status: 1 }),
};

/** The commands of a file of `restore`. */
function restored(text: string, exist: boolean, form: Form): Command[] {
  const commands: Command[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const [name = "", ...words] = line.trim().split(/\s+/);
    if (name === "" || name.startsWith("#") || name === "COMMIT") continue;
    const known = commandOf(name);
    if (known === null) throw misuse(`No command specified: unknown argument ${name}`);
    if (known === "quit") break;
    const command = commandFrom(known, words, exist, form);
    commands.push("op" in command ? ({ ...command, line: i + 1 } as IpsetChange) : command);
  }
  return commands;
}

function argument(args: readonly string[], at: number): string {
  const value = args[at];
  if (value === undefined) throw misuse(`Missing mandatory argument to option ${args[at - 1]}`);
  return value;
}

function outputForm(name: string): IpsetShow["form"] {
  if (name === "xml") throw new ToolError("ipset: -o xml is not simulated", 1);
  if (name !== "plain" && name !== "save")
    throw new ToolError(`${PROGRAM}: Syntax error: unknown output mode '${name}'`, 1);
  return name === "save" ? "save" : "list";
}

function commandFrom(command: string, words: readonly string[], exist: boolean, form: Form): Command {
  const [set, argument, ...options] = words;
  const extra = words[MOST_WORDS[command] ?? words.length];
  if (extra !== undefined) throw misuse(`Unknown argument ${extra}`);
  switch (command) {
    case "help":
      return { ask: "text", arguments: words, text: helpText(set) };
    case "quit":
      return { ask: "text", arguments: [command], text: "" };
    case "version":
      return { ask: "text", arguments: ["-v"], text: `${PROGRAM}, protocol version: 7\n` };
    case "list":
    case "save":
      return {
        ask: "ipset-show",
        form: command === "save" && form === null ? "save" : (form ?? "list"),
        ...(set === undefined ? {} : { set }),
      };
    case "flush":
    case "destroy":
      return change(command, set, undefined, [], false);
  }
  if (set === undefined) throw misuse(`Missing mandatory argument to command ${command}`);
  if (argument === undefined) throw misuse(`Missing second mandatory argument to command ${command}`);
  if (command === "test")
    return { ask: "ipset-test", set, entry: argument, ...(options.length === 0 ? {} : { options }) };
  return change(command as IpsetChange["command"], set, argument, options, exist);
}

function change(
  command: IpsetChange["command"],
  set: string | undefined,
  argument: string | undefined,
  options: readonly string[],
  exist: boolean,
): IpsetChange {
  return {
    op: "ipset",
    command,
    ...(set === undefined ? {} : { set }),
    ...(argument === undefined ? {} : { argument }),
    ...(options.length === 0 ? {} : { options }),
    ...(exist ? { exist: true as const } : {}),
  };
}
