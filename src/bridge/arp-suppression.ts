import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as arp from "../wire/arp.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";

/**
 * Answers an ARP request in the place of a station that the bridge knows: by the neighbour table of its own device and
 * the forwarding database (br_do_proxy_suppress_arp). The request itself goes on. `from` is null when the stack sends.
 * @returns true when ports with suppression need not see the request.
 */
export function suppressArp(bridge: Bridge, from: BridgePort | null, packet: Packet, vid: number): boolean {
  const { view, at } = packet;
  const { device, world } = bridge;
  if (ethernet.type(view, at) !== ethernet.TYPE_ARP) return false;
  const arpAt = at + ethernet.HEADER_LEN;
  if (!arp.fits(view, arpAt, packet.length - ethernet.HEADER_LEN)) return false;
  if (device.noarp) return false;
  const sender = arp.senderIp(view, arpAt);
  const target = arp.targetIp(view, arpAt);
  if (ip.isLoopback(target) || ip.isMulticast(target)) return false;
  if (bridge.suppresses) {
    if (from?.neighSuppress === true) return false;
    if (sender === 0 || sender === target) return true;
  }
  // In a VLAN the kernel asks a device of that VLAN on the bridge for neighbours, which is not simulated.
  if (arp.operation(view, arpAt) !== arp.REQUEST || vid !== 0) return false;
  if (bridge.suppresses && device.ipv4.has(target)) return true;
  const neighbour = device.ns.neighbours.find(device, target);
  if (neighbour === null || !neighbour.valid) return false;
  const row = bridge.fdb.find(neighbour.macHi, neighbour.macLo, vid);
  if (row < 0) return false;
  const to = bridge.fdb.port[row]!;
  if (from?.proxyArp !== true && to?.proxyArpWifi !== true && to?.neighSuppress !== true)
    return bridge.suppresses;

  const senderMac = { hi: arp.senderHi(view, arpAt), lo: arp.senderLo(view, arpAt) };
  const targetMac = { hi: neighbour.macHi, lo: neighbour.macLo };
  const reply = world.pool.allocate(ethernet.HEADER_LEN + arp.LEN, packet);
  ethernet.emit({ dst: senderMac, src: targetMac, type: ethernet.TYPE_ARP }, reply.view, reply.at);
  const values = {
    operation: arp.REPLY,
    senderMac: targetMac,
    senderIp: target,
    targetMac: senderMac,
    targetIp: sender,
  };
  reply.networkAt = reply.at + ethernet.HEADER_LEN;
  arp.emit(values, reply.view, reply.networkAt);
  const tap = world.tap;
  if (tap !== null) tap.record(device.place, packet, Verdict.answered, neighbour.ref);
  if (from === null) device.backlog(reply);
  else from.device.transmit(reply);
  return true;
}
