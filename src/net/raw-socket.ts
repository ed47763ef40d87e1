import { finishChecksum } from "../sim/finish-checksum.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import type { Nanos } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { IcmpReport } from "./icmp-input.ts";
import { InetSocket } from "./inet-socket.ts";
import * as ipOutput from "./ip-output.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { RawReceiver } from "./sockets.ts";
import { PACKET_OVERHEAD } from "./truesize.ts";
import type { Way } from "./way.ts";

/** The protocol of a socket that only sends, with headers of its own (IPPROTO_RAW). */
const PROTO_RAW = 255;

/** A packet as a raw socket sees it, from its IP header on. */
export interface RawDatagram {
  readonly at: Nanos;
  readonly device: NetDevice;
  readonly src: number;
  readonly ttl: number;
  readonly bytes: Uint8Array;
}

/** A raw socket: it sends and sees whole packets of one IP protocol (raw(7)). `ping` and `traceroute` have one. */
export class RawSocket extends InetSocket implements RawReceiver {
  readonly protocol: number;
  /** IP_HDRINCL: what is sent begins with its IP header. */
  headerIncluded: boolean;
  /** ICMP_FILTER: bits of ICMP types that it does not want to see. */
  icmpFilter = 0;
  receiveBuffer: number;
  drops = 0;
  #queue: RawDatagram[] = [];
  #queued = 0;

  constructor(ns: NetworkNamespace, protocol: number) {
    super(ns);
    this.protocol = protocol;
    this.headerIncluded = protocol === PROTO_RAW;
    this.receiveBuffer = ns.ipv4.rmem_default;
    ns.sockets.addRaw(this);
  }

  /** Bytes that wait to be read, as /proc/net/raw counts them. */
  get waiting(): number {
    return this.#queued;
  }

  /** @throws {KernelError} EADDRNOTAVAIL */
  bind(address: number): void {
    this.ns.sockets.checkAddress(address);
    this.localAddress = address;
  }

  /** @throws {KernelError} when there is no way. */
  connect(address: number): void {
    const to = address !== 0 ? address : ip.LOOPBACK;
    this.localAddress = this.sourceTo(to);
    this.remoteAddress = to;
    this.startIdentification();
  }

  /**
   * Sends `bytes` behind an IP header, or, with {@link headerIncluded}, as they are. `confirm` says that the
   * neighbour is known to be alive (MSG_CONFIRM). @throws {KernelError} as sendto(2).
   */
  sendTo(address: number, bytes: Uint8Array, confirm: boolean = false): void {
    const ns = this.ns;
    if (bytes.length > 65535) throw new KernelError("EMSGSIZE");
    const dst = address !== 0 ? address : this.source !== 0 ? this.source : ip.LOOPBACK;
    const way = this.wayTo(dst, false);
    if (this.error !== null) throw new KernelError(this.takeError()!);
    if (!this.headerIncluded) this.checkLength(way, 0, bytes.length);
    const packet = ns.world.pool.allocate(bytes.length, null);
    const { id } = packet;
    packet.bytes.set(bytes, packet.at);
    if (confirm) packet.flags |= PacketFlag.confirms;
    ns.note(packet, Verdict.sent, 0);
    if (this.headerIncluded) this.#sendHeaded(packet, way);
    else {
      if (this.protocol === ipv4.PROTO_ICMP) this.#countIcmp(packet, packet.at);
      this.setFlow(this.protocol, packet.length);
      this.flow.send(ns, packet, this.mark);
    }
    if (ns.hooks.refused === id) throw new KernelError("EPERM");
  }

  /** raw_send_hdrinc: length and checksum are the kernel's, source and identification when they are zero. */
  #sendHeaded(packet: Packet, way: Way): void {
    const ns = this.ns;
    const { route, dst } = way;
    const { view, at } = packet;
    const device = route.type === "local" ? ns.loopback : route.device!;
    const header = packet.length >= ipv4.HEADER_LEN ? ipv4.headerLength(view, at) : 0;
    if (packet.length > device.mtu || header < ipv4.HEADER_LEN || header > packet.length) {
      const tooLong = packet.length > device.mtu;
      ns.drop(packet, tooLong ? Verdict.PKT_TOO_BIG : Verdict.IP_INHDR);
      throw new KernelError(tooLong ? "EMSGSIZE" : "EINVAL");
    }
    if (ipv4.src(view, at) === 0) ipv4.setSrc(view, at, way.source);
    if (ipv4.id(view, at) === 0)
      ipv4.setId(view, at, ns.host.identifications.next(ipv4.src(view, at), dst, ipv4.protocol(view, at)));
    ipv4.setTotalLength(view, at, packet.length);
    ipv4.fillChecksum(view, at);
    packet.networkAt = at;
    packet.transportAt = at + header;
    packet.trusted = false;
    if (ipv4.protocol(view, at) === ipv4.PROTO_ICMP) this.#countIcmp(packet, at + header);
    packet.mark = this.mark;
    packet.flags |= PacketFlag.fromSocket;
    ns.snmp.outRequested(ns.world.leg);
    ipOutput.sendHeaded(ns, packet, route, dst);
  }

  /** Messages count as sent by whoever makes them (icmp_out_count). */
  #countIcmp(packet: Packet, at: number): void {
    if (at < packet.at + packet.length) this.ns.snmp.icmpSent(icmp.type(packet.view, at));
  }

  /** True when packets of these addresses, in by that device, are for this socket (raw_v4_match). */
  matches(device: NetDevice, src: number, dst: number): boolean {
    if (this.remoteAddress !== 0 && this.remoteAddress !== src) return false;
    if (this.localAddress !== 0 && this.localAddress !== dst) return false;
    return (this.boundTo === 0 || this.boundTo === device.ifindex) && this.hears(dst, device);
  }

  /** Takes a copy of a packet that stays the stack's; true when it was for this socket. */
  deliver(device: NetDevice, packet: Packet): boolean {
    const { view, networkAt } = packet;
    const src = ipv4.src(view, networkAt);
    if (!this.matches(device, src, ipv4.dst(view, networkAt))) return false;
    if (this.protocol === ipv4.PROTO_ICMP) {
      const type = icmp.type(view, packet.transportAt);
      if (type < 32 && (this.icmpFilter & (1 << type)) !== 0) return true;
    }
    if (this.#queued + packet.length + PACKET_OVERHEAD > this.receiveBuffer) {
      this.drops++;
      return true;
    }
    finishChecksum(packet);
    this.#queued += packet.length + PACKET_OVERHEAD;
    const bytes = packet.bytes.slice(networkAt, packet.at + packet.length);
    this.#queue.push({ at: this.ns.world.now, device, src, ttl: ipv4.ttl(view, networkAt), bytes });
    this.wake();
    return true;
  }

  /** The next packet, or null when none waits. */
  receive(): RawDatagram | null {
    const datagram = this.#queue.shift() ?? null;
    if (datagram !== null) this.#queued -= datagram.bytes.length + PACKET_OVERHEAD;
    return datagram;
  }

  /** ICMP complains about a packet of this socket, quoted at `quoted` (raw_err). */
  icmpError(packet: Packet, quoted: number, report: IcmpReport): void {
    const { view } = packet;
    const start = this.headerIncluded ? quoted : quoted + ipv4.headerLength(view, quoted);
    const payload = (): Uint8Array => packet.bytes.slice(start, packet.at + packet.length);
    this.takeReport(report, this.remoteAddress !== 0, ipv4.dst(view, quoted), 0, payload);
  }

  close(): void {
    this.leaveAll();
    this.ns.sockets.removeRaw(this);
    this.#queue = [];
    this.#queued = 0;
    this.wake();
  }
}
