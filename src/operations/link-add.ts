import type { LinkAttributes } from "./link-attributes.ts";
import type { LinkOptions } from "./link-type.ts";
import type { InNamespace } from "./operation.ts";

/** `ip link add NAME type KIND ...` */
export interface LinkAdd extends LinkAttributes, InNamespace {
  readonly op: "link-add";
  readonly kind: string;
  /** The device below (`link DEV`). */
  readonly link?: string;
  readonly index?: number;
  readonly group?: string;
  readonly options?: LinkOptions;
}
