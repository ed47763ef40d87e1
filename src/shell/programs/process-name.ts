import type { ProcessEntry } from "../process-table.ts";

/** What a process is called: the last part of its first word. */
export function nameOf(entry: ProcessEntry): string {
  const word = entry.command.split(" ")[0]!;
  return word.slice(word.lastIndexOf("/") + 1);
}
