import { resolvePath } from "../base/path.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Process, Program } from "../sim/process.ts";
import type { Nanos } from "../sim/time.ts";
import type { WaitQueue } from "../sim/wait-queue.ts";
import type { Credentials } from "./credentials.ts";

/** What a program sees of the system that runs it. The shell's context of a command is one. */
export interface ProgramContext {
  /** The network namespace that it runs in. */
  readonly namespace: NetworkNamespace;
  /** Who it runs as. */
  readonly credentials: Credentials;
  /** The words after the program's name. */
  readonly args: readonly string[];
  /** Its process id. */
  readonly pid: number;
  /** The directory in which it was started. */
  readonly cwd: string;
  /** The exported variables. */
  readonly env: ReadonlyMap<string, string>;
  /** The whole standard input, for a program that was registered to have it; else empty. */
  readonly stdin: string;
  /** Standard input while the program runs. */
  readonly input: ProgramInput;
  /** Standard output is a person's terminal: then programs print line by line. */
  readonly terminal: boolean;
  /** The files of the system. */
  readonly files: ProgramFiles;
  /** The system's name and clock. */
  readonly machine: {
    hostname: string;
    /** The time of day: seconds since 1970 and nanoseconds within the second. */
    clock(): { readonly seconds: number; readonly nanos: Nanos };
    /** A process as the system's table has it; null if it has ended, or is one of another system. */
    processOf(process: Process): { readonly pid: number; readonly name: string } | null;
  };
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  /** Lets the program see signals: the handler returns true when it took the signal. */
  onSignal(handler: ((signal: number) => boolean) | null): void;
  /**
   * Starts a process of the same program, as fork(2) does, and gives its pid. It shares the open files; a `daemon` has
   * none (daemon(3)) and is no child of anybody.
   */
  fork(program: (child: ProgramContext) => Program, daemon?: "daemon"): number;
}

/** Text to read, perhaps not all there yet; each character is a byte. */
interface ProgramInput {
  readonly available: string;
  /** True when no more will arrive. */
  readonly closed: boolean;
  readonly arrived: WaitQueue;
  take(length: number): string;
}

/** The files of the host. Paths are absolute and tidy; a failure throws an Error whose message is strerror's. */
export interface ProgramFiles {
  read(path: string): string;
  readBytes(path: string): string | Uint8Array;
  write(path: string, content: string | Uint8Array): void;
  append(path: string, text: string): void;
  makeDirectory(path: string, parents: boolean): void;
  /** The names in a directory. */
  list(path: string): readonly string[];
  /**
   * Null if there is nothing. Sizes are in bytes, `changed` is in virtual nanoseconds. Symbolic links are followed
   * unless `follow` is false.
   */
  stat(path: string, follow?: boolean): ProgramFileStat | null;
}

/** All that can be done to files, for what copies whole trees of them. */
export interface WholeFiles extends ProgramFiles {
  remove(path: string, recursive: boolean): void;
  link(target: string, path: string): void;
  readLink(path: string): string;
  chmod(path: string, mode: number): void;
}

interface ProgramFileStat {
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly changed: Nanos;
}

/** A path as a program was given it, made absolute. */
export function absolutePath(context: Pick<ProgramContext, "cwd">, path: string): string {
  return resolvePath(context.cwd, path);
}
