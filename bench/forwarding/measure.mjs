// One figure of the forwarding path in a process of its own, because V8 tunes itself to what a process has run before.
// usage: node --expose-gc measure.mjs PAYLOAD FLOWS plain|timed SECONDS      prints one line of JSON
// A burst of packets is one operation of `benchmark`, since what takes less than a microsecond cannot be timed alone.
import Benchmark from "benchmark";
import { BURST, buildOverlay, FLOWS } from "./overlay.mjs";

const PACKETS = 64 * BURST;
/** V8 takes its time: what is called once a burst, as the steps of the clock are, is optimized last. */
const WARM_UP = 500_000;
/** A wire of 10 Gbit/s and 10 microseconds. */
const TIMED = { delay: 10_000, rate: 1e10, queue: 1000 };

const median = (samples) => [...samples].sort((a, b) => a - b)[samples.length >> 1];

/** Nanoseconds that this process has had of a processor. */
function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

/** By how much the heap grows while so many packets are forwarded: the least of three, as V8 too allocates now and then. */
function growth(packets, payload, flowCount) {
  const counts = [0, 1, 2].map(() => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    overlay.send(packets, payload, flowCount);
    return process.memoryUsage().heapUsed - before;
  });
  return Math.min(...counts);
}

/** Heap bytes that one more packet leaves behind: what a measurement takes by itself is in both counts. */
function bytesPerPacket(payload, flowCount) {
  const packets = 32_000;
  return Math.max(0, growth(2 * packets, payload, flowCount) - growth(packets, payload, flowCount)) / packets;
}

const [length, flowCount, wire, seconds] = process.argv.slice(2);
const overlay = buildOverlay(wire === "timed" ? { wire: TIMED } : {});
const payload = new Uint8Array(Number(length));
const flows = Number(flowCount);
overlay.send(WARM_UP, payload, flows);
const before = overlay.received.packets;
overlay.send(FLOWS, payload, flows);
const arrived = overlay.received.packets - before;
if (arrived !== FLOWS) throw new Error(`${arrived} of ${FLOWS} arrived`);
const samples = [];
const burst = () => {
  const start = cpuNanoseconds();
  overlay.send(PACKETS, payload, flows);
  samples.push((cpuNanoseconds() - start) / PACKETS);
};
const bench = new Benchmark("packet", burst, { maxTime: Number(seconds), minSamples: 21 });
bench.run();
if (bench.error !== undefined) throw bench.error;
console.log(
  JSON.stringify({
    nsPerPacket: median(samples),
    wallNsPerPacket: median(bench.stats.sample) * (1e9 / PACKETS),
    bytesPerPacket: bytesPerPacket(payload, flows),
  }),
);
