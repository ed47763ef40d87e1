// What starting containers costs: against bare network namespaces of the real kernel, and among many others.
import { fileURLToPath } from "node:url";
import { attempt, run } from "../peers/peers.mjs";

const CONTAINERS = 200;
const at = (name) => fileURLToPath(new URL(name, import.meta.url));

export function measureDocker(figures) {
  const bare = attempt("unshare", ["--net", "--mount", "bash", at("kernel.sh"), CONTAINERS]);
  if (bare !== null) figures.add("docker.kernelMs", Number(bare));
  const measured = JSON.parse(run(process.execPath, [at("measure.mjs")]));
  for (const [key, value] of Object.entries(measured)) figures.add(`docker.${key}`, value);
}

export function concludeDocker(figures) {
  figures.addRatio("docker.timesKernel", "docker.kernelMs", "docker.ms");
  figures.addRatio("docker.oneAmong1000", "docker.oneAt1000Ms", "docker.oneAt10Ms");
}

export function printDocker(figures) {
  const figure = (name, digits) => figures.get(`docker.${name}`)?.toFixed(digits) ?? "-";
  console.log(
    `\n${CONTAINERS} containers: ${figure("ms", 1)} ms (${figure("coldMs", 0)} ms in a process that has just begun), ` +
      `${figure("timesKernel", 1)} times as fast as as many bare namespaces with a veth of the real kernel ` +
      `(${figure("kernelMs", 0)} ms); one more among 1,000: ${figure("oneAmong1000", 2)} times what it costs among 10`,
  );
}
