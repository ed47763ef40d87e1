import type { ValueCheck } from "./value-checks.ts";

/**
 * The commands of the `docker` client 20.10.24 as data: what its help says and its parser takes. Nothing here runs; the
 * runners are in `runners.ts`, by the commands' paths.
 */

/** The kinds of option values, by the word that the help shows for them (`bool` shows none). */
type ValueType =
  | "bool"
  | "string"
  | "list"
  | "strings"
  | "int"
  | "uint"
  | "uint16"
  | "uint32"
  | "float"
  | "duration"
  | "decimal"
  | "bytes"
  | "map"
  | "filter"
  | "mount"
  | "network"
  | "ulimit"
  | "gpu-request"
  | "stringToString"
  | "config"
  | "credential-spec"
  | "command"
  | "pref"
  | "port"
  | "secret"
  | "pem-file"
  | "external-ca"
  | "ipNetSlice"
  | "node-addr";

export interface OptionSpec {
  readonly name: string;
  /** One letter, or null. */
  readonly short: string | null;
  readonly type: ValueType;
  readonly usage: string;
  /** Its value when it is not given, as the help shows it; empty: the zero of its type, which is not shown. */
  readonly initial: string;
  /** What each of its values must be. */
  readonly check: ValueCheck | null;
  /** Another spelling of that option, which the help does not show. */
  readonly hiddenAliasOf: string | null;
}

interface OptionExtras {
  readonly check?: ValueCheck;
  readonly hiddenAliasOf?: string;
}

/** @param names `name` or `x,name` */
export function opt(
  names: string,
  type: ValueType,
  usage: string,
  initial = "",
  extras: OptionExtras = {},
): OptionSpec {
  const comma = names.indexOf(",");
  return {
    name: names.slice(comma + 1),
    short: comma < 0 ? null : names.slice(0, comma),
    type,
    usage,
    initial,
    check: extras.check ?? null,
    hiddenAliasOf: extras.hiddenAliasOf ?? null,
  };
}

/** How many arguments a command takes: the words with which it refuses another number, null when it does not. */
type ArgumentRule = (count: number) => string | null;

export const anyArguments: ArgumentRule = () => null;
export const noArguments: ArgumentRule = (count) => (count === 0 ? null : "accepts no arguments");

export function atLeast(least: number): ArgumentRule {
  return (count) => (count >= least ? null : `requires at least ${least} ${plural(least)}`);
}

export function atMost(most: number): ArgumentRule {
  return (count) => (count <= most ? null : `requires at most ${most} ${plural(most)}`);
}

export function between(least: number, most: number): ArgumentRule {
  return (count) =>
    count >= least && count <= most ? null : `requires at least ${least} and at most ${most} ${plural(most)}`;
}

export function exactly(number: number): ArgumentRule {
  return (count) => (count === number ? null : `requires exactly ${number} ${plural(number)}`);
}

function plural(count: number): string {
  return count === 1 ? "argument" : "arguments";
}

/** A command that does something. */
export interface CommandSpec {
  readonly name: string;
  /** What stands after its name in the usage line. */
  readonly use: string;
  readonly short: string;
  /** What its help says in place of `short`. */
  readonly long?: string;
  readonly aliases?: readonly string[];
  /** What its help shows being typed. */
  readonly example?: string;
  readonly args: ArgumentRule;
  /** Options end at the first argument, since what follows belongs to another command (`docker run IMAGE ls -l`). */
  readonly optionsFirst?: boolean;
  readonly options?: readonly OptionSpec[];
}

/** A command that only holds others. */
export interface CommandGroup {
  readonly name: string;
  readonly short: string;
  readonly long?: string;
  readonly options?: readonly OptionSpec[];
  readonly commands: readonly (CommandSpec | CommandGroup)[];
}

export function isGroup(command: CommandSpec | CommandGroup): command is CommandGroup {
  return "commands" in command;
}
