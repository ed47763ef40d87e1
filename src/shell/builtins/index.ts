import type { ShellState } from "../shell-state.ts";
import type { Builtin } from "./builtin.ts";
import { flowBuiltins } from "./flow.ts";
import { inputBuiltins } from "./input.ts";
import { jobBuiltins } from "./jobs.ts";
import { optionBuiltins } from "./options.ts";
import { outputBuiltins } from "./output.ts";
import { test } from "./test.ts";
import { variableBuiltins } from "./variables.ts";

let table: ReadonlyMap<string, Builtin> | null = null;

/** Made at the first call, because its parts import each other. */
function builtins(): ReadonlyMap<string, Builtin> {
  table ??= new Map<string, Builtin>([
    ...Object.entries(flowBuiltins),
    ...Object.entries(inputBuiltins),
    ...Object.entries(jobBuiltins),
    ...Object.entries(optionBuiltins),
    ...Object.entries(outputBuiltins),
    ...Object.entries(variableBuiltins),
    ["test", test],
    ["[", test],
  ]);
  return table;
}

/** Builtins of bash that busybox's shell does not have. */
const NOT_IN_ASH: ReadonlySet<string> = new Set(
  "builtin caller compgen complete compopt declare dirs disown enable mapfile popd pushd readarray shopt suspend typeset".split(
    " ",
  ),
);

/** @param state the shell that asks: busybox's has fewer */
export function findBuiltin(name: string, state?: ShellState): Builtin | null {
  if (state?.naming.kind === "ash" && NOT_IN_ASH.has(name)) return null;
  return builtins().get(name) ?? null;
}

export function builtinNames(): readonly string[] {
  return [...builtins().keys()];
}

/** Words of these that look like assignments are treated as such. */
export const DECLARING: ReadonlySet<string> = new Set([
  "declare",
  "typeset",
  "local",
  "export",
  "readonly",
  "alias",
]);
