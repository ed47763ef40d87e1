import { withOneAt } from "../base/short-list.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as arp from "./arp.ts";
import type { DeviceChange } from "./device-driver.ts";
import { type AddressSpec, InetAddress } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { Route } from "./route.ts";
import { kernelKind, type RouteKind, RouteTable, Scope } from "./route-kind.ts";

/**
 * Puts an address on a device, with the routes that the kernel makes for it (net/ipv4/devinet.c, fib_add_ifaddr).
 * @throws {KernelError} EEXIST when it is there already.
 */
export function add(device: NetDevice, spec: AddressSpec): InetAddress {
  const inet = device.ipv4;
  const { registry } = device.world;
  const address = new InetAddress(spec, registry.next);
  for (const a of inet.addresses) {
    if (a.prefixLength !== address.prefixLength || !ip.contains(a.peer, a.prefixLength, address.peer))
      continue;
    if (a.address === address.address) throw new KernelError("EEXIST");
    address.secondary = true;
  }
  registry.made("address", device.path, address);
  inet.configured = true;
  device.ns.own.add(address.address);
  inet.addresses = inserted(inet.addresses, address);
  device.world.generation++;
  addRoutes(device, routesOf(device, address, device.up));
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
        (a) =>
          a.secondary &&
          a.prefixLength === address.prefixLength &&
          ip.contains(a.peer, a.prefixLength, address.peer),
      );
  const gone = promote ? [address] : [address, ...followers];
  changeRoutes(device, () => {
    inet.addresses = inet.addresses.filter((a) => !gone.includes(a));
    if (promote && followers.length > 0) followers[0]!.secondary = false;
  });
  for (const a of gone) {
    device.ns.own.remove(a.address);
    device.world.registry.gone(a.ref);
    for (const watcher of device.ns.watchers) watcher.addressGone?.(device, a);
  }
}

export function flush(device: NetDevice): void {
  for (const a of [...device.ipv4.addresses]) if (device.ipv4.addresses.includes(a)) remove(device, a);
}

/** Routes come with a device's going up and go with its going down (fib_inetaddr_event, fib_disable_ip). */
export function deviceChanged(device: NetDevice, change: DeviceChange): void {
  switch (change) {
    case "up":
      if (device.loopback && device.ipv4.addresses.length === 0) {
        add(device, {
          address: ip.LOOPBACK,
          peer: ip.LOOPBACK,
          prefixLength: 8,
          broadcast: 0,
          scope: Scope.host,
          label: device.name,
          noprefixroute: false,
        });
      } else for (const a of device.ipv4.addresses) addRoutes(device, routesOf(device, a, true));
      notify(device);
      return;
    case "down":
      // What is this host's own stays: its addresses answer by other devices.
      device.ns.fib.flush((route) => route.device === device && route.scope !== Scope.host);
      return;
    case "removed":
      flush(device);
      device.ns.fib.flush((route) => route.device === device);
      return;
    case "moved":
      device.ipv4.moved();
      return;
    case "address":
      notify(device);
      return;
    default:
  }
}

/** arp_notify: tells the link of each address when the device comes up or gets another MAC. */
function notify(device: NetDevice): void {
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
    for (const route of there) if (isMade(route, device, made)) fib.remove(route);
  }
  addRoutes(
    device,
    [...after].filter(([key]) => !before.has(key)).map(([, made]) => made),
  );
}

function isMade(route: Route, device: NetDevice, made: MadeRoute): boolean {
  return (
    route.device === device &&
    route.type === made.kind.type &&
    route.prefSource === made.prefSource &&
    route.protocol === "kernel"
  );
}

function addRoutes(device: NetDevice, routes: readonly MadeRoute[]): void {
  for (const made of routes) {
    const { kind, dst, prefixLength, prefSource } = made;
    if (find(device, made) === null) device.ns.fib.addMade(kind, dst, prefixLength, device, prefSource);
  }
}

/** The route that was made so, or null. */
function find(device: NetDevice, made: MadeRoute): Route | null {
  let route = device.ns.fib.table(made.kind.table).firstOf(made.dst, made.prefixLength);
  while (route !== null && !isMade(route, device, made)) route = route.next;
  return route;
}

/** The routes that the kernel makes for a device's addresses, by what tells them apart. While it is down: local ones. */
function wanted(device: NetDevice, up: boolean): Map<string, MadeRoute> {
  const routes = new Map<string, MadeRoute>();
  for (const a of device.ipv4.addresses)
    for (const made of routesOf(device, a, up))
      routes.set(
        `${made.kind.table}/${made.dst}/${made.prefixLength}/${made.kind.type}/${made.prefSource}`,
        made,
      );
  return routes;
}

/** A route that the kernel makes for an address. */
interface MadeRoute {
  readonly kind: RouteKind;
  readonly dst: number;
  readonly prefixLength: number;
  readonly prefSource: number;
}

const HOST = kernelKind("local", RouteTable.local, Scope.host);
const BROADCAST = kernelKind("broadcast", RouteTable.local, Scope.link);
const LINK = kernelKind("unicast", RouteTable.main, Scope.link);

/** fib_add_ifaddr: what is made for a secondary address has the primary one as its source. */
function routesOf(device: NetDevice, a: InetAddress, up: boolean): MadeRoute[] {
  const { prefixLength } = a;
  const network = ip.network(a.peer, prefixLength);
  const prefSource = (a.secondary ? primaryOf(device, a) : a).address;
  const routes: MadeRoute[] = [{ kind: HOST, dst: a.address, prefixLength: 32, prefSource }];
  if (!up) return routes;
  if (a.broadcast !== 0 && a.broadcast !== ip.BROADCAST)
    routes.push({ kind: BROADCAST, dst: a.broadcast, prefixLength: 32, prefSource });
  if (a.secondary || ip.isZeroNet(network) || (prefixLength === 32 && a.peer === a.address)) return routes;
  if (!a.noprefixroute)
    routes.push({ kind: device.loopback ? HOST : LINK, dst: network, prefixLength, prefSource });
  if (prefixLength < 31)
    routes.push({ kind: BROADCAST, dst: ip.broadcast(network, prefixLength), prefixLength: 32, prefSource });
  return routes;
}

function primaryOf(device: NetDevice, a: InetAddress): InetAddress {
  const same = (b: InetAddress): boolean =>
    !b.secondary && b.prefixLength === a.prefixLength && ip.contains(b.peer, b.prefixLength, a.peer);
  return device.ipv4.addresses.find(same) ?? a;
}
