import { own } from "../../base/own.ts";
import { isCapable } from "../../programs/credentials.ts";
import { SIGTERM } from "../../sim/process.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { signalNumber } from "../signals.ts";
import { Pipe, readAll } from "../stream.ts";
import { parseDuration } from "../times.ts";
import { isInstalled, runInstead, startProgram } from "./run.ts";

/** `timeout [-s SIGNAL] [-k DURATION] [--preserve-status] DURATION COMMAND ...` */
export function* timeout(state: ShellState, args: readonly string[]): Run<number> {
  let signal = SIGTERM;
  let killAfter: number | null = null;
  let preserve = false;
  let i = 0;
  const usage = (): number => {
    state.err("Try 'timeout --help' for more information.\n");
    return 125;
  };
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    const option = /^(?:-([sk])|--(signal|kill-after)=)(.*)$/.exec(word);
    if (option !== null) {
      const value = option[3] || args[++i] || "";
      if (option[1] === "s" || option[2] === "signal") {
        const number = signalNumber(value);
        if (number === null) {
          state.err(`timeout: ‘${value}’: invalid signal\n`);
          return usage();
        }
        signal = number;
      } else killAfter = parseDuration(value);
    } else if (word === "--preserve-status") preserve = true;
    else if (word !== "--foreground" && word !== "-v") {
      state.err(`timeout: unrecognized option '${word}'\n`);
      return usage();
    }
  }
  const [limit, ...words] = args.slice(i);
  if (limit === undefined || words.length === 0) return usage();
  const duration = parseDuration(limit);
  if (duration === null) {
    state.err(`timeout: invalid time interval ‘${limit}’\n`);
    return usage();
  }
  if (!isInstalled(state, words[0]!)) {
    state.err(`timeout: failed to run command ‘${words[0]}’: No such file or directory\n`);
    return 127;
  }
  const child = startProgram(state, words).process;
  const own = state.process!.process;
  let passed: number | null = null;
  own.onSignal = (number) => {
    passed = number;
    child.kill(number);
    return true;
  };
  const wait = function* (until: number): Run<void> {
    while (child.status === null && state.now < until) yield { on: [child.exited], until };
  };
  const until = duration === 0 ? Number.POSITIVE_INFINITY : state.now + duration;
  yield* wait(until);
  if (child.status !== null) return passed === null ? child.status : 128 + passed;
  child.kill(signal);
  yield* wait(killAfter === null ? Number.POSITIVE_INFINITY : state.now + killAfter);
  if (child.status === null) {
    child.kill(9);
    return 137;
  }
  if (signal === 9) return 137;
  return preserve ? child.status : 124;
}

/** `env [-i] [-u NAME] [NAME=VALUE ...] [COMMAND ...]` */
export function env(state: ShellState, args: readonly string[]): number | Run<number> {
  let i = 0;
  for (; i < args.length; i++) {
    const word = args[i]!;
    if (word === "-i" || word === "-") {
      for (const name of state.variables.names()) state.variables.demand(name).exported = false;
    } else if (word === "-u") state.variables.unset(args[++i] ?? "");
    else if (/^\w+=/.test(word)) {
      const at = word.indexOf("=");
      state.variables.set(word.slice(0, at), word.slice(at + 1));
      state.variables.demand(word.slice(0, at)).exported = true;
    } else if (word === "--") continue;
    else if (word.startsWith("-")) {
      const wrong = word.startsWith("--")
        ? `unrecognized option '${word}'`
        : `invalid option -- '${word[1]}'`;
      state.err(`env: ${wrong}\nTry 'env --help' for more information.\n`);
      return 125;
    } else break;
  }
  const words = args.slice(i);
  if (words.length === 0) {
    for (const [name, value] of state.variables.exported()) state.out(`${name}=${value}\n`);
    return 0;
  }
  if (!isInstalled(state, words[0]!)) {
    state.err(`env: ‘${words[0]}’: No such file or directory\n`);
    return 127;
  }
  return runInstead(state, words, {});
}

/**
 * `nsenter -t PID -n [COMMAND ...]`, `nsenter --net[=FILE]`: another network namespace, that of a process or of a file. Of the
 * other namespaces of a process only the net changes anything: a container's files are its own.
 */
export function nsenter(state: ShellState, args: readonly string[]): number | Run<number> {
  const found = readNsenter(args);
  if (typeof found === "string") {
    state.err(`nsenter: ${found}\nTry 'nsenter --help' for more information.\n`);
    return 1;
  }
  const { target, net, words } = found;
  let { namespace } = state;
  if (net !== null && net !== "") {
    const bound = state.machine.findNamespace(state.path(net));
    if (bound === null) {
      state.err(`nsenter: cannot open ${net}: No such file or directory\n`);
      return 1;
    }
    namespace = bound;
  } else if (net !== null) {
    if (target === null) {
      state.err("nsenter: neither filename nor target pid supplied for ns/net\n");
      return 1;
    }
    const entry = state.machine.processes.find(Number(target));
    if (entry === null) {
      state.err(`nsenter: cannot open /proc/${target}/ns/net: No such file or directory\n`);
      return 1;
    }
    namespace = entry.namespace ?? state.machine.host.root;
  }
  if (net !== null && !isCapable(state.credentials, "SYS_ADMIN")) {
    state.err("nsenter: setns(): can't reassociate to namespace 'net': Operation not permitted\n");
    return 1;
  }
  if (words.length > 0 && !isInstalled(state, words[0]!)) {
    state.err(`nsenter: failed to execute ${words[0]}: No such file or directory\n`);
    return 127;
  }
  return runInstead(state, words.length === 0 ? ["bash"] : words, { namespace });
}

const NSENTER_WORDS: Readonly<Record<string, string>> = {
  all: "a",
  target: "t",
  mount: "m",
  uts: "u",
  ipc: "i",
  net: "n",
  pid: "p",
  cgroup: "C",
  user: "U",
  time: "T",
};

/** A process, a file of a network namespace (empty: that of the process), and the words behind; or what is wrong. */
function readNsenter(
  args: readonly string[],
):
  | { readonly target: string | null; readonly net: string | null; readonly words: readonly string[] }
  | string {
  let target: string | null = null;
  let net: string | null = null;
  let i = 0;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") {
      i++;
      break;
    }
    const [, name = "", joined] = /^--([a-z]+)(?:=(.*))?$/.exec(word) ?? [];
    const long = word.startsWith("--");
    const letters = long ? own(NSENTER_WORDS, name) : word.slice(1);
    if (letters === undefined) return `unrecognized option '${word}'`;
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at]!;
      if (!"tnamuipCUT".includes(letter)) return `invalid option -- '${letter}'`;
      // All but \`-a\` take what is joined to them; \`-t\` takes the next word too.
      const rest = long ? joined : letters.slice(at + 1) || undefined;
      if (letter === "t") target = rest ?? args[++i] ?? null;
      else if (letter === "n") net = (rest ?? "").replace(/^=/, "");
      else if (letter === "a") net ??= "";
      if (letter !== "a" && rest !== undefined && (letter === "t" || /[=/]/.test(rest))) break;
    }
  }
  return { target, net, words: args.slice(i) };
}

/** `xargs [-n COUNT] [-I TEXT] [-r] [-0] [-d CHAR] [-t] [COMMAND ...]` */
export function* xargs(state: ShellState, args: readonly string[]): Run<number> {
  let perCall = Number.POSITIVE_INFINITY;
  let replace: string | null = null;
  let skipEmpty = false;
  let delimiter: string | null = null;
  let show = false;
  let i = 0;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    const option = /^-([nILPd])(.*)$/.exec(word);
    if (option !== null) {
      const value = option[2] || args[++i] || "";
      if (option[1] === "n" || option[1] === "L") perCall = Number(value);
      else if (option[1] === "I") replace = value;
      else if (option[1] === "d") delimiter = value === "\\n" ? "\n" : value;
    } else if (word === "-r" || word === "--no-run-if-empty") skipEmpty = true;
    else if (word === "-0") delimiter = "\0";
    else if (word === "-t") show = true;
    else {
      const wrong = word.startsWith("--")
        ? `unrecognized option '${word}'`
        : `invalid option -- '${word[1]}'`;
      state.err(`xargs: ${wrong}\nTry 'xargs --help' for more information.\n`);
      return 1;
    }
  }
  const command = args.slice(i).length === 0 ? ["echo"] : args.slice(i);
  const text = yield* readAll(state.stream(0)?.input ?? new Pipe());
  const items =
    delimiter !== null
      ? text.split(delimiter).filter((item, at, all) => item !== "" || at < all.length - 1)
      : replace !== null
        ? text
            .split("\n")
            .map((line) => line.trimStart())
            .filter((line) => line !== "")
        : [...text.matchAll(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g)].map((m) =>
            m[0].replace(/"([^"]*)"|'([^']*)'|\\(.)/g, "$1$2$3"),
          );
  const calls: string[][] = [];
  if (replace !== null) {
    const mark = replace;
    for (const item of items) calls.push(command.map((word) => word.split(mark).join(item)));
  } else if (items.length === 0) {
    if (!skipEmpty) calls.push([...command]);
  } else {
    for (let at = 0; at < items.length; at += perCall)
      calls.push([...command, ...items.slice(at, at + perCall)]);
  }
  let status = 0;
  for (const words of calls) {
    if (show) state.err(`${words.join(" ")}\n`);
    if (!isInstalled(state, words[0]!)) {
      state.err(`xargs: ${words[0]}: No such file or directory\n`);
      return 127;
    }
    const one = yield* state.interpreter.runWords(state, words, { functions: false });
    if (one !== 0) status = 123;
  }
  return status;
}
