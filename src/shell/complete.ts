import { resolvePath } from "../base/path.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { listSysctls } from "../net/sysctl-tree.ts";
import type { Expected, ValueKind } from "../operations/expected.ts";
import { knownNames } from "../programs/resolve-name.ts";
import { builtinNames } from "./builtins/index.ts";
import type { CommandTable } from "./command.ts";
import { FileFailure, type FileSystem } from "./file-system.ts";
import { programNames } from "./programs/index.ts";
import { TEXT_TOOLS } from "./programs/text-tools.ts";
import { BEFORE_COMMANDS, readUnfinished, type UnfinishedLine } from "./unfinished-line.ts";

/** What the completion of a line looks at. */
export interface CompletionWorld {
  readonly commands: CommandTable;
  /** Names of functions and aliases. */
  readonly defined: readonly string[];
  readonly variables: readonly string[];
  /** Where the line is typed. */
  readonly namespace: NetworkNamespace;
  readonly cwd: string;
  readonly home: string;
  /** The simulated machines. */
  readonly machines: readonly string[];
  files(namespace: NetworkNamespace): FileSystem;
}

/** What may take the place of the unfinished word. */
export interface Completion {
  /** Where that word begins in the line; it ends at the cursor. */
  readonly from: number;
  /** As one would type them, sorted. A blank at the end says that the word is finished. */
  readonly candidates: readonly string[];
}

const NOTHING: Expected = { words: [], values: [] };
const FILES: Expected = { words: [], values: ["file"] };

/** Programs and builtins that run the rest of their words: how many words of their own stand before it. */
const WRAPPERS: ReadonlyMap<string, number> = new Map([
  ...[
    "builtin",
    "command",
    "env",
    "exec",
    "nohup",
    "nsenter",
    "setsid",
    "stdbuf",
    "sudo",
    "type",
    "xargs",
  ].map((name) => [name, 0] as const),
  ["timeout", 1],
]);

/** What Tab offers for a line with the cursor at `cursor`, in characters. */
export function complete(line: string, cursor: number, world: CompletionWorld): Completion {
  const typed = line.slice(0, cursor);
  const unfinished = readUnfinished(typed);
  if (unfinished === null) return { from: cursor, candidates: [] };
  const variable = /\$(\{?)(\w*)$/.exec(unfinished.quote === "'" ? "" : typed);
  if (variable !== null) {
    const [, brace = "", name = ""] = variable;
    return {
      from: cursor - name.length,
      candidates: sorted(world.variables, name).map((full) => (brace === "" ? full : `${full}}`)),
    };
  }
  const { words, word, redirected } = unfinished;
  if (redirected) return inserted(unfinished, valuesOf("file", word, world, world.namespace));
  const [names, values] = candidatesFor([...words, word], world, world.namespace);
  // `--net=FILE` and its like: what stands behind the sign is a word of its own.
  const cut = word.indexOf("=") + 1;
  if (names.length === 0 && values.length === 0 && cut > 0) {
    const files = valuesOf("file", word.slice(cut), world, world.namespace);
    return inserted(
      unfinished,
      files.map((file) => `${word.slice(0, cut)}${file}`),
    );
  }
  return inserted(unfinished, [...names.map((name) => `${name} `), ...values]);
}

/** Keywords and values that fit the last of these words. */
function candidatesFor(
  words: readonly string[],
  world: CompletionWorld,
  namespace: NetworkNamespace,
): readonly [string[], string[]] {
  const word = words.at(-1)!;
  const expected: Expected =
    words.length === 1 ? { words: [], values: ["command"] } : expectedIn(words, world, namespace);
  const { netns } = expected;
  const inside = netns == null ? namespace : (namespace.host.namespaceIn(netns) ?? namespace);
  if (expected.command !== undefined) return candidatesFor(expected.command, world, inside);
  const values = expected.values.flatMap((kind) => valuesOf(kind, word, world, inside));
  return [expected.valuesFirst && values.length > 0 ? [] : sorted(expected.words, word), values];
}

function expectedIn(words: readonly string[], world: CompletionWorld, namespace: NetworkNamespace): Expected {
  const [name = "", ...args] = words;
  const own = world.commands.find(name)?.complete;
  if (own != null) return own(args, namespace);
  const skipped = WRAPPERS.get(name);
  if (skipped !== undefined) {
    const first = args.findIndex((word, i) => i === args.length - 1 || !/^-|^\w+=/.test(word)) + skipped;
    return first < args.length && !args[first]!.startsWith("-")
      ? { ...NOTHING, command: args.slice(first) }
      : NOTHING;
  }
  if (name === "cd" || name === "rmdir") return { words: [], values: ["directory"] };
  if (name === "busybox" && args.length === 1) return { words: [], values: ["applet"] };
  if (["export", "unset", "declare", "readonly"].includes(name)) return { words: [], values: ["variable"] };
  return FILES;
}

/** The values of a kind that begin as `word` does, each with what follows it: a blank, or nothing where it goes on. */
function valuesOf(
  kind: ValueKind,
  word: string,
  world: CompletionWorld,
  namespace: NetworkNamespace,
): string[] {
  switch (kind) {
    case "file":
      return paths(word, world, namespace, false);
    case "directory":
      return paths(word, world, namespace, true);
    case "sysctl":
      return sysctls(word, namespace);
    case "command":
      if (word.includes("/")) return paths(word, world, namespace, false);
  }
  return sorted(namesOf(kind, world, namespace), word).map((name) => `${name} `);
}

function namesOf(
  kind: Exclude<ValueKind, "file" | "directory" | "sysctl">,
  world: CompletionWorld,
  namespace: NetworkNamespace,
): Iterable<string> {
  switch (kind) {
    case "device":
      return namespace.devices.map((device) => device.name);
    case "namespace":
      return [...namespace.host.namespaces.keys(), ...namespace.host.linkedNamespaces().keys()];
    case "machine":
      return world.machines;
    case "host":
      return knownNames({ files: world.files(namespace) });
    case "command":
      return [
        ...world.commands.names(),
        ...world.defined,
        ...builtinNames(),
        ...programNames(),
        ...TEXT_TOOLS,
        ...BEFORE_COMMANDS.filter((name) => name.length > 1),
      ];
    case "applet":
      return world.commands.appletNames();
    case "variable":
      return world.variables;
  }
}

/** The next part of `net.ipv4...`; a name with more below ends in a dot. */
function sysctls(word: string, namespace: NetworkNamespace): string[] {
  const cut = word.lastIndexOf(".") + 1;
  const above = word.slice(0, cut).split(".").slice(0, -1).join("/");
  return sorted(listSysctls(namespace, above) ?? [], word.slice(cut)).map((name) => {
    const below = listSysctls(namespace, above === "" ? name : `${above}/${name}`) !== null;
    return `${word.slice(0, cut)}${name}${below ? "." : " "}`;
  });
}

/** Files and directories; a directory ends in a slash. Those whose name begins with a dot must be asked for by it. */
function paths(
  word: string,
  world: CompletionWorld,
  namespace: NetworkNamespace,
  directories: boolean,
): string[] {
  const files = world.files(namespace);
  const cut = word.lastIndexOf("/") + 1;
  const above = word.slice(0, cut);
  const name = word.slice(cut);
  const directory = resolvePath(world.cwd, above.replace(/^~(?=\/)/, world.home) || ".");
  try {
    return sorted(files.list(directory), name).flatMap((entry) => {
      if (entry.startsWith(".") && name === "") return [];
      const isDirectory = files.stat(resolvePath(directory, entry))?.kind === "directory";
      if (directories && !isDirectory) return [];
      return [`${above}${entry}${isDirectory ? "/" : " "}`];
    });
  } catch (error) {
    if (error instanceof FileFailure) return []; // no such directory
    throw error;
  }
}

function sorted(names: Iterable<string>, beginning: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(beginning)).sort();
}

/** Candidates as one would type them: in the quote that is open, or with backslashes before what bash would not take as it is. */
function inserted({ from, quote }: UnfinishedLine, candidates: readonly string[]): Completion {
  const typed = candidates.map((candidate) => {
    const finished = candidate.endsWith(" ");
    const text = finished ? candidate.slice(0, -1) : candidate;
    if (quote !== "") return `${quote}${text}${finished ? `${quote} ` : ""}`;
    return `${text.replace(/[\s"'\\$`&|;<>()*?[\]#!]/g, "\\$&")}${finished ? " " : ""}`;
  });
  return { from, candidates: typed };
}
