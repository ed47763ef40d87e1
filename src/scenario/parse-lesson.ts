import { UserError } from "../base/user-error.ts";
import { parseExpectBlock } from "./expect-block.ts";
import { PROMPT } from "./expected-text.ts";
import { foldMark } from "./folds.ts";
import { type FrontMatter, parseFrontMatter } from "./front-matter.ts";
import type { ConsoleBlock, ConsoleCommand, Lesson, LessonBlock } from "./lesson.ts";
import { hintFor } from "./nearest.ts";
import { failure, type Outcome, success } from "./outcome.ts";

const FENCE = /^( {0,3})(`{3,}|~{3,})\s*([^`]*)$/;
const EXIT_STATUS = /^\[exit (\d{1,3})\]$/;

interface Fence {
  /** Words after the opening marks. */
  readonly info: readonly string[];
  /** The line of the opening marks, from 1. */
  readonly line: number;
  readonly column: number;
  /** Content, without the indentation of the opening marks. */
  readonly lines: readonly string[];
}

/** Splits `text` into lines whatever their ends; the last empty one is dropped. */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** A lesson in Markdown, line by line; mistakes are collected, so that one look mends them all. */
class LessonParser {
  readonly errors: UserError[] = [];
  readonly blocks: LessonBlock[] = [];
  readonly #file: string;
  readonly #lines: readonly string[];
  #front: FrontMatter | null = null;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = linesOf(text);
  }

  parse(): FrontMatter | null {
    const bodyAt = this.#frontMatter();
    if (bodyAt !== null) this.#body(bodyAt);
    return this.#front;
  }

  #error(line: number, column: number, message: string, hint = ""): void {
    this.errors.push(new UserError("LESSON", message, { file: this.#file, line, column }, hint));
  }

  /** Returns the index of the first line of the body, or null when there is no telling where it begins. */
  #frontMatter(): number | null {
    if (this.#lines[0]?.trimEnd() !== "---") {
      this.#error(
        1,
        1,
        "a lesson begins with front matter",
        "a line ---, then title and hosts, then a line ---",
      );
      return null;
    }
    const end = this.#lines.findIndex((line, n) => n > 0 && line.trimEnd() === "---");
    if (end < 0) {
      this.#error(1, 1, "the front matter has no end", "a second line ---");
      return null;
    }
    const text = this.#lines.slice(1, end).join("\n");
    const read = parseFrontMatter({ file: this.#file, text, firstLine: 2 });
    if (read.ok) this.#front = read.value;
    else this.errors.push(...read.errors);
    return end + 1;
  }

  #body(from: number): void {
    let prose: string[] = [];
    let proseAt = from;
    /** The line of the `<details>` that is open, from 1; 0 for none. */
    let folded = 0;
    const endProse = (): void => {
      const place = { file: this.#file, line: proseAt + 1, column: 1 };
      if (prose.length > 0) this.blocks.push({ kind: "prose", place, lines: prose });
      prose = [];
    };
    for (let at = from; at < this.#lines.length; at++) {
      const open = FENCE.exec(this.#lines[at]!);
      if (open === null) {
        if (prose.length === 0) proseAt = at;
        prose.push(this.#lines[at]!);
        folded = this.#fold(this.#lines[at]!, at + 1, folded);
        continue;
      }
      const [, indent, marks, info] = open;
      const close = new RegExp(`^ {0,3}${marks![0]}{${marks!.length},}\\s*$`);
      let end = at + 1;
      while (end < this.#lines.length && !close.test(this.#lines[end]!)) end++;
      if (end === this.#lines.length) {
        this.#error(at + 1, indent!.length + 1, "this block is never closed", `a line ${marks}`);
        break;
      }
      const lines = this.#lines
        .slice(at + 1, end)
        .map((line) => line.replace(new RegExp(`^ {0,${indent!.length}}`), ""));
      const fence: Fence = {
        info: info!.trim().split(/\s+/),
        line: at + 1,
        column: indent!.length + 1,
        lines,
      };
      const kind = fence.info[0];
      if (kind === "console" || kind === "expect") {
        endProse();
        if (kind === "console") this.#console(fence);
        else this.#expect(fence);
      }
      at = end;
    }
    endProse();
    if (folded > 0) this.#error(folded, 1, "<details> is never closed", "a line </details>");
  }

  /** What a line of prose makes of the fold that is open; see {@link #body}. */
  #fold(line: string, number: number, open: number): number {
    const mark = foldMark(line);
    if (mark === null || mark.kind === "summary") return open;
    if (mark.kind === "ends") {
      if (open === 0) this.#error(number, 1, "</details> without <details>");
      return 0;
    }
    if (open > 0)
      this.#error(number, 1, `<details> within that of line ${open}`, "a line </details> before it");
    return number;
  }

  #console(fence: Fence): void {
    const hosts = fence.info.slice(1);
    if (hosts.length === 0) {
      this.#error(fence.line, fence.column, "a console block names its host", "```console HOST");
      return;
    }
    const known = this.#front?.topology.hosts.map((one) => one.name);
    for (const [n, host] of hosts.entries()) {
      if (hosts.indexOf(host) < n) this.#error(fence.line, fence.column, `"${host}" is named twice`);
      else if (known !== undefined && !known.includes(host))
        this.#error(fence.line, fence.column, `there is no host "${host}"`, hintFor(host, known));
    }
    const commands: ConsoleCommand[] = [];
    for (let at = 0; at < fence.lines.length; ) {
      const line = fence.lines[at]!;
      if (!PROMPT.test(line)) {
        if (line.trim() !== "" && commands.length === 0) {
          this.#error(
            fence.line + 1 + at,
            1,
            "a command begins with $ and a blank",
            "expected output follows its command",
          );
          return;
        }
        at++;
        continue;
      }
      let next = at + 1;
      while (next < fence.lines.length && !PROMPT.test(fence.lines[next]!)) next++;
      commands.push(this.#command(fence, at, next));
      at = next;
    }
    if (commands.length === 0)
      this.#error(fence.line, fence.column, "this console block types nothing", "a line $ COMMAND");
    const place = { file: this.#file, line: fence.line, column: fence.column };
    this.blocks.push({ kind: "console", place, hosts, commands } satisfies ConsoleBlock);
  }

  /** The command at line `at` of the block, whose expectation ends before line `next`. */
  #command(fence: Fence, at: number, next: number): ConsoleCommand {
    const expected = fence.lines.slice(at + 1, next).map((line) => line.trimEnd());
    while (expected.at(-1) === "") expected.pop();
    const count = expected.length;
    const exit = EXIT_STATUS.exec(expected.at(-1) ?? "");
    if (exit !== null) expected.pop();
    while (expected.at(-1) === "") expected.pop();
    const line = fence.line + 1 + at;
    const misplaced = expected.findIndex((text) => EXIT_STATUS.test(text));
    if (misplaced >= 0) this.#error(line + 1 + misplaced, 1, "[exit N] stands last in an expectation");
    const status = exit === null ? 0 : Number(exit[1]);
    if (status > 255) this.#error(line + count, 1, `${status} is no exit status`, "0 to 255");
    const prompt = PROMPT.exec(fence.lines[at]!)![0].length;
    return {
      place: { file: this.#file, line, column: prompt + 1 },
      text: fence.lines[at]!.slice(prompt),
      expected,
      exitStatus: status,
      expectedAt: { line: line + 1, count },
    };
  }

  #expect(fence: Fence): void {
    if (fence.info.length > 1) {
      this.#error(fence.line, fence.column, "an expect block has nothing after the word expect");
      return;
    }
    if (this.#front === null) return;
    const { hosts, switches } = this.#front.topology;
    const names = [...hosts, ...switches].map((one) => one.name);
    const source = { file: this.#file, text: fence.lines.join("\n"), firstLine: fence.line + 1 };
    const read = parseExpectBlock(source, names);
    if (!read.ok) {
      this.errors.push(...read.errors);
      return;
    }
    const place = { file: this.#file, line: fence.line, column: fence.column };
    this.blocks.push({ kind: "expect", place, expectations: read.value });
  }
}

/** Parses a lesson in Markdown, or says all that is wrong with it, in the order of the file. */
export function parseLesson(file: string, text: string): Outcome<Lesson> {
  const parser = new LessonParser(file, text);
  const front = parser.parse();
  if (front === null || parser.errors.length > 0) {
    const line = (error: UserError): number => error.place?.line ?? 0;
    return failure([...parser.errors].sort((a, b) => line(a) - line(b)));
  }
  return success({ file, text, ...front, blocks: parser.blocks });
}
