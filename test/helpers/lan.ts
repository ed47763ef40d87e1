import { addBridge } from "../../src/bridge/add-bridge.ts";
import type { Bridge } from "../../src/bridge/bridge.ts";
import { addVeth } from "../../src/link/veth.ts";
import { Host } from "../../src/net/host.ts";
import { Kernel } from "../../src/net/kernel.ts";
import type { NetDevice } from "../../src/net/net-device.ts";
import type { NetworkNamespace } from "../../src/net/network-namespace.ts";
import { World } from "../../src/sim/world.ts";
import { macNumbered } from "./stations.ts";

/** A namespace `sw` with a bridge `br0`, whose ports p1, p2 ... lead to `eth0` of the namespaces c1, c2 ... */
export interface Lan {
  readonly world: World;
  readonly host: Host;
  readonly sw: NetworkNamespace;
  readonly bridge: Bridge;
  /** `eth0` of c1, c2 ...: the stations' ends, with the addresses 02:00:00:00:00:01 ... */
  readonly ends: readonly NetDevice[];
}

/** All is up. The ports have 02:00:00:00:01:01 ..., the bridge 02:00:00:00:00:fe. */
export function lan(stations: number, options: { vlanFiltering?: boolean } = {}): Lan {
  const world = new World(1);
  const kernel = new Kernel();
  kernel.bridgeVlanFiltering = options.vlanFiltering ?? true;
  const host = new Host(world, kernel, "h");
  const sw = host.addNamespace("sw");
  const bridge = addBridge(sw, "br0");
  bridge.mcastSnooping = false;
  bridge.device.setMac(0x0200, 0xfe);
  bridge.device.setUp(true);
  const ends: NetDevice[] = [];
  for (let i = 1; i <= stations; i++) {
    const ns = host.addNamespace(`c${i}`);
    const end = addVeth(ns, "eth0", { mac: macNumbered(i) }, sw, `p${i}`, { mac: macNumbered(0x100 + i) });
    end.setUp(true);
    end.peer!.setUp(true);
    bridge.addPort(end.peer!);
    ends.push(end);
  }
  world.settle();
  return { world, host, sw, bridge, ends };
}
