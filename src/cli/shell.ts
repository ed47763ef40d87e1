import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type AsyncCompleter, createInterface, type Interface } from "node:readline";
import { type HostSpec, macForAddress, PLAIN_CPU, PLAIN_WIRE, type Topology } from "../lab/topology.ts";
import { hintFor } from "../scenario/nearest.ts";
import { footerLines, headerLines, ReportFlow, stepLines } from "../scenario/report-text.ts";
import { runLesson } from "../scenario/run-lesson.ts";
import type { Completion } from "../shell/complete.ts";
import type { CliWorld, MakeWorld } from "./cli-world.ts";
import { readLesson } from "./lesson-files.ts";
import { seedFor } from "./run.ts";
import { paintFor, print, Status, say } from "./talk.ts";
import { looksUnfinished, saysUnfinished } from "./unfinished.ts";

const HISTORY_LENGTH = 1000;

function host(name: string, address: string): HostSpec {
  const nic = {
    name: "eth0",
    mac: macForAddress(address),
    address: { address, prefixLength: 24 },
    mtu: 1500,
    switch: "u0",
    wire: PLAIN_WIRE,
  };
  return { name, router: false, nics: [nic], gateway: null, cpu: PLAIN_CPU, docker: {} };
}

/** `ssh` with what is typed of a host's name, or with a name and a command. */
const SSH = /^\s*ssh\s+(?:root@)?([\w-]*)(?:\s+([\s\S]*))?$/;

/** The first address of the hosts where one lands without a lesson; the others count on from it. */
const FIRST_ADDRESS = 15;

/** Where one lands without a lesson: hosts with a Docker Engine each, `host` or, if there are several, `a`, `b` ... */
function plainHosts(count: number): Topology {
  const hosts = Array.from({ length: count }, (_, i) =>
    host(count === 1 ? "host" : String.fromCharCode(97 + i), `172.10.0.${FIRST_ADDRESS + i}`),
  );
  return { hosts, switches: [{ name: "u0", mtu: 1500 }], trunks: [] };
}

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

/**
 * A session at the hosts' prompts. One goes to another host as in life: `ssh b`, and back with `exit` or Ctrl-D;
 * `ssh b COMMAND` only asks there.
 */
export class ShellSession {
  readonly #world: CliWorld;
  readonly #hosts: readonly string[];
  /** Where one came from, the present host last. */
  readonly #path: string[];
  readonly #showCommands: boolean;
  #pending = "";
  /** How many operations the world had when the last line was done. */
  #shown = 0;

  /** @param showCommands after each line, what Docker engines did to their hosts because of it. */
  constructor(world: CliWorld, hosts: readonly string[], showCommands = false) {
    this.#world = world;
    this.#showCommands = showCommands;
    this.#hosts = hosts;
    this.#path = hosts.slice(0, 1);
  }

  get prompt(): string {
    if (this.#pending !== "") return "> ";
    return this.#innerPrompt ?? `root@${this.#path.at(-1)}:~# `;
  }

  /** That of a shell inside a container, which then gets the lines as they are. */
  get #innerPrompt(): string | null {
    return this.over ? null : this.#world.innerPrompt(this.#path.at(-1)!);
  }

  /** True after the last `exit`. */
  get over(): boolean {
    return this.#path.length === 0;
  }

  /** Ctrl-C: what runs is ended, and what was typed so far of a command is forgotten. */
  interrupt(): void {
    this.#pending = "";
    if (!this.over) this.#world.interrupt(this.#path.at(-1)!);
  }

  /** `exit` or Ctrl-D: back to the host that one came from. */
  leave(): void {
    this.#path.pop();
  }

  /** Ctrl-D: ends the shell inside a container, if there is one, else as {@link leave}; what it prints. */
  async endOfInput(): Promise<string> {
    if (this.#innerPrompt !== null) return (await this.#world.type(this.#path.at(-1)!, "exit")).output;
    this.leave();
    return "logout\n";
  }

  /** Takes one line; returns what a terminal would show. */
  async line(text: string): Promise<string> {
    const output = await this.#take(text);
    if (!this.#showCommands) return output;
    const { count, commands } = this.#world.engineCommands(this.#shown);
    this.#shown = count;
    const ended = output === "" || output.endsWith("\n") ? output : `${output}\n`;
    return ended + commands.map(({ host, command }) => `+ ${host}: ${command}\n`).join("");
  }

  async #take(text: string): Promise<string> {
    if (this.#innerPrompt !== null) return (await this.#world.type(this.#path.at(-1)!, text)).output;
    const whole = this.#pending === "" ? text : `${this.#pending}\n${text}`;
    this.#pending = "";
    if (whole.trim() === "") return "";
    if (looksUnfinished(whole)) {
      this.#pending = whole;
      return "";
    }
    const ssh = /^\s*ssh\s+(?:root@)?([\w-]+)(?:\s+(\S[\s\S]*))?\s*$/.exec(whole);
    if (ssh !== null) return this.#ssh(ssh[1]!, ssh[2]);
    const typed = await this.#world.type(this.#path.at(-1)!, whole);
    if (saysUnfinished(typed.output, typed.status)) {
      this.#pending = whole;
      return "";
    }
    if (typed.ended) this.leave();
    return typed.output;
  }

  /** What Tab offers for the line that is being typed, up to the cursor. */
  async complete(text: string): Promise<Completion> {
    if (this.over) return { from: text.length, candidates: [] };
    const before = this.#pending === "" ? "" : `${this.#pending}\n`;
    const ssh = before === "" ? SSH.exec(text) : null;
    if (ssh !== null && ssh[2] === undefined) {
      const names = this.#hosts.filter((name) => name.startsWith(ssh[1]!));
      return { from: text.length - ssh[1]!.length, candidates: names.map((name) => `${name} `) };
    }
    const remote = ssh !== null && this.#hosts.includes(ssh[1]!) ? ssh[2]! : null;
    const line = remote ?? before + text;
    const { from, candidates } = await this.#world.complete(
      remote === null ? this.#path.at(-1)! : ssh![1]!,
      line,
      line.length,
    );
    return { from: text.length - (line.length - from), candidates };
  }

  async #ssh(target: string, command: string | undefined): Promise<string> {
    if (!this.#hosts.includes(target)) {
      const hint = hintFor(target, this.#hosts);
      return `ssh: Could not resolve hostname ${target}: Name or service not known (${hint})\n`;
    }
    if (command !== undefined) {
      // The local bash takes the quotes off before ssh joins the words; a quoted whole is the usual case.
      const bare = /^(['"])([\s\S]*)\1\s*$/.exec(command);
      return (await this.#world.type(target, bare?.[2] ?? command)).output;
    }
    this.#path.push(target);
    return "";
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
async function typeAt(session: ShellSession, hosts: readonly string[]): Promise<void> {
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

interface ShellCommandOptions {
  readonly seed?: number;
  /** How many hosts there are without a file. */
  readonly hosts: number;
  readonly showCommands?: boolean;
}

/** `overmesh shell`: at a host's prompt, after the lesson if one is given. */
export async function shell(
  file: string | undefined,
  options: ShellCommandOptions,
  makeWorld: MakeWorld,
): Promise<number> {
  if (file === undefined) {
    const topology = plainHosts(options.hosts);
    const world = await makeWorld({ topology, seed: options.seed ?? 1, interactive: true });
    const hosts = topology.hosts.map((one) => one.name);
    await typeAt(new ShellSession(world, hosts, options.showCommands), hosts);
    return Status.held;
  }
  const lesson = readLesson(file);
  if (lesson === null) return Status.misuse;
  const paint = paintFor(process.stdout);
  const report = { paint, journeys: false, title: lesson.title };
  const chosen = seedFor(lesson, options.seed);
  const world = await makeWorld({
    topology: lesson.topology,
    seed: chosen,
    interactive: true,
  });
  const flow = new ReportFlow();
  print(flow.next(headerLines({ ...lesson, seed: chosen }, paint)));
  const result = await runLesson(lesson, world, chosen, (step) => print(flow.next(stepLines(step, report))));
  print(flow.next([...footerLines(result, report), ""]));
  const hosts = lesson.topology.hosts.map((one) => one.name);
  await typeAt(new ShellSession(world, hosts, options.showCommands), hosts);
  return Status.held;
}
