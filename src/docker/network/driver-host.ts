import type { Host } from "../../net/host.ts";
import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { findSysctl } from "../../net/sysctl-tree.ts";
import type { Operation, Question, QuestionRecord } from "../../operations/operation.ts";
import { OperationContext } from "../../operations/operation-context.ts";
import { applyOperation } from "../../operations/run-tool.ts";
import { ToolError } from "../../operations/tool-error.ts";
import type { Toolbox } from "../../operations/toolbox.ts";
import { splitLine } from "../../operations/xtables/tokens.ts";
import { DaemonError } from "../api/daemon-error.ts";

/**
 * A namespace as the engine and its drivers may touch it: by operations, which are recorded with the command that asked
 * for them, and by questions. Everything here is at once.
 */
export class DriverHost {
  readonly namespace: NetworkNamespace;
  readonly #context: OperationContext;

  constructor(toolbox: Toolbox, namespace: NetworkNamespace) {
    this.namespace = namespace;
    const { host } = namespace;
    // The engine sees all processes; the one whose namespace it names is the first, for the host's own.
    this.#context = new OperationContext(toolbox, namespace, "", {
      namespaceOfProcess: (pid) => (pid === 1 ? host.root : null),
    });
  }

  get host(): Host {
    return this.namespace.host;
  }

  /** The same for another namespace of this host. */
  within(namespace: NetworkNamespace): DriverHost {
    return new DriverHost(this.#context.toolbox, namespace);
  }

  /** Does it. @throws {DaemonError} in the words of the kernel */
  apply(operation: Operation): void {
    const words = this.#refusalOf(operation);
    if (words !== "") throw new DaemonError(500, words);
  }

  /** Does it if it can be done; false when the kernel refuses, as when somebody was faster by hand. */
  attempt(operation: Operation): boolean {
    return this.#refusalOf(operation) === "";
  }

  /** Does it; the words in which it is refused, empty when it is done. */
  #refusalOf(operation: Operation): string {
    try {
      applyOperation(operation, this.#context);
      return "";
    } catch (error) {
      const words = refusal(error);
      if (words === null) throw error;
      return words;
    }
  }

  /** What the tool would print; null where it would fail. */
  ask(question: Question): string | null {
    const record = this.#context.toolbox.questions.get(question.ask) as QuestionRecord;
    try {
      return record.answer(question, this.#context);
    } catch (error) {
      if (refusal(error) === null) throw error;
      return null;
    }
  }

  /** Finds out whether iptables works, as the engine does before all else: so its filter table is the first. */
  probeIptables(): void {
    this.ask({ ask: "iptables-list", numeric: true });
  }

  /** A command of iptables as it is typed: `-t nat -A POSTROUTING ...`. @throws {DaemonError} */
  iptables(words: string): void {
    this.apply(this.iptablesOperation(words));
  }

  /** What such a command says, as a value. */
  iptablesOperation(words: string): Operation {
    return this.#iptables(words) as Operation;
  }

  /** Whether that rule is there: `-t nat -C POSTROUTING ...`, the same words without the command's letter. */
  hasRule(table: string, chain: string, rule: string): boolean {
    return this.ask(this.#iptables(`-t ${table} -C ${chain} ${rule}`) as Question) !== null;
  }

  /** Appends or inserts a rule unless it is there. */
  addRule(how: "-A" | "-I", table: string, chain: string, rule: string): void {
    if (!this.hasRule(table, chain, rule)) this.iptables(`-t ${table} ${how} ${chain} ${rule}`);
  }

  /** Takes a rule away if it is there. */
  dropRule(table: string, chain: string, rule: string): void {
    if (this.hasRule(table, chain, rule)) this.iptables(`-t ${table} -D ${chain} ${rule}`);
  }

  /** The value of a sysctl by its path under /proc/sys; null when there is none. */
  sysctl(path: string): string | null {
    return findSysctl(this.namespace, path)?.read() ?? null;
  }

  /** @throws {DaemonError} */
  setSysctl(path: string, value: string): void {
    this.apply({ op: "sysctl-set", settings: [[path, value]], quiet: true });
  }

  #iptables(words: string): Operation | Question {
    const tool = this.#context.toolbox.tools.get("iptables")!;
    return tool.parse(splitLine(words), this.#context.toolbox)[0] as Operation | Question;
  }
}

/** What a tool would have said, without its name; null for what is no refusal. */
function refusal(error: unknown): string | null {
  if (error instanceof ToolError) return error.status === 0 ? "" : error.text.trim();
  // Go writes the kernel's errors in small letters.
  return error instanceof KernelError ? error.message.replace(/^[A-Z]/, (c) => c.toLowerCase()) : null;
}
