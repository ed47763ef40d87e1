import { hintFor } from "../scenario/nearest.ts";
import type { Completion } from "../shell/complete.ts";
import type { CliWorld } from "./cli-world.ts";
import { looksUnfinished, saysUnfinished } from "./unfinished.ts";

/** `ssh` with what is typed of a host's name, or with a name and a command. */
const SSH = /^\s*ssh\s+(?:root@)?([\w-]*)(?:\s+([\s\S]*))?$/;

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
    const ssh = SSH.exec(whole);
    if (ssh !== null && ssh[1] !== "") return this.#ssh(ssh[1]!, ssh[2]?.trim() || undefined);
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
