import { withOneAt } from "../base/short-list.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as arp from "./arp.ts";
import { type AddressSpec, InetAddress } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { Route } from "./route.ts";
import { kernelKind, type RouteKind, RouteTable, Scope } from "./route-kind.ts";

/**
 * Puts an address on a device, with the routes that the kernel makes for it (net/ipv4/devinet.c, fib_add_ifaddr).
 * @throws {KernelError} EEXIST when it is there already; EINVAL when its prefix is there with another scope; what the driver says.
 */
export function add(device: NetDevice, spec: AddressSpec): InetAddress {
  const inet = device.ipv4;
  const { registry } = device.world;
  const address = new InetAddress(spec, registry.next);
  const { addresses } = inet;
  for (let i = 0; i < addresses.length; i++) {
    const a = addresses[i]!;
    if (a.prefixLength !== address.prefixLength || !a.covers(address.peer)) continue;
    if (a.address === address.address) throw new KernelError("EEXIST", "ipv4: Address already assigned");
    if (a.scope !== address.scope) throw new KernelError("EINVAL", "ipv4: Invalid scope value");
    address.secondary = true;
  }
  device.driver.checkAddress?.(device, address.address);
  registry.made("address", device.path, address);
  inet.configured = true;
  device.ns.own.add(address);
  inet.addresses = inserted(addresses, address);
  device.world.generation++;
  eachRoute(device, address, device.up, makeRoute);
  return address;
}

/** Primary addresses stand before secondary ones, and of wide scope behind those of narrow scope (__inet_insert_ifa). */
function inserted(addresses: readonly InetAddress[], address: InetAddress): readonly InetAddress[] {
  let at = addresses.length;
  if (!address.secondary)
    while (at > 0 && (addresses[at - 1]!.secondary || addresses[at - 1]!.scope < address.scope)) at--;
  return withOneAt(addresses, at, address);
}

/** Takes an address away, with its routes; the secondary ones of its prefix go too unless they are promoted. */
export function remove(device: NetDevice, address: InetAddress): void {
  const inet = device.ipv4;
  const promote = inet.conf.promote_secondaries !== 0 || device.ns.ipv4.allConf.promote_secondaries !== 0;
  const followers = address.secondary
    ? []
    : inet.addresses.filter(
        (a) => a.secondary && a.prefixLength === address.prefixLength && a.covers(address.peer),
      );
  const gone = promote ? [address] : [address, ...followers];
  changeRoutes(device, () => {
    inet.addresses = inet.addresses.filter((a) => !gone.includes(a));
    if (promote && followers.length > 0) followers[0]!.secondary = false;
  });
  for (const a of gone) {
    device.ns.own.remove(a);
    device.world.registry.gone(a.ref);
    for (const watcher of device.ns.watchers) watcher.addressGone?.(device, a);
  }
}

export function flush(device: NetDevice): void {
  for (const a of [...device.ipv4.addresses]) if (device.ipv4.addresses.includes(a)) remove(device, a);
}

/** Routes come with a device's going up (fib_inetaddr_event), and with `lo` its address. */
export function cameUp(device: NetDevice): void {
  const { addresses } = device.ipv4;
  if (device.loopback && addresses.length === 0) {
    add(device, {
      address: ip.LOOPBACK,
      peer: ip.LOOPBACK,
      prefixLength: 8,
      broadcast: 0,
      scope: Scope.host,
      label: device.name,
      noprefixroute: false,
    });
  } else for (let i = 0; i < addresses.length; i++) eachRoute(device, addresses[i]!, true, makeRoute);
  notify(device);
}

/** Routes go with a device's going down (fib_disable_ip). What is this host's own stays: its addresses answer by other devices. */
export function wentDown(device: NetDevice): void {
  device.ns.fib.flush((route) => route.device === device && route.scope !== Scope.host);
}

/** The device is gone from its namespace, and takes its addresses and routes along. */
export function wentAway(device: NetDevice): void {
  flush(device);
  device.ns.fib.flush((route) => route.device === device);
}

/** arp_notify: tells the link of each address when the device comes up or gets another MAC. */
export function notify(device: NetDevice): void {
  const mode = Math.max(device.ipv4.conf.arp_notify, device.ns.ipv4.allConf.arp_notify);
  if (mode === 0 || !device.up) return;
  for (const a of device.ipv4.addresses) arp.announce(device, a.address);
}

/** Does what takes addresses away, and then what that means for the routes; others are left as they are. */
function changeRoutes(device: NetDevice, change: () => void): void {
  const before = wanted(device, device.up);
  change();
  device.world.generation++;
  const after = wanted(device, device.up);
  const fib = device.ns.fib;
  for (const [key, made] of before) {
    if (after.has(key)) continue;
    const there = fib.table(made.kind.table).of(made.dst, made.prefixLength);
    for (const route of there) if (isMade(route, device, made.kind, made.prefSource)) fib.remove(route);
  }
  for (const [key, { kind, dst, prefixLength, prefSource }] of after)
    if (!before.has(key)) makeRoute(device, kind, dst, prefixLength, prefSource);
}

function isMade(route: Route, device: NetDevice, kind: RouteKind, prefSource: number): boolean {
  return (
    route.device === device &&
    route.type === kind.type &&
    route.prefSource === prefSource &&
    route.protocol === "kernel"
  );
}

/** A route that the kernel makes for an address. */
interface MadeRoute {
  readonly kind: RouteKind;
  readonly dst: number;
  readonly prefixLength: number;
  readonly prefSource: number;
}

/** Takes the parts of a {@link MadeRoute}: a large world has a hundred thousand of them, and needs only the routes. */
type RouteMaker = (
  device: NetDevice,
  kind: RouteKind,
  dst: number,
  prefixLength: number,
  prefSource: number,
) => void;

/** Makes the route unless it is there. */
const makeRoute: RouteMaker = (device, kind, dst, prefixLength, prefSource) => {
  const { fib } = device.ns;
  let route = fib.table(kind.table).firstOf(dst, prefixLength);
  while (route !== null && !isMade(route, device, kind, prefSource)) route = route.next;
  if (route === null) fib.addMade(kind, dst, prefixLength, device, prefSource);
};

/** The routes that the kernel makes for a device's addresses, by what tells them apart. While it is down: local ones. */
function wanted(device: NetDevice, up: boolean): Map<string, MadeRoute> {
  const routes = new Map<string, MadeRoute>();
  for (const a of device.ipv4.addresses)
    eachRoute(device, a, up, (_device, kind, dst, prefixLength, prefSource) => {
      const key = `${kind.table}/${dst}/${prefixLength}/${kind.type}/${prefSource}`;
      routes.set(key, { kind, dst, prefixLength, prefSource });
    });
  return routes;
}

const HOST = kernelKind("local", RouteTable.local, Scope.host);
const BROADCAST = kernelKind("broadcast", RouteTable.local, Scope.link);
const LINK = kernelKind("unicast", RouteTable.main, Scope.link);

/** fib_add_ifaddr: what is made for a secondary address has the primary one as its source. */
function eachRoute(device: NetDevice, a: InetAddress, up: boolean, make: RouteMaker): void {
  const { prefixLength } = a;
  const network = ip.network(a.peer, prefixLength);
  const prefSource = (a.secondary ? primaryOf(device, a) : a).address;
  make(device, HOST, a.address, 32, prefSource);
  if (!up) return;
  if (a.broadcast !== 0 && a.broadcast !== ip.BROADCAST) make(device, BROADCAST, a.broadcast, 32, prefSource);
  if (a.secondary || network === 0 || (prefixLength === 32 && a.peer === a.address)) return;
  if (!a.noprefixroute) make(device, device.loopback ? HOST : LINK, network, prefixLength, prefSource);
  if (prefixLength < 31) make(device, BROADCAST, ip.broadcast(network, prefixLength), 32, prefSource);
}

function primaryOf(device: NetDevice, a: InetAddress): InetAddress {
  const same = (b: InetAddress): boolean =>
    !b.secondary && b.prefixLength === a.prefixLength && b.covers(a.peer);
  return device.ipv4.addresses.find(same) ?? a;
}
