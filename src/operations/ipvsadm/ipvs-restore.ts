import type { InNamespace, Operation, OperationRecord, Question } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import { ToolError } from "../tool-error.ts";
import { parseIpvsadm } from "./parse-ipvsadm.ts";

/** `ipvsadm -R`: each line of the standard input is a command line of its own. */
export interface IpvsRestore extends InNamespace {
  readonly op: "ipvs-restore";
  readonly text: string;
}

export const ipvsRestore: OperationRecord<IpvsRestore> = {
  tool: "ipvsadm",
  words: () => ["-R"],
  input: ({ text }) => text,
  apply({ text }, context) {
    let stdout = "";
    let stderr = "";
    let status = 0;
    const lines = text.replace(/\n$/, "").split("\n");
    for (const line of text === "" ? [] : lines) {
      const words = line.split(/[ \t]+/).filter((word) => word !== "");
      if (words[0] === "ipvsadm") words.shift();
      try {
        stdout += run(words, context);
        status = 0;
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        stdout += error.stdout;
        stderr += error.text;
        status = error.status;
        // What the kernel refuses is told, and the next line comes; a wrong command line ends it all.
        if (!error.comesBack) break;
      }
    }
    if (stderr !== "" || status !== 0) throw new ToolError(stderr, status, stdout);
    return stdout;
  },
};

function run(words: readonly string[], context: OperationContext): string {
  let text = "";
  for (const command of parseIpvsadm(words, null, true)) {
    if ("op" in command) text += applyOne(command as Operation, context);
    else text += answer(command as Question, context);
  }
  return text;
}

function applyOne(operation: Operation, context: OperationContext): string {
  const record = context.toolbox.operations.get(operation.op) as OperationRecord;
  return record.apply(operation, context) ?? "";
}

function answer(question: Question, context: OperationContext): string {
  return context.toolbox.questions.get(question.ask)!.answer(question as never, context);
}
