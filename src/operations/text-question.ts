import type { InNamespace, QuestionRecord } from "./operation.ts";

/** A command that prints the same wherever it runs (`ip -V`). */
export interface TextQuestion extends InNamespace {
  readonly ask: "text";
  readonly arguments: readonly string[];
  readonly text: string;
  /** For the standard error. */
  readonly notes?: string;
}

export const textQuestion: QuestionRecord<TextQuestion> = {
  tool: "ip",
  words: (question) => question.arguments,
  answer: (question) => question.text,
  warning: (question) => question.notes ?? "",
};
