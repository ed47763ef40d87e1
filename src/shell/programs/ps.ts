import { PsMistake, type PsWishes, readPsOptions } from "../../programs/procps/ps-options.ts";
import { chosenProcesses, psLine } from "../../programs/procps/ps-table.ts";
import type { ShellState } from "../shell-state.ts";
import { seenProcess } from "./process-name.ts";

/** procps' `ps`: every process of the host unless some are chosen. */
export function ps(state: ShellState, words: readonly string[]): number {
  const { machine } = state;
  const { now } = machine.host.world;
  let wishes: PsWishes;
  try {
    wishes = readPsOptions(words);
  } catch (mistake) {
    if (!(mistake instanceof PsMistake)) throw mistake;
    state.err(`error: ${mistake.message}\n\nUsage:\n ps [options]\n\n`);
    return 1;
  }
  const { columns, headers } = wishes;
  const processes = machine.processes.list().map((entry) => seenProcess(entry, entry.pid, entry.parent));
  const chosen = chosenProcesses(wishes, processes, now);
  if (headers && columns.some(({ title }) => title !== ""))
    state.out(`${psLine(columns, ({ title }) => title)}\n`);
  for (const one of chosen) state.out(`${psLine(columns, ({ text }) => text(one, now))}\n`);
  return chosen.length === 0 ? 1 : 0;
}
