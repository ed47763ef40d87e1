import type { Host } from "../net/host.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { ToolError } from "./tool-error.ts";
import type { Toolbox } from "./toolbox.ts";

/** What a command can reach beyond the kernel's network: given by whoever runs it. */
export interface Outside {
  readonly stdin?: string;
  /** The text of a file, or null. */
  readFile?(path: string): string | null;
  /** Writes a file anew; what is in its way in strerror's words, or null. */
  writeFile?(path: string, text: string): string | null;
  /** Where a process lives; null when there is no such process. */
  namespaceOfProcess?(pid: number): NetworkNamespace | null;
  /** The processes of a namespace, ascending. */
  processesIn?(ns: NetworkNamespace): readonly number[];
  /** The command's process may not configure the network: it lacks CAP_NET_ADMIN. */
  readonly unprivileged?: boolean;
  /** /proc/sys cannot be written, as in a container. */
  readonly readOnlySysctls?: boolean;
  /** The process that runs the command. */
  readonly pid?: number;
}

/** Where and for whom an operation is applied or a question answered. */
export class OperationContext {
  readonly host: Host;
  /** Where the command runs; for an operation with `netns` the namespace of that name. */
  readonly namespace: NetworkNamespace;
  readonly toolbox: Toolbox;
  /** The line that was typed, for the memory of causes. */
  readonly line: string;
  readonly outside: Outside;

  constructor(toolbox: Toolbox, namespace: NetworkNamespace, line = "", outside: Outside = {}) {
    this.toolbox = toolbox;
    this.namespace = namespace;
    this.host = namespace.host;
    this.line = line;
    this.outside = outside;
  }

  /** The same in another namespace. */
  within(namespace: NetworkNamespace): OperationContext {
    return namespace === this.namespace
      ? this
      : new OperationContext(this.toolbox, namespace, this.line, this.outside);
  }

  /**
   * The namespace of a name or of a file: what has a slash is a path (netns_get_fd of iproute2); null when there is none.
   */
  named(name: string): NetworkNamespace | null {
    if (!name.includes("/")) return this.host.namespaceIn(name);
    const under = /^(?:\/var)?\/run\/netns\/([^/]+)$/.exec(name)?.[1];
    return under === undefined ? this.host.boundNamespace(name) : this.host.namespaceIn(under);
  }

  /** Goes where `ip -n NAME` goes. @throws {ToolError} in iproute2's words */
  enter(netns: string | undefined): OperationContext {
    if (netns === undefined) return this;
    // It looks below /run/netns for whatever it is given (netns_switch): `../docker/netns/ID` is found, a whole path is not.
    const ns = this.named(netns.startsWith("../") ? `/run/${netns.slice(3)}` : netns.replaceAll("/", "\0"));
    if (ns === null)
      throw new ToolError(`Cannot open network namespace "${netns}": No such file or directory`, 255);
    return this.within(ns);
  }
}
