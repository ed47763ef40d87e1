// How long the command line takes to say its version, against Node doing nothing.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onOneProcessor } from "../peers/processes.mjs";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export function measureStart(figures) {
  for (const [name, args] of [
    ["start.ms", [main, "--version"]],
    ["start.nodeMs", ["-e", "0"]],
  ]) {
    const [first, ...rest] = onOneProcessor(process.execPath, args);
    const before = process.hrtime.bigint();
    const { status } = spawnSync(first, rest, { stdio: "ignore" });
    if (status !== 0) throw new Error(`${rest.join(" ")} ended with ${status}`);
    figures.add(name, Number(process.hrtime.bigint() - before) / 1e6);
  }
}

export function concludeStart(figures) {
  figures.addRatio("start.timesNode", "start.ms", "start.nodeMs");
}

export function printStart(figures) {
  const figure = (name, digits) => figures.get(`start.${name}`).toFixed(digits);
  console.log(
    `overmesh --version: ${figure("ms", 0)} ms, ${figure("timesNode", 2)} times Node with nothing to do`,
  );
}
