// What a rule costs that is not for the packet: the same chain of rules in our container and in one of the real kernel.
import { fileURLToPath } from "node:url";
import { run } from "../peers/peers.mjs";

const measure = fileURLToPath(new URL("measure.mjs", import.meta.url));
const COUNTS = [10, 1_000, 10_000];

export function measureRules(figures, kernel, quick) {
  const seconds = quick ? 0.3 : 0.8;
  for (const count of [0, ...COUNTS]) {
    if (kernel !== null) figures.add(`rules${count}.kernelNs`, kernel.nanosecondsWithRules(count, seconds));
    const measured = JSON.parse(run(process.execPath, ["--expose-gc", measure, count, seconds]));
    for (const [key, value] of Object.entries(measured)) figures.add(`rules${count}.${key}`, value);
  }
}

/** `nsPerRule`, `kernelNsPerRule`: what each rule adds to a packet; `timesKernel`: how many times as fast as the kernel's. */
export function concludeRules(figures) {
  for (const count of COUNTS) {
    figures.addDifference(
      `rules${count}.nsPerRule`,
      `rules${count}.nsPerPacket`,
      "rules0.nsPerPacket",
      count,
    );
    figures.addDifference(
      `rules${count}.kernelNsPerRule`,
      `rules${count}.kernelNs`,
      "rules0.kernelNs",
      count,
    );
  }
  figures.addRatio("rules10000.timesKernel", "rules10000.kernelNsPerRule", "rules10000.nsPerRule");
}

export function printRules(figures) {
  for (const count of COUNTS) {
    const figure = (name, digits) => figures.get(`rules${count}.${name}`)?.toFixed(digits) ?? "-";
    console.log(
      `${count} rules: ${figure("nsPerPacket", 0)} ns a packet, ${figure("nsPerRule", 2)} ns a rule ` +
        `(the real kernel: ${figure("kernelNsPerRule", 2)}), ${figure("bytesPerPacket", 2)} bytes`,
    );
  }
}
