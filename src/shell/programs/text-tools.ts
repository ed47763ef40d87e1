import type { Bash } from "just-bash";
import type { Machine } from "../machine.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { Pipe, readAll } from "../stream.ts";
import { busyboxErrors, gnuErrors } from "./text-tool-errors.ts";
import { ToolFiles } from "./tool-files.ts";
import { toolWords } from "./tool-words.ts";

/** The tools that just-bash brings, which see files and their input and nothing else. */
export const TEXT_TOOLS: ReadonlySet<string> = new Set(
  (
    "awk base64 basename chmod column comm cp cut diff dirname du egrep expand expr fgrep file find fold grep gunzip gzip " +
    "join jq ln md5sum mkdir mv nl printenv readlink rev rg rm rmdir sed sha1sum sha256sum sort split " +
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
    files.enter(state.files, words[0]!);
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
  const isBusybox = state.machine.image?.system === "busybox";
  const operands = words.slice(1).filter((word) => !word.startsWith("-"));
  const exists = (path: string): boolean => state.files.stat(state.path(path)) !== null;
  state.err(isBusybox ? busyboxErrors(said) : gnuErrors(said, operands, exists));
  return result.exitCode;
}
