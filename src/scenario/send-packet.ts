import { UserError } from "../base/user-error.ts";
import type { Journey } from "../capture/journey.ts";
import type { Lab } from "../lab/lab.ts";
import { KernelError } from "../net/kernel-error.ts";
import { PacketSocket, PROTOCOL_ALL } from "../net/packet-socket.ts";
import { RawSocket } from "../net/raw-socket.ts";
import { TcpSocket } from "../net/tcp/tcp-socket.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import type { FrameId, Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import { isEnd, type Verdict } from "../sim/verdict.ts";
import { STORM_LIMIT, type World } from "../sim/world.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { refusedJourney, type Unsent } from "./refused-journey.ts";

/** A packet to send, as a program of a host would: `{ from: "a/c1", to: "10.3.0.5", protocol: "udp", port: 53 }`. */
export interface PacketRequest {
  /** Who sends it: `host` or `host/namespace`. */
  readonly from: string;
  /** Where to: an IPv4 address. */
  readonly to: string;
  /**
   * An ICMP echo request, a UDP datagram, or the SYN that opens a TCP connection, which is then reset; with a port `udp`,
   * else `icmp`, unless given.
   */
  readonly protocol?: "icmp" | "udp" | "tcp";
  /** Of UDP and TCP: the destination's port, 1 to 65535. */
  readonly port?: number;
  /** Of UDP and TCP: the sender's port; a free one unless given. */
  readonly sourcePort?: number;
  /** Bytes of payload, 0 to 65507; 56 for an echo request and 0 for a datagram unless given; a SYN has none. */
  readonly size?: number;
  /** The sender's address, one of its own; the one that the way suggests unless given. */
  readonly source?: string;
  /** Time to live, 1 to 255; the namespace's own unless given. */
  readonly ttl?: number;
  /** Type of service, 0 to 255; 0 unless given. */
  readonly tos?: number;
  /** The mark (SO_MARK) that policy rules may ask for; 0 unless given. It is on no wire. */
  readonly mark?: number;
}

/** A whole Ethernet frame that leaves by a device: `{ from: "a/c1/eth0", frame: bytes }`. */
export interface FrameRequest {
  /** The device: `host/device` or `host/namespace/device`. */
  readonly from: string;
  /** From the destination's MAC address on, without the check sequence. */
  readonly frame: Uint8Array;
}

/** What became of something that was sent. */
interface Sent {
  readonly journey: Journey;
  /** Packets that began because of it, in order: questions of ARP, answers, errors. */
  readonly answers: readonly Journey[];
}

/** How long a packet is followed: longer than ARP tries to find somebody, shorter than a reassembly waits. */
const PATIENCE: Nanos = 5 * SECOND;
/** Any identifier does: nobody waits for the answer. */
const IDENTIFIER = 1;
const MAX_SIZE = 65507;

/** `10.3.0.5`, `10.3.0.5/icmp` or `10.3.0.5:53/udp`. @throws {UserError} TARGET */
export function parseTarget(text: string): Omit<PacketRequest, "from"> {
  const match = /^([0-9.]+)(?::(\d{1,5}))?(?:\/([a-z]+))?$/.exec(text);
  const address = match === null ? null : ip.parse(match[1]!);
  if (match === null || address === null) {
    throw new UserError("TARGET", `${text} is no target`, null, "such as 10.3.0.5 or 10.3.0.5:53/udp");
  }
  const port = match[2] === undefined ? undefined : Number(match[2]);
  const protocol = match[3] ?? (port === undefined ? "icmp" : "udp");
  if (protocol !== "icmp" && protocol !== "udp" && protocol !== "tcp") {
    throw new UserError(
      "TARGET",
      `${text}: no packet of protocol ${protocol} can be sent`,
      null,
      "icmp, udp or tcp",
    );
  }
  const hasPort = port !== undefined && port >= 1 && port <= 65535;
  if (hasPort !== (protocol !== "icmp") || (protocol === "icmp" && port !== undefined)) {
    const name = protocol.toUpperCase();
    const need = protocol === "icmp" ? "ICMP has no ports" : `${name} needs a port from 1 to 65535`;
    throw new UserError("TARGET", `${text}: ${need}`, null, "such as 10.3.0.5 or 10.3.0.5:53/udp");
  }
  return { to: match[1]!, protocol, ...(port === undefined ? {} : { port }) };
}

/** A socket with what it is to send. */
interface Sender {
  /** Gives the socket its address. @throws {KernelError} */
  bind(): void;
  /** @throws {KernelError} */
  send(): void;
  /** What refused to send, where an entry did. */
  refusedBy(error: KernelError): EntryRef;
  close(): void;
  readonly unsent: Unsent;
}

/**
 * Sends one packet and lets time pass until it and all that came of it has ended, 5 s at most. What the sender's own
 * kernel refuses to send has a journey too: it ends where it began.
 * @throws {UserError} TARGET for a request that makes no sense, SEND for an address or port that the sender cannot have
 */
export function sendPacket(lab: Lab, request: PacketRequest | FrameRequest): Sent {
  const sender = "frame" in request ? frameSender(lab, request) : packetSender(lab, request);
  const first = lab.record().length;
  const { world } = lab;
  const flight = new Flight(world.tap!);
  world.tap = flight;
  let refused: Journey | null = null;
  try {
    bind(sender);
    refused = send(lab, sender);
    follow(world, flight);
  } finally {
    sender.close();
    world.settle();
    world.tap = flight.inner;
  }
  const [journey = refused!, ...others] = lab.journeysFrom(first);
  return { journey, answers: causedBy(journey, others) };
}

function bind(sender: Sender): void {
  try {
    sender.bind();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const { from, to } = sender.unsent;
    throw new UserError("SEND", `${from} cannot send to ${to}: ${error.message}`);
  }
}

/** Gives the journey of what the kernel refused; null for what it took. */
function send(lab: Lab, sender: Sender): Journey | null {
  try {
    sender.send();
    return null;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return refusedJourney(lab, sender.unsent, error, sender.refusedBy(error));
  }
}

/** Runs the world until nothing of a flight is under way. */
function follow(world: World, flight: Flight): void {
  const end = world.now + PATIENCE;
  world.settle();
  let instant = world.now;
  let events = 0;
  while (flight.open.size > 0) {
    if (!world.step(end)) {
      world.advance(end - world.now); // it lies where no clock takes it from
      return;
    }
    if (world.now !== instant) {
      instant = world.now;
      events = 0;
    } else if (++events > STORM_LIMIT) throw world.storm();
  }
  world.settle();
}

/** Knows which of the frames that it sees are still under way. */
class Flight implements Tap {
  readonly inner: Tap;
  readonly open: Set<FrameId> = new Set();

  constructor(inner: Tap) {
    this.inner = inner;
  }

  record(place: PlaceId, packet: Packet, verdict: Verdict, entry: EntryRef): void {
    this.inner.record(place, packet, verdict, entry);
    if (isEnd(verdict)) this.open.delete(packet.id);
    else this.open.add(packet.id);
  }
}

/** Of `others` those that a frame of `journey`, or of one of them, brought about. */
function causedBy(journey: Journey, others: readonly Journey[]): Journey[] {
  const family = new Set(journey.steps.map((step) => step.frameId));
  return others.filter((other) => {
    if (!family.has(other.parent) && !isOfConnection(journey, other)) return false;
    for (const step of other.steps) family.add(step.frameId);
    return true;
  });
}

/** TCP's segments belong to their connection, not to the segment that they answer: they go between the same two ends. */
function isOfConnection({ protocol, from, to }: Journey, other: Journey): boolean {
  if (protocol !== "tcp" || other.protocol !== "tcp") return false;
  return (other.from === to && other.to === from) || (other.from === from && other.to === to);
}

/** Checks a request and opens its socket. */
function packetSender(lab: Lab, request: PacketRequest): Sender {
  const ns = lab.namespace(request.from);
  const { port, sourcePort = 0, ttl = 0, tos = 0, mark = 0 } = request;
  const to = parseAddress(request.to);
  const source = request.source === undefined ? 0 : parseAddress(request.source);
  const protocol = request.protocol ?? (port === undefined ? "icmp" : "udp");
  const size = request.size ?? (protocol === "udp" ? 0 : 56);
  checkNumber("size", size, 0, MAX_SIZE);
  checkNumber("ttl", ttl, 0, 255);
  checkNumber("tos", tos, 0, 255);
  checkNumber("mark", mark, 0, 0xffff_ffff);
  checkNumber("sourcePort", sourcePort, 0, 65535);
  if (protocol !== "udp" && protocol !== "icmp" && protocol !== "tcp") {
    const what = `no packet of protocol ${String(protocol)} can be sent`;
    throw new UserError("TARGET", what, null, "icmp, udp or tcp");
  }
  if (protocol === "icmp" && port !== undefined)
    throw new UserError("TARGET", "ICMP has no ports", null, 'protocol: "udp"');
  if (protocol === "tcp" && request.size !== undefined)
    throw new UserError("TARGET", "a SYN has no payload", null, "leave the size out");
  if (protocol !== "icmp" && port === undefined)
    throw new UserError("TARGET", `${protocol.toUpperCase()} needs a port`, null, "port: 53");
  if (port !== undefined) checkNumber("port", port, 1, 65535);
  const socket =
    protocol === "tcp"
      ? new TcpSocket(ns)
      : protocol === "udp"
        ? new UdpSocket(ns)
        : new RawSocket(ns, ipv4.PROTO_ICMP);
  socket.ttl = ttl;
  socket.tos = tos;
  socket.mark = mark | 0;
  // One packet to all is what is asked for, if its destination is all.
  if (!(socket instanceof TcpSocket)) socket.broadcast = true;
  return {
    unsent: { from: request.from, source: ip.format(source), to: request.to, protocol },
    bind() {
      if (source === 0 && sourcePort === 0) return;
      if (socket instanceof RawSocket) socket.bind(source);
      else socket.bind(source, sourcePort);
    },
    // The look-up in the tables is what came last, and says the same.
    refusedBy: (error) => (ns.fib.error === error.errno ? ns.fib.refusedBy : 0),
    send() {
      if (socket instanceof RawSocket) socket.sendTo(to, echoRequest(size));
      else if (socket instanceof UdpSocket) socket.sendTo(to, port!, new Uint8Array(size));
      else {
        // One packet was asked for: whatever comes of it is not gone on with.
        socket.abortOnClose = true;
        socket.connect(to, port!);
      }
    },
    close: () => socket.close(),
  };
}

function frameSender(lab: Lab, { from, frame }: FrameRequest): Sender {
  const device = lab.device(from);
  if (frame.length < ethernet.HEADER_LEN) {
    const hint = `${ethernet.HEADER_LEN} bytes of header at least`;
    throw new UserError("TARGET", `${frame.length} bytes are no Ethernet frame`, null, hint);
  }
  const socket = new PacketSocket(device.ns, device, PROTOCOL_ALL);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const source = mac.format(ethernet.srcHi(view, 0), ethernet.srcLo(view, 0));
  return {
    unsent: {
      from,
      source,
      to: mac.format(ethernet.dstHi(view, 0), ethernet.dstLo(view, 0)),
      protocol: "ethernet",
    },
    bind: () => undefined,
    send: () => socket.send(device, frame),
    refusedBy: () => device.ref,
    close: () => socket.close(),
  };
}

function parseAddress(text: string): number {
  const address = ip.parse(text);
  if (address !== null) return address;
  throw new UserError("TARGET", `"${text}" is not an IPv4 address`, null, "such as 10.3.0.5");
}

function checkNumber(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new UserError("TARGET", `${name} ${value} is not possible`, null, `${min} to ${max}`);
}

function echoRequest(size: number): Uint8Array {
  const bytes = new Uint8Array(icmp.HEADER_LEN + size);
  const view = new DataView(bytes.buffer);
  icmp.setType(view, 0, icmp.ECHO_REQUEST);
  icmp.setIdentifier(view, 0, IDENTIFIER);
  icmp.setSequence(view, 0, 1);
  icmp.fillChecksum(view, 0, bytes.length);
  return bytes;
}
