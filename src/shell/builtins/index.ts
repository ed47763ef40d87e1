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

export function findBuiltin(name: string): Builtin | null {
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
