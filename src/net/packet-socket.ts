import { finishChecksum } from "../sim/finish-checksum.ts";
import type { Packet } from "../sim/packet.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import type { Nanos } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import { WaitQueue } from "../sim/wait-queue.ts";
import * as ethernet from "../wire/ethernet.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** ETH_P_ALL: frames of every protocol, those that leave included. */
export const PROTOCOL_ALL = 0x0003;

/** A frame as a packet socket sees it, from its Ethernet header on. */
export interface PacketFrame {
  readonly at: Nanos;
  readonly device: NetDevice;
  readonly outgoing: boolean;
  readonly bytes: Uint8Array;
}

/** A packet socket (packet(7)): it sees and sends whole frames of one device, or of all. `arping` has one. */
export class PacketSocket implements Tap {
  readonly ns: NetworkNamespace;
  /** Null: all devices of the namespace. */
  readonly device: NetDevice | null;
  readonly protocol: number;
  readonly readable: WaitQueue = new WaitQueue();
  #frames: PacketFrame[] = [];
  #open = true;

  constructor(ns: NetworkNamespace, device: NetDevice | null, protocol: number) {
    this.ns = ns;
    this.device = device;
    this.protocol = protocol;
    if (device === null) ns.addTap(this);
    else device.addTap(this);
  }

  /** Called by the device. The packet goes on. */
  record(place: PlaceId, packet: Packet, verdict: Verdict): void {
    const outgoing = verdict === Verdict.transmitted;
    const device = this.device ?? this.#deviceAt(place);
    if (device === null) return;
    if (this.protocol !== PROTOCOL_ALL) {
      // Handlers of one protocol come behind a bridge's or macvlan's, and never see what leaves.
      if (outgoing || device.rxHandler !== null) return;
      if (ethernet.type(packet.view, packet.at) !== this.protocol) return;
    }
    finishChecksum(packet);
    const bytes = packet.bytes.slice(packet.at, packet.at + packet.length);
    this.#frames.push({ at: this.ns.world.now, device, outgoing, bytes });
    this.readable.notify();
  }

  /** The next frame, or null when none waits. */
  receive(): PacketFrame | null {
    return this.#frames.shift() ?? null;
  }

  /** Sends a whole frame. @throws {KernelError} ENETDOWN, EMSGSIZE */
  send(device: NetDevice, frame: Uint8Array): void {
    if (!device.up) throw new KernelError("ENETDOWN");
    if (frame.length > device.mtu + ethernet.HEADER_LEN + ethernet.TAG_LEN) throw new KernelError("EMSGSIZE");
    const packet = this.ns.world.pool.allocate(frame.length, null);
    packet.bytes.set(frame, packet.at);
    packet.trusted = false;
    this.ns.note(packet, Verdict.sent, 0);
    device.transmit(packet);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.device === null) this.ns.removeTap(this);
    else this.device.removeTap(this);
    this.#frames = [];
    this.readable.notify();
  }

  #deviceAt(place: PlaceId): NetDevice | null {
    return this.ns.devices.find((device) => device.place === place) ?? null;
  }
}
