import { KernelError } from "../net/kernel-error.ts";
import { formatHandle } from "../net/qdisc/root-qdisc.ts";
import type { InNamespace } from "./operation.ts";
import type { QdiscOptions } from "./qdisc-options.ts";
import { ToolError } from "./tool-error.ts";

/** Where a discipline goes: to a device's egress, below another one (`1:0`), or nowhere that was said. */
export type QdiscParent = "root" | { readonly classid: number };

/** `tc qdisc {add|change|replace|link} dev DEV root ...` */
export interface QdiscSet extends InNamespace {
  readonly op: "qdisc-set";
  readonly verb: "add" | "change" | "replace" | "link";
  readonly dev: string;
  readonly parent?: QdiscParent;
  /** The upper 16 bits of the handle. */
  readonly handle?: number;
  readonly qdisc?: QdiscOptions;
}

/** `tc qdisc del dev DEV root ...` */
export interface QdiscDel extends InNamespace {
  readonly op: "qdisc-del";
  readonly dev: string;
  readonly parent?: QdiscParent;
  readonly handle?: number;
  readonly kind?: string;
}

/** `1:a0` */
function formatClassid(classid: number): string {
  return `${formatHandle(classid >>> 16)}${(classid & 0xffff).toString(16)}`;
}

/** The words that say which discipline of which device is meant. */
export function placeWords(operation: QdiscSet | QdiscDel): string[] {
  const { dev, parent, handle } = operation;
  return [
    "dev",
    dev,
    ...(parent === undefined ? [] : parent === "root" ? ["root"] : ["parent", formatClassid(parent.classid)]),
    ...(handle === undefined ? [] : ["handle", formatHandle(handle)]),
  ];
}

/** A discipline in a class of another one: there is only the question whether that other one is there. */
export function refuseClass(parent: { readonly classid: number }, root: number): never {
  if (parent.classid >>> 16 !== root) throw new KernelError("ENOENT", "Failed to find specified qdisc");
  throw new ToolError("tc: a qdisc below another one is not simulated", 1);
}
