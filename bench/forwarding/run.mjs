// npm run bench: the cross-host path on the full engine. Prints CPU nanoseconds and bytes allocated per packet.
// A burst of packets is one operation of `benchmark`, because what takes less than a microsecond cannot be timed alone.
import Benchmark from "benchmark";
import { BURST, buildOverlay, FLOWS } from "./overlay.mjs";

const ROUNDS = 21;

/** Heap bytes that one packet leaves behind, measured where the collector cannot hide it. */
function bytesPerPacket(world, payload) {
  const packets = 200_000;
  world.send(packets, payload);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  world.send(packets, payload);
  return Math.max(0, process.memoryUsage().heapUsed - before) / packets;
}

function measure(name, payloadLength, flowCount) {
  const world = buildOverlay();
  const payload = new Uint8Array(payloadLength);
  const before = world.received.packets;
  world.send(FLOWS, payload, flowCount);
  if (world.received.packets - before !== FLOWS)
    throw new Error(`${name}: ${world.received.packets - before} of ${FLOWS} arrived`);
  const perBurst = 8 * BURST;
  const samples = [];
  const bench = new Benchmark(name, () => world.send(perBurst, payload, flowCount), {
    maxTime: 1,
    minSamples: ROUNDS,
  });
  bench.run();
  for (const seconds of bench.stats.sample) samples.push((seconds * 1e9) / perBurst);
  samples.sort((a, b) => a - b);
  const ns = samples[Math.floor(samples.length / 2)];
  const bytes = bytesPerPacket(world, payload);
  console.log(
    `${name.padEnd(34)} ${ns.toFixed(0).padStart(6)} ns/packet ${(1e3 / ns).toFixed(2).padStart(6)} Mpackets/s ${bytes.toFixed(2).padStart(6)} bytes allocated/packet`,
  );
}

measure("overlay, 64 bytes, 256 flows", 64, FLOWS);
measure("overlay, 64 bytes, 1 flow", 64, 1);
measure("overlay, 1400 bytes, 256 flows", 1400, FLOWS);
