// How a process measures itself: processor time of bursts, and what a burst leaves on the heap (node --expose-gc).
import Benchmark from "benchmark";
import { median } from "./figures.mjs";

/** Nanoseconds that this process has had of a processor. */
function cpuNanoseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

/**
 * Nanoseconds for one of the `count` things that `go(count)` does, of the processor and on the wall: medians over so many
 * seconds. A burst is one operation of `benchmark`, since what takes less than a microsecond cannot be timed alone.
 */
export function measure(go, count, seconds) {
  const samples = [];
  const burst = () => {
    const start = cpuNanoseconds();
    go(count);
    samples.push((cpuNanoseconds() - start) / count);
  };
  // A collection that the warm-up began goes on for as long as nothing is allocated, and makes each store of a reference dearer.
  globalThis.gc();
  // `benchmark` takes a second at least, 21 samples of a twentieth: shorter ones begin with cold caches and differ twice as much.
  const bench = new Benchmark("burst", burst, { maxTime: seconds, minSamples: 21 });
  bench.run();
  if (bench.error !== undefined) throw bench.error;
  return { nanoseconds: median(samples), wallNanoseconds: median(bench.stats.sample) * (1e9 / count) };
}

/** By how much the heap grows while `go(count)` runs: the least of three, as V8 too allocates now and then. */
function growth(go, count) {
  const counts = [0, 1, 2].map(() => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    go(count);
    return process.memoryUsage().heapUsed - before;
  });
  return Math.min(...counts);
}

/** Heap bytes that one more of the things that `go` does leaves behind: what a measurement takes by itself is in both counts. */
export function heapBytes(go, count) {
  return Math.max(0, growth(go, 2 * count) - growth(go, count)) / count;
}
