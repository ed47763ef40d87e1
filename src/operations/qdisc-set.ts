import { modify, modifyByHandle } from "../net/qdisc/root-qdisc.ts";
import { deviceNamed } from "./link-change.ts";
import type { OperationRecord } from "./operation.ts";
import { qdiscOptionWords, qdiscSettings } from "./qdisc-options.ts";
import { placeWords, type QdiscSet, refuseClass } from "./qdisc-place.ts";

export const qdiscSet: OperationRecord<QdiscSet> = {
  tool: "tc",
  words: (operation) => [
    "qdisc",
    operation.verb,
    ...placeWords(operation),
    ...(operation.qdisc === undefined ? [] : qdiscOptionWords(operation.qdisc)),
  ],
  apply(operation, context) {
    const device = deviceNamed(context, operation.dev);
    const { verb, parent, handle = 0, qdisc } = operation;
    const settings = qdisc === undefined ? null : (qdiscSettings(qdisc) ?? ({ kind: "unknown" } as const));
    const request = { verb, handle, settings };
    if (parent === undefined) modifyByHandle(device, request);
    else if (parent === "root") modify(device, request);
    else refuseClass(parent, device.qdisc?.handle ?? 0);
  },
};
