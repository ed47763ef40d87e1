import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as fragment from "./fragment.ts";
import { Scope } from "./inet-device.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** Finds the way out to `dst` (ip_route_output_key); null with `ns.fib.error` set. `src`, `oif`: 0 for any. */
export function route(
  ns: NetworkNamespace,
  dst: number,
  src: number,
  oif: number,
  mark: number,
  tos: number,
): Route | null {
  const key = ns.fib.key;
  key.dst = dst;
  key.src = src;
  key.iif = 0;
  key.oif = oif;
  key.mark = mark;
  key.tos = tos;
  return ns.fib.lookup();
}

/** The address to speak from on this way when the sender has not chosen one (fib_select_path, inet_select_addr). */
export function sourceFor(ns: NetworkNamespace, way: Route, dst: number): number {
  if (way.prefSource !== 0) return way.prefSource;
  if (way.type === "local") return dst;
  return (
    way.device!.ipv4.select(way.gateway !== 0 ? way.gateway : dst, Scope.link) ||
    ns.loopback.ipv4.select(0, 0)
  );
}

/**
 * Sends a transport packet (`packet.at` at its header): puts the IPv4 header in front and passes it through OUTPUT
 * (ip_local_out). `flags` are those of the fragment field.
 */
export function send(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  src: number,
  dst: number,
  protocol: number,
  tos: number,
  ttl: number,
  flags: number,
  identification: number,
): void {
  packet.transportAt = packet.at;
  packet.at -= ipv4.HEADER_LEN;
  packet.length += ipv4.HEADER_LEN;
  packet.networkAt = packet.at;
  const view = packet.view;
  const at = packet.at;
  ipv4.write(view, at, tos, packet.length, identification, flags, ttl, protocol, src, dst);
  if (!ns.hooks.output.empty && !ns.hooks.output.run(packet, null, way.device)) return;
  ns.note(packet, Verdict.routed, way.ref);
  output(ns, packet, way, dst);
}

/** Sends an IP packet (`packet.at` at its IP header) on its way: POSTROUTING, fragments, neighbour (ip_output). */
export function output(ns: NetworkNamespace, packet: Packet, way: Route, dst: number): void {
  const device: NetDevice = way.type === "local" ? ns.loopback : way.device!;
  const postrouting = ns.hooks.postrouting;
  if (!postrouting.empty && !postrouting.run(packet, null, device)) return;
  if (packet.length > device.mtu) {
    fragment.output(ns, packet, way, device, dst);
    return;
  }
  finish(ns, packet, way, device, dst);
}

/** The last step: to the neighbour (ip_finish_output2). */
export function finish(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  device: NetDevice,
  dst: number,
): void {
  ns.neighbours.output(packet, device, way.gateway !== 0 ? way.gateway : dst);
}
