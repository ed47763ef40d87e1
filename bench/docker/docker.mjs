// What starting containers costs: against bare network namespaces of the real kernel, and among many others.
import { fileURLToPath } from "node:url";
import { attempt, onOneProcessor, run } from "../peers/processes.mjs";

const CONTAINERS = 200;
const at = (name) => fileURLToPath(new URL(name, import.meta.url));

export function measureDocker(figures) {
  const boots = ["--net", "--mount", "bash", at("kernel.sh"), CONTAINERS];
  const [first, ...rest] = onOneProcessor("unshare", boots);
  const bare = JSON.parse(attempt(first, rest) ?? "{}");
  const measured = JSON.parse(run(process.execPath, [at("measure.mjs")]));
  for (const [key, value] of Object.entries({ ...bare, ...measured })) figures.add(`docker.${key}`, value);
}

/**
 * The kernel waits more than it works, so both sides are held against each other by the clock on the wall. Other work on the
 * machine makes both longer, not alike: the processor's time, which leaves the waiting out, stands beside it.
 */
export function concludeDocker(figures) {
  figures.addRatio("docker.timesKernel", "docker.kernelMs", "docker.wallMs");
  figures.addRatio("docker.timesKernelCpu", "docker.kernelCpuMs", "docker.ms");
  figures.addRatio("docker.coldTimesKernel", "docker.kernelMs", "docker.coldWallMs");
  figures.addRatio("docker.timesBatch", "docker.kernelBatchMs", "docker.wallMs");
  figures.addRatio("docker.oneAmong1000", "docker.oneAt1000Ms", "docker.oneAt10Ms");
}

export function printDocker(figures) {
  const figure = (name, digits) => figures.get(`docker.${name}`)?.toFixed(digits) ?? "-";
  console.log(
    `\n${CONTAINERS} containers: ${figure("ms", 1)} ms of the processor, ${figure("wallMs", 1)} on the wall ` +
      `(${figure("coldMs", 0)} and ${figure("coldWallMs", 0)} in a process that has just begun)\n` +
      `times as fast as as many bare namespaces with a veth of the real kernel: ${figure("timesKernel", 1)} ` +
      `(${figure("coldTimesKernel", 1)} in a new process) where commands of ip make them one at a time ` +
      `(${figure("kernelMs", 0)} ms), ${figure("timesBatch", 1)} where one batch does (${figure("kernelBatchMs", 0)} ms); ` +
      `without the waiting ${figure("timesKernelCpu", 1)} (${figure("kernelCpuMs", 0)} ms of the processor)\n` +
      `one container more among 1,000: ${figure("oneAmong1000", 2)} times what it costs among 10`,
  );
}
