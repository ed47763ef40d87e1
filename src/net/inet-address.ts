import { withOneAt } from "../base/short-list.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as arp from "./arp.ts";
import type { DeviceChange } from "./device-driver.ts";
import { type AddressSpec, InetAddress, Scope } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import { type Route, type RouteSpec, RouteTable, type RouteType } from "./route.ts";

/**
 * Puts an address on a device, with the routes that the kernel makes for it (net/ipv4/devinet.c, fib_add_ifaddr).
 * @throws {KernelError} EEXIST when it is there already.
 */
export function add(device: NetDevice, spec: AddressSpec): InetAddress {
  const inet = device.ipv4;
  const same = inet.addresses.filter(
    (a) => a.prefixLength === spec.prefixLength && ip.contains(a.peer, a.prefixLength, spec.peer),
  );
  if (same.some((a) => a.address === spec.address)) throw new KernelError("EEXIST");
  const registry = device.world.registry;
  const address = new InetAddress(spec, same.length > 0, registry.next);
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
  for (const [key, spec] of before) {
    if (after.has(key)) continue;
    const gone = fib.table(spec.table).of(spec.dst, spec.prefixLength);
    for (const route of gone) if (isMade(route, spec)) fib.remove(route);
  }
  addRoutes(
    device,
    [...after].filter(([key]) => !before.has(key)).map(([, spec]) => spec),
  );
}

function isMade(route: Route, spec: RouteSpec): boolean {
  return (
    route.device === spec.device &&
    route.type === spec.type &&
    route.prefSource === spec.prefSource &&
    route.protocol === "kernel"
  );
}

function addRoutes(device: NetDevice, specs: readonly RouteSpec[]): void {
  const fib = device.ns.fib;
  for (const spec of specs) {
    const there = fib.table(spec.table).of(spec.dst, spec.prefixLength);
    if (!there.some((route) => isMade(route, spec))) fib.add(spec);
  }
}

/** The routes that the kernel makes for a device's addresses, by what tells them apart. While it is down: local ones. */
function wanted(device: NetDevice, up: boolean): Map<string, RouteSpec> {
  const specs = new Map<string, RouteSpec>();
  for (const a of device.ipv4.addresses)
    for (const spec of routesOf(device, a, up))
      specs.set(`${spec.table}/${spec.dst}/${spec.prefixLength}/${spec.type}/${spec.prefSource}`, spec);
  return specs;
}

/** fib_add_ifaddr: what is made for a secondary address has the primary one as its source. */
function routesOf(device: NetDevice, a: InetAddress, up: boolean): RouteSpec[] {
  const network = ip.network(a.peer, a.prefixLength);
  const primary = a.secondary ? primaryOf(device, a) : a;
  const route = (
    dst: number,
    prefixLength: number,
    type: RouteType,
    table: number,
    scope: Scope,
  ): RouteSpec => ({
    dst,
    prefixLength,
    type,
    table,
    scope,
    protocol: "kernel",
    metric: 0,
    tos: 0,
    device,
    gateway: 0,
    prefSource: primary.address,
    mtu: 0,
    onlink: false,
  });
  const broadcast = (dst: number): RouteSpec => route(dst, 32, "broadcast", RouteTable.local, Scope.link);
  const routes = [route(a.address, 32, "local", RouteTable.local, Scope.host)];
  if (!up) return routes;
  if (a.broadcast !== 0 && a.broadcast !== ip.BROADCAST) routes.push(broadcast(a.broadcast));
  if (a.secondary || ip.isZeroNet(network) || (a.prefixLength === 32 && a.peer === a.address)) return routes;
  if (!a.noprefixroute)
    routes.push(
      device.loopback
        ? route(network, a.prefixLength, "local", RouteTable.local, Scope.host)
        : route(network, a.prefixLength, "unicast", RouteTable.main, Scope.link),
    );
  if (a.prefixLength < 31) routes.push(broadcast(ip.broadcast(network, a.prefixLength)));
  return routes;
}

function primaryOf(device: NetDevice, a: InetAddress): InetAddress {
  const same = (b: InetAddress): boolean =>
    !b.secondary && b.prefixLength === a.prefixLength && ip.contains(b.peer, b.prefixLength, a.peer);
  return device.ipv4.addresses.find(same) ?? a;
}
