import type { Command } from "../operation.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import type { IpsetChange } from "./ipset-change.ts";
import { misuse, PROGRAM } from "./ipset-element.ts";
import { IPSET_HELP } from "./ipset-help.ts";
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
  version: ["-v", "-V", "--version"],
};

function commandOf(word: string): string | null {
  return Object.keys(COMMANDS).find((name) => name === word || COMMANDS[name]!.includes(word)) ?? null;
}

export const ipset: Tool = {
  name: "ipset",
  entersNamespaces: false,
  readsInput: (args) => args.some((arg) => commandOf(arg) === "restore"),
  parse(args, _toolbox, outside): Command[] {
    const words: string[] = [];
    let exist = false;
    let form: IpsetShow["form"] = "list";
    let file: string | null = null;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg === "-f" || arg === "-file" || arg === "--file") file = argument(args, ++i);
      else if (arg === "-o" || arg === "-output" || arg === "--output")
        form = outputForm(argument(args, ++i));
      else if (arg === "-!" || arg === "-exist" || arg === "--exist") exist = true;
      else if (arg === "-n" || arg === "-name" || arg === "--name") form = "names";
      else if (arg === "-t" || arg === "-terse" || arg === "--terse") form = "terse";
      else if (arg !== "-q" && arg !== "-quiet" && arg !== "-s" && arg !== "-sorted") words.push(arg);
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
function restored(text: string, exist: boolean, form: IpsetShow["form"]): Command[] {
  const commands: Command[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const [name = "", ...words] = line.trim().split(/\s+/);
    if (name === "" || name.startsWith("#") || name === "COMMIT") continue;
    const known = commandOf(name);
    if (known === null) throw misuse(`No command specified: unknown argument ${name}`);
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

function commandFrom(
  command: string,
  words: readonly string[],
  exist: boolean,
  form: IpsetShow["form"],
): Command {
  const [set, argument, ...options] = words;
  switch (command) {
    case "help":
      if (set !== undefined) throw misuse(`help for the type ${set} is not simulated`);
      return { ask: "text", arguments: ["help"], text: IPSET_HELP };
    case "version":
      return { ask: "text", arguments: ["-v"], text: `${PROGRAM}, protocol version: 7\n` };
    case "list":
    case "save":
      return {
        ask: "ipset-show",
        form: command === "save" ? "save" : form,
        ...(set === undefined ? {} : { set }),
      };
    case "flush":
    case "destroy":
      return change(command, set, undefined, [], false);
  }
  if (set === undefined) throw misuse(`Missing mandatory argument to command ${command}`);
  if (argument === undefined) throw misuse(`Missing second mandatory argument to command ${command}`);
  if (command === "test" && options.length > 0 && options[0] !== "nomatch")
    throw misuse(`Unknown argument: \`${options[0]}'`);
  if (command === "test") return { ask: "ipset-test", set, entry: argument };
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
