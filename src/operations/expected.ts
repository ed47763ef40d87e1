/**
 * What may stand at the end of an unfinished command line. Nobody writes that down a second time: the tool's own parser
 * is asked. It gets the line with a mark at the end of its last word, and the words that it compares this word with are
 * those that it would take there.
 */
import type { Command } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import type { Toolbox } from "./toolbox.ts";

/** What a word may be that is no keyword. */
export type ValueKind =
  | "device"
  | "namespace"
  | "sysctl"
  | "file"
  | "directory"
  /** A name that /etc/hosts knows. */
  | "host"
  /** A simulated machine. */
  | "machine"
  | "command"
  | "applet"
  | "variable";

export interface Expected {
  /** The words that the parser knows there, each with the beginning that was typed. */
  readonly words: readonly string[];
  readonly values: readonly ValueKind[];
  /** The words are offered only where no value fits: `ip link set` and a blank is followed by a device first of all. */
  readonly valuesFirst?: boolean;
  /** The named network namespace that the command enters (`ip -n NAME`). */
  readonly netns?: string | null;
  /** From here on it is another command's line (`ip netns exec NAME ...`): its words, the unfinished one last. */
  readonly command?: readonly string[];
}

/** No word that somebody types holds it. */
const MARK = "\u0000";

interface Hearing {
  /** The word at the cursor, with the mark. */
  readonly marked: string;
  readonly typed: string;
  readonly words: Set<string>;
  readonly values: Set<ValueKind>;
  netns: string | null;
}

let hearing: Hearing | null = null;

/** A parser asks whether `word` is one of these names of one thing: the first that fits is offered. Always false. */
export function heard(word: string, names: readonly string[]): false {
  if (hearing?.marked !== word) return false;
  const { typed, words } = hearing;
  const fitting = names.find((name) => name.startsWith(typed));
  if (fitting !== undefined) words.add(fitting);
  return false;
}

/** A parser takes `word` as a value of this kind. */
export function heardValue(word: string, kind: ValueKind): void {
  if (hearing?.marked === word) hearing.values.add(kind);
}

/** A parser enters a network namespace. */
export function heardNetns(netns: string): void {
  if (hearing !== null) hearing.netns = netns;
}

/** What `tool` would take as the last word of `args`, of which the beginning is typed (perhaps nothing). */
export function expectedWords(tool: Tool, args: readonly string[], toolbox: Toolbox): Expected {
  const typed = args.at(-1) ?? "";
  const marked = `${typed}${MARK}`;
  const own: Hearing = { marked, typed, words: new Set(), values: new Set(), netns: null };
  hearing = own;
  let commands: readonly Command[] = [];
  try {
    commands = tool.parse([...args.slice(0, -1), marked], toolbox);
  } catch (error) {
    // An unfinished line is a wrong one.
    if (!(error instanceof ToolError)) throw error;
  } finally {
    hearing = null;
  }
  const { words, values, netns } = own;
  const first = commands[0];
  if (first !== undefined && "exec" in first)
    return { words: [], values: [], netns: first.netns, command: [...first.argv.slice(0, -1), typed] };
  return { words: [...words], values: [...values], valuesFirst: true, netns };
}
