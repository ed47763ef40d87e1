import { UserError } from "../base/user-error.ts";
import type { Journey } from "../capture/journey.ts";
import type { Lab } from "../lab/lab.ts";
import { KernelError } from "../net/kernel-error.ts";
import { RawSocket } from "../net/raw-socket.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";

/** One packet to send: an ICMP echo request, or a UDP datagram to a port. */
export interface PacketRequest {
  /** `host` or `host/namespace` that sends it. */
  readonly from: string;
  /** Dotted quad. */
  readonly to: string;
  readonly protocol: "icmp" | "udp";
  /** Of UDP. */
  readonly port?: number;
  /** Bytes of payload; 56 for an echo request and 0 for a datagram unless given. */
  readonly size?: number;
}

/** How long a packet is followed: longer than ARP tries to find somebody, shorter than a reassembly waits. */
const PATIENCE: Nanos = 5 * SECOND;
/** Any identifier does: nobody waits for the answer. */
const IDENTIFIER = 1;

/** `10.3.0.5`, `10.3.0.5/icmp` or `10.3.0.5:53/udp`. @throws {UserError} TARGET */
export function parseTarget(text: string): Omit<PacketRequest, "from"> {
  const match = /^([0-9.]+)(?::(\d{1,5}))?(?:\/([a-z]+))?$/.exec(text);
  const address = match === null ? null : ip.parse(match[1]!);
  if (match === null || address === null) {
    throw new UserError("TARGET", `${text} is no target`, null, "such as 10.3.0.5 or 10.3.0.5:53/udp");
  }
  const port = match[2] === undefined ? undefined : Number(match[2]);
  const protocol = match[3] ?? (port === undefined ? "icmp" : "udp");
  if (protocol !== "icmp" && protocol !== "udp") {
    throw new UserError(
      "TARGET",
      `${text}: no packet of protocol ${protocol} can be sent`,
      null,
      "icmp or udp",
    );
  }
  const hasPort = port !== undefined && port >= 1 && port <= 65535;
  if (hasPort !== (protocol === "udp") || (protocol === "icmp" && port !== undefined)) {
    const need = protocol === "udp" ? "UDP takes a port from 1 to 65535" : "ICMP has no ports";
    throw new UserError("TARGET", `${text}: ${need}`, null, "such as 10.3.0.5 or 10.3.0.5:53/udp");
  }
  return { to: match[1]!, protocol, ...(port === undefined ? {} : { port }) };
}

/**
 * Sends one packet and lets time pass until it has ended somewhere. Returns its journey; its answers are journeys of
 * their own. @throws {UserError} SEND when the sender's own kernel refuses, in its words
 */
export function sendPacket(lab: Lab, request: PacketRequest): Journey {
  lab.record();
  const since = lab.now;
  const before = lab.journeys(since).length;
  const ns = lab.namespace(request.from);
  const address = ip.parse(request.to);
  if (address === null) throw new UserError("TARGET", `${request.to} is no IPv4 address`);
  try {
    if (request.protocol === "udp") {
      const socket = new UdpSocket(ns);
      socket.sendTo(address, request.port ?? 0, new Uint8Array(request.size ?? 0));
      lab.advance(PATIENCE);
      socket.close();
    } else {
      const socket = new RawSocket(ns, ipv4.PROTO_ICMP);
      socket.sendTo(address, echoRequest(request.size ?? 56));
      lab.advance(PATIENCE);
      socket.close();
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new UserError("SEND", `${request.from} cannot send to ${request.to}: ${error.message}`);
  }
  // What its sending brings about, an ARP request say, begins after it.
  return lab.journeys(since)[before]!;
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
