import type { DeviceChange, DeviceDriver } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, withCarrierOf } from "../net/device-spec.ts";
import * as ipOutput from "../net/ip-output.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { scrub } from "../net/scrub.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as mac from "../wire/mac.ts";
import { destination, type IpvlanMode, IpvlanPort } from "./ipvlan-port.ts";

/**
 * A device with addresses of its own and the MAC address of the device below: what is for another one of them goes there
 * directly. All else goes out by the lower device, in mode l2 as the frame that it is (the lower device's own stack and its
 * ipvlans then never reach each other), in mode l3 as a packet of the lower device's host, by its routes and past its hooks.
 *
 * In:  `transmit` from the stack; frames of the lower device by address.   Out: the lower device, or its host's IP output.
 * Linux: drivers/net/ipvlan.
 */
export class Ipvlan implements DeviceDriver {
  readonly kind = "ipvlan";
  readonly port: IpvlanPort;
  device!: NetDevice;

  constructor(port: IpvlanPort) {
    this.port = port;
  }

  transmit(device: NetDevice, packet: Packet): void {
    device.counters.transmitted(packet.length, null);
    if (this.port.mode === "l2") this.#transmitFrame(device, packet);
    else this.#transmitPacket(device, packet);
  }

  /** ipvlan_xmit_mode_l3 */
  #transmitPacket(device: NetDevice, packet: Packet): void {
    const { port } = this;
    const { lower } = port;
    const address = destination(packet);
    const other = address === null ? null : port.find(address);
    if (other !== null) {
      other.take(packet);
      return;
    }
    const { view, at } = packet;
    const isPacket = ethernet.type(view, at) === ethernet.TYPE_IPV4;
    // Groups and everybody are not for this mode, and the lower device has no way for what is no IP.
    if (address === null || !isPacket || ethernet.isGroup(view, at)) {
      device.drop(packet, Verdict.NOT_SPECIFIED);
      return;
    }
    if ((packet.connectionInfo | packet.mark) !== 0) scrub(packet, device.ns, lower.ns);
    this.#sendFromHost(packet, address);
  }

  /** The packet goes on as one that begins at the lower device's host (ipvlan_process_v4_outbound). */
  #sendFromHost(packet: Packet, dst: number): void {
    const { lower } = this.port;
    const { ns } = lower;
    const { view } = packet;
    packet.at += ethernet.HEADER_LEN;
    packet.length -= ethernet.HEADER_LEN;
    packet.networkAt = packet.at;
    packet.transportAt = packet.at + ipv4.headerLength(view, packet.at);
    const src = ipv4.src(view, packet.at);
    const tos = ipv4.tos(view, packet.at);
    const way = ipOutput.routeFromDevice(ns, dst, src, lower.ifindex, packet.mark, tos);
    if (way === null || (way.type !== "unicast" && way.type !== "local")) {
      lower.counters.txErrors++;
      ns.drop(packet, Verdict.IP_OUTNOROUTES);
      return;
    }
    ns.snmp.outRequested(null);
    ipOutput.sendHeaded(ns, packet, way, dst);
  }

  /** From another one of the same device: the kernel counts the Ethernet header twice (ipvlan_rcv_frame with `local`). */
  take(packet: Packet): void {
    this.device.counters.received(packet.length + ethernet.HEADER_LEN, null);
    this.device.backlog(packet);
  }

  /** ipvlan_xmit_mode_l2 */
  #transmitFrame(device: NetDevice, packet: Packet): void {
    const { port } = this;
    const { lower } = port;
    const { view, at } = packet;
    if ((packet.connectionInfo | packet.mark) !== 0) scrub(packet, device.ns, lower.ns);
    const hi = ethernet.dstHi(view, at);
    if (mac.isMulticast(hi)) {
      port.broadcast(packet, this);
      lower.transmit(packet);
      return;
    }
    if (hi !== device.macHi || ethernet.dstLo(view, at) !== device.macLo) {
      lower.transmit(packet);
      return;
    }
    const address = destination(packet);
    const other = address === null ? null : port.find(address);
    // What none of them has is for the lower device itself, as if it had come in there.
    if (other === null) lower.backlog(packet);
    else other.take(packet);
  }

  receive(packet: Packet): void {
    const { device } = this;
    device.counters.received(packet.length, null);
    packet.device = device;
    device.receive(packet);
  }

  /** @throws {KernelError} EOPNOTSUPP: all share the lower device's address */
  checkMac(_device: NetDevice, hi: number, lo: number): void {
    const { macHi, macLo } = this.port.lower;
    if (hi !== macHi || lo !== macLo) throw new KernelError("EOPNOTSUPP");
  }

  /** @throws {KernelError} EADDRINUSE: an address tells whose a packet is (ipvlan_addr4_validator_event) */
  checkAddress(_device: NetDevice, address: number): void {
    if (this.port.has(address))
      throw new KernelError("EADDRINUSE", "Address already assigned to an ipvlan device");
  }

  changed(_device: NetDevice, change: DeviceChange): void {
    if (change === "removed") this.port.remove(this);
  }

  speed(): number | null {
    return this.port.lower.driver.speed?.() ?? null;
  }

  link(): NetDevice {
    return this.port.lower;
  }
}

/**
 * `ip link add NAME link LOWER type ipvlan mode MODE`. On top of an ipvlan it uses that one's lower device.
 * @throws {KernelError} EEXIST; EINVAL on loopback; EBUSY when the lower device is a bridge's port or has macvlans.
 */
export function addIpvlan(
  ns: NetworkNamespace,
  name: string,
  lower: NetDevice,
  options: DeviceOptions & { readonly mode?: IpvlanMode } = {},
): NetDevice {
  const base = lower.driver instanceof Ipvlan ? lower.driver.port.lower : lower;
  if (base.loopback) throw new KernelError("EINVAL");
  if (ns.device(name) !== null) throw new KernelError("EEXIST");
  const driver = new Ipvlan(IpvlanPort.of(base));
  const mac = { hi: base.macHi, lo: base.macLo };
  const device = ns.addDevice(
    name,
    driver,
    new DeviceSpec({ mtu: base.mtu, ...options, mac }, withCarrierOf(base)),
  );
  driver.device = device;
  driver.port.add(driver);
  driver.port.mode = options.mode ?? "l3";
  return device;
}

/** The mode of an ipvlan; null for another device. */
export function ipvlanMode(device: NetDevice): IpvlanMode | null {
  return device.driver instanceof Ipvlan ? device.driver.port.mode : null;
}
