import type { ProcessEntry } from "./process-table.ts";

/** A background job of one shell. */
export interface Job {
  readonly number: number;
  readonly entry: ProcessEntry;
  readonly text: string;
  /** True once `jobs` or `wait` told of its end. */
  reported: boolean;
}

/** The background jobs of one shell, numbered from 1. */
export class JobTable {
  #jobs: Job[] = [];
  /** What the shell around a subshell had running: shown and signalled from here, but not waited for. */
  readonly #inherited: readonly Job[];
  /** What `wait PID` can still be asked about, by pid. */
  readonly #known: Map<number, ProcessEntry> = new Map();

  constructor(inherited: readonly Job[] = []) {
    this.#inherited = inherited;
  }

  add(entry: ProcessEntry, text: string): Job {
    this.#forgetReported();
    const number = this.#jobs.reduce((most, job) => Math.max(most, job.number), 0) + 1;
    const job: Job = { number, entry, text, reported: false };
    this.#jobs.push(job);
    this.#known.set(entry.pid, entry);
    return job;
  }

  #forgetReported(): void {
    this.#jobs = this.#jobs.filter((job) => !job.reported);
  }

  /** All that were not reported as ended. */
  list(): readonly Job[] {
    this.#forgetReported();
    return this.#jobs;
  }

  /** What `jobs` lists and `%1` means. */
  shown(): readonly Job[] {
    const own = this.list();
    return own.length > 0 ? own : this.#inherited;
  }

  running(): readonly Job[] {
    return this.#jobs.filter((job) => job.entry.process.status === null);
  }

  child(pid: number): ProcessEntry | null {
    return this.#known.get(pid) ?? null;
  }

  /** `+` for the current job, `-` for the one before it. */
  mark(job: Job): string {
    const order = [...this.shown()].sort((a, b) => a.number - b.number);
    if (order[order.length - 1] === job) return "+";
    return order[order.length - 2] === job ? "-" : " ";
  }

  /** `%1`, `%%`, `%+`, `%-`, `%name`. */
  find(spec: string): Job | null {
    const word = spec.slice(1);
    const order = [...this.shown()].sort((a, b) => a.number - b.number);
    if (word === "" || word === "%" || word === "+") return order[order.length - 1] ?? null;
    if (word === "-") return order[order.length - 2] ?? order[order.length - 1] ?? null;
    if (/^\d+$/.test(word)) return order.find((job) => job.number === Number(word)) ?? null;
    if (word.startsWith("?")) return order.find((job) => job.text.includes(word.slice(1))) ?? null;
    return order.find((job) => job.text.startsWith(word)) ?? null;
  }
}
