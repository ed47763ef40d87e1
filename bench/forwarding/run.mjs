// npm run bench: the cross-host path on the full engine. Prints the processor's and the clock's nanoseconds for a packet,
// and the bytes that it leaves on the heap. A burst of packets is one operation of `benchmark`, because what takes less
// than a microsecond cannot be timed alone.
import Benchmark from "benchmark";
import { BURST, buildOverlay, FLOWS } from "./overlay.mjs";

const PACKETS = 64 * BURST;
const WARM_UP = 300_000;
/** A wire of 10 Gbit/s and 10 microseconds. */
const REAL_WIRE = { delay: 10_000, rate: 1e10, queue: 1000 };

const median = (samples) => [...samples].sort((a, b) => a - b)[samples.length >> 1];

/** Nanoseconds that this process has had of a processor. */
function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

/** Heap bytes that one packet leaves behind: the least of three counts, because V8 itself allocates now and then. */
function bytesPerPacket(world, payload, flowCount) {
  const packets = 100_000;
  const counts = [0, 1, 2].map(() => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    world.send(packets, payload, flowCount);
    return process.memoryUsage().heapUsed - before;
  });
  return Math.max(0, Math.min(...counts)) / packets;
}

function measure(name, payloadLength, flowCount, wire) {
  const world = buildOverlay(wire);
  const payload = new Uint8Array(payloadLength);
  world.send(WARM_UP, payload, flowCount);
  const before = world.received.packets;
  world.send(FLOWS, payload, flowCount);
  const arrived = world.received.packets - before;
  if (arrived !== FLOWS) throw new Error(`${name}: ${arrived} of ${FLOWS} arrived`);
  const cpu = [];
  const burst = () => {
    const start = cpuNanoseconds();
    world.send(PACKETS, payload, flowCount);
    cpu.push((cpuNanoseconds() - start) / PACKETS);
  };
  const bench = new Benchmark(name, burst, { maxTime: 2, minSamples: 31 });
  bench.run();
  if (bench.error !== undefined) throw bench.error;
  const wall = bench.stats.sample.map((seconds) => (seconds * 1e9) / PACKETS);
  const columns = [
    name.padEnd(42),
    `${median(cpu).toFixed(0).padStart(5)} ns CPU (least ${Math.min(...cpu).toFixed(0)})`,
    `${median(wall).toFixed(0).padStart(5)} ns wall`,
    `${(1e3 / median(cpu)).toFixed(2).padStart(5)} Mpackets/s`,
    `${bytesPerPacket(world, payload, flowCount).toFixed(2).padStart(5)} bytes allocated`,
  ];
  console.log(columns.join("  "));
}

measure("64 bytes, 256 flows", 64, FLOWS);
measure("64 bytes, 1 flow", 64, 1);
measure("1400 bytes, 256 flows", 1400, FLOWS);
measure("64 bytes, 256 flows, wire that takes time", 64, FLOWS, REAL_WIRE);
