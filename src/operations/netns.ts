import type { InNamespace, OperationRecord } from "./operation.ts";
import { ToolError } from "./tool-error.ts";

/** `ip netns add NAME` */
export interface NetnsAdd extends InNamespace {
  readonly op: "netns-add";
  readonly name: string;
}

export const netnsAdd: OperationRecord<NetnsAdd> = {
  tool: "ip",
  words: (operation) => ["netns", "add", operation.name],
  apply(operation, context) {
    if (context.host.namespaces.has(operation.name))
      throw new ToolError(`Cannot create namespace file "/run/netns/${operation.name}": File exists`, 1);
    context.host.addNamespace(operation.name);
  },
};
