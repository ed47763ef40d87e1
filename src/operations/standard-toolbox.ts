import { ip } from "./ip.ts";
import { linkSet } from "./link-set.ts";
import { netnsAdd } from "./netns.ts";
import type { OperationMap, OperationRecord, QuestionMap, QuestionRecord } from "./operation.ts";
import { textQuestion } from "./text-question.ts";
import { Toolbox } from "./toolbox.ts";

const operations: { readonly [K in keyof OperationMap]: OperationRecord<OperationMap[K]> } = {
  "link-set": linkSet,
  "netns-add": netnsAdd,
};

const questions: { readonly [K in keyof QuestionMap]: QuestionRecord<QuestionMap[K]> } = {
  text: textQuestion,
};

/** A toolbox with everything that is built in. */
export function standardToolbox(): Toolbox {
  const toolbox = new Toolbox();
  for (const [op, record] of Object.entries(operations))
    toolbox.operations.set(op, record as OperationRecord<never>);
  for (const [ask, record] of Object.entries(questions))
    toolbox.questions.set(ask, record as QuestionRecord<never>);
  toolbox.addTool(ip);
  return toolbox;
}
