import type { NetDevice } from "../../net/net-device.ts";
import * as ethernet from "../../wire/ethernet.ts";
import * as mac from "../../wire/mac.ts";
import * as sll2 from "../../wire/sll2.ts";

/** How a frame met its device, as a packet socket says it. */
export function kindOf(device: NetDevice, outgoing: boolean, view: DataView): sll2.PacketKind {
  if (outgoing) return "Out";
  const hi = ethernet.dstHi(view, 0);
  const lo = ethernet.dstLo(view, 0);
  if (device.loopback) return "In";
  if (mac.isBroadcast(hi, lo)) return "B";
  if (mac.isMulticast(hi)) return "M";
  return hi === device.macHi && lo === device.macLo ? "In" : "P";
}

/** A frame with an SLL2 header in place of its Ethernet header. */
export function asCooked(
  bytes: Uint8Array,
  view: DataView,
  device: NetDevice,
  kind: sll2.PacketKind,
): Uint8Array {
  const stored = new Uint8Array(sll2.HEADER_LEN + Math.max(0, bytes.length - ethernet.HEADER_LEN));
  const header: sll2.Sll2Repr = {
    protocol: ethernet.type(view, 0),
    ifindex: device.ifindex,
    hardware: device.loopback ? sll2.HARDWARE_LOOPBACK : sll2.HARDWARE_ETHERNET,
    kind,
    address: { hi: ethernet.srcHi(view, 0), lo: ethernet.srcLo(view, 0) },
  };
  sll2.emit(header, new DataView(stored.buffer), 0);
  stored.set(bytes.subarray(ethernet.HEADER_LEN), sll2.HEADER_LEN);
  return stored;
}

/** An SLL2 frame as an Ethernet frame, for the filter. */
export function asEthernet(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = sll2.parse(view, 0, bytes.length);
  if (header === null) return new Uint8Array(0);
  const frame = new Uint8Array(ethernet.HEADER_LEN + bytes.length - sll2.HEADER_LEN);
  frame.set(bytes.subarray(12, 18), 6);
  frame.set(bytes.subarray(0, 2), 12);
  frame.set(bytes.subarray(sll2.HEADER_LEN), ethernet.HEADER_LEN);
  return frame;
}
