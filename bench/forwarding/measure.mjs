// One figure of the forwarding path in a process of its own, because V8 tunes itself to what a process has run before.
// usage: node --expose-gc measure.mjs PAYLOAD FLOWS plain|timed|hooks      answers turns
import { heapBytes, measure } from "../measuring.mjs";
import { takeTurns } from "../peers/turns.mjs";
import { BURST, buildOverlay, FLOWS } from "./overlay.mjs";

const PACKETS = 64 * BURST;
/** V8 takes its time: what is called once a burst, as the steps of the clock are, is optimized last. */
const WARM_UP = 500_000;
/** A wire of 10 Gbit/s and 10 microseconds. */
const TIMED = { delay: 10_000, rate: 1e10, queue: 1000 };

const [length, flowCount, kind] = process.argv.slice(2);
const OPTIONS = { plain: {}, timed: { wire: TIMED }, hooks: { netfilter: true } };
const overlay = buildOverlay(OPTIONS[kind]);
const payload = new Uint8Array(Number(length));
const flows = Number(flowCount);
overlay.send(WARM_UP, payload, flows);
const before = overlay.received.packets;
overlay.send(FLOWS, payload, flows);
const arrived = overlay.received.packets - before;
if (arrived !== FLOWS) throw new Error(`${arrived} of ${FLOWS} arrived`);
const send = (count) => overlay.send(count, payload, flows);
await takeTurns(
  (seconds) => {
    const { nanoseconds, wallNanoseconds } = measure(send, PACKETS, seconds);
    return { nsPerPacket: nanoseconds, wallNsPerPacket: wallNanoseconds };
  },
  () => ({ bytesPerPacket: heapBytes(send, 32_000) }),
);
