import { KernelError } from "../../net/kernel-error.ts";
import type { RuleSet } from "../../netfilter/rule-set.ts";
import type { Table } from "../../netfilter/table.ts";
import type { Command, InNamespace, OperationRecord } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import type { Tool } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import { type CommandLine, OtherFamily, parseCommandLine } from "./command-line.ts";
import { maxName } from "./command-options.ts";
import type { Extensions } from "./extension.ts";
import { Getopt, type LongOption, optionMistake } from "./getopt.ts";
import { changeOf, TableEditor, tableOf } from "./iptables-change.ts";
import { errorWords, problem } from "./iptables-errors.ts";
import { iptablesHelp } from "./iptables-help.ts";
import { listOf, listText } from "./iptables-list.ts";
import { checkWaitInterval, INTERVAL_NOTE, readWait } from "./lock-wait.ts";
import { splitLine } from "./tokens.ts";
import { VERSION, XtProblem, XtStatus } from "./xt-problem.ts";

const PROGRAM = "iptables-restore";

/** `iptables-restore`: tables as a file has them. */
export interface IptablesRestore extends InNamespace {
  readonly op: "iptables-restore";
  /** What the file says. */
  readonly text: string;
  /** `-n`: what is there stays. */
  readonly noflush?: true;
  /** `-c`: counters too. */
  readonly counters?: true;
  /** `-t`: nothing is put in force. */
  readonly test?: true;
  /** `-T`: only this table. */
  readonly table?: string;
  /** How often `-v` was said. */
  readonly verbose?: number;
}

export const iptablesRestore: OperationRecord<IptablesRestore> = {
  tool: PROGRAM,
  words: ({ noflush, counters, test, table, verbose = 0 }) => [
    ...(noflush ? ["-n"] : []),
    ...(counters ? ["-c"] : []),
    ...(test ? ["-t"] : []),
    ...(table === undefined ? [] : ["-T", table]),
    ...Array.from({ length: verbose }, () => "-v"),
  ],
  input: ({ text }) => text,
  warning({ text }, context) {
    const { matches, targets, told } = context.toolbox.xtables;
    let notes = "";
    for (const [, letter, name] of text.matchAll(/(?<=\s)-([mj]) (\S+)/g)) {
      const notice = (letter === "m" ? matches : targets).get(name!)?.notice;
      if (notice === undefined || told.has(notice)) continue;
      told.add(notice);
      notes += notice;
    }
    return notes;
  },
  apply: (operation, context) => new Restorer(operation, context).run(),
};

/** Goes through a file line by line. */
class Restorer {
  readonly #operation: IptablesRestore;
  readonly #context: OperationContext;
  readonly #extensions: Extensions;
  #line = 0;
  #said = "";
  #current = "";
  /** The table between its head and COMMIT. */
  #table: Table | null = null;
  #draft: RuleSet | null = null;
  #editor: TableEditor | null = null;
  /** Zeroing is done at once with the commit. */
  #zeroed: (readonly [string | null, number | null])[] = [];

  constructor(operation: IptablesRestore, context: OperationContext) {
    this.#operation = operation;
    this.#context = context;
    this.#extensions = context.toolbox.xtables;
  }

  run(): string {
    const { text } = this.#operation;
    const lines = text.split("\n");
    const whole = text === "" || text.endsWith("\n") ? lines.length - 1 : lines.length;
    for (let i = 0; i < whole; i++) {
      this.#line = i + 1;
      const ended = i < lines.length - 1;
      try {
        this.#read(lines[i]!, ended);
      } catch (error) {
        throw this.#failure(error);
      }
    }
    if (this.#table !== null) throw this.#fail(`${PROGRAM}: COMMIT expected at line ${this.#line + 1}\n`);
    return this.#said;
  }

  #read(line: string, ended: boolean): void {
    const { table: only, verbose } = this.#operation;
    if (line === "") return;
    if (line.startsWith("#")) {
      if (verbose !== undefined) this.#said += ended ? `${line}\n` : line;
      return;
    }
    if (line === "COMMIT" && ended && this.#table !== null) this.#commit();
    else if (line.startsWith("*") && this.#table === null) this.#begin(line);
    else if (line.startsWith(":") && this.#table !== null) this.#chain(line);
    else if (this.#table !== null) this.#rule(line);
    else if (only === undefined || only === this.#current)
      throw this.#fail(`${PROGRAM}: line ${this.#line} failed\n`);
  }

  #begin(line: string): void {
    const { table: only, noflush, verbose } = this.#operation;
    const [name] = fields(line.slice(1));
    if (name === undefined) throw new XtProblem(`${PROGRAM}: line ${this.#line} table name invalid`);
    this.#current = name;
    if (only !== undefined && only !== name) return;
    try {
      this.#table = tableOf(this.#context.namespace, name, PROGRAM);
    } catch {
      throw new XtProblem(`${PROGRAM}: unable to initialize table '${name}'`);
    }
    this.#draft = this.#table.edit();
    this.#editor = new TableEditor(this.#table, this.#draft, this.#extensions);
    this.#zeroed = [];
    if (noflush) return;
    const loud = verbose === undefined ? {} : { verbose };
    for (const command of ["flush", "delete-chain"] as const)
      this.#said += this.#editor.apply({ op: "iptables", command, ...loud });
  }

  #chain(line: string): void {
    const { noflush, counters: restoresCounters } = this.#operation;
    const draft = this.#draft!;
    const [name, policy, counts] = fields(line.slice(1));
    if (name === undefined) throw new XtProblem(`${PROGRAM}: line ${this.#line} chain name invalid`);
    if (name.length >= maxName)
      throw new XtProblem(`Invalid chain name \`${name}' (${maxName - 1} chars max)`);
    if (!draft.has(name) || draft.chain(name).policy === null) {
      if (noflush && draft.has(name)) draft.flush(name);
      else this.#create(name);
    }
    if (policy === undefined) throw new XtProblem(`${PROGRAM}: line ${this.#line} policy invalid`);
    if (policy === "-") return;
    const parsed = counts === undefined ? null : countersOf(counts);
    if ((counts === undefined && restoresCounters) || (counts !== undefined && parsed === null))
      throw new XtProblem(`invalid policy counters for chain '${name}'`);
    try {
      if (draft.chain(name).policy === null) throw new KernelError("ENOENT");
      if (policy !== "ACCEPT" && policy !== "DROP") throw new KernelError("EINVAL");
      this.#editor!.setPolicy(name, policy, restoresCounters ? parsed! : undefined);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      const why = errorWords("P", error.errno);
      throw new XtProblem(
        `Can't set policy \`${policy}' on \`${name}' line ${this.#line}: ${why}`,
        XtStatus.other,
      );
    }
  }

  #create(name: string): void {
    try {
      this.#draft!.addChain(name);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw new XtProblem(`error creating chain '${name}':${error.message}`);
    }
  }

  #rule(line: string): void {
    const { noflush, counters: restoresCounters, verbose = 0 } = this.#operation;
    const args: string[] = Array.from({ length: noflush ? 0 : verbose }, () => "-v");
    let rest = line;
    if (line.startsWith("[")) {
      const end = line.indexOf("]");
      const counts = line.slice(1, end).split(":");
      // Where there is no colon the tool takes all for the first number, and then misses the end.
      if (end < 0 || counts.length < 2) throw new XtProblem(`Bad line ${this.#line}: need ]`);
      if (restoresCounters) args.push("--set-counters", counts[0]!, counts[1]!);
      rest = line.slice(end + 1);
    }
    const words = [...args, ...splitLine(`${rest}\n`)];
    let parsed: CommandLine;
    try {
      parsed = parseCommandLine(words, this.#extensions, this.#current, true);
    } catch (error) {
      if (error instanceof OtherFamily) return;
      throw error;
    }
    try {
      this.#do(parsed);
    } catch (error) {
      if (error instanceof KernelError) throw this.#fail(`${PROGRAM}: line ${this.#line} failed\n`);
      throw error;
    }
  }

  /** Questions are answered with what the lines before have made of the table. @throws {KernelError} @throws {XtProblem} */
  #do(line: CommandLine): void {
    const { command } = line;
    const editor = this.#editor!;
    if (command === "h" || command === "V") {
      const text = command === "h" ? iptablesHelp(PROGRAM, line.loaded) : `${PROGRAM} v${VERSION}\n`;
      throw new ToolError("", 0, this.#said + text);
    }
    if (command === "C") {
      for (const rule of line.rules) editor.find(line.chain!, editor.withTarget(rule));
      return;
    }
    if (command.startsWith("L") || command.startsWith("S")) {
      const text = listText(listOf(line), this.#draft!, this.#extensions);
      if (text === null) throw new KernelError("ENOENT");
      this.#said += text;
      if (!command.endsWith("Z")) return;
    }
    const change = changeOf(command.endsWith("Z") ? { ...line, command: "Z" } : line);
    this.#said += editor.apply(change);
    if (change.command === "zero") this.#zeroed.push([change.chain ?? null, change.position ?? null]);
  }

  #commit(): void {
    const table = this.#table!;
    if (this.#operation.test !== true) {
      try {
        table.commit(this.#draft!);
      } catch (error) {
        if (error instanceof KernelError) throw this.#fail(`${PROGRAM}: line ${this.#line} failed\n`);
        throw error;
      }
      for (const [chain, position] of this.#zeroed) table.zero(chain, position);
    }
    this.#table = null;
    this.#draft = null;
    this.#editor = null;
  }

  #fail(text: string): ToolError {
    return new ToolError(text, 1, this.#said);
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof XtProblem)) return error;
    const { text, status } = problem(PROGRAM, error, this.#line);
    return new ToolError(text, status, this.#said);
  }
}

function fields(text: string): string[] {
  return text.split(/[ \t\n]+/).filter((field) => field !== "");
}

function countersOf(text: string): readonly [number, number] | null {
  const match = /^\[(\d+):(\d+)\]?/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

const OPTIONS: readonly LongOption<string>[] = [
  { name: "counters", has: 0, code: "c" },
  { name: "verbose", has: 0, code: "v" },
  { name: "version", has: 0, code: "V" },
  { name: "test", has: 0, code: "t" },
  { name: "help", has: 0, code: "h" },
  { name: "noflush", has: 0, code: "n" },
  { name: "modprobe", has: 1, code: "M" },
  { name: "table", has: 1, code: "T" },
  { name: "wait", has: 2, code: "w" },
  { name: "wait-interval", has: 2, code: "W" },
];
const SHORT: ReadonlyMap<string, LongOption<string>> = new Map(
  OPTIONS.map((option) => [option.code, "wW".includes(option.code) ? { ...option, has: 0 } : option]),
);

export const iptablesRestoreTool: Tool = {
  name: PROGRAM,
  entersNamespaces: false,
  readsInput: () => true,
  parse(args, _toolbox, outside): Command[] {
    const words = new Getopt(args, SHORT);
    const given: { noflush?: true; counters?: true; test?: true; table?: string; verbose?: number } = {};
    const files: string[] = [];
    let wait = false;
    let notes = "";
    for (;;) {
      const word = words.next(OPTIONS);
      if (word.kind === "end") break;
      if (word.kind === "word") {
        files.push(word.text);
        continue;
      }
      if (word.kind !== "option")
        throw new ToolError(
          `${PROGRAM}: ${optionMistake(word)}\nTry \`${PROGRAM} -h' for more information.\n`,
          1,
        );
      switch (word.code) {
        case "c":
          given.counters = true;
          break;
        case "n":
          given.noflush = true;
          break;
        case "t":
          given.test = true;
          break;
        case "T":
          given.table = word.value!;
          break;
        case "v":
          given.verbose = (given.verbose ?? 0) + 1;
          break;
        case "w":
        case "W": {
          const value = word.value ?? (words.hasWord ? words.take() : null);
          try {
            if (word.code === "w") wait = readWait(value);
            else checkWaitInterval(value);
          } catch (error) {
            if (error instanceof XtProblem) throw problem(PROGRAM, error, 0);
            throw error;
          }
          if (word.code === "W") notes += INTERVAL_NOTE;
          break;
        }
        case "V":
          return [{ ask: "text", arguments: ["-V"], text: `${PROGRAM} v${VERSION}\n` }];
        case "h":
          throw new ToolError(USAGE, 0);
      }
    }
    files.push(...words.args.slice(words.at));
    if (files.length > 1) throw new ToolError("Unknown arguments found on commandline", 1);
    if (notes !== "" && !wait)
      throw new ToolError(`${notes}Option --wait-interval requires option --wait\n`, 1);
    const [file] = files;
    const text = file === undefined ? (outside?.stdin ?? "") : (outside?.readFile?.(file) ?? null);
    if (text === null) throw new ToolError(`Can't open ${file}: No such file or directory`, 1);
    const restore: Command = { op: "iptables-restore", text, ...given };
    return notes === "" ? [restore] : [{ ask: "text", arguments: [], text: "", notes }, restore];
  },
  refused: (error) => ({ stderr: `${PROGRAM}: ${error.message}\n`, status: 1 }),
};

const USAGE = `Usage: ${PROGRAM} [-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] [file]
	   [ --counters ]
	   [ --verbose ]
	   [ --version]
	   [ --test ]
	   [ --help ]
	   [ --noflush ]
	   [ --wait=<seconds>
	   [ --table=<TABLE> ]
	   [ --modprobe=<command> ]
`;
