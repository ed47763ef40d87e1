import type { Program } from "../../sim/process.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { DockerApi } from "../api/docker-api.ts";
import { BadValue } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";
import { type ClientContext, ClientError, type Invocation } from "./client-context.ts";
import { type CommandGroup, type CommandSpec, isGroup } from "./command-spec.ts";
import { DOCKER, findCommand, isExperimental, runnerPath } from "./command-tree.ts";
import { usageText, useLine } from "./help-text.ts";
import { OptionError, type ParsedOptions, parseOptions } from "./parse-options.ts";
import { RUNNERS } from "./runners.ts";
import { CLIENT_VERSION } from "./version.ts";

const GUIDES = "To get more help with docker, check out our guides at https://docs.docker.com/go/guides/";

/** Where an engine listens unless somebody says otherwise. */
const SOCKET = "unix:///var/run/docker.sock";

/**
 * The `docker` client: reads its words, asks the engine, prints as the real one prints, and gives an exit status. It is
 * a program where it waits.
 */
export function docker(context: ClientContext): number | Program {
  try {
    const result = dispatch(context);
    return typeof result === "number" ? result : guarded(context, result);
  } catch (error) {
    return report(context, error);
  }
}

function* guarded(context: ClientContext, program: Program): Program {
  try {
    return yield* program;
  } catch (error) {
    return report(context, error);
  }
}

function report(context: ClientContext, error: unknown): number {
  if (error instanceof ClientError) {
    if (error.message !== "") context.err(`${error.message}\n`);
    return error.status;
  }
  if (error instanceof BadValue) {
    context.err(`${error.message}\n`);
    return 1;
  }
  if (!(error instanceof DaemonError)) throw error;
  context.err(`Error response from daemon: ${error.message}\n`);
  return 1;
}

function dispatch(context: ClientContext): number | Program {
  const global = parse(context, DOCKER, "docker", context.args, true, "globals");
  const { values } = global;
  if (values.flag("version")) {
    context.out(`Docker version ${CLIENT_VERSION.Version}, build ${CLIENT_VERSION.GitCommit}\n`);
    return 0;
  }
  if (global.help !== "none") return printHelp(context, DOCKER, "docker", global.help, context.out);
  const words = global.operands;
  if (words.length === 0) return printHelp(context, DOCKER, "docker", "long", context.err);
  if (words[0] === "help") return helpCommand(context, words.slice(1));
  if (values.given("context") && values.text("context") !== "default") {
    const name = values.text("context");
    throw new ClientError(`unable to resolve docker endpoint: context ${goQuote(name)} does not exist`);
  }
  const { command, names, rest } = traverse(context, words);
  const path = names.length === 0 ? "docker" : `docker ${names.join(" ")}`;
  if (isGroup(command)) return runGroup(context, command, path, rest);
  const parsed = parse(context, command, path, rest, command.optionsFirst === true);
  if (parsed.help !== "none") return printHelp(context, command, path, parsed.help, context.out);
  checkArguments(command, path, parsed.operands.length);
  const runner = RUNNERS[runnerPath(names)];
  if (runner === undefined) throw new ClientError(`${path}: overmesh does not simulate this command`);
  const host = values.list("host").at(-1) ?? SOCKET;
  return runner(invocation(context, path, parsed, host));
}

function invocation(context: ClientContext, path: string, parsed: ParsedOptions, host: string): Invocation {
  return {
    context,
    path,
    options: parsed.values,
    args: parsed.operands,
    get api(): DockerApi {
      if (context.api === null || host !== SOCKET) {
        throw new ClientError(
          `Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`,
        );
      }
      return context.api;
    },
  };
}

interface Found {
  readonly command: CommandSpec | CommandGroup;
  /** The real names on the way, without `docker`: `container`, `ls`. */
  readonly names: readonly string[];
  readonly rest: readonly string[];
}

/** Goes down the tree while words name commands; options of groups may stand between. */
function traverse(context: ClientContext, words: readonly string[]): Found {
  let command: CommandSpec | CommandGroup = DOCKER;
  const names: string[] = [];
  let rest = words;
  while (isGroup(command)) {
    const at = firstOperand(command, rest);
    const next: CommandSpec | CommandGroup | null = at === null ? null : findCommand(command, rest[at]!);
    if (next === null || at === null) break;
    if (at > 0) parse(context, command, `docker ${names.join(" ")}`, rest.slice(0, at), false);
    command = next;
    names.push(next.name);
    rest = rest.slice(at + 1);
  }
  return { command, names, rest };
}

/** The index of the first word that is neither an option nor its value. */
function firstOperand(group: CommandGroup, words: readonly string[]): number | null {
  let value = false;
  for (const [at, word] of words.entries()) {
    const bare = !word.includes("=");
    if (word.startsWith("--") && bare) {
      value = !isFlag(group, (name) => name === word.slice(2));
    } else if (
      word.startsWith("-") &&
      bare &&
      word.length === 2 &&
      !isFlag(group, (_, short) => short === word[1])
    ) {
      value = true;
    } else if (value) value = false;
    else if (!word.startsWith("-") || word === "-") return at;
  }
  return null;
}

function isFlag(group: CommandGroup, match: (name: string, short: string | null) => boolean): boolean {
  if (match("help", "h")) return true;
  return (group.options ?? []).some(({ name, short, type }) => type === "bool" && match(name, short));
}

function runGroup(
  context: ClientContext,
  group: CommandGroup,
  path: string,
  words: readonly string[],
): number {
  const parsed = parse(context, group, path, words, false);
  if (parsed.help !== "none") return printHelp(context, group, path, parsed.help, context.out);
  if (group === DOCKER) {
    throw new ClientError(`docker: '${parsed.operands[0]!}' is not a docker command.\nSee 'docker --help'`);
  }
  if (parsed.operands.length > 0) throw new ClientError(`\n${usage(context, group, path).trimEnd()}`);
  return printHelp(context, group, path, "long", context.err);
}

function parse(
  context: ClientContext,
  command: CommandSpec | CommandGroup,
  path: string,
  words: readonly string[],
  optionsFirst: boolean,
  after: "globals" | "command" = "command",
): ParsedOptions {
  try {
    return parseOptions(command.options ?? [], words, { optionsFirst, env: context.env });
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const shown = isGroup(command) ? `\n\n${usage(context, command, path, after)}` : "";
    throw new ClientError(`${error.message}\nSee '${path} --help'.${shown}`, 125);
  }
}

function checkArguments(command: CommandSpec, path: string, count: number): void {
  const refusal = command.args(count);
  if (refusal === null) return;
  throw new ClientError(
    `"${path}" ${refusal}.\nSee '${path} --help'.\n\nUsage:  ${useLine(command, path)}\n\n${command.short}`,
  );
}

/** After a mistake in global options the real client has not yet added `completion` to its commands. */
function usage(
  context: ClientContext,
  command: CommandSpec | CommandGroup,
  path: string,
  after: "globals" | "command" = "command",
): string {
  const { columns } = context.tty;
  if (command !== DOCKER) return usageText(command, { path, columns, experimental: isExperimental(path) });
  const commands = DOCKER.commands.filter(({ name }) => after === "command" || name !== "completion");
  return usageText({ ...DOCKER, commands }, { path, columns, additional: GUIDES });
}

function printHelp(
  context: ClientContext,
  command: CommandSpec | CommandGroup,
  path: string,
  request: "long" | "short",
  print: (text: string) => void,
): number {
  if (request === "short") print("Flag shorthand -h has been deprecated, please use --help\n");
  print(`\n${usage(context, command, path)}`);
  return 0;
}

function helpCommand(context: ClientContext, words: readonly string[]): number {
  const { command, names, rest } = traverse(context, words);
  if (rest.length > 0) throw new ClientError(`unknown help topic: ${rest.join(" ")}`);
  return printHelp(
    context,
    command,
    names.length === 0 ? "docker" : `docker ${names.join(" ")}`,
    "long",
    context.out,
  );
}
