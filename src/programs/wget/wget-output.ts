import * as utf8 from "../../wire/utf8.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { fileContent, joined, Utf8Pieces } from "../utf8-pieces.ts";
import type { WgetOptions } from "./wget-options.ts";

/** Where the bodies go: standard output, one file for all, or a file for each. */
export class WgetOutput {
  readonly #context: ProgramContext;
  readonly #o: WgetOptions;
  #path: string | null = null;
  #text: Utf8Pieces | null = null;
  #pieces: Uint8Array[] = [];

  constructor(context: ProgramContext, options: WgetOptions) {
    this.#context = context;
    this.#o = options;
  }

  /** How much of a file is there already. */
  sizeOf(name: string): number {
    return name === "-" ? 0 : (this.#context.files.stat(this.#full(name))?.size ?? 0);
  }

  /** `keep`: octets of the file that stay. @throws {ProgramExit} */
  open(name: string, keep: number): void {
    if (name === "-") {
      this.#text ??= new Utf8Pieces();
      return;
    }
    // All bodies go into the file of -O, one behind the other.
    if (this.#path !== null && this.#o.output !== null) return;
    const { files } = this.#context;
    const path = this.#full(name);
    const shown = this.#o.directory === null ? name : `${this.#o.directory}/${name}`;
    if (this.#o.output === null && !this.#o.continues && files.stat(path) !== null)
      throw new ProgramExit(1, `wget: can't open '${shown}': File exists\n`);
    try {
      this.#pieces = keep > 0 ? [octets(files.readBytes(path))] : [];
      if (keep === 0) files.write(path, "");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new ProgramExit(1, `wget: can't open '${shown}': ${error.message}\n`);
    }
    this.#path = path;
  }

  write(some: Uint8Array): void {
    if (this.#text !== null) this.#context.out(this.#text.take(some));
    else this.#pieces.push(some.slice());
  }

  flush(): void {
    if (this.#text !== null) this.#context.out(this.#text.end());
    if (this.#path === null) return;
    const all = joined(this.#pieces);
    this.#pieces = [all];
    this.#context.files.write(this.#path, fileContent(all));
  }

  close(): void {
    if (this.#path !== null) this.flush();
  }

  #full(name: string): string {
    const directory = this.#o.directory;
    return absolutePath(this.#context, directory === null ? name : `${directory}/${name}`);
  }
}

function octets(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? utf8.encode(content) : content;
}
