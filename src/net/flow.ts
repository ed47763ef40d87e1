import type { Identification } from "../sim/leg.ts";
import type { Packet } from "../sim/packet.ts";
import { Trip } from "../sim/trip.ts";
import type { World } from "../sim/world.ts";
import type { InetSocket } from "./inet-socket.ts";
import { NO_IDENTIFICATION } from "./ip-identifications.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { Way } from "./way.ts";

/**
 * Where a socket sends packets to, and how: the way, the IP header, and the trip of its packets. While nothing changes,
 * neither in the world nor in the socket's options, the next packet to the same place asks for none of it again.
 */
export class Flow {
  readonly way: Way = new Way();
  // The IP header of its packets, and the bits of `PacketFlag` and the mark that they carry (struct ipcm_cookie).
  #protocol = 0;
  #headerTos = 0;
  #headerTtl = 0;
  #fragment = 0;
  #flags = 0;
  #identification: Identification = NO_IDENTIFICATION;

  /** Made for the second packet after a change: many a flow has but one, and changes may come often. */
  #trip: Trip | null = null;
  #sent = 0;

  // What the last packet was sent to, and with which options of the socket.
  /** -1 while it is not to be remembered. */
  #generation = -1;
  /** The generation that the trip is for. */
  #remembered = -1;
  #longest = -1;
  #address = 0;
  #port = 0;
  #localAddress = 0;
  #localPort = 0;
  #source = 0;
  #remoteAddress = 0;
  #boundTo = 0;
  #tos = 0;
  #ttl = 0;
  #mark = 0;
  #discovery = "";

  /** False when packets to a destination are better remembered elsewhere, because this one remembers others. */
  suits(address: number, port: number): boolean {
    return this.#remembered < 0 || (this.#address === address && this.#port === port);
  }

  /** The way is about to become another one. */
  forget(): void {
    this.#generation = -1;
  }

  /** True when a payload of `length` bytes to that address and port goes as the last one did. */
  isFor(socket: InetSocket, localPort: number, address: number, port: number, length: number): boolean {
    return (
      this.#address === address &&
      this.#port === port &&
      length <= this.#longest &&
      this.#generation === socket.ns.world.generation &&
      this.#localAddress === socket.localAddress &&
      this.#localPort === localPort &&
      this.#remoteAddress === socket.remoteAddress &&
      this.#boundTo === socket.boundTo &&
      this.#tos === socket.tos &&
      this.#ttl === socket.ttl &&
      this.#mark === socket.mark &&
      this.#discovery === socket.mtuDiscovery &&
      socket.error === null
    );
  }

  /** Says how the next packet goes, once the way was found. `fragment`: of the fragment field; `flags`: of `PacketFlag`. */
  set(
    protocol: number,
    tos: number,
    ttl: number,
    fragment: number,
    flags: number,
    identification: Identification,
  ): void {
    const same =
      this.#protocol === protocol &&
      this.#headerTos === tos &&
      this.#headerTtl === ttl &&
      this.#fragment === fragment &&
      this.#flags === flags &&
      this.#identification === identification;
    this.#generation = -1;
    if (same) return;
    this.#trip = null;
    this.#sent = 0;
    this.#protocol = protocol;
    this.#headerTos = tos;
    this.#headerTtl = ttl;
    this.#fragment = fragment;
    this.#flags = flags;
    this.#identification = identification;
  }

  /** Remembers for which packets it holds, if the way can be remembered: payloads of up to `longest` bytes. */
  remember(socket: InetSocket, localPort: number, address: number, port: number, longest: number): void {
    const { generation } = socket.ns.world;
    if (generation !== this.#remembered || !this.#isSameFlow(socket, localPort, address, port)) {
      this.#trip = null;
      this.#sent = 0;
    }
    this.#remembered = generation;
    this.#address = address;
    this.#port = port;
    this.#localAddress = socket.localAddress;
    this.#localPort = localPort;
    this.#source = this.way.source;
    this.#remoteAddress = socket.remoteAddress;
    this.#boundTo = socket.boundTo;
    this.#tos = socket.tos;
    this.#ttl = socket.ttl;
    this.#mark = socket.mark;
    this.#discovery = socket.mtuDiscovery;
    this.#longest = longest;
    if (this.way.neighbour !== null) this.#generation = generation;
  }

  #isSameFlow(socket: InetSocket, localPort: number, address: number, port: number): boolean {
    return (
      this.#address === address &&
      this.#port === port &&
      this.#localPort === localPort &&
      this.#localAddress === socket.localAddress &&
      this.#source === this.way.source &&
      this.#mark === socket.mark
    );
  }

  /** Takes a packet that has no transport header yet along the flow's trip; false when the stack has to send it. */
  follow(packet: Packet, world: World): boolean {
    if (this.#generation < 0) return false;
    if (this.#trip !== null) return this.#trip.board(packet);
    if (this.#sent++ === 0) return false;
    this.#trip = new Trip(world);
    return this.#trip.board(packet);
  }

  /** Sends a transport packet. */
  send(ns: NetworkNamespace, packet: Packet, mark: number): void {
    packet.flags |= this.#flags;
    packet.mark = mark;
    ns.snmp.outRequested(ns.world.leg);
    ipOutput.sendOn(
      ns,
      packet,
      this.way,
      this.#protocol,
      this.#headerTos,
      this.#headerTtl,
      this.#fragment,
      this.#identification,
    );
    ns.world.leg = null;
  }
}
