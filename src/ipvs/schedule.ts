import { addressType } from "../net/address-type.ts";
import { HookResult } from "../net/hooks.ts";
import * as icmpError from "../net/icmp-error.ts";
import type { Packet } from "../sim/packet.ts";
import { SECOND } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import type { ConnectionKey, IpvsConnection } from "./connection.ts";
import { ConnectionFlag } from "./connection-flags.ts";
import { control, invalidateTemplate, makeConnection, release } from "./connections.ts";
import { countIn } from "./counting.ts";
import type { IpvsDestination } from "./destination.ts";
import type { Flow } from "./flow.ts";
import { FTP_DATA_PORT, FTP_PORT, type Ipvs } from "./ipvs.ts";
import type { IpvsService } from "./service.ts";
import { setState } from "./set-state.ts";
import { Direction } from "./tcp-state.ts";
import { transmit } from "./transmit.ts";

/** What a template has for the protocol of a mark's service (IPPROTO_IP). */
const ANY_PROTOCOL = 0;

/**
 * Looks for a service that wants the packet and makes a connection with a destination that its scheduler chooses. Null: no
 * connection, and `result` of {@link Scheduling} says whether the packet goes on (pp->conn_schedule).
 */
export class Scheduling {
  readonly #ipvs: Ipvs;
  readonly #client = {
    protocol: 0,
    srcAddress: 0,
    srcPort: 0,
    dstAddress: 0,
    dstPort: 0,
    now: 0,
  };
  result: HookResult = HookResult.accept;
  /** How many connections more are let in before one is dropped. */
  #spared = 0;

  constructor(ipvs: Ipvs) {
    this.#ipvs = ipvs;
  }

  /** `fromHere`: the packet did not come in by a device, or by `lo`. */
  tryToSchedule(packet: Packet, flow: Flow, fromHere: boolean): IpvsConnection | null {
    const ipvs = this.#ipvs;
    this.result = HookResult.accept;
    if (flow.protocol === ipv4.PROTO_TCP && !flow.quoted) {
      const flags = tcp.flags(packet.view, flow.transportAt);
      if ((flags & tcp.RST) !== 0) return null;
      if ((flags & tcp.SYN) === 0 && ipvs.settings.sloppy_tcp === 0) return null;
    }
    const service = ipvs.serviceFor(packet.mark, flow.protocol, flow.dst, flow.dstPort);
    if (service === null) return null;
    if (this.#mustDrop()) return this.#drop(packet, service);
    if (flow.srcPort === FTP_DATA_PORT) return null;
    // The answer of a real server on this host is no request.
    if (fromHere) {
      const { protocol, src, srcPort, dst, dstPort } = flow;
      if (ipvs.connections.findIn(protocol, dst, dstPort, src, srcPort) !== null) return null;
    }
    if (service.persistence !== 0) return this.#persistent(packet, flow, service);
    if (service.fwmark === 0 && flow.dstPort !== service.port) return this.#leave(packet, flow, service);
    const destination = this.#choose(packet, flow, service);
    if (destination === null) return this.#leave(packet, flow, service);
    const port = destination.port !== 0 ? destination.port : flow.dstPort;
    return this.#connect(packet, flow, service, destination, port, null);
  }

  #choose(packet: Packet, flow: Flow, service: IpvsService): IpvsDestination | null {
    const client = this.#client;
    client.protocol = flow.protocol;
    client.srcAddress = flow.src;
    client.srcPort = flow.srcPort;
    client.dstAddress = flow.dst;
    client.dstPort = flow.dstPort;
    client.now = this.#ipvs.ns.world.now;
    const destination = service.scheduler.choose(service.destinations, client);
    if (destination !== null) this.#ipvs.ns.note(packet, Verdict.scheduled, service.ref);
    return destination;
  }

  #connect(
    packet: Packet,
    flow: Flow,
    service: IpvsService,
    destination: IpvsDestination,
    port: number,
    template: IpvsConnection | null,
  ): IpvsConnection {
    const ipvs = this.#ipvs;
    ipvs.ns.note(packet, Verdict.chosen, destination.ref);
    const connection = this.#make(packet, flow, service, destination, destination.address, port);
    if (template !== null) control(connection, template);
    ipvs.estimate();
    destination.statistics.connections++;
    service.statistics.connections++;
    ipvs.statistics.connections++;
    return connection;
  }

  /** A connection of the service's; without a destination it passes by all of them. */
  #make(
    packet: Packet,
    flow: Flow,
    service: IpvsService,
    destination: IpvsDestination | null,
    address: number,
    port: number,
  ): IpvsConnection {
    return makeConnection(
      this.#ipvs,
      keyOf(flow.protocol, flow.src, flow.srcPort, flow.dst, flow.dstPort),
      address,
      port,
      service.onePacket ? ConnectionFlag.onePacket : 0,
      destination,
      packet.mark,
      { by: "frame", frame: packet.id },
    );
  }

  /** The client stays with the destination that it had (ip_vs_sched_persist). */
  #persistent(packet: Packet, flow: Flow, service: IpvsService): IpvsConnection | null {
    const ipvs = this.#ipvs;
    const client = flow.src & service.netmask;
    const isOwnPort = flow.dstPort === service.port;
    const isMarked = !isOwnPort && service.fwmark !== 0;
    const key = keyOf(
      isMarked ? ANY_PROTOCOL : flow.protocol,
      client,
      0,
      isMarked ? service.fwmark : flow.dst,
      isOwnPort && service.port !== FTP_PORT ? flow.dstPort : 0,
    );
    let template = ipvs.connections.findTemplate(key.protocol, client, key.virtualAddress, key.virtualPort);
    if (template !== null && !this.#stillGood(template)) {
      invalidateTemplate(ipvs, template);
      template = null;
    }
    if (template === null) {
      const chosen = this.#choose(packet, flow, service);
      if (chosen === null) return this.#leave(packet, flow, service);
      const port = isOwnPort && service.port !== FTP_PORT ? chosen.port : 0;
      const cause = { by: "frame", frame: packet.id } as const;
      const { template: flag } = ConnectionFlag;
      template = makeConnection(ipvs, key, chosen.address, port, flag, chosen, packet.mark, cause);
      template.timeout = service.persistence * SECOND;
    } else ipvs.ns.note(packet, Verdict.scheduled, template.ref);
    const destination = template.destination!;
    const port = isOwnPort && destination.port !== 0 ? destination.port : flow.dstPort;
    const connection = this.#connect(packet, flow, service, destination, port, template);
    release(ipvs, template);
    return connection;
  }

  #stillGood(template: IpvsConnection): boolean {
    const { destination } = template;
    if (destination === null || !destination.available) return false;
    return this.#ipvs.settings.expire_quiescent_template === 0 || destination.weight !== 0;
  }

  /** One in so many is dropped while memory is short, or somebody says so (ip_vs_todrop). */
  #mustDrop(): boolean {
    const { dropRate } = this.#ipvs;
    if (dropRate === 0 || --this.#spared > 0) return false;
    this.#spared = dropRate;
    return true;
  }

  #drop(packet: Packet, service: IpvsService): null {
    this.#ipvs.ns.world.end(packet, Verdict.NETFILTER_DROP, this.#ipvs.ns.place, service.ref);
    this.result = HookResult.stolen;
    return null;
  }

  /** There is no destination: the packet passes by all of them if it may, else the client hears of it (ip_vs_leave). */
  #leave(packet: Packet, flow: Flow, service: IpvsService): null {
    if (this.#mayBypass(flow, service)) return this.#bypass(packet, flow, service);
    // FTP's data may be for somebody else at that address.
    if (service.port === FTP_PORT && flow.dstPort !== FTP_PORT) return null;
    if (!flow.quoted)
      icmpError.send(this.#ipvs.ns, packet, icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE, 0);
    return this.#drop(packet, service);
  }

  /** With `cache_bypass`, what a mark's service wants and is for somebody else goes there when no cache is left. */
  #mayBypass(flow: Flow, service: IpvsService): boolean {
    const { ns, settings } = this.#ipvs;
    if (settings.cache_bypass === 0 || service.fwmark === 0 || flow.quoted) return false;
    return addressType(ns, flow.dst) === "unicast";
  }

  #bypass(packet: Packet, flow: Flow, service: IpvsService): null {
    const ipvs = this.#ipvs;
    const connection = this.#make(packet, flow, service, null, 0, 0);
    countIn(ipvs, connection, packet);
    setState(ipvs, connection, packet, flow.transportAt, Direction.input);
    ipvs.ns.note(packet, Verdict.dispatched, connection.ref);
    connection.inPackets++;
    this.result = transmit(ipvs, connection, packet, "input", false);
    release(ipvs, connection);
    return null;
  }
}

function keyOf(
  protocol: number,
  clientAddress: number,
  clientPort: number,
  virtualAddress: number,
  virtualPort: number,
): ConnectionKey {
  return { protocol, clientAddress, clientPort, virtualAddress, virtualPort };
}
