import type { Place } from "../base/user-error.ts";
import type { Topology } from "../lab/topology.ts";
import type { Expectation } from "./expectation.ts";

/** A lesson or script, parsed and checked, ready to run. */
export interface Lesson {
  readonly file: string;
  /** The file as it was read: what `--update` rewrites. */
  readonly text: string;
  readonly title: string;
  /** Parts of the book: `D6`. */
  readonly parts: readonly string[];
  /** The seed under which alone it holds, or null when it holds under any. */
  readonly seed: number | null;
  /** Modules that a real kernel must have for it, by Linux's names: `["ip_vs"]`; mostly none. */
  readonly needs: readonly string[];
  /** Why the real kernel cannot check it, or null when it can. */
  readonly real: string | null;
  readonly topology: Topology;
  readonly blocks: readonly LessonBlock[];
}

export type LessonBlock = ProseBlock | ConsoleBlock | ExpectBlock;

/** Headings and text, and the marks of what is folded away; other fenced blocks are no part of it. */
interface ProseBlock {
  readonly kind: "prose";
  readonly place: Place;
  readonly lines: readonly string[];
}

/** Commands that are typed on one host, or on several: each command on all of them before the next. */
export interface ConsoleBlock {
  readonly kind: "console";
  readonly place: Place;
  /** At least one, none twice. */
  readonly hosts: readonly string[];
  readonly commands: readonly ConsoleCommand[];
}

export interface ConsoleCommand {
  /** Of the line that is typed. */
  readonly place: Place;
  /** Without its prompt, `$ `, or that of a shell inside a container, `/ # `; a script has many lines. */
  readonly text: string;
  /** Expected lines without trailing blanks; empty: the text is not checked. `...` stands for any text. */
  readonly expected: readonly string[];
  readonly exitStatus: number;
  /** Lines of the file that hold the expectation: from this one (counting from 1), this many. Null in a script. */
  readonly expectedAt: { readonly line: number; readonly count: number } | null;
}

interface ExpectBlock {
  readonly kind: "expect";
  readonly place: Place;
  readonly expectations: readonly Expectation[];
}
