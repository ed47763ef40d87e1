import * as ip from "../wire/ipv4-address.ts";
import type { DeviceChange } from "./device-driver.ts";
import { type InetAddress, Scope } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import { type RouteSpec, RouteTable, type RouteType } from "./route.ts";

/** An address as it is asked for. */
export type AddressSpec = Omit<InetAddress, "ref" | "secondary">;

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
  const text = ip.formatPrefix(spec.address, spec.prefixLength);
  const address: InetAddress = {
    ...spec,
    secondary: same.length > 0,
    ref: registry.made("address", `${device.ns.path}/${device.name}`, text),
  };
  inet.addresses = inserted(inet.addresses, address);
  inet.configured = true;
  device.ns.ipv4.countOwn(address.address, 1);
  device.world.generation++;
  if (device.up) addRoutes(device, address);
  return address;
}

/** Primary addresses stand before secondary ones, and of wide scope behind those of narrow scope (__inet_insert_ifa). */
function inserted(addresses: readonly InetAddress[], address: InetAddress): InetAddress[] {
  if (address.secondary) return [...addresses, address];
  let at = addresses.length;
  while (at > 0 && (addresses[at - 1]!.secondary || addresses[at - 1]!.scope < address.scope)) at--;
  return [...addresses.slice(0, at), address, ...addresses.slice(at)];
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
  inet.addresses = inet.addresses.filter((a) => !gone.includes(a));
  for (const a of gone) {
    removeRoutes(device, a);
    device.ns.ipv4.countOwn(a.address, -1);
    device.world.registry.gone(a.ref);
  }
  if (promote && followers.length > 0) {
    followers[0]!.secondary = false;
    for (const a of followers) {
      removeRoutes(device, a);
      if (device.up) addRoutes(device, a);
    }
  }
  device.world.generation++;
}

export function flush(device: NetDevice): void {
  for (const a of [...device.ipv4.addresses]) if (device.ipv4.addresses.includes(a)) remove(device, a);
}

/** Routes come with a device's going up and go with its going down (fib_inetaddr_event, fib_disable_ip). */
export function deviceChanged(device: NetDevice, change: DeviceChange): void {
  if (change === "up") {
    if (device.loopback && device.ipv4.addresses.length === 0) {
      const address = ip.LOOPBACK;
      const host = { address, peer: address, prefixLength: 8, broadcast: 0, scope: Scope.host };
      add(device, { ...host, label: device.name, noprefixroute: false });
    } else for (const a of device.ipv4.addresses) addRoutes(device, a);
  } else if (change === "moved") device.ipv4.moved();
  else if (change === "down" || change === "removed") {
    device.ns.fib.flush((route) => route.device === device);
    if (change === "removed") flush(device);
  }
}

function routesOf(device: NetDevice, a: InetAddress): RouteSpec[] {
  const common = { protocol: "kernel", metric: 0, tos: 0, device, gateway: 0, mtu: 0, onlink: false };
  const local = (dst: number, length: number, type: RouteType, scope: Scope): RouteSpec => ({
    ...common,
    dst,
    prefixLength: length,
    type,
    table: RouteTable.local,
    scope,
    prefSource: a.address,
  });
  const routes: RouteSpec[] = [];
  const network = ip.network(a.peer, a.prefixLength);
  if (
    !a.noprefixroute &&
    !a.secondary &&
    !ip.isZeroNet(network) &&
    (a.prefixLength < 32 || a.peer !== a.address)
  ) {
    routes.push(
      device.loopback
        ? local(network, a.prefixLength, "local", Scope.host)
        : {
            ...common,
            dst: network,
            prefixLength: a.prefixLength,
            type: "unicast",
            table: RouteTable.main,
            scope: Scope.link,
            prefSource: a.address,
          },
    );
  }
  routes.push(local(a.address, 32, "local", Scope.host));
  if (a.broadcast !== 0 && a.broadcast !== -1) routes.push(local(a.broadcast, 32, "broadcast", Scope.link));
  if (a.prefixLength < 31 && !a.secondary) {
    routes.push(local(ip.broadcast(network, a.prefixLength), 32, "broadcast", Scope.link));
  }
  return routes;
}

function addRoutes(device: NetDevice, address: InetAddress): void {
  const fib = device.ns.fib;
  for (const spec of routesOf(device, address)) {
    const there = fib.table(spec.table).of(spec.dst, spec.prefixLength);
    if (there.some((r) => r.device === device && r.type === spec.type && r.prefSource === spec.prefSource))
      continue;
    fib.add(spec);
  }
}

function removeRoutes(device: NetDevice, address: InetAddress): void {
  const fib = device.ns.fib;
  for (const spec of routesOf(device, address)) {
    for (const route of fib.table(spec.table).of(spec.dst, spec.prefixLength)) {
      const mine =
        route.device === device && route.prefSource === address.address && route.protocol === "kernel";
      if (mine && route.type === spec.type) fib.remove(route);
    }
  }
}
