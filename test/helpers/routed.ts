import { balance } from "../../src/capture/conservation.ts";
import { addVeth } from "../../src/link/veth.ts";
import { Host } from "../../src/net/host.ts";
import { registerIpv4Sysctls } from "../../src/net/ipv4-sysctls.ts";
import { Kernel } from "../../src/net/kernel.ts";
import type { NetDevice } from "../../src/net/net-device.ts";
import type { NetworkNamespace } from "../../src/net/network-namespace.ts";
import { RawSocket } from "../../src/net/raw-socket.ts";
import type { RouteSpec } from "../../src/net/route.ts";
import { RouteTable } from "../../src/net/route-kind.ts";
import { registerNetfilter } from "../../src/netfilter/register-netfilter.ts";
import { finishChecksum } from "../../src/sim/finish-checksum.ts";
import { SECOND } from "../../src/sim/time.ts";
import { World } from "../../src/sim/world.ts";
import { Describer } from "../../src/wire/describe.ts";
import * as icmp from "../../src/wire/icmp.ts";
import * as ip from "../../src/wire/ipv4-address.ts";
import { addAddress, ipOf, macOf } from "./overlay.ts";

export { addAddress, ipOf, macOf };

/** Two machines and a router between them, as the recorded experiments have them: a (10.0.1.2), r, b (10.0.2.2). */
export class RoutedNetwork {
  readonly world: World;
  readonly a: NetworkNamespace;
  readonly r: NetworkNamespace;
  readonly b: NetworkNamespace;
  readonly ea: NetDevice;
  readonly ra: NetDevice;
  readonly rb: NetDevice;
  readonly eb: NetDevice;

  constructor(seed = 1) {
    this.world = new World(seed);
    const kernel = new Kernel();
    registerIpv4Sysctls(kernel);
    registerNetfilter(kernel);
    const host = new Host(this.world, kernel, "h");
    const [a, r, b] = ["a", "r", "b"].map((name) => host.addNamespace(name)) as [
      NetworkNamespace,
      NetworkNamespace,
      NetworkNamespace,
    ];
    this.a = a;
    this.r = r;
    this.b = b;
    for (const ns of [a, r, b]) ns.loopback.setUp(true);
    const wire = (ns: NetworkNamespace, name: string, end: string, net: number): NetDevice =>
      addVeth(ns, name, { mac: macOf(`02:00:00:00:0${net}:02`) }, r, end, {
        mac: macOf(`02:00:00:00:0${net}:01`),
      });
    this.ea = wire(a, "ea", "ra", 1);
    this.eb = wire(b, "eb", "rb", 2);
    this.ra = this.ea.peer!;
    this.rb = this.eb.peer!;
    for (const device of [this.ea, this.ra, this.rb, this.eb]) device.setUp(true);
    addAddress(this.ea, "10.0.1.2/24");
    addAddress(this.ra, "10.0.1.1/24");
    addAddress(this.rb, "10.0.2.1/24");
    addAddress(this.eb, "10.0.2.2/24");
    addRoute(a, "0.0.0.0/0", { gateway: ipOf("10.0.1.1"), device: this.ea });
    addRoute(b, "0.0.0.0/0", { gateway: ipOf("10.0.2.1"), device: this.eb });
    setSysctl(r, "net/ipv4/ip_forward", "1");
  }

  advance(seconds: number): void {
    this.world.advance(seconds * SECOND);
  }

  /** What the books of the world say is wrong: nothing. */
  problems(): readonly string[] {
    return balance(this.world).problems;
  }
}

/** Records a device's frames as `tcpdump -nnvvt` prints them; random identifications are written `id N`. */
export function capture(device: NetDevice): string[] {
  const lines: string[] = [];
  const describer = new Describer({ verbose: 2 });
  device.addTap({
    record: (_place, packet) => {
      finishChecksum(packet);
      const text = describer.describe(packet.view, packet.at, packet.length);
      lines.push(...text.split("\n").map((line) => line.replace(/\bid [1-9]\d*/g, "id N")));
    },
  });
  return lines;
}

/** What `ip route add PREFIX` asks for, to be told further. */
export function routeSpec(prefix: string, spec: Partial<RouteSpec>): RouteSpec {
  const { address, length } = ip.parsePrefix(prefix)!;
  return {
    dst: address,
    prefixLength: length,
    type: "unicast",
    table: RouteTable.main,
    scope: 0,
    protocol: "boot",
    metric: 0,
    tos: 0,
    device: null,
    gateway: 0,
    prefSource: 0,
    mtu: 0,
    onlink: false,
    ...spec,
  };
}

export function addRoute(ns: NetworkNamespace, prefix: string, spec: Partial<RouteSpec>): void {
  ns.fib.add(routeSpec(prefix, spec));
}

/** Writes a sysctl; `star` is the part of the path that varies. */
export function setSysctl(ns: NetworkNamespace, path: string, value: string, star = ""): boolean {
  const definition = ns.host.kernel.sysctls.get(path)!;
  return definition.set!(ns, value, star);
}

export function getSysctl(ns: NetworkNamespace, path: string, star = ""): string {
  return ns.host.kernel.sysctls.get(path)!.get(ns, star);
}

/** Sends an echo request as `ping -s SIZE` does. */
export function sendEcho(socket: RawSocket, to: string, size = 56, sequence = 1): void {
  const bytes = new Uint8Array(icmp.HEADER_LEN + size);
  const view = new DataView(bytes.buffer);
  icmp.emit({ kind: "echo-request", identifier: 7, sequence }, view, 0);
  icmp.fillChecksum(view, 0, bytes.length);
  socket.sendTo(ipOf(to), bytes);
}

export function rawIcmp(ns: NetworkNamespace): RawSocket {
  const socket = new RawSocket(ns, 1);
  socket.receiveErrors = true;
  return socket;
}
