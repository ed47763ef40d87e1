import type { Builtin } from "./builtin.ts";
import { flowBuiltins } from "./flow.ts";
import { inputBuiltins } from "./input.ts";
import { jobBuiltins } from "./jobs.ts";
import { outputBuiltins } from "./output.ts";
import { test } from "./test.ts";
import { variableBuiltins } from "./variables.ts";

let table: ReadonlyMap<string, Builtin> | null = null;

/** The builtin of that name. The table is made at the first call, because its parts import each other. */
export function findBuiltin(name: string): Builtin | null {
  table ??= new Map<string, Builtin>([
    ...Object.entries(flowBuiltins),
    ...Object.entries(inputBuiltins),
    ...Object.entries(jobBuiltins),
    ...Object.entries(outputBuiltins),
    ...Object.entries(variableBuiltins),
    ["test", test],
    ["[", test],
  ]);
  return table.get(name) ?? null;
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
