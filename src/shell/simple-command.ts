import { assign, evaluateText } from "./arithmetic-shell.ts";
import type { Builtin } from "./builtins/builtin.ts";
import { DECLARING, findBuiltin } from "./builtins/index.ts";
import { COMMAND_TIME } from "./command.ts";
import { expandWord, expandWords } from "./expand.ts";
import { subscriptKey } from "./parameter.ts";
import type { Run } from "./process-table.ts";
import { runProgram } from "./programs/run.ts";
import { redirectForGood, withRedirections } from "./redirect.ts";
import { FunctionReturn, LineAbandoned, type ShellState } from "./shell-state.ts";
import { WriteFailure } from "./stream.ts";
import type { AssignmentNode, FunctionNode, SimpleCommandNode, WordNode } from "./syntax.ts";

/** Runs assignments, or a function, builtin or program with its words. */
export function* runSimpleCommand(state: ShellState, command: SimpleCommandNode): Run<number> {
  const inPlace = state.inPlace;
  state.inPlace = false;
  if (command.line !== undefined) state.line = command.line;
  const node = withAlias(state, command);
  state.substituted = null;
  const words = yield* expandCommandWords(state, node);
  trace(state, words);
  if (words.length === 0) {
    return yield* withRedirections(state, node.redirections, function* () {
      for (const assignment of node.assignments) yield* applyAssignment(state, assignment, false);
      return state.substituted ?? 0;
    });
  }
  if (words[0] === "exec" && words.length === 1) {
    return (yield* redirectForGood(state, node.redirections)) ? 0 : 1;
  }
  const status = yield* withRedirections(state, node.redirections, function* () {
    const saved = new Map<string, ReturnType<typeof state.variables.snapshot>>();
    for (const assignment of node.assignments) {
      const variable = /^\w+/.exec(assignment.name)![0];
      if (!saved.has(variable)) saved.set(variable, state.variables.snapshot(variable));
      yield* applyAssignment(state, assignment, true);
    }
    try {
      const status = yield* runWords(state, words, { inPlace });
      // What a datagram brings about (an ICMP error, say) happens before the next command.
      if (state.stream(1)?.datagrams) yield { on: [], until: state.now + COMMAND_TIME };
      return status;
    } finally {
      for (const [variable, before] of saved) state.variables.restore(variable, before);
    }
  });
  state.lastArgument = words[words.length - 1]!;
  // A full pipe holds its writer, be it a builtin.
  for (let pipe = state.stream(1)?.pipe; pipe?.full; )
    yield { on: [pipe.drained], until: Number.POSITIVE_INFINITY };
  return status;
}

function trace(state: ShellState, words: readonly string[]): void {
  if (!state.options.has("xtrace") || words.length === 0) return;
  state.err(`+ ${words.map(traced).join(" ")}\n`);
}

function traced(word: string): string {
  return /^[\w@%+=:,./-]*$/.test(word) && word !== "" ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** Puts an alias's words in front; they are looked at again, but not for the same alias. */
function withAlias(state: ShellState, command: SimpleCommandNode): SimpleCommandNode {
  if (state.aliases.size === 0) return command;
  if (state.naming.kind !== "prompt" && !state.shellOptions.has("expand_aliases")) return command;
  let node = command;
  const used = new Set<string>();
  for (;;) {
    const part = node.name?.parts.length === 1 ? node.name.parts[0]! : null;
    if (part?.type !== "Literal" || used.has(part.value)) return node;
    const text = state.aliases.get(part.value);
    if (text === undefined) return node;
    used.add(part.value);
    const inner = state.interpreter.parse(state, text).statements[0]?.pipelines[0]?.commands[0];
    if (inner?.type !== "SimpleCommand") return node;
    node = {
      ...inner,
      args: [...inner.args, ...node.args],
      assignments: [...node.assignments, ...inner.assignments],
      redirections: [...inner.redirections, ...node.redirections],
    };
  }
}

/** The words of `declare`, `export` and the like that look like assignments are not split. */
function* expandCommandWords(state: ShellState, node: SimpleCommandNode): Run<string[]> {
  if (node.name === null) return [];
  const words = yield* expandWords(state, [node.name]);
  if (words[0] === undefined || !DECLARING.has(words[0])) {
    return [...words, ...(yield* expandWords(state, node.args))];
  }
  for (const arg of node.args) {
    const first = arg.parts[0];
    if (first?.type !== "Literal" || !/^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(first.value)) {
      words.push(...(yield* expandWords(state, [arg])));
    } else if (/^\w+\+?=\($/.test(first.value) || /^\w+\+?=\(/.test(first.value)) {
      words.push(yield* expandArrayWord(state, words, arg));
    } else words.push(yield* expandWord(state, arg));
  }
  return words;
}

/** `declare -A map=([a]=1)`: the array is assigned here, the builtin then only sees the name. */
function* expandArrayWord(state: ShellState, words: readonly string[], arg: WordNode): Run<string> {
  const text = state.library.serialize({
    type: "Script",
    statements: [
      {
        type: "Statement",
        pipelines: [
          {
            type: "Pipeline",
            commands: [{ type: "SimpleCommand", name: arg, args: [], assignments: [], redirections: [] }],
            negated: false,
          },
        ],
        operators: [],
        background: false,
      },
    ],
  });
  const source = text.replace(/\\([()[\] =])/g, "$1");
  const command = state.interpreter.parse(state, source).statements[0]?.pipelines[0]?.commands[0];
  const assignment = command?.type === "SimpleCommand" ? command.assignments[0] : undefined;
  if (assignment === undefined) return yield* expandWord(state, arg);
  if (
    (words[0] === "local" || words[0] === "declare" || words[0] === "typeset") &&
    state.variables.insideFunction
  ) {
    state.variables.declareLocal(assignment.name);
  }
  const variable = state.variables.demand(assignment.name);
  if (words.some((word) => /^-\w*A/.test(word))) variable.associative ??= new Map();
  yield* applyAssignment(state, assignment, false);
  return assignment.name;
}

/** `name=value`, `name[key]+=value`, `name=(...)`. */
function* applyAssignment(state: ShellState, assignment: AssignmentNode, exported: boolean): Run<void> {
  const match = /^(\w+)(?:\[([\s\S]*)\])?$/.exec(assignment.name);
  const name = match?.[1] ?? assignment.name;
  if (assignment.array !== null) {
    yield* assignArray(state, name, assignment.array, assignment.append);
    return;
  }
  let value = assignment.value === null ? "" : yield* expandWord(state, assignment.value);
  const key = match?.[2] === undefined ? null : yield* subscriptKey(state, name, match[2]);
  const variable = state.variables.find(name);
  if (variable?.integer) {
    const before = assignment.append ? yield* evaluateText(state, state.variables.get(name) ?? "0") : 0n;
    value = `${before + (yield* evaluateText(state, value))}`;
  } else if (assignment.append) {
    const before =
      key === null ? state.variables.get(name) : state.variables.elements(name).find(([k]) => k === key)?.[1];
    value = (before ?? "") + value;
  }
  assign(state, name, key, value);
  if (state.options.has("xtrace"))
    state.err(`+ ${assignment.name}${assignment.append ? "+" : ""}=${traced(value)}\n`);
  if (exported) state.variables.demand(name).exported = true;
}

function* assignArray(
  state: ShellState,
  name: string,
  words: readonly WordNode[],
  append: boolean,
): Run<void> {
  const variable = state.variables.demand(name);
  if (variable.readOnly) {
    throw new LineAbandoned(state.complain(`${name}: readonly variable`));
  }
  const associative = variable.associative;
  const map = associative ?? new Map<number, string>();
  let index = 0;
  if (append && variable.indexed !== null) {
    for (const [key, value] of variable.indexed) (map as Map<number, string>).set(key, value);
    index = Math.max(-1, ...variable.indexed.keys()) + 1;
  } else if (!append) associative?.clear();
  for (const word of words) {
    const first = word.parts[0];
    const second = word.parts[1];
    if (first?.type === "Glob" && second?.type === "Literal" && second.value.startsWith("=")) {
      const rest: WordNode = {
        type: "Word",
        parts: [{ type: "Literal", value: second.value.slice(1) }, ...word.parts.slice(2)],
      };
      const key = yield* subscriptKey(
        state,
        name,
        first.pattern.slice(1, -1).replace(/^(["'])(.*)\1$/, "$2"),
      );
      const value = yield* expandWord(state, rest);
      if (associative !== null) associative.set(key, value);
      else {
        (map as Map<number, string>).set(Number(key), value);
        index = Number(key) + 1;
      }
      continue;
    }
    for (const value of yield* expandWords(state, [word])) (map as Map<number, string>).set(index++, value);
  }
  if (associative === null) {
    variable.indexed = map as Map<number, string>;
    variable.value = null;
  }
}

/** Runs words as a command: a function, a builtin, else a program. */
export function* runWords(
  state: ShellState,
  words: readonly string[],
  options: { functions?: boolean; inPlace?: boolean } = {},
): Run<number> {
  const name = words[0]!;
  const body = options.functions === false ? undefined : state.functions.get(name);
  if (body !== undefined) return yield* callFunction(state, body, words);
  const builtin = findBuiltin(name, state);
  if (builtin !== null) return yield* runBuiltin(state, builtin, words);
  return yield* runProgram(state, words, options.inPlace ?? false);
}

function* runBuiltin(state: ShellState, builtin: Builtin, words: readonly string[]): Run<number> {
  try {
    const result = builtin(state, words.slice(1), words[0]!);
    return typeof result === "number" ? result : yield* result;
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    return state.complain(`${words[0]}: write error: ${error.message}`);
  }
}

const MAX_CALLS = 500;

function* callFunction(state: ShellState, node: FunctionNode, words: readonly string[]): Run<number> {
  if (state.functionDepth >= MAX_CALLS) {
    state.complain(`${node.name}: maximum function nesting level exceeded (${MAX_CALLS})`);
    throw new LineAbandoned(1);
  }
  const positional = state.positional;
  const names = state.functionNames;
  const loops = state.loopDepth;
  state.positional = words.slice(1);
  state.functionNames = [node.name, ...names];
  state.functionDepth++;
  state.loopDepth = 0;
  state.variables.enterFunction();
  try {
    return yield* withRedirections(state, node.redirections, () =>
      state.interpreter.runCommand(state, node.body),
    );
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    state.variables.leaveFunction();
    state.functionDepth--;
    state.loopDepth = loops;
    state.functionNames = names;
    state.positional = positional;
  }
}
