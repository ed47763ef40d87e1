import type { NetDevice } from "../net/net-device.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";

/** The device of that name in the namespace of the command. @throws {ToolError} in iproute2's words */
export function deviceNamed(context: OperationContext, name: string): NetDevice {
  const device = context.namespace.device(name);
  if (device === null) throw new ToolError(`Cannot find device "${name}"`, 1);
  return device;
}
