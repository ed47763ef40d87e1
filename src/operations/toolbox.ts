import type { XtInfo } from "../net/xtables.ts";
import type { AppliedOperation } from "./applied-operation.ts";
import type { LinkType, SlaveType } from "./link-type.ts";
import type { InNamespace, Operation, OperationRecord, Question, QuestionRecord } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { quote } from "./words.ts";
import type { XtExtension } from "./xtables/extension.ts";

/** The kinds of operations, questions, link types and tools that one lab knows. */
export class Toolbox {
  readonly operations: Map<string, OperationRecord<never>> = new Map();
  readonly questions: Map<string, QuestionRecord<never>> = new Map();
  readonly tools: Map<string, Tool> = new Map();
  /** What `ip link add type` knows. */
  readonly linkTypes: Map<string, LinkType> = new Map();
  /** The matches and targets that `iptables` knows. */
  readonly xtables: {
    readonly matches: Map<string, XtExtension>;
    readonly targets: Map<string, XtExtension>;
    readonly told: Set<string>;
  } = { matches: new Map(), targets: new Map(), told: new Set() };
  /** All that was done, in order: what `overmesh export` prints. */
  readonly applied: AppliedOperation[] = [];

  addOperation<O extends { readonly op: string } & InNamespace>(
    op: O["op"],
    record: OperationRecord<O>,
  ): void {
    this.operations.set(op, record as OperationRecord<never>);
  }

  addQuestion<Q extends { readonly ask: string } & InNamespace>(
    ask: Q["ask"],
    record: QuestionRecord<Q>,
  ): void {
    this.questions.set(ask, record as QuestionRecord<never>);
  }

  addTool(tool: Tool): void {
    this.tools.set(tool.name, tool);
  }

  addLinkType(type: LinkType): void {
    this.linkTypes.set(type.kind, type);
  }

  addXtMatch<I extends XtInfo>(extension: XtExtension<I>): void {
    this.xtables.matches.set(extension.name, extension as XtExtension<never> as XtExtension);
  }

  addXtTarget<I extends XtInfo>(extension: XtExtension<I>): void {
    this.xtables.targets.set(extension.name, extension as XtExtension<never> as XtExtension);
  }

  /** `bridge_slave` and its like. */
  slaveType(kind: string): SlaveType | null {
    for (const type of this.linkTypes.values()) if (type.slaves?.kind === kind) return type.slaves;
    return null;
  }

  /** The command line that is this operation or question, ready for a shell. */
  print(command: Operation | Question): string {
    const whole = "op" in command ? this.operations.get(command.op)!.line?.(command as never) : undefined;
    if (whole !== undefined) return whole;
    const [record, words] = this.#wordsOf(command);
    const tool = this.tools.get(record.tool)!;
    const ns = command.netns;
    const line =
      ns === undefined
        ? [record.tool, ...words]
        : tool.entersNamespaces
          ? [record.tool, "-n", ns, ...words]
          : ["ip", "netns", "exec", ns, record.tool, ...words];
    return line.map(quote).join(" ") + this.#inputOf(command);
  }

  /** What the tool reads, as a here-string. */
  #inputOf(command: Operation | Question): string {
    if (!("op" in command)) return "";
    const text = this.operations.get(command.op)!.input?.(command as never);
    return text === undefined ? "" : ` <<< ${quote(text.replace(/\n$/, ""))}`;
  }

  #wordsOf(command: Operation | Question): readonly [{ readonly tool: string }, readonly string[]] {
    if ("op" in command) {
      const record = this.operations.get(command.op)!;
      return [record, record.words(command as never, this)];
    }
    const record = this.questions.get(command.ask)!;
    return [record, record.words(command as never, this)];
  }
}
