import { PsMistake, type PsWishes, readPsOptions } from "../../programs/procps/ps-options.ts";
import { chosenProcesses } from "../../programs/procps/ps-table.ts";
import type { Nanos } from "../../sim/time.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

/**
 * As the host's `ps` shows a container's processes (moby daemon, top_unix.go): with `-ef`, or as somebody asks for.
 * @throws {DaemonError} 500
 */
export function topOf(
  { system, config }: Container,
  args: readonly string[],
  now: Nanos,
): { Titles: string[]; Processes: string[][] } {
  // The engine gets all words as one, and cuts it at each blank.
  const words = args.join(" ") === "" ? ["-ef"] : args.join(" ").split(" ");
  const renamed = /\s[^\s]*=\s*PID[^\s]*/.exec(` ${words.join(" ")}`)?.[0].trim();
  if (renamed !== undefined && !renamed.startsWith("pid="))
    throw new DaemonError(500, `specifying "${renamed}" is not allowed`);
  const wishes = read(words);
  const titles = wishes.headers
    ? wishes.columns.flatMap(({ title }) => title.split(/\s+/)).filter(Boolean)
    : [];
  if (!titles.includes("PID")) throw new DaemonError(500, "Couldn't find PID field in ps output");
  const tty = config.Tty ? "pts/0" : null;
  const processes = (system?.processes() ?? []).map((one) => ({ ...one, tty }));
  const chosen = chosenProcesses(wishes, processes, now);
  return {
    Titles: titles,
    Processes: chosen.map((one) => wishes.columns.map(({ text }) => text(one, now))),
  };
}

function read(words: readonly string[]): PsWishes {
  try {
    return readPsOptions(words);
  } catch (mistake) {
    if (!(mistake instanceof PsMistake)) throw mistake;
    throw new DaemonError(500, `ps: error: ${mistake.message}`);
  }
}
