import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One command that somebody typed on a real host with Docker, and what it said. */
export interface RecordedCommand {
  /** The file's name without its ending. */
  readonly record: string;
  readonly n: number;
  /** The machine that it was typed on. */
  readonly node: string;
  readonly command: string;
  readonly note: string;
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds since the session began. */
  readonly at: number;
  /** How long it took. */
  readonly seconds: number;
}

/** Commands that were typed in one life of the machines, in order. */
export type Session = readonly RecordedCommand[];

/** The machines of records about one host: a Docker host, and who stands outside. */
const SINGLE_HOST: ReadonlySet<string> = new Set(["host", "client", "world"]);

/**
 * Reads the records of a folder (`NAME.jsonl`: a command a line) that are about one host, as sessions. A session may lie
 * in several files; its clock starting anew begins another one.
 */
export function readSessions(folder: string): readonly Session[] {
  const commands: RecordedCommand[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".jsonl")) continue;
    const lines = readFileSync(join(folder, file), "utf8").split("\n").filter(Boolean);
    const read = lines.map((line) => ({ ...JSON.parse(line), record: file.slice(0, -6) }) as RecordedCommand);
    if (read.every((command) => SINGLE_HOST.has(command.node))) commands.push(...read);
  }
  commands.sort((a, b) => a.n - b.n);
  const sessions: RecordedCommand[][] = [];
  let before = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    if (command.at < before) sessions.push([]);
    sessions.at(-1)!.push(command);
    before = command.at;
  }
  return sessions;
}
