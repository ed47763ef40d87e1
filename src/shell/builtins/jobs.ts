import { IGNORED_SIGNALS, Terminated } from "../../sim/process.ts";
import type { Job } from "../job-table.ts";
import { exitOf, type ProcessEntry, type Run } from "../process-table.ts";
import { reportKilled } from "../report-killed.ts";
import type { ShellState } from "../shell-state.ts";
import { signalName, signalNumber, signalNumbers, signalWords } from "../signals.ts";
import type { Builtins } from "./builtin.ts";

/** One line of `jobs`. */
export function jobLine(state: ShellState, job: Job, withPid = false): string {
  const status = job.entry.process.status;
  let words = "Running";
  if (status !== null)
    words = status === 0 ? "Done" : status > 128 ? signalWords(status - 128) : `Exit ${status}`;
  const pid = withPid ? `${job.entry.pid} ` : " ";
  return `[${job.number}]${state.jobs.mark(job)} ${pid}${words.padEnd(23)} ${job.text}${status === null ? " &" : ""}\n`;
}

function jobs(state: ShellState, args: readonly string[]): number {
  const options = args.filter((word) => word.startsWith("-")).join("");
  const spec = args.find((word) => word.startsWith("%"));
  if (spec !== undefined && state.jobs.find(spec) === null)
    return state.complain(`jobs: ${spec}: no such job`);
  for (const job of state.jobs.shown()) {
    const running = job.entry.process.status === null;
    if (options.includes("r") && !running) continue;
    // Only at a prompt does bash still list what has ended.
    if (!running && state.naming.kind !== "prompt") {
      job.reported = true;
      continue;
    }
    if (options.includes("p")) state.out(`${job.entry.pid}\n`);
    else state.out(jobLine(state, job, options.includes("l")));
    if (!running) job.reported = true;
  }
  return 0;
}

/** Waits for a child, or until a signal with a trap arrives: then 128 + its number. */
function* waitFor(state: ShellState, entries: readonly ProcessEntry[], all: boolean): Run<number | null> {
  const done = (entry: ProcessEntry): boolean => entry.process.status !== null;
  while (!(all ? entries.every(done) : entries.some(done))) {
    if (state.pendingSignals.length > 0) return 128 + state.pendingSignals[0]!;
    yield {
      on: entries.filter((entry) => !done(entry)).map((entry) => entry.process.exited),
      until: Number.POSITIVE_INFINITY,
    };
  }
  return null;
}

function* wait(state: ShellState, args: readonly string[]): Run<number> {
  const words = args.filter((word) => word !== "-f" && word !== "-n");
  const mine = (): ProcessEntry[] => state.jobs.list().map((job) => job.entry);
  const report = (entry: ProcessEntry): void => {
    for (const job of state.jobs.list()) {
      if (job.entry !== entry) continue;
      job.reported = true;
      reportKilled(state, entry, false);
    }
  };
  if (args.includes("-n")) {
    const entries = mine();
    if (entries.length === 0) return 127;
    const interrupted = yield* waitFor(state, entries, false);
    if (interrupted !== null) return interrupted;
    const first = entries.find((entry) => entry.process.status !== null)!;
    report(first);
    return first.process.status!;
  }
  if (words.length === 0) {
    const entries = mine();
    const interrupted = yield* waitFor(state, entries, true);
    if (interrupted !== null) return interrupted;
    for (const entry of entries) report(entry);
    return 0;
  }
  let status = 0;
  for (const word of words) {
    let entry: ProcessEntry | null;
    if (word.startsWith("%")) {
      entry = state.jobs.find(word)?.entry ?? null;
      if (entry === null) {
        status = state.complain(`wait: ${word}: no such job`, 127);
        continue;
      }
    } else if (/^\d+$/.test(word)) {
      entry = state.jobs.child(Number(word));
      if (entry === null) {
        status = state.complain(`wait: pid ${word} is not a child of this shell`, 127);
        continue;
      }
    } else {
      status = state.complain(`wait: \`${word}': not a pid or valid job spec`);
      continue;
    }
    const interrupted = yield* waitFor(state, [entry], true);
    if (interrupted !== null) return interrupted;
    status = entry.process.status!;
    report(entry);
  }
  return status;
}

/** All signals as `kill -l` lists them: five a line, with a tab behind each but the last of a line. */
function signalList(): string {
  const cells = signalNumbers().map((number) => `${`${number}`.padStart(2)}) SIG${signalName(number)}`);
  return `${cells
    .map((cell, i) =>
      i % 5 === 4
        ? `${cell}
`
        : `${cell}	`,
    )
    .join("")}
`;
}

/** As busybox lists them: those below 32, one a line. */
function appletSignalList(): string {
  return signalNumbers()
    .filter((number) => number < 32)
    .map((number) => `${`${number}`.padStart(2)}) ${signalName(number).replace(/^IO$/, "POLL")}\n`)
    .join("");
}

function kill(state: ShellState, args: readonly string[]): number {
  let signal = 15;
  let words = args;
  if (words[0] === "-l" || words[0] === "-L") {
    for (const word of words.slice(1)) {
      const number = signalNumber(/^\d+$/.test(word) && Number(word) > 128 ? `${Number(word) - 128}` : word);
      if (number === null) return state.complain(`kill: ${word}: invalid signal specification`);
      state.out(`${/^\d+$/.test(word) ? signalName(number) : number}\n`);
    }
    if (words.length === 1) state.out(state.naming.kind === "ash" ? appletSignalList() : signalList());
    return 0;
  }
  let given: string | null = null;
  if (words[0] === "-s" || words[0] === "-n") {
    given = words[1] ?? "";
    words = words.slice(2);
  } else if (/^-./.test(words[0] ?? "") && words[0] !== "--") {
    given = words[0]!.slice(1);
    words = words.slice(1);
  }
  if (words[0] === "--") words = words.slice(1);
  if (given !== null) {
    const number = signalNumber(given);
    if (number === null) return state.complain(`kill: ${given}: invalid signal specification`);
    signal = number;
  }
  if (words.length === 0 && state.naming.kind === "ash")
    return state.complain("you need to specify whom to kill");
  if (words.length === 0) {
    state.err(
      "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n",
    );
    return 2;
  }
  let status = 0;
  for (const word of words) {
    let entry: ProcessEntry | null;
    if (word.startsWith("%")) {
      entry = state.jobs.find(word)?.entry ?? null;
      if (entry === null || entry.process.status !== null) {
        status = state.complain(
          entry === null ? `kill: ${word}: no such job` : `kill: (${entry.pid}) - No such process`,
        );
        continue;
      }
    } else if (/^-?\d+$/.test(word)) {
      entry = state.machine.processes.find(Math.abs(Number(word)));
      if (entry === null) {
        status = state.complain(`kill: (${word}) - No such process`);
        continue;
      }
    } else {
      status = state.complain(`kill: ${word}: arguments must be process or job IDs`);
      continue;
    }
    sendSignal(state, entry, signal);
  }
  return status;
}

/** Sends a signal; a process that signals itself ends where it stands, unless it has a trap. */
export function sendSignal(state: ShellState, entry: ProcessEntry, signal: number): void {
  if (signal === 0) return;
  // Nobody in a container can end its first process by a signal that this one does not take, SIGKILL included.
  const init = entry.process.init && state.machine.image !== null;
  if (init && signal === 9) return;
  if (entry !== state.process) {
    entry.process.kill(signal);
    return;
  }
  if (signal !== 9 && entry.process.onSignal?.(signal)) return;
  if (init || IGNORED_SIGNALS.has(signal)) return;
  throw new Terminated(signal);
}

function disown(state: ShellState, args: readonly string[]): number {
  for (const job of state.jobs.list()) {
    if (
      args.length === 0 ||
      args.includes("-a") ||
      args.some((word) => word === `%${job.number}` || word === `${job.entry.pid}`)
    )
      job.reported = true;
  }
  return 0;
}

function* fg(state: ShellState, args: readonly string[]): Run<number> {
  if (state.naming.kind !== "prompt") return state.complain("fg: no job control");
  const job = state.jobs.find(args[0] ?? "%%");
  if (job === null) return state.complain(`fg: ${args[0] ?? "current"}: no such job`);
  state.out(`${job.text}\n`);
  const status = yield* exitOf(job.entry.process);
  job.reported = true;
  return status;
}

export const jobBuiltins: Builtins = {
  jobs,
  wait,
  kill,
  disown,
  fg,
  bg: (state) => (state.naming.kind === "prompt" ? 0 : state.complain("bg: no job control")),
};
