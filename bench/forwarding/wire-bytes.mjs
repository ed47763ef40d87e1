// Hashes of all bytes that 4096 packets put on the underlay, and of all that is delivered: bench/peers/overlay.c makes the
// same. What is a matter of chance or of configuration is set as there: the outer source ports' range (an option of the
// VTEP), and the identifications, which count from 1 for each sender instead of from a random number.
// usage: node wire-bytes.mjs PAYLOAD      prints one line of JSON
import { finishChecksum } from "../../dist/sim/finish-checksum.js";
import { Verdict } from "../../dist/sim/verdict.js";
import { buildOverlay, FLOWS } from "./overlay.mjs";

const PACKETS = 4096;

/** FNV-1a of 32 bits. */
class Hash {
  #value = 2166136261 | 0;

  add(bytes) {
    for (const byte of bytes) this.#value = Math.imul(this.#value ^ byte, 16777619);
  }

  get text() {
    return (this.#value >>> 0).toString(16).padStart(8, "0");
  }
}

/** Counts from 1 for each sender. */
class CountedIdentifications {
  #counters = new Map();

  of(src) {
    if (!this.#counters.has(src)) {
      const counter = { last: 0, next: () => (counter.last = (counter.last + 1) & 0xffff) };
      this.#counters.set(src, counter);
    }
    return this.#counters.get(src);
  }

  next(src) {
    return this.of(src).next();
  }

  /** What was sent before does not count. */
  restart() {
    for (const counter of this.#counters.values()) counter.last = 0;
  }
}

const payload = Uint8Array.from({ length: Number(process.argv[2]) }, (_, i) => i * 7 + 13);
const identifications = new CountedIdentifications();
const overlay = buildOverlay({ identifications, sourcePortFirst: 32768, sourcePortLast: 61000 });
identifications.restart();
const wire = new Hash();
const delivered = new Hash();
const bytesOf = (packet) => packet.bytes.slice(packet.at, packet.at + packet.length);
overlay.nics[0].addTap({
  record(_place, packet, verdict) {
    if (verdict !== Verdict.transmitted) return;
    finishChecksum(packet);
    wire.add(bytesOf(packet));
  },
});
for (const socket of overlay.sockets) socket.receiver = (packet) => delivered.add(bytesOf(packet));
// Each packet begins with its number.
for (let i = 0; i < PACKETS; i++) {
  new DataView(payload.buffer).setUint32(0, i, true);
  overlay.sendOne(i % FLOWS, payload);
}
console.log(JSON.stringify({ wire: wire.text, delivered: delivered.text }));
