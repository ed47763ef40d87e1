import type { DockerApi } from "../api/docker-api.ts";
import { type CommandGroup, type CommandSpec, isGroup, type OptionSpec } from "./command-spec.ts";
import { DOCKER, findCommand } from "./command-tree.ts";

/**
 * What may take the place of the last word of a `docker` line: commands, options, and the names of things that are
 * there. @param args the words after `docker`, the last one unfinished @param api null: no engine knows any names
 */
export function completeDocker(api: DockerApi | null, args: readonly string[]): string[] {
  const typed = args.at(-1) ?? "";
  const { command, rest } = commandOf(args.slice(0, -1));
  const options = command.options ?? [];
  const pending = valueOption(options, rest.at(-1));
  let offered: readonly string[];
  if (pending !== null) offered = optionValues(api, pending);
  else if (typed.startsWith("-")) {
    offered = [
      ...options.filter((one) => one.hiddenAliasOf === null).map(({ name }) => `--${name}`),
      "--help",
    ];
  } else if (isGroup(command)) offered = command.commands.flatMap(namesOf);
  else offered = operandNames(api, command, operandCount(options, rest));
  return [...new Set(offered)].filter((word) => word.startsWith(typed)).sort();
}

function namesOf(command: CommandSpec | CommandGroup): string[] {
  return isGroup(command) ? [command.name] : [command.name, ...(command.aliases ?? [])];
}

/** The command that the words name, and what follows its name. */
function commandOf(words: readonly string[]): {
  readonly command: CommandSpec | CommandGroup;
  readonly rest: readonly string[];
} {
  let command: CommandSpec | CommandGroup = DOCKER;
  let from = 0;
  for (let at = 0; at < words.length && isGroup(command); at++) {
    const next = findCommand(command, words[at]!);
    if (next === null) continue;
    command = next;
    from = at + 1;
  }
  return { command, rest: words.slice(from) };
}

/** The option whose value is to come after a word. */
function valueOption(options: readonly OptionSpec[], word: string | undefined): OptionSpec | null {
  if (word === undefined || !word.startsWith("-") || word.includes("=")) return null;
  const found = word.startsWith("--")
    ? options.find(({ name }) => name === word.slice(2))
    : options.find(({ short }) => short === word.at(-1));
  return found === undefined || found.type === "bool" ? null : found;
}

function operandCount(options: readonly OptionSpec[], words: readonly string[]): number {
  return words.filter((word, at) => !word.startsWith("-") && valueOption(options, words[at - 1]) === null)
    .length;
}

function optionValues(api: DockerApi | null, { name }: OptionSpec): readonly string[] {
  if (name === "network" || name === "net") return known(api, "NETWORK");
  if (name === "link" || name === "volumes-from") return known(api, "CONTAINER");
  return name === "restart" ? ["always", "no", "on-failure", "unless-stopped"] : [];
}

/** The usage line says what each operand is: `NETWORK CONTAINER`, `IMAGE [COMMAND] [ARG...]`. */
function operandNames(api: DockerApi | null, { use }: CommandSpec, index: number): readonly string[] {
  const operands = use.replace("[OPTIONS]", "").trim().split(/\s+/);
  const said = operands[Math.min(index, operands.length - 1)] ?? "";
  return said
    .replace(/[[\].]/g, "")
    .split("|")
    .flatMap((what) => known(api, what));
}

function known(api: DockerApi | null, what: string): readonly string[] {
  if (api === null) return [];
  switch (what.replace(/[:_].*$/, "")) {
    case "CONTAINER":
      return api.containerList({ all: true }).flatMap(({ Names }) => Names.map((name) => name.slice(1)));
    case "NETWORK":
      return api.networkList().map(({ Name }) => Name);
    case "IMAGE":
    case "SOURCE":
      return api.imageList({ all: false }).flatMap(({ RepoTags }) => RepoTags);
    case "VOLUME":
      return api.volumeList().map(({ Name }) => Name);
    case "NAME":
      return [...known(api, "CONTAINER"), ...known(api, "NETWORK")];
  }
  return [];
}
