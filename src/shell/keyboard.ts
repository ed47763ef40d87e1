import { WaitQueue } from "../sim/wait-queue.ts";
import type { Input } from "./stream.ts";

/**
 * What a person types into a program that runs at his terminal. A shell there says with {@link ask} that it waits for a
 * line, and under which prompt; other programs just read.
 */
export class Keyboard implements Input {
  available = "";
  closed = false;
  readonly arrived: WaitQueue = new WaitQueue();
  /** The prompt under which a line is waited for; null when nobody has asked. */
  prompt: string | null = null;
  /** The status of the last line of whoever asks. */
  status = 0;

  /** True while some program at the terminal wants something typed. */
  get wanted(): boolean {
    return this.available === "" && !this.closed && (this.prompt !== null || this.arrived.waited);
  }

  /** Says that a line is waited for. `status` is that of the line before. */
  ask(prompt: string, status: number): void {
    this.prompt = prompt;
    this.status = status;
  }

  /** Types something. */
  type(text: string): void {
    this.prompt = null;
    this.available += text;
    this.arrived.notify();
  }

  take(length: number): string {
    const text = this.available.slice(0, length);
    this.available = this.available.slice(length);
    return text;
  }
}
