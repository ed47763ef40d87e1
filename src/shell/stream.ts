import { Terminated } from "../sim/process.ts";
import type { Nanos } from "../sim/time.ts";
import { WaitQueue } from "../sim/wait-queue.ts";
import { FileFailure, type FileSystem } from "./file-system.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Run } from "./process-table.ts";
import { SIGPIPE } from "./signals.ts";

const FOREVER: Nanos = Number.POSITIVE_INFINITY;
/** A writer waits once so much lies in a pipe, as with the kernel's 64 KiB. */
const PIPE_CAPACITY = 65_536;

/** A write that the system refuses; the message is strerror's. */
export class WriteFailure extends Error {
  override readonly name = "WriteFailure";
}

/** What a file descriptor refers to. Processes that inherit it share it; `retain` and `release` count them. */
export interface Stream {
  /** Null if it cannot be read. */
  readonly input: Input | null;
  /** The pipe that a writer has to wait for, or null. */
  readonly pipe: Pipe | null;
  /** True for a socket: builtins write to it line by line, and whoever wrote has spent the time of a command. */
  readonly datagrams?: boolean;
  /** True for where a shell's own output goes. */
  readonly terminal?: boolean;
  /** Who types, where standard input is a terminal. */
  readonly keyboard?: Keyboard | null;
  /** Throws {@link WriteFailure}, or `Terminated` (SIGPIPE) when nobody reads any more. */
  write(text: string): void;
  retain(): void;
  release(): void;
}

/** Text to read, perhaps not all there yet. */
export interface Input {
  /** What has arrived and was not taken. */
  readonly available: string;
  /** True if no more will arrive. */
  readonly closed: boolean;
  /** Raised when text arrives or the writers are gone. */
  readonly arrived: WaitQueue;
  /** Takes the first `length` characters of what is available. */
  take(length: number): string;
  /** A shell that reads from a terminal says that it waits for a line, with its prompt and the status of the last one. */
  ask?(prompt: string, status: number): void;
}

/** Reads to the end. */
export function* readAll(input: Input): Run<string> {
  let text = input.take(input.available.length);
  while (!input.closed) {
    yield { on: [input.arrived], until: FOREVER };
    text += input.take(input.available.length);
  }
  return text;
}

/** Reads up to and without the next line end; null at the end of the text. The flag says whether the line was whole. */
export function* readLine(
  input: Input,
  delimiter = "\n",
  until: Nanos = FOREVER,
  now: () => Nanos = () => 0,
): Run<{ line: string; whole: boolean } | null> {
  for (;;) {
    const at = input.available.indexOf(delimiter);
    if (at >= 0) {
      const line = input.take(at + 1);
      return { line: line.slice(0, -1), whole: true };
    }
    if (input.closed) {
      const rest = input.take(input.available.length);
      return rest === "" ? null : { line: rest, whole: false };
    }
    if (now() >= until) return null;
    yield { on: [input.arrived], until };
  }
}

/** A pipe: what is written can be read, in virtual time. A text that is there from the start is a pipe without writers. */
export class Pipe implements Input {
  available = "";
  readonly arrived: WaitQueue = new WaitQueue();
  /** Raised when there is room again, or when the readers are gone. */
  readonly drained: WaitQueue = new WaitQueue();
  #writers = 0;
  #readers = 0;
  #everRead = false;

  static holding(text: string): Pipe {
    const pipe = new Pipe();
    pipe.available = text;
    return pipe;
  }

  get closed(): boolean {
    return this.#writers === 0;
  }

  get full(): boolean {
    return this.available.length >= PIPE_CAPACITY && !this.#broken;
  }

  get #broken(): boolean {
    return this.#everRead && this.#readers === 0;
  }

  take(length: number): string {
    const text = this.available.slice(0, length);
    this.available = this.available.slice(length);
    if (length > 0) this.drained.notify();
    return text;
  }

  readonly writer: Stream = {
    input: null,
    pipe: this,
    write: (text) => {
      if (this.#broken) throw new Terminated(SIGPIPE);
      if (text === "") return;
      this.available += text;
      this.arrived.notify();
    },
    retain: () => {
      this.#writers++;
    },
    release: () => {
      if (--this.#writers === 0) this.arrived.notify();
    },
  };

  readonly reader: Stream = {
    input: this,
    pipe: null,
    write: () => {
      throw new WriteFailure("Bad file descriptor");
    },
    retain: () => {
      this.#readers++;
      this.#everRead = true;
    },
    release: () => {
      if (--this.#readers === 0) this.drained.notify();
    },
  };
}

const keep = (): void => {};

/** `/dev/null`, and the input of a shell that nobody types into. */
export function nullStream(): Stream {
  return { input: Pipe.holding(""), pipe: null, write: keep, retain: keep, release: keep };
}

/** `/dev/zero`: there is always more. Who wants all of it waits for an end that does not come. */
export class Zeros implements Input {
  readonly available: string = "\0".repeat(PIPE_CAPACITY);
  readonly closed = false;
  readonly arrived: WaitQueue = new WaitQueue();

  take(length: number): string {
    return this.available.slice(0, length);
  }
}

/** What one of the files in /dev gives to read and takes, or null for any other path. */
export function deviceStream(path: string): Stream | null {
  if (path === "/dev/null" || path === "/dev/tty") return nullStream();
  if (path !== "/dev/zero") return null;
  return { ...nullStream(), input: new Zeros() };
}

/** Writes go to the end of a file, or to where this descriptor stands. */
export function fileOutput(files: FileSystem, path: string, append: boolean): Stream {
  // A lazy file takes each write by itself, as /proc does; truncating it does nothing.
  if (files.isLazy(path)) {
    const write = (text: string): void => {
      try {
        files.write(path, text);
      } catch (error) {
        throw error instanceof FileFailure ? new WriteFailure(error.message) : error;
      }
    };
    return { input: null, pipe: null, write, retain: keep, release: keep };
  }
  if (!append || files.stat(path) === null) files.write(path, "");
  const { opened } = files;
  const write = (text: string): void => {
    try {
      opened.append(path, text);
    } catch (error) {
      // What was opened has no name any more: what is written to it is seen by nobody.
      if (!(error instanceof FileFailure)) throw error;
    }
  };
  return { input: null, pipe: null, write, retain: keep, release: keep };
}

export function fileInput(text: string): Stream {
  return Pipe.holding(text).reader;
}

/** One piece of what a shell printed. */
export interface Piece {
  readonly stream: 1 | 2;
  readonly text: string;
}

/** Where a shell's two output streams end: every piece, in the order of writing. */
export class Terminal {
  #pieces: Piece[] = [];
  /** Called for every piece as it is written, by a face that shows output at once. */
  onPiece: ((piece: Piece) => void) | null = null;
  readonly stdout: Stream = this.#stream(1);
  readonly stderr: Stream = this.#stream(2);

  #stream(stream: 1 | 2): Stream {
    const write = (text: string): void => {
      if (text === "") return;
      const piece: Piece = { stream, text };
      this.#pieces.push(piece);
      this.onPiece?.(piece);
    };
    return { input: null, pipe: null, terminal: true, write, retain: keep, release: keep };
  }

  /** Gives what was printed since the last call. */
  take(): readonly Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
