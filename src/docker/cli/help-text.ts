import { goQuote } from "../templates/go-quote.ts";
import { type CommandGroup, type CommandSpec, isGroup, type OptionSpec } from "./command-spec.ts";

/** What the client's help says, laid out as cobra and pflag lay it out. */

/** The least width of the column of commands' names. */
const NAME_WIDTH = 11;
/** Below this many columns for descriptions they begin on the next line. */
const LEAST_DESCRIPTION = 24;
/** A description may go over by so much rather than leave an orphan word. */
const SLOP = 5;

interface HelpSettings {
  /** `docker network rm` */
  readonly path: string;
  /** Columns of the terminal; 80 when there is none. */
  readonly columns: number;
  /** It, or the group that holds it, is an experiment. */
  readonly experimental?: boolean;
  /** What stands below all. */
  readonly additional?: string;
}

/** The usage text of a command or group, without the empty line that help puts before it. */
export function usageText(command: CommandSpec | CommandGroup, settings: HelpSettings): string {
  const { path } = settings;
  const options = (command.options ?? []).filter((option) => option.hiddenAliasOf === null);
  let text = "Usage:  ";
  if (isGroup(command)) text += `${path}${options.length > 0 ? " [OPTIONS]" : ""} COMMAND`;
  else text += useLine(command, path);
  text += `\n\n${(command.long ?? command.short).trim()}`;
  if (settings.experimental === true) text += experimentalText(path);
  if (!isGroup(command) && command.aliases !== undefined) {
    text += `\n\nAliases:\n  ${[command.name, ...command.aliases].join(", ")}`;
  }
  if (!isGroup(command) && command.example !== undefined) text += `\n\nExamples:\n\n${command.example}\n`;
  if (options.length > 0) text += `\n\nOptions:\n${optionTable(options, settings.columns - 1).trimEnd()}`;
  if (isGroup(command)) {
    const shown = [...command.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    const groups = shown.filter((sub) => isGroup(sub));
    const plain = shown.filter((sub) => !isGroup(sub));
    if (groups.length > 0) text += `\n\nManagement Commands:${commandTable(groups)}`;
    if (plain.length > 0) text += `\n\nCommands:${commandTable(plain)}`;
    text += `\n\nRun '${path} COMMAND --help' for more information on a command.`;
  }
  if (settings.additional !== undefined) text += `\n\n${settings.additional}`;
  return `${text}\n`;
}

function experimentalText(path: string): string {
  return `

EXPERIMENTAL:
  ${path} is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/`;
}

/** `docker network rm NETWORK [NETWORK...]` */
export function useLine(command: CommandSpec, path: string): string {
  return command.use === "" ? path : `${path} ${command.use}`;
}

function commandTable(commands: readonly (CommandSpec | CommandGroup)[]): string {
  return commands.map(({ name, short }) => `\n  ${name.padEnd(NAME_WIDTH)} ${short}`).join("");
}

function optionTable(options: readonly OptionSpec[], columns: number): string {
  const sorted = [...options].sort((a, b) => (a.name < b.name ? -1 : 1));
  const heads = sorted.map((option) => {
    const kind = option.type === "bool" ? "" : ` ${option.type}`;
    return `  ${option.short === null ? "   " : `-${option.short},`} --${option.name}${kind}`;
  });
  const widest = Math.max(...heads.map((head) => head.length)) + 1;
  return sorted
    .map((option, i) => {
      const usage = `${option.usage}${initialText(option)}`;
      return `${heads[i]!.padEnd(widest + 2)}${wrap(usage, widest + 2, columns)}\n`;
    })
    .join("");
}

function initialText({ type, initial }: OptionSpec): string {
  if (initial === "") return "";
  return ` (default ${type === "string" ? goQuote(initial) : initial})`;
}

/** Wraps a description that begins at column `indent`. */
function wrap(text: string, indent: number, columns: number): string {
  let margin = indent;
  let lead = "";
  if (columns - margin < LEAST_DESCRIPTION) {
    margin = 16;
    lead = `\n${" ".repeat(margin)}`;
    if (columns - margin < LEAST_DESCRIPTION) return text.replaceAll("\n", lead);
  }
  const width = columns - margin - SLOP;
  const lines: string[] = [];
  let rest = text;
  do {
    const end = lineEnd(rest, width);
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  } while (rest !== "");
  return lead + lines.join("\n").replaceAll("\n", `\n${" ".repeat(margin)}`);
}

/** Where a line ends that has `width` columns, at a blank or at a line break of the text itself. */
function lineEnd(text: string, width: number): number {
  if (width + SLOP > text.length) return text.length;
  const head = text.slice(0, width);
  const blank = Math.max(head.lastIndexOf(" "), head.lastIndexOf("\t"), head.lastIndexOf("\n"));
  if (blank <= 0) return text.length;
  const lineBreak = head.lastIndexOf("\n");
  return lineBreak > 0 && lineBreak < blank ? lineBreak : blank;
}
