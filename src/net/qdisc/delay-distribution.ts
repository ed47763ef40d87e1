/**
 * Shapes of netem's jitter other than the uniform one. Each is a table of the inverse cumulative distribution at 4096
 * equal steps, in units of the jitter over 8192, as the files in iproute2's `tc` folder are. The tables are computed
 * here with the four basic operations only, which every platform rounds alike.
 */
export type DelayDistribution = "normal" | "pareto" | "paretonormal";

/** One jitter, in the units of a table. */
export const DISTRIBUTION_SCALE = 8192;
const SIZE = 4096;

const tables = new Map<DelayDistribution, Int16Array>();

/** The table of a distribution, made when it is first asked for. */
export function distributionTable(name: DelayDistribution): Int16Array {
  let table = tables.get(name);
  if (table === undefined) {
    table = name === "normal" ? normal() : name === "pareto" ? pareto() : paretoNormal();
    tables.set(name, table);
  }
  return table;
}

/** Steps of the abscissa for one standard deviation. */
const STEPS = 2000;
const REACH = 10;

/** Inverse of the normal distribution: walks along its integral and notes where each step is passed. */
function normal(): Int16Array {
  const table = new Int16Array(SIZE);
  // Density without its constant; the sum over all steps stands for it.
  const density: number[] = [];
  let total = 0;
  for (let i = -REACH * STEPS; i <= REACH * STEPS; i++) {
    const x = i / STEPS;
    const value = exponential((x * x) / 2);
    density.push(value);
    total += value;
  }
  let row = 0;
  let sum = 0;
  for (let i = 0; i < density.length && row < SIZE; i++) {
    const before = sum;
    sum += density[i]! / total;
    // The middle of row r lies a little to the right of r/4096: what rounds to the same 16384th counts as it.
    for (let goal = (4 * row + 0.5) / 16384; row < SIZE && sum > goal; goal = (4 * row + 0.5) / 16384) {
      const part = (goal - before) / (sum - before);
      const value = nearest(((i - REACH * STEPS - 0.5 + part) / STEPS) * DISTRIBUTION_SCALE);
      table[row++] = Math.max(-32768, value);
    }
  }
  return table;
}

/** Inverse of a Pareto distribution of shape 3, moved to mean zero and scaled. */
function pareto(): Int16Array {
  return Int16Array.from({ length: SIZE }, (_, row) => {
    const tail = (SIZE - row) / SIZE;
    return Math.min(32767, nearest((1 / cubeRoot(tail) - 1.5) * (4 / 3) * DISTRIBUTION_SCALE));
  });
}

/** A quarter normal, three quarters Pareto. */
function paretoNormal(): Int16Array {
  const bell = distributionTable("normal");
  return distributionTable("pareto").map((value, row) => Math.trunc((value * 3 + bell[row]!) / 4));
}

/** e to the power of -t, t not negative. */
function exponential(t: number): number {
  // e^-t = (e^-(t/1024))^1024, where the series needs few members.
  const small = t / 1024;
  let result = 1 - small * (1 - (small / 2) * (1 - (small / 3) * (1 - (small / 4) * (1 - small / 5))));
  for (let i = 0; i < 10; i++) result *= result;
  return result;
}

/** Newton's method, for 0 < v <= 1. */
function cubeRoot(v: number): number {
  let root = 1;
  for (let i = 0; i < 40; i++) root -= (root - v / (root * root)) / 3;
  return root;
}

function nearest(value: number): number {
  return Math.floor(value + 0.5);
}
