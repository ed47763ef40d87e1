import { foldMark } from "./folds.ts";
import { headingsOf } from "./headings.ts";
import { type ReportOptions, stepLines } from "./report-text.ts";
import type { ProseResult, StepResult } from "./run-lesson.ts";

interface StepReportOptions extends ReportOptions {
  /** Journeys are shown below this heading only; null: wherever they are wanted. */
  readonly journeysIn: string | null;
}

/**
 * What a report says of a lesson's steps as they come. What the lesson folds away (`<details>`, as on any Markdown page)
 * is one line, but for steps that failed.
 */
export class StepReport {
  readonly #options: StepReportOptions;
  #heading: string | null = null;
  /** What is folded away here; null outside. */
  #fold: { summary: string; held: number } | null = null;

  constructor(options: StepReportOptions) {
    this.#options = options;
  }

  /** The lines for the next step. */
  lines(step: StepResult): string[] {
    if (step.kind === "prose") return this.#prose(step);
    if (this.#fold !== null && step.problems.length === 0) {
      this.#fold.held++;
      return [];
    }
    const { journeysIn } = this.#options;
    const journeys = journeysIn === null ? this.#options.journeys : journeysIn === this.#heading;
    return stepLines(step, { ...this.#options, journeys });
  }

  #prose(step: ProseResult): string[] {
    const lines: string[] = [];
    for (const line of step.lines) {
      const [heading] = headingsOf([line]);
      const mark = foldMark(line);
      if (heading !== undefined) {
        this.#heading = heading;
        lines.push(...stepLines({ ...step, lines: [line] }, this.#options));
      } else if (mark?.kind === "begins") this.#fold = { summary: mark.summary ?? "", held: 0 };
      else if (mark?.kind === "ends") lines.push(...this.#unfold());
      else if (mark !== null && this.#fold !== null) this.#fold.summary = mark.summary;
    }
    return lines;
  }

  #unfold(): string[] {
    const fold = this.#fold;
    this.#fold = null;
    if (fold === null || fold.held === 0) return [];
    const { paint } = this.#options;
    const count = `${fold.held} step${fold.held === 1 ? "" : "s"}`;
    return [`  ${paint.green("ok    ")} ${fold.summary}${paint.dim(`  (${count})`)}`];
  }
}
