import { copyBytes } from "../base/bytes.ts";
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udp from "../wire/udp.ts";
import type { OpenPort } from "./flow-class.ts";
import type { Identification } from "./leg.ts";
import type { Packet } from "./packet.ts";

/** Where the headers lie among the bytes that a packet of the flow gets in front, from their start. */
interface HeaderPlaces {
  /** The IPv4 header. */
  readonly ip: number;
  /** The UDP header behind it, or 0. */
  readonly udp: number;
  /** The sum of the pseudo header without its length, for a UDP checksum that stays unfinished; -1 when there is none. */
  readonly pseudoSum: number;
  /**
   * For a UDP checksum that is complete and covers an inner one that is not: the sum of all headers in between and of the
   * pseudo header, without the two lengths; -1 when there is none.
   */
  readonly coveringSum: number;
  /** The port of the UDP header in which the flows of a class differ; null for a header of one flow. */
  readonly open: OpenPort | null;
}

/**
 * The bytes that a leg writes in front of the packets of a flow: the same for all but for the lengths, the
 * identification and the checksums. These are mended here, and then all is copied at once, because writing into the
 * packet costs more.
 */
export class FlowHeader {
  readonly length: number;
  /** What numbers the packets; null when there is no IPv4 header. */
  readonly identification: Identification | null;
  /** While a trip leaves it unwritten: where it begins, and what is not written yet behind it ({@link writeAll}). */
  from = 0;
  below: FlowHeader | null = null;
  readonly #bytes: Uint8Array;
  readonly #ip: number;
  readonly #udp: number;
  readonly #pseudoSum: number;
  /** Without the open port. */
  readonly #coveringSum: number;
  readonly #open: OpenPort | null;
  /** The sum of the IPv4 header without its length, identification and checksum; and with the length. */
  readonly #constantSum: number;
  #sum = 0;
  /** The length of the IPv4 packet that the bytes are for. */
  #packetLength = -1;

  /** `bytes` are those of one packet. */
  constructor(bytes: Uint8Array, identification: Identification | null, places: HeaderPlaces) {
    this.length = bytes.length;
    this.identification = identification;
    this.#bytes = bytes;
    this.#ip = places.ip;
    this.#udp = places.udp;
    this.#pseudoSum = places.pseudoSum;
    this.#coveringSum = places.coveringSum;
    this.#open = places.open;
    if (places.open !== null && places.coveringSum >= 0)
      this.#coveringSum -= udp.portIn(bytes, places.udp + places.open.place);
    this.#constantSum = identification === null ? 0 : ipv4.constantSum(bytes, places.ip);
  }

  /** Writes the header at `at` into a packet that has room for it there, and that has drawn its identification. */
  write(packet: Packet, at: number): void {
    if (this.identification !== null) {
      const length = packet.at + packet.length - at - this.#ip;
      if (length !== this.#packetLength) this.#resize(length);
      ipv4.writeIdentification(this.#bytes, this.#ip, packet.identification, this.#sum);
      let port = 0;
      if (this.#open !== null) {
        port = this.#open.port.of(packet);
        udp.writePort(this.#bytes, this.#udp + this.#open.place, port);
      }
      if (this.#pseudoSum >= 0) {
        packet.checksumStart = at + this.#udp;
        packet.checksumField = udp.CHECKSUM;
      } else if (this.#coveringSum >= 0) this.#cover(packet, length - (this.#udp - this.#ip), port);
    }
    copyBytes(packet.bytes, this.#bytes, at);
  }

  /** What is inside sums up to the complement of what its unfinished checksum holds now (local checksum offload). */
  #cover({ view, checksumStart, checksumField }: Packet, udpLength: number, port: number): void {
    const seed = view.getUint16(checksumStart + checksumField);
    const sum = checksum.finish(this.#coveringSum + port + 2 * udpLength + (~seed & 0xffff)) || 0xffff;
    udp.writeLength(this.#bytes, this.#udp, udpLength, sum);
  }

  #resize(length: number): void {
    this.#packetLength = length;
    this.#sum = this.#constantSum + length;
    ipv4.writeLength(this.#bytes, this.#ip, length);
    if (this.#udp === 0) return;
    const udpLength = length - (this.#udp - this.#ip);
    const sum = this.#pseudoSum < 0 ? 0 : checksum.fold(this.#pseudoSum + udpLength);
    udp.writeLength(this.#bytes, this.#udp, udpLength, sum);
  }
}
