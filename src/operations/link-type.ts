import type { DeviceOptions } from "../net/device-spec.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { JsonObject } from "./json.ts";
import type { LinkAttributes } from "./link-attributes.ts";
import type { OperationContext } from "./operation-context.ts";
import type { Words } from "./words.ts";

/** The options of a link type as a plain value, in the words of `ip link add ... type KIND`. */
export type LinkOptions = Readonly<Record<string, string | number | boolean | LinkAttributes>>;

/** A device that is to be made. */
interface LinkRequest {
  /** Where it is to be. */
  readonly namespace: NetworkNamespace;
  /** Where the command runs: devices that it names are there. */
  readonly context: OperationContext;
  /** Empty: the type chooses the next free one. */
  readonly name: string;
  /** `link DEV`: the device below. */
  readonly link: NetDevice | null;
  readonly common: DeviceOptions;
  readonly options: LinkOptions;
}

/** One type of `ip link add type KIND`. Somebody outside adds one with `toolbox.addLinkType`. */
export interface LinkType {
  readonly kind: string;
  /** What `ip link help KIND` prints. */
  readonly help: string;
  /** Reads what stands after `type KIND`, to the end of the command. @throws {ToolError} */
  parse(words: Words): LinkOptions;
  /** The words that {@link parse} reads. */
  words(options: LinkOptions): readonly string[];
  /** What `ip` warns of before it asks the kernel. */
  warning?(options: LinkOptions): string;
  /** Makes the device, down. @throws {KernelError} @throws {ToolError} */
  create(request: LinkRequest): NetDevice;
  /** `ip link set DEV type KIND ...`; absent where the kernel has no changelink. */
  change?(device: NetDevice, options: LinkOptions, context: OperationContext): void;
  /** Where what it points to lives, when that is not where `driver.link` is (a tunnel's outer packets). */
  linkNamespace?(device: NetDevice): NetworkNamespace;
  /** What `ip -d link show` prints after the kind, ending in a blank; empty when there is nothing. */
  details?(device: NetDevice, context: OperationContext): string;
  /** The same for `ip -j -d` (linkinfo.info_data). */
  json?(device: NetDevice, context: OperationContext): JsonObject;
  /** Devices of this type can be masters. */
  readonly slaves?: SlaveType;
}

/** What a type is to the devices that it is master of: a bridge to its ports. */
export interface SlaveType {
  /** `bridge_slave` */
  readonly kind: string;
  readonly help: string;
  parse(words: Words): LinkOptions;
  words(options: LinkOptions): readonly string[];
  /** `ip link set DEV type bridge_slave ...` */
  change(port: NetDevice, options: LinkOptions): void;
  /** What `ip -d link show` prints after the kind. */
  details(port: NetDevice): string;
  json(port: NetDevice): JsonObject;
  /** Makes `port` a port of `master`. @throws {KernelError} */
  enslave(master: NetDevice, port: NetDevice): void;
  release(master: NetDevice, port: NetDevice): void;
}

/** The name of a device that is made: what was asked for, or the next free one. */
export function nameOr(ns: NetworkNamespace, name: string, prefix: string): string {
  return name === "" ? ns.freeName(prefix) : name;
}
