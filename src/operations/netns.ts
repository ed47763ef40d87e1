import { KernelError } from "../net/kernel-error.ts";
import { forgetNetns, knownNetnsId, netnsId, netnsIds, setNetnsId } from "./netns-ids.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";

/** `ip netns add NAME` */
export interface NetnsAdd extends InNamespace {
  readonly op: "netns-add";
  readonly name: string;
}

/** `ip netns del NAME`; without a name all of them (`ip -all netns del`). */
export interface NetnsDel extends InNamespace {
  readonly op: "netns-del";
  readonly name?: string;
}

/** `ip netns set NAME ID`: how this namespace calls that one. */
export interface NetnsSet extends InNamespace {
  readonly op: "netns-set";
  readonly name: string;
  readonly id: number | "auto";
}

/** `ip netns attach NAME PID`: a name for the namespace of a process. */
export interface NetnsAttach extends InNamespace {
  readonly op: "netns-attach";
  readonly name: string;
  readonly pid: number;
}

export const netnsAdd: OperationRecord<NetnsAdd> = {
  tool: "ip",
  words: (operation) => ["netns", "add", operation.name],
  apply(operation, context) {
    checkFree(operation.name, context);
    context.host.addNamespace(operation.name);
  },
};

function checkFree(name: string, context: OperationContext): void {
  if (context.host.namespaces.has(name) || context.host.linkedNamespaces().has(name))
    throw new ToolError(`Cannot create namespace file "/run/netns/${name}": File exists`, 1);
}

export const netnsDel: OperationRecord<NetnsDel> = {
  tool: "ip",
  words: ({ name }) => (name === undefined ? ["-all", "netns", "del"] : ["netns", "del", name]),
  apply({ name }, context) {
    const { host } = context;
    for (const each of name === undefined ? [...host.namespaces.keys()] : [name]) {
      const ns = host.namespaces.get(each);
      if (ns === undefined)
        throw new ToolError(
          `Cannot remove namespace file "/run/netns/${each}": No such file or directory`,
          1,
        );
      host.removeNamespace(each, () => forgetNetns(ns));
    }
  },
};

export const netnsSet: OperationRecord<NetnsSet> = {
  tool: "ip",
  words: (operation) => ["netns", "set", operation.name, `${operation.id}`],
  apply({ name, id }, context) {
    const other = context.named(name);
    if (other === null)
      throw new ToolError(`Cannot open network namespace "${name}": No such file or directory`, 1);
    const { namespace } = context;
    if (knownNetnsId(namespace, other) !== null)
      throw new KernelError("EEXIST", "Peer netns already has a nsid assigned");
    if (id === "auto") {
      netnsId(namespace, other);
      return;
    }
    if (netnsIds(namespace).some(([, taken]) => taken === id))
      throw new KernelError("EEXIST", "The specified nsid is already used");
    setNetnsId(namespace, other, id);
  },
};

export const netnsAttach: OperationRecord<NetnsAttach> = {
  tool: "ip",
  words: (operation) => ["netns", "attach", operation.name, `${operation.pid}`],
  apply({ name, pid }, context) {
    checkFree(name, context);
    const ns = context.outside.namespaceOfProcess?.(pid) ?? null;
    if (ns === null)
      throw new ToolError(
        `Bind /proc/${pid}/ns/net -> /run/netns/${name} failed: No such file or directory`,
        1,
      );
    context.host.nameNamespace(name, ns);
  },
};
