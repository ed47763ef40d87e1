import { HookResult } from "../net/hooks.ts";
import * as icmpError from "../net/icmp-error.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import { ConnectionFlag, ForwardMethod } from "./connection-flags.ts";
import { release } from "./connections.ts";
import { countIn, countOut } from "./counting.ts";
import type { Flow } from "./flow.ts";
import type { Ipvs } from "./ipvs.ts";
import type { Scheduling } from "./schedule.ts";
import { translateError } from "./translate-error.ts";
import { type Origin, transmit } from "./transmit.ts";

/** The ICMP errors that IPVS looks into: unreachable, source quench, time exceeded. */
export function isIcmpError(packet: Packet): boolean {
  const { view, networkAt } = packet;
  const at = networkAt + ipv4.headerLength(view, networkAt);
  if (packet.at + packet.length - at < icmp.HEADER_LEN || ipv4.fragmentOffset(view, networkAt) !== 0)
    return false;
  const type = icmp.type(view, at);
  return type === icmp.DESTINATION_UNREACHABLE || type === icmp.SOURCE_QUENCH || type === icmp.TIME_EXCEEDED;
}

/** ICMP errors about the packets of connections go where those packets go (ip_vs_in_icmp, ip_vs_out_icmp). */
export class IcmpErrors {
  readonly #ipvs: Ipvs;
  readonly #scheduling: Scheduling;

  constructor(ipvs: Ipvs, scheduling: Scheduling) {
    this.#ipvs = ipvs;
    this.#scheduling = scheduling;
  }

  /** An error about a request, on its way from a real server to the client. */
  answer(packet: Packet, flow: Flow): HookResult {
    const ipvs = this.#ipvs;
    if (!this.#readQuoted(packet, flow, quotedAt(packet))) return HookResult.accept;
    flow.turn();
    const { protocol, src, srcPort, dst, dstPort } = flow;
    const connection = ipvs.connections.findOut(protocol, src, srcPort, dst, dstPort);
    if (connection === null) return HookResult.accept;
    if (connection.method === ForwardMethod.masquerade) {
      if (!isIntact(packet)) return this.#drop(packet);
      translateError(packet, true, connection.virtualAddress, connection.virtualPort);
    }
    countOut(ipvs, connection, packet);
    packet.flags |= PacketFlag.ipvs;
    if ((connection.flags & ConnectionFlag.tracked) === 0) ipvs.conntrack?.untrack(packet);
    ipvs.ns.note(packet, Verdict.returned, connection.ref);
    return HookResult.accept;
  }

  /** An error about an answer, on its way to the real server that sent it; or about a tunnel of ours. */
  request(packet: Packet, flow: Flow, origin: Origin): HookResult {
    const ipvs = this.#ipvs;
    let quoted = quotedAt(packet);
    const { view } = packet;
    const end = packet.at + packet.length;
    if (quoted + ipv4.HEADER_LEN > end) return HookResult.accept;
    const isTunnel = ipv4.protocol(view, quoted) === ipv4.PROTO_IPIP;
    if (isTunnel) {
      if (origin !== "input" || ipv4.fragmentOffset(view, quoted) !== 0) return HookResult.accept;
      quoted += ipv4.headerLength(view, quoted);
    }
    if (!this.#readQuoted(packet, flow, quoted)) return HookResult.accept;
    if (!isTunnel) flow.turn();
    const { protocol, src, srcPort, dst, dstPort } = flow;
    let connection = ipvs.connections.findIn(protocol, src, srcPort, dst, dstPort);
    let isNew = false;
    if (connection === null) {
      if (isTunnel || ipvs.settings.schedule_icmp === 0) return HookResult.accept;
      connection = this.#scheduling.tryToSchedule(packet, flow, origin === "output");
      if (connection === null) return this.#scheduling.result;
      isNew = true;
    }
    if (!isIntact(packet)) return this.#drop(packet);
    if (isTunnel) return this.#fromTunnel(packet, quoted);
    countIn(ipvs, connection, packet);
    ipvs.ns.note(packet, Verdict.dispatched, connection.ref);
    const result = transmit(ipvs, connection, packet, origin, true);
    if (isNew) release(ipvs, connection);
    return result;
  }

  /** Somebody on the way of a tunnel complains: the client that sent the inner packet hears of it. */
  #fromTunnel(packet: Packet, inner: number): HookResult {
    const { ns } = this.#ipvs;
    const { view, networkAt } = packet;
    const message = networkAt + ipv4.headerLength(view, networkAt);
    const type = icmp.type(view, message);
    const code = icmp.code(view, message);
    let rest = view.getInt32(message + 4);
    let tells = true;
    if (type === icmp.DESTINATION_UNREACHABLE && code === icmp.FRAGMENTATION_NEEDED) {
      const mtu = icmp.mtu(view, message);
      const outer = message + icmp.HEADER_LEN;
      tells = ipv4.dontFragment(view, outer);
      rest = mtu > 68 + ipv4.HEADER_LEN ? mtu - ipv4.HEADER_LEN : mtu;
    }
    if (tells) {
      packet.length -= inner - packet.at;
      packet.at = inner;
      packet.networkAt = inner;
      packet.transportAt = inner + ipv4.headerLength(view, inner);
      icmpError.send(ns, packet, type, code, rest);
    }
    ns.world.end(packet, Verdict.delivered, ns.place);
    return HookResult.stolen;
  }

  /** A real server speaks for which there is no connection: it is told so (nat_icmp_send). */
  orphan(packet: Packet, flow: Flow): HookResult {
    const { ns, services } = this.#ipvs;
    const isKnown = services.some((service) =>
      service.destinations.some(
        (d) =>
          d.method === ForwardMethod.masquerade &&
          service.protocol === flow.protocol &&
          d.address === flow.src &&
          d.port === flow.srcPort,
      ),
    );
    if (!isKnown) return HookResult.accept;
    if (flow.protocol === ipv4.PROTO_TCP && (tcp.flags(packet.view, flow.transportAt) & tcp.RST) !== 0)
      return HookResult.accept;
    icmpError.send(ns, packet, icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE, 0);
    return this.#drop(packet);
  }

  #readQuoted(packet: Packet, flow: Flow, at: number): boolean {
    const end = packet.at + packet.length;
    if (at + ipv4.HEADER_LEN > end || !flow.read(packet, at, end)) return false;
    flow.quoted = true;
    return true;
  }

  #drop(packet: Packet): HookResult {
    this.#ipvs.ns.drop(packet, Verdict.NETFILTER_DROP);
    return HookResult.stolen;
  }
}

/** Where the packet begins that an ICMP error quotes. */
function quotedAt(packet: Packet): number {
  const { view, networkAt } = packet;
  return networkAt + ipv4.headerLength(view, networkAt) + icmp.HEADER_LEN;
}

function isIntact(packet: Packet): boolean {
  if (packet.trusted) return true;
  const { view, networkAt } = packet;
  const at = networkAt + ipv4.headerLength(view, networkAt);
  return icmp.isChecksumValid(view, at, packet.at + packet.length - at);
}
