import type { NetDevice } from "../../src/net/net-device.ts";
import type { Packet } from "../../src/sim/packet.ts";
import type { Tap } from "../../src/sim/tap.ts";
import { Verdict } from "../../src/sim/verdict.ts";
import * as ethernet from "../../src/wire/ethernet.ts";
import * as mac from "../../src/wire/mac.ts";

/** An ethertype that no stack takes: frames of tests end as UNHANDLED_PROTO where they arrive. */
const TEST_TYPE = 0x88b5;

/** The number behind a plain address such as 02:00:00:00:00:05. */
export function macNumbered(n: number): mac.Mac {
  return { hi: 0x0200, lo: n };
}

/** Sends a frame of `length` bytes out of a device. `note` is found again in {@link Seen}. */
export function sendFrame(
  device: NetDevice,
  dst: mac.Mac,
  src: mac.Mac,
  note = 0,
  length = 64,
  type = TEST_TYPE,
): void {
  const packet = device.world.pool.allocate(length, null);
  packet.bytes.fill(0, packet.at, packet.at + length);
  ethernet.emit({ dst, src, type }, packet.view, packet.at);
  packet.view.setUint32(packet.at + length - 4, note);
  packet.networkAt = packet.at + ethernet.HEADER_LEN;
  packet.transportAt = packet.networkAt;
  device.transmit(packet);
}

/** A frame as it passed a device. */
interface Seen {
  readonly in: boolean;
  readonly dst: string;
  readonly src: string;
  readonly note: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Records what passes a device, in order. */
export class Watch implements Tap {
  readonly seen: Seen[] = [];

  constructor(device: NetDevice) {
    device.tap = this;
  }

  record(_place: number, packet: Packet, verdict: Verdict): void {
    const { view, at, length } = packet;
    this.seen.push({
      in: verdict === Verdict.received,
      dst: mac.format(ethernet.dstHi(view, at), ethernet.dstLo(view, at)),
      src: mac.format(ethernet.srcHi(view, at), ethernet.srcLo(view, at)),
      note: view.getUint32(at + length - 4),
      length,
      bytes: packet.bytes.slice(at, at + length),
    });
  }

  /** The notes of what came in since the last call. */
  arrived(): number[] {
    return this.seen
      .splice(0)
      .filter((frame) => frame.in)
      .map((frame) => frame.note);
  }
}
