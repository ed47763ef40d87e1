import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";

/** A command that is part of bash and runs inside it. `name` is how it was called. */
export type Builtin = (state: ShellState, args: readonly string[], name: string) => number | Run<number>;
export type Builtins = Readonly<Record<string, Builtin>>;
