// Programs that measure in turn, each in a process that goes on living. The speed of a machine that others share changes by
// two from one moment to the next: only what was measured side by side can be compared.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onOneProcessor } from "./processes.mjs";

/** One such program on the bench's processor: a line tells it for how many seconds to measure, a line is its answer. */
export class TurnTaker {
  #program;
  #child;
  #lines;
  #status;

  constructor(program, ...words) {
    this.#program = program;
    const [first, ...rest] = onOneProcessor(program, words);
    this.#child = spawn(first, rest, { stdio: ["pipe", "pipe", "inherit"] });
    // One that has died is told of by what it does not answer.
    this.#child.stdin.on("error", () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#status = new Promise((resolve) => this.#child.once("close", resolve));
  }

  /** @throws when it ended instead of answering */
  async turn(seconds) {
    this.#child.stdin.write(`${seconds}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`${this.#program} ended before its turn`);
    return JSON.parse(value);
  }

  /**
   * Tells it that there are no more turns, and returns its last line: null where it has nothing to add.
   * @throws when it ends with another status than 0: packets were lost
   */
  async end() {
    this.#child.stdin.end();
    const { done, value } = await this.#lines.next();
    const status = await this.#status;
    if (status !== 0) throw new Error(`${this.#program} ended with ${status}`);
    return done ? null : JSON.parse(value);
  }
}

/** The side of a program of ours: answers each turn with what `measure(seconds)` returns, and its end with `conclude()`. */
export async function takeTurns(measure, conclude) {
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(measure(Number(line))));
  const last = conclude?.();
  if (last !== undefined) console.log(JSON.stringify(last));
}
