import type { WholeFiles } from "../../programs/program-context.ts";
import type { Program } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type { DockerApi, ExecInput } from "../api/docker-api.ts";
import type { OptionValues } from "./option-values.ts";

/** What the `docker` client sees of the system that runs it. */
export interface ClientContext {
  /** The words after `docker`. */
  readonly args: readonly string[];
  /** The engine of this host; null when none runs. */
  readonly api: DockerApi | null;
  /** Standard input. */
  readonly input: ExecInput;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly files: WholeFiles;
  /** Which of the streams are a person's terminal, and how wide that is. */
  readonly tty: { readonly input: boolean; readonly output: boolean; readonly columns: number };
  /** Virtual time. */
  now(): Nanos;
  out(text: string): void;
  err(text: string): void;
  /** Lets the client see signals: the handler returns true when it took the signal. */
  onSignal(handler: ((signal: number) => boolean) | null): void;
}

/** One command with its options and arguments, ready to run. */
export interface Invocation {
  readonly context: ClientContext;
  /** As it was typed: `docker ps`. */
  readonly path: string;
  readonly options: OptionValues;
  readonly args: readonly string[];
  /** The engine. @throws {ClientError} when there is none. */
  readonly api: DockerApi;
}

/** What a command does, by its path in the tree: `container ls`. It may wait, and gives an exit status. */
export type Runner = (invocation: Invocation) => number | Program;

/** The client gives up: its last words, without the line break, and its exit status. No words: all is said. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}
