import { addBridge } from "../bridge/add-bridge.ts";
import type { Bridge } from "../bridge/bridge.ts";
import { Host } from "../net/host.ts";
import type { Kernel } from "../net/kernel.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { World } from "../sim/world.ts";
import { addNic, connect } from "../underlay/nic.ts";
import type * as mac from "../wire/mac.ts";
import type { SwitchSpec, TrunkSpec } from "./topology.ts";

/** An Ethernet switch: a Linux bridge in a host of its own, whose ports p0, p1 ... are the ends of the wires. */
export class Switch {
  readonly host: Host;
  readonly #bridge: Bridge;
  readonly #mtu: number;
  readonly #number: number;
  #ports = 0;

  /** `number` tells the switches of a lab apart in the MAC addresses of their ports. */
  constructor(world: World, kernel: Kernel, spec: SwitchSpec, number: number) {
    this.host = new Host(world, kernel, spec.name);
    this.#mtu = spec.mtu;
    this.#number = number;
    this.#bridge = addBridge(this.host.root, spec.name, { mac: this.#mac(0xffff) });
    // It speaks no IGMP of its own.
    this.#bridge.mcastSnooping = false;
    this.#bridge.device.setUp(true);
  }

  /** The next port, up, with nothing plugged in. */
  addPort(): NetDevice {
    const index = this.#ports++;
    const port = addNic(this.host.root, `p${index}`, this.#mac(index), this.#mtu);
    this.#bridge.addPort(port);
    port.setUp(true);
    return port;
  }

  #mac(index: number): mac.Mac {
    return { hi: 0x0200, lo: 0x5e000000 | (this.#number << 16) | index | 0 };
  }
}

/** Lays a wire between two switches. */
export function layTrunk(from: Switch, to: Switch, trunk: TrunkSpec): void {
  connect(from.addPort(), to.addPort(), trunk.wire);
}
