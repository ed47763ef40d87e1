import { KernelError } from "../net/kernel-error.ts";
import { remove } from "../net/qdisc/root-qdisc.ts";
import { deviceNamed } from "./link-change.ts";
import type { OperationRecord } from "./operation.ts";
import { placeWords, type QdiscDel, refuseClass } from "./qdisc-place.ts";

export const qdiscDel: OperationRecord<QdiscDel> = {
  tool: "tc",
  words: (operation) => [
    "qdisc",
    "del",
    ...placeWords(operation),
    ...(operation.kind === undefined ? [] : [operation.kind]),
  ],
  apply(operation, context) {
    const device = deviceNamed(context, operation.dev);
    const { parent, handle = 0, kind = null } = operation;
    const there = device.qdisc?.handle ?? 0;
    if (parent === undefined) {
      if (handle === 0 || handle !== there)
        throw new KernelError("ENOENT", "Failed to find qdisc with specified handle");
      throw new KernelError("EINVAL", "Classid cannot be zero");
    }
    if (parent !== "root") refuseClass(parent, there);
    remove(device, handle, kind);
  },
};
