import * as ipOutput from "../net/ip-output.ts";
import type { NetDevice } from "../net/net-device.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import * as checksum from "../wire/checksum.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as udp from "../wire/udp.ts";
import * as vxlanHeader from "../wire/vxlan.ts";
import * as ecn from "./ecn.ts";
import { shortCircuit, suppressArp } from "./proxy.ts";
import { sourcePort } from "./source-port.ts";
import { fragmentationNeeded } from "./too-big.ts";
import type { Vxlan } from "./vxlan.ts";
import type { VxlanRemote } from "./vxlan-fdb-entry.ts";
import { VxlanNet } from "./vxlan-socket.ts";

const HEADERS = udp.HEADER_LEN + vxlanHeader.HEADER_LEN;
/** The bits of the ToS that a look-up of a route sees (IPTOS_RT_MASK without those of ECN). */
const ROUTE_TOS = 0x1c;

/** Sends a frame that the device was given to wherever its FDB says (vxlan_xmit). */
export function transmit(vxlan: Vxlan, packet: Packet): void {
  const device = vxlan.device;
  const config = vxlan.config;
  const view = packet.view;
  const fdb = vxlan.fdb;
  const vni = config.vni;
  if (config.proxy && ethernet.type(view, packet.at) === ethernet.TYPE_ARP) {
    suppressArp(vxlan, packet);
    return;
  }
  let entry = fdb.find(ethernet.dstHi(view, packet.at), ethernet.dstLo(view, packet.at), vni);
  let shortCircuited = false;
  if (config.rsc && entry?.router && shortCircuit(vxlan, packet)) {
    device.world.leg = null;
    shortCircuited = true;
    entry = fdb.find(ethernet.dstHi(view, packet.at), ethernet.dstLo(view, packet.at), vni);
  }
  if (entry === null) {
    entry = fdb.find(0, 0, vni);
    if (entry === null) {
      if (config.l2miss && !ethernet.isGroup(view, packet.at)) missed(vxlan, packet);
      device.counters.txDropped++;
      const missing = fdb.missing(ethernet.dstHi(view, packet.at), ethernet.dstLo(view, packet.at));
      device.drop(packet, Verdict.VXLAN_NO_REMOTE, missing);
      return;
    }
  }
  const world = device.world;
  entry.use();
  const remotes = entry.remotes;
  if (remotes.length > 1) {
    world.leg = null;
    if (world.tap !== null) world.tap.record(device.place, packet, Verdict.flooded, remotes[0]!.ref);
    // As in the kernel the frame itself goes to the first remote, after the copies for the others.
    for (let i = 1; i < remotes.length; i++)
      transmitTo(vxlan, world.pool.copy(packet), remotes[i]!, shortCircuited);
  }
  transmitTo(vxlan, packet, remotes[0]!, shortCircuited);
}

function missed(vxlan: Vxlan, packet: Packet): void {
  const macHi = ethernet.dstHi(packet.view, packet.at);
  const macLo = ethernet.dstLo(packet.view, packet.at);
  vxlan.tell({ what: "l2miss", macHi, macLo });
}

/** Sends a frame to one VTEP (vxlan_xmit_one). */
function transmitTo(vxlan: Vxlan, packet: Packet, remote: VxlanRemote, shortCircuited: boolean): void {
  const device = vxlan.device;
  const config = vxlan.config;
  const ns = vxlan.ns;
  const counters = device.counters;
  const world = device.world;
  const dst = remote.address;
  if (dst === 0) {
    world.leg = null;
    if (shortCircuited) bypass(vxlan, vxlan, packet, true);
    else {
      counters.txDropped++;
      device.drop(packet, Verdict.NOT_SPECIFIED);
    }
    return;
  }
  const view = packet.view;
  // The inner IPv4 header, or 0: then the frame carries something else.
  const inner =
    ethernet.type(view, packet.at) === ethernet.TYPE_IPV4 &&
    packet.length >= ethernet.HEADER_LEN + ipv4.HEADER_LEN
      ? packet.at + ethernet.HEADER_LEN
      : 0;
  const innerTos = inner === 0 ? 0 : ipv4.tos(view, inner);
  const tos = config.tosInherit ? innerTos : config.tos;
  const srcPort = sourcePort(device.ns, packet, config.sourcePortFirst, config.sourcePortLast);
  const way = remote.way;
  const found = way.find(ns, dst, config.local, remote.ifindex, packet.mark, tos & ROUTE_TOS);
  if (!found || way.route.device === device) {
    counters.txErrors++;
    if (!found) counters.carrierErrors++;
    device.drop(packet, Verdict.IP_OUTNOROUTES, found ? remote.ref : ns.fib.refusedBy || remote.ref);
    return;
  }
  if (way.route.type === "local" && config.localBypass && remote.port === config.dstPort) {
    world.leg = null;
    bypassTo(vxlan, packet, remote.vni);
    return;
  }
  const room = way.mtu - vxlanHeader.OVERHEAD;
  const tooBig = packet.length - ethernet.HEADER_LEN > room;
  if (tooBig && complained(vxlan, packet, room)) return;
  const ttl = outerTtl(vxlan, dst, inner === 0 ? 0 : ipv4.ttl(view, inner));
  const df =
    config.df === "set" || (config.df === "inherit" && inner !== 0 && ipv4.dontFragment(view, inner));
  const src = way.source;
  // What IP output is bound to refuse has not been sent.
  const leg = world.leg;
  if (leg !== null) leg.allows(packet, room + ethernet.HEADER_LEN);
  if (tooBig && df) counters.txDropped++;
  else {
    counters.transmitted(packet.length - ethernet.HEADER_LEN, world.leg);
  }
  if (packet.at - packet.base < vxlanHeader.OVERHEAD) packet = withHeadroom(device, packet);
  pushHeaders(world, packet, src, dst, srcPort, remote.port, remote.vni, config.udpCsum);
  world.pool.renumber(packet);
  if (leg !== null) leg.renumbers();
  if (world.tap !== null) world.tap.record(device.place, packet, Verdict.encapsulated, remote.ref);
  if (device.ns !== ns) packet.mark = 0;
  // Nothing that the sender of the inner packet asked for holds for the outer one; nor does its group loop back.
  packet.flags = PacketFlag.notLooped;
  ipOutput.sendOn(
    ns,
    packet,
    way,
    ipv4.PROTO_UDP,
    ecn.encapsulate(tos, innerTos),
    ttl,
    df ? ipv4.DONT_FRAGMENT : 0,
    ns.host.identifications.of(src, dst, ipv4.PROTO_UDP),
  );
}

/** Hands a frame to a VTEP of the same namespace, if there is one (encap_bypass_if_local). */
function bypassTo(vxlan: Vxlan, packet: Packet, vni: number): void {
  const socket = VxlanNet.of(vxlan.ns).socket(vxlan.config.dstPort);
  const target = socket === null ? null : socket.find(vni);
  if (target === null) {
    vxlan.device.counters.txErrors++;
    vxlan.device.drop(packet, Verdict.VXLAN_VNI_NOT_FOUND);
  } else bypass(vxlan, target, packet, true);
}

/** Lets a frame come in by another VTEP without any outer headers; here both count all of it (vxlan_encap_bypass). */
function bypass(vxlan: Vxlan, target: Vxlan, packet: Packet, learns: boolean): void {
  const device = target.device;
  device.world.leg = null;
  if (!device.up) {
    device.counters.rxDropped++;
    device.drop(packet, Verdict.DEV_READY);
    return;
  }
  const view = packet.view;
  const hi = ethernet.srcHi(view, packet.at);
  const lo = ethernet.srcLo(view, packet.at);
  if (learns && target.config.learning) target.snoop(packet, hi, lo, ip.LOOPBACK);
  vxlan.device.counters.transmitted(packet.length, null);
  device.arrive(packet);
}

/**
 * A frame does not fit: a port of a bridge tells its sender where it can, and the frame is not sent; else the stack that
 * sent it remembers what fits, and this one goes in pieces (skb_tunnel_check_pmtu). True when the frame has ended.
 */
function complained(vxlan: Vxlan, packet: Packet, mtu: number): boolean {
  const device = vxlan.device;
  if (device.master === null || device.master.driver.kind !== "bridge") {
    rememberMtu(device, packet, mtu);
    return false;
  }
  const error = fragmentationNeeded(device.world, packet, mtu);
  if (error === null) return false;
  device.drop(packet, Verdict.PKT_TOO_BIG);
  bypass(vxlan, vxlan, error, false);
  return true;
}

function rememberMtu(device: NetDevice, packet: Packet, mtu: number): void {
  if (ethernet.type(packet.view, packet.at) !== ethernet.TYPE_IPV4) return;
  const ns = device.ns;
  const dst = ipv4.dst(packet.view, packet.at + ethernet.HEADER_LEN);
  const way = ipOutput.route(ns, dst, 0, 0, packet.mark, 0);
  if (way !== null && way.device === device)
    ns.exceptions.learnMtu(dst, way, mtu, ipOutput.mtu(ns, way, dst, false), {
      by: "frame",
      frame: packet.id,
    });
}

/** A frame that was wrapped so often that its slot has no more room in front goes on in another one (skb_cow_head). */
function withHeadroom(device: NetDevice, packet: Packet): Packet {
  const copy = device.world.pool.copy(packet);
  device.drop(packet, Verdict.REPLICATED);
  return copy;
}

/** `innerTtl` is 0 when there is none to inherit. */
function outerTtl(vxlan: Vxlan, dst: number, innerTtl: number): number {
  const config = vxlan.config;
  if (config.ttlInherit) return innerTtl || vxlan.ns.ipv4.ip_default_ttl;
  if (config.ttl !== 0) return config.ttl;
  return ip.isMulticast(dst) ? 1 : vxlan.ns.ipv4.ip_default_ttl;
}

/** Puts the UDP and VXLAN headers in front of a frame (vxlan_build_skb, udp_tunnel_xmit_skb). */
function pushHeaders(
  world: World,
  packet: Packet,
  src: number,
  dst: number,
  srcPort: number,
  dstPort: number,
  vni: number,
  udpCsum: boolean,
): void {
  const view = packet.view;
  const at = packet.at - HEADERS;
  const length = packet.length + HEADERS;
  packet.at = at;
  packet.length = length;
  udp.write(view, at, srcPort, dstPort, length, 0);
  vxlanHeader.write(view, at + udp.HEADER_LEN, vni);
  if (!udpCsum) {
    if (world.leg !== null) world.leg.pushesUdp(packet, -1);
    return;
  }
  const pseudo = checksum.pseudoHeader(src, dst, ipv4.PROTO_UDP, length);
  if (packet.checksumStart !== 0) {
    // Only one checksum can be left unfinished. The inner one, once finished, makes what it covers sum up to the
    // complement of its seed; so the outer one follows from the headers alone (local checksum offload).
    const seed = view.getUint16(packet.checksumStart + packet.checksumField);
    const headers = checksum.sum(view, at, packet.checksumStart - at, pseudo);
    udp.setChecksum(view, at, checksum.finish(headers + (~seed & 0xffff)) || 0xffff);
    // The length is in both headers; the inner IPv4 header sums up to nothing, whatever differs in it.
    if (world.leg !== null) world.leg.pushesCoveringUdp(packet, headers - 2 * length);
    return;
  }
  world.leg = null;
  if (packet.trusted) {
    udp.setChecksum(view, at, checksum.fold(pseudo));
    packet.checksumStart = at;
    packet.checksumField = udp.CHECKSUM;
  } else {
    // The receiver will look, so that there must be something to see.
    udp.fillChecksum(view, at, src, dst);
  }
}
