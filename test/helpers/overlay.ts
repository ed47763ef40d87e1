import { addBridge } from "../../src/bridge/add-bridge.ts";
import type { Bridge } from "../../src/bridge/bridge.ts";
import { addVeth } from "../../src/link/veth.ts";
import { Host } from "../../src/net/host.ts";
import * as inetAddress from "../../src/net/inet-address.ts";
import * as ipOutput from "../../src/net/ip-output.ts";
import { Kernel } from "../../src/net/kernel.ts";
import type { NetDevice } from "../../src/net/net-device.ts";
import type { NetworkNamespace } from "../../src/net/network-namespace.ts";
import { World } from "../../src/sim/world.ts";
import { addNic, connect } from "../../src/underlay/nic.ts";
import { addVxlan, vxlanOf } from "../../src/vxlan/add-vxlan.ts";
import type { Vxlan } from "../../src/vxlan/vxlan.ts";
import type { VxlanOptions } from "../../src/vxlan/vxlan-config.ts";
import type { VxlanFdbMode } from "../../src/vxlan/vxlan-fdb-entry.ts";
import * as icmp from "../../src/wire/icmp.ts";
import * as ipv4 from "../../src/wire/ipv4.ts";
import * as ip from "../../src/wire/ipv4-address.ts";
import * as mac from "../../src/wire/mac.ts";

export const ipOf = (text: string): number => ip.parse(text)!;
export const macOf = (text: string): mac.Mac => mac.parse(text)!;

/** `ip addr add PREFIX dev DEVICE` */
export function addAddress(device: NetDevice, text: string): void {
  const { address, length } = ip.parsePrefix(text)!;
  const label = device.name;
  const spec = { address, peer: address, prefixLength: length, broadcast: 0, scope: 0, label };
  inetAddress.add(device, { ...spec, noprefixroute: false });
}

/** A machine of the underlay: its card, a bridge `br0`, and containers on that. */
export class OverlayHost {
  readonly ns: NetworkNamespace;
  readonly eth0: NetDevice;
  readonly bridge: Bridge;
  readonly #host: Host;

  constructor(world: World, name: string, address: string, eth0Mac: string) {
    this.#host = new Host(world, new Kernel(), name);
    this.ns = this.#host.root;
    this.ns.loopback.setUp(true);
    this.eth0 = addNic(this.ns, "eth0", macOf(eth0Mac), 1500);
    this.eth0.setUp(true);
    addAddress(this.eth0, `${address}/24`);
    this.bridge = addBridge(this.ns, "br0");
    // As the recorded bridges were made: they speak no IGMP of their own.
    this.bridge.mcastSnooping = false;
    this.bridge.device.setUp(true);
  }

  /** A namespace whose `eth0` hangs on the bridge. */
  addContainer(name: string, prefix: string, eth0Mac: string, mtu = 1450): NetworkNamespace {
    const ns = this.#host.addNamespace(name);
    const eth0 = addVeth(ns, "eth0", { mac: macOf(eth0Mac), mtu }, this.ns, `v${name}`, { mtu });
    this.bridge.addPort(eth0.peer!);
    eth0.peer!.setUp(true);
    eth0.setUp(true);
    addAddress(eth0, prefix);
    return ns;
  }

  /** A VTEP, up, as a port of the bridge. */
  addVtep(name: string, options: VxlanOptions, address?: string): Vxlan {
    const device = addVxlan(this.ns, name, options, address === undefined ? {} : { mac: macOf(address) });
    this.bridge.addPort(device);
    device.setUp(true);
    return vxlanOf(device)!;
  }
}

/** Hosts whose cards all hang on one switch, by wires of `delay` nanoseconds. */
export function underlay(world: World, hosts: readonly OverlayHost[], delay = 0): void {
  const ns = new Host(world, new Kernel(), "switch").root;
  const u0 = addBridge(ns, "u0");
  u0.mcastSnooping = false;
  u0.device.setUp(true);
  hosts.forEach((host, i) => {
    const port = addNic(ns, `p${i}`, { hi: 0x0200, lo: 0x900 + i }, 1500);
    u0.addPort(port);
    port.setUp(true);
    connect(port, host.eth0, { delay, rate: 0, queue: 1000 });
  });
}

/** `bridge fdb MODE MAC dev VX dst ADDRESS` */
export function fdb(vxlan: Vxlan, mode: VxlanFdbMode, address: string, dst: string): void {
  const { hi: macHi, lo: macLo } = macOf(address);
  const { vni, dstPort } = vxlan.config;
  const destination = { address: ipOf(dst), port: dstPort, vni, ifindex: 0 };
  const flags = { state: "permanent", router: false, externLearn: false, byUser: true, use: false } as const;
  vxlan.fdb.update(mode, { macHi, macLo, srcVni: vni, destination, ...flags });
}

/** What `bridge fdb show dev VX` prints of the VTEP's own entries, sorted. */
export function fdbLines(vxlan: Vxlan): string[] {
  return vxlan.fdb.entries
    .flatMap((e) =>
      e.remotes.map((r) => {
        const via = r.ifindex === 0 ? "" : ` via ${vxlan.ns.deviceByIndex(r.ifindex)?.name}`;
        const state = e.state === "reachable" ? "" : e.state;
        return `${mac.format(e.macHi, e.macLo)} dst ${ip.format(r.address)}${via} self ${state}`;
      }),
    )
    .sort();
}

interface PingOptions {
  readonly sequence?: number;
  readonly size?: number;
  readonly tos?: number;
  readonly ttl?: number;
  readonly df?: boolean;
}

/** Sends an echo request, as ping does. */
export function ping(ns: NetworkNamespace, to: string, options: PingOptions = {}): void {
  const dst = ipOf(to);
  const { sequence = 0, size = 56, tos = 0, ttl = 64, df = true } = options;
  const way = ipOutput.route(ns, dst, 0, 0, 0, tos & 0x1c)!;
  const packet = ns.world.pool.allocate(icmp.HEADER_LEN + size, null);
  packet.bytes.fill(0x55, packet.at, packet.at + packet.length);
  icmp.setType(packet.view, packet.at, icmp.ECHO_REQUEST);
  icmp.setCode(packet.view, packet.at, 0);
  icmp.setIdentifier(packet.view, packet.at, 1);
  icmp.setSequence(packet.view, packet.at, sequence);
  icmp.fillChecksum(packet.view, packet.at, packet.length);
  const src = ipOutput.sourceFor(way, dst);
  const flags = df ? ipv4.DONT_FRAGMENT : 0;
  ipOutput.send(ns, packet, way, src, dst, ipv4.PROTO_ICMP, tos, ttl, flags, 0);
}

/** A world of hosts 172.10.0.N, each with one container 10.3.0.M, as in the book's overlay figure. */
export function book(
  hosts: Readonly<Record<string, readonly [host: number, container: number]>>,
  seed = 1,
): { world: World; hosts: OverlayHost[]; containers: NetworkNamespace[] } {
  const world = new World(seed);
  const made: OverlayHost[] = [];
  const containers: NetworkNamespace[] = [];
  const hex = (n: number): string => n.toString(16).padStart(2, "0");
  for (const [name, [n, c]] of Object.entries(hosts)) {
    const host = new OverlayHost(world, `h${name}`, `172.10.0.${n}`, `52:54:00:0a:00:${hex(n)}`);
    containers.push(host.addContainer(`c${name}`, `10.3.0.${c}/24`, `02:42:0a:03:00:${hex(c)}`));
    made.push(host);
  }
  underlay(world, made);
  return { world, hosts: made, containers };
}
