import type { NetDevice } from "../net/net-device.ts";
import type { JsonObject } from "./json.ts";
import type { LinkAdd } from "./link-add.ts";
import type { OperationContext } from "./operation-context.ts";
import type { Words } from "./words.ts";

/** The options of a link type as a plain value, in the words of `ip link add ... type KIND`. */
export type LinkOptions = Readonly<Record<string, string | number | boolean>>;

/** One type of `ip link add type KIND`. */
export interface LinkType {
  readonly kind: string;
  /** Reads what stands after `type KIND`, to the end of the command. @throws {ToolError} */
  parse(words: Words): LinkOptions;
  /** The words that {@link parse} reads. */
  words(options: LinkOptions): readonly string[];
  /** Makes the device, down. @throws {KernelError} @throws {ToolError} */
  create(add: LinkAdd, name: string, context: OperationContext): NetDevice;
  /** `ip link set DEV type KIND ...`; absent where the kernel has no changelink. */
  change?(device: NetDevice, options: LinkOptions, context: OperationContext): void;
  /** `ip link del`; absent: the device is simply removed. */
  remove?(device: NetDevice): void;
  /** What `ip -d link show` prints after the kind, ending in a blank; empty when there is nothing. */
  details?(device: NetDevice, context: OperationContext): string;
  /** The same for `ip -j -d` (linkinfo.info_data). */
  json?(device: NetDevice, context: OperationContext): JsonObject;
  /** The kind of its ports (`bridge`), and what `ip -d` prints of a port. */
  readonly slaveKind?: string;
  slaveDetails?(port: NetDevice): string;
  slaveJson?(port: NetDevice): JsonObject;
  /** `ip link set DEV type bridge_slave ...`: its name, its options, and what they do. */
  readonly slaveType?: string;
  parseSlave?(words: Words): LinkOptions;
  slaveWords?(options: LinkOptions): readonly string[];
  changeSlave?(port: NetDevice, options: LinkOptions): void;
  /** Makes `port` a port of `master`. */
  enslave?(master: NetDevice, port: NetDevice): void;
  /** Takes `port` out again. */
  release?(master: NetDevice, port: NetDevice): void;
}
