import { WaitQueue } from "../../sim/wait-queue.ts";
import type { ExecInput } from "../api/docker-api.ts";

/**
 * What a container's main process reads: what somebody who attached gives it, and nothing while nobody is there. It
 * waits for the other's own signal, so that whoever types sees that his input is waited for.
 */
export class AttachedInput implements ExecInput {
  readonly #idle: WaitQueue = new WaitQueue();
  readonly #ended: boolean;
  readonly #once: boolean;
  #source: ExecInput | null = null;

  /**
   * @param open whether there is an input at all; without one the process reads the end at once.
   * @param once whether the end of what somebody gives is the process's end of input too (StdinOnce), or the next one goes on
   */
  constructor(open: boolean, once: boolean) {
    this.#ended = !open;
    this.#once = once;
  }

  attach(source: ExecInput | null): void {
    const before = this.arrived;
    this.#source = source;
    before.notify();
  }

  get available(): string {
    return this.#source?.available ?? "";
  }

  get closed(): boolean {
    return this.#source === null ? this.#ended : this.#once && this.#source.closed;
  }

  get arrived(): WaitQueue {
    return this.#source?.arrived ?? this.#idle;
  }

  take(length: number): string {
    return this.#source?.take(length) ?? "";
  }

  ask(prompt: string, status: number): void {
    this.#source?.ask?.(prompt, status);
  }
}
