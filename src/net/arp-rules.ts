import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { isLocal } from "./address-type.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { Route } from "./route.ts";
import { Scope } from "./route-kind.ts";

/** Linux's choices about ARP that sysctls steer (net/ipv4/arp.c; Documentation/networking/ip-sysctl.rst). */

/** The sender's address of a question for `target` (arp_announce), given the packet that waits. */
export function sourceFor(device: NetDevice, target: number, waiting: Packet | null): number {
  const ns = device.ns;
  const announce = Math.max(device.ipv4.conf.arp_announce, ns.ipv4.allConf.arp_announce);
  if (waiting !== null && announce < 2) {
    const source = ipv4.src(waiting.view, waiting.networkAt);
    if (isLocal(ns, source) && (announce === 0 || isOnLink(device, target, source))) return source;
  }
  return ipOutput.selectSource(device, target);
}

/** True when one prefix of the device holds both (inet_addr_onlink). */
export function isOnLink(device: NetDevice, a: number, b: number): boolean {
  return device.ipv4.addresses.some((prefix) => prefix.covers(a) && (b === 0 || prefix.covers(b)));
}

/** True when arp_ignore forbids the answer. */
export function ignores(device: NetDevice, senderIp: number, targetIp: number): boolean {
  const mode = Math.max(device.ipv4.conf.arp_ignore, device.ns.ipv4.allConf.arp_ignore);
  switch (mode) {
    case 1:
      return !confirms([device], 0, targetIp, Scope.host);
    case 2:
      return !confirms([device], senderIp, targetIp, Scope.host);
    case 3:
      return !confirms(device.ns.devices, 0, targetIp, Scope.link);
    case 8:
      return true;
    default:
      return false;
  }
}

/** One of the devices has `local` with at most that scope, in a prefix with `remote` when that is given (inet_confirm_addr). */
function confirms(devices: readonly NetDevice[], remote: number, local: number, scope: Scope): boolean {
  return devices.some((device) => {
    const { addresses, conf } = device.ipv4;
    // A device that routes 127.0.0.0/8 counts what is for this host only among what the link may know.
    const most =
      (conf.route_localnet | device.ns.ipv4.allConf.route_localnet) !== 0 ? Scope.link : Scope.host;
    const has = addresses.some((a) => a.address === local && Math.min(a.scope, most) <= scope);
    return has && addresses.some((a) => a.covers(local) && (remote === 0 || a.covers(remote)));
  });
}

/** True when arp_filter is on and an answer to the sender would leave by another device. */
export function filters(device: NetDevice, senderIp: number, targetIp: number): boolean {
  if ((device.ipv4.conf.arp_filter | device.ns.ipv4.allConf.arp_filter) === 0) return false;
  const way = ipOutput.route(device.ns, senderIp, targetIp, 0, 0, 0);
  return way === null || way.device !== device;
}

/** True when this host answers for somebody else: proxy_arp, proxy_arp_pvlan or an entry for that address. */
export function proxies(device: NetDevice, way: Route, senderIp: number, targetIp: number): boolean {
  const { conf } = device.ipv4;
  const { allConf } = device.ns.ipv4;
  if (way.device === device) {
    return senderIp !== targetIp && (conf.proxy_arp_pvlan | allConf.proxy_arp_pvlan) !== 0;
  }
  if ((conf.proxy_arp | allConf.proxy_arp) !== 0) return true;
  return device.ns.neighbours.proxies.find(device, targetIp) !== null;
}

/** True when unknown addresses are learned from what nobody asked for (arp_accept). */
export function accepts(device: NetDevice, senderIp: number): boolean {
  const mode = Math.max(device.ipv4.conf.arp_accept, device.ns.ipv4.allConf.arp_accept);
  if (mode === 2) return confirmsSubnet(device, senderIp);
  return mode === 1;
}

function confirmsSubnet(device: NetDevice, senderIp: number): boolean {
  return device.ipv4.addresses.some((a) => a.scope <= Scope.link && a.covers(senderIp));
}
