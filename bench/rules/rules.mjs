// What a rule costs that is not for the packet: the same chain of rules in our container and in one of the real kernel.
import { fileURLToPath } from "node:url";
import { TurnTaker } from "../peers/turns.mjs";

const measure = fileURLToPath(new URL("measure.mjs", import.meta.url));
const COUNTS = [10, 1_000, 10_000];

/** With no rule and with more and more of them, turn by turn: what a rule costs is a small difference of two figures. */
export async function measureRules(figures, kernel, quick) {
  const [turns, seconds] = quick ? [3, 0.2] : [7, 0.3];
  const counts = [0, ...COUNTS];
  const ours = counts.map((count) => new TurnTaker(process.execPath, "--expose-gc", measure, count));
  const theirs = kernel?.open(64);
  for (let i = 0; i < turns; i++)
    for (const [which, count] of counts.entries()) {
      kernel?.setRules(count);
      if (theirs !== undefined) figures.add(`rules${count}.kernelNs`, await theirs.turn(seconds));
      figures.addAll(`rules${count}`, await ours[which].turn(seconds));
    }
  await theirs?.end();
  for (const [which, count] of counts.entries()) figures.addAll(`rules${count}`, await ours[which].end());
  kernel?.setRules(0);
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
