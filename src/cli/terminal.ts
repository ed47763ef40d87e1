import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type AsyncCompleter, createInterface, type Interface } from "node:readline";
import type { ShellSession } from "./shell-session.ts";
import { say } from "./talk.ts";

/** Lines that a terminal remembers from one session to the next. */
const HISTORY_LENGTH = 1000;

function historyFile(): string {
  return join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "overmesh", "history");
}

function loadHistory(): string[] {
  try {
    return readFileSync(historyFile(), "utf8").split("\n").filter(Boolean);
  } catch {
    // No history yet, or none that may be read: one begins.
    return [];
  }
}

function saveHistory(lines: readonly string[]): void {
  try {
    mkdirSync(dirname(historyFile()), { recursive: true });
    writeFileSync(historyFile(), `${lines.join("\n")}\n`);
  } catch {
    // A home that cannot be written to costs the history, not the session.
  }
}

function ask(session: ShellSession, terminal: Interface): void {
  terminal.setPrompt(session.prompt);
  terminal.prompt();
}

/** Readline's form of a completion: it shows what has no blank, and finishes a word that is the only one with it. */
function completerOf(session: ShellSession): AsyncCompleter {
  return (line, done) => {
    session.complete(line).then(
      ({ from, candidates }) => {
        const shown = candidates.length === 1 ? candidates : candidates.map((text) => text.trimEnd());
        done(null, [[...shown], line.slice(from)]);
      },
      (error) => done(error),
    );
  };
}

/** One terminal from its first prompt to its end: the session's last `exit`, Ctrl-D, or the end of the input. */
function converse(session: ShellSession, interactive: boolean): Promise<void> {
  const terminal = createInterface({
    input: process.stdin,
    output: interactive ? process.stdout : undefined,
    terminal: interactive,
    historySize: HISTORY_LENGTH,
    removeHistoryDuplicates: true,
    ...(interactive ? { history: loadHistory(), completer: completerOf(session) } : {}),
  });
  if (interactive) {
    terminal.on("history", saveHistory);
    terminal.on("SIGINT", () => {
      session.interrupt();
      process.stdout.write("^C\n");
      // readline keeps the line that was being typed unless its own key for "delete the line" comes.
      terminal.write(null, { ctrl: true, name: "e" });
      terminal.write(null, { ctrl: true, name: "u" });
      ask(session, terminal);
    });
  }
  return new Promise((resolve, reject) => {
    // Lines that arrive while a command runs wait for their turn.
    let queue = Promise.resolve();
    let closed = false;
    const take = async (text: string): Promise<void> => {
      if (session.over) return;
      const output = await session.line(text);
      process.stdout.write(output === "" || output.endsWith("\n") ? output : `${output}\n`);
      if (session.over) terminal.close();
      else if (interactive && !closed) ask(session, terminal);
    };
    terminal.on("line", (text) => {
      queue = queue.then(() => take(text));
      queue.catch((error) => {
        terminal.close();
        reject(error);
      });
    });
    terminal.on("close", () => {
      closed = true;
      queue.then(resolve, reject);
    });
    if (interactive) ask(session, terminal);
  });
}

/** Talks until the session is over; Ctrl-D leaves one host at a time, the end of a file or pipe leaves them all. */
export async function typeAt(session: ShellSession, hosts: readonly string[]): Promise<void> {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  if (!interactive) return await converse(session, false);
  const other = hosts[1] === undefined ? "" : ` To go to another: ssh ${hosts[1]}. Back, and out:`;
  say(`${hosts.length === 1 ? "Host" : "Hosts"}: ${hosts.join(", ")}.${other || " Out:"} exit or Ctrl-D.`);
  while (!session.over) {
    await converse(session, true);
    if (session.over) return;
    process.stdout.write(await session.endOfInput());
  }
}
