import type { Bash } from "just-bash";
import { errnoWords } from "../file-system.ts";
import type { Machine } from "../machine.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { Pipe, readAll } from "../stream.ts";
import { ToolFiles } from "./tool-files.ts";
import { toolWords } from "./tool-words.ts";

/** The tools that just-bash brings, which see files and their input and nothing else. */
export const TEXT_TOOLS: ReadonlySet<string> = new Set(
  (
    "awk base64 basename chmod column comm cp cut diff dirname du egrep expand expr fgrep file find fold grep gunzip gzip " +
    "join jq ln md5sum mkdir mv nl od printenv readlink rev rg rm rmdir sed sha1sum sha256sum sort split " +
    "stat strings tac tail tar touch tr tree unexpand uniq which whoami xan yq zcat"
  ).split(" "),
);

/** Tools that never read their standard input. */
const WITHOUT_INPUT: ReadonlySet<string> = new Set(
  "basename chmod cp dirname du expr file find ln mkdir mv printenv readlink rm rmdir stat touch tree which whoami".split(
    " ",
  ),
);

interface Toolbox {
  readonly bash: Bash;
  readonly files: ToolFiles;
}

const toolboxes: WeakMap<Machine, Toolbox> = new WeakMap();

function toolboxOf(state: ShellState): Toolbox {
  const machine = state.machine;
  let toolbox = toolboxes.get(machine);
  if (toolbox === undefined) {
    const files = new ToolFiles(machine);
    const bash = new state.library.Bash({
      fs: files,
      cwd: "/",
      defenseInDepth: false,
      // Time limits are of the wall clock, which must never show: they are out of the way.
      executionLimits: { maxExecutionTimeMs: Number.POSITIVE_INFINITY, maxWorkUnits: 1e9 },
    });
    toolbox = { bash, files };
    toolboxes.set(machine, toolbox);
  }
  return toolbox;
}

/**
 * Whether a tool will read its standard input. A tool that is given a file does not, and must not: `while read` around
 * it would lose its lines.
 */
function readsInput(state: ShellState, words: readonly string[]): boolean {
  if (WITHOUT_INPUT.has(words[0]!)) return false;
  const args = words.slice(1);
  if (args.includes("-")) return true;
  return !args.some(
    (word) => word !== "" && !word.startsWith("-") && state.files.stat(state.path(word))?.kind === "file",
  );
}

/** How the real tools tell of a file that is not there; just-bash has one wording for all. */
const MISSING: Readonly<Record<string, (path: string) => string>> = {
  awk: (path) => `cannot open ${path} (No such file or directory)`,
  sed: (path) => `can't read ${path}: No such file or directory`,
  sort: (path) => `cannot read: ${path}: No such file or directory`,
  tail: (path) => `cannot open '${path}' for reading: No such file or directory`,
};

/** How busybox's applets begin to tell of a file that may not be changed. */
const FORBIDDEN: Readonly<Record<string, (path: string) => string>> = {
  mkdir: (path) => `can't create directory '${path}'`,
  rm: (path) => `can't remove '${path}'`,
  mv: (path) => `can't rename '${path}'`,
  cp: (path) => `can't create '${path}'`,
};

/** Tools of GNU coreutils, which point at their help when they are used wrongly. */
const WRONG_USE =
  /^(base64|basename|chmod|comm|cp|cut|dirname|du|expand|fold|head|join|ln|md5sum|mkdir|mv|nl|od|readlink|rm|rmdir|sort|split|stat|tac|tail|touch|tr|unexpand|uniq): (?:missing (?:\w+ )*operand.*|invalid option -- '.'|unrecognized option '.*'|you must specify .*)$(?!\nTry)/gm;

function reworded(text: string, isBusybox: boolean): string {
  const readable = text.replace(
    /^(\w+): (.*?)(E[A-Z]+): [\w ]+, \w+ '([^']*)'.*$/gm,
    (whole, tool: string, before: string, code: string, path: string) => {
      const why = errnoWords(code);
      if (why === null) return whole;
      if (isBusybox) return `${tool}: ${FORBIDDEN[tool]?.(path) ?? path}: ${why}`;
      if (before !== "") return `${tool}: ${before}${why}`;
      return tool === "ln"
        ? `ln: failed to create symbolic link '${path}': ${why}`
        : `${tool}: ${path}: ${why}`;
    },
  );
  const pointed = isBusybox
    ? readable
    : readable.replace(WRONG_USE, "$&\nTry '$1 --help' for more information.");
  return pointed.replace(
    /^(awk|sed|sort|tail): (.+): No such file or directory$/gm,
    (_, tool: string, path: string) => {
      return `${tool}: ${MISSING[tool]!(path)}`;
    },
  );
}

/** just-bash blames the source of `cp` and `mv` when it is the folder of the destination that is not there. */
function blamed(text: string, words: readonly string[], state: ShellState): string {
  const to = words.at(-1)!;
  return text.replace(
    /^(cp|mv): cannot stat '(.*)': No such file or directory$/gm,
    (whole, tool: string, from: string) => {
      if (state.files.stat(state.path(from)) === null) return whole;
      return tool === "cp"
        ? `cp: cannot create regular file '${to}': No such file or directory`
        : `mv: cannot move '${from}' to '${to}': No such file or directory`;
    },
  );
}

/** Runs a tool; the world stands still meanwhile. */
export function* runTextTool(state: ShellState, typed: readonly string[]): Run<number> {
  yield* state.loadLibrary();
  const words = toolWords(typed, state);
  if ("refusal" in words) {
    state.err(`${words.refusal}\n`);
    return 2;
  }
  const input = state.stream(0)?.input ?? new Pipe();
  const stdin = readsInput(state, words) ? yield* readAll(input) : "";
  const { bash, files } = toolboxOf(state);
  const result = yield* state.machine.outside.call(async () => {
    files.enter(state.files);
    return await bash.exec(words[0]!, {
      args: [...words.slice(1)],
      cwd: state.cwd,
      env: Object.fromEntries([...state.variables.exported(), ["PWD", state.cwd]]),
      replaceEnv: true,
      stdin,
      rawScript: true,
    });
  });
  state.out(
    words[0] === "uniq" && words.some((word) => /^-\w*c/.test(word))
      ? result.stdout.replace(/^( *\d+) /gm, (_, n: string) => `${n.trim().padStart(7)} `)
      : result.stdout,
  );
  const said = result.stderr.replace(/^bash: /gm, "").replaceAll("<path>", words.at(-1)!);
  state.err(reworded(blamed(said, words, state), state.machine.image?.system === "busybox"));
  return result.exitCode;
}
