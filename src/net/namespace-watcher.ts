import type { DeviceChange } from "./device-driver.ts";
import type { InetAddress } from "./inet-device.ts";
import type { NetDevice } from "./net-device.ts";

/** What rooms above want to know of a namespace (netdevice and inetaddr notifiers, pernet exit). */
export interface NamespaceWatcher {
  deviceChanged?(device: NetDevice, change: DeviceChange): void;
  addressGone?(device: NetDevice, address: InetAddress): void;
  /** The namespace is gone; its devices and sockets went before. */
  ended?(): void;
}
