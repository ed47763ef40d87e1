import type { Cause } from "../sim/registry.ts";
import type { Operation } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import type { Toolbox } from "./toolbox.ts";

/**
 * An operation that was applied, as the cause of all that it made and changed. Few are ever asked about, so the command that
 * does the same is written when somebody asks for it.
 */
export class AppliedOperation {
  readonly by = "operation";
  /** The host's name. */
  readonly host: string;
  /** The line that was typed; empty when none was. */
  readonly line: string;
  readonly #operation: Operation;
  readonly #toolbox: Toolbox;
  /** Of the namespace in which it was applied. */
  readonly #namespace: string;
  readonly #file: string | null;
  /** What asked for it. */
  readonly #asked: (Cause & { readonly by: "operation" }) | null;

  /** @param before what caused things until then: another command that is under way asked for this one, `docker run` say. */
  constructor(operation: Operation, { namespace, toolbox, host, line }: OperationContext, before: Cause) {
    this.host = host.name;
    this.#operation = operation;
    this.#toolbox = toolbox;
    this.#namespace = namespace.name;
    this.#file = namespace.file;
    this.#asked = before.by === "operation" ? before : null;
    this.line = line === "" && this.#asked !== null ? this.#asked.line : line;
  }

  /** The command as it is typed in the namespace. */
  get text(): string {
    return this.#file === null ? this.#toolbox.print(this.#operation) : this.command;
  }

  /** The command for a shell in the host's own namespace, wherever it was typed. */
  get command(): string {
    if (this.#file !== null) return `nsenter --net=${this.#file} ${this.#toolbox.print(this.#operation)}`;
    const netns = this.#operation.netns ?? (this.#namespace === "" ? undefined : this.#namespace);
    return this.#toolbox.print(netns === undefined ? this.#operation : { ...this.#operation, netns });
  }

  /** The command that asked for it, where that was another one: `docker network create sample-net`. */
  get for(): string | undefined {
    return this.#asked?.text;
  }
}

/** What was applied on a host, as a command for a shell there. */
export type AppliedCommand = Pick<AppliedOperation, "host" | "command" | "for">;
