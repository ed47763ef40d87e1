// 1,000 hosts with 10,000 network namespaces: how long the engine takes to build them, and what each one weighs.
import { fileURLToPath } from "node:url";
import { run } from "../peers/peers.mjs";

const HOSTS = 1000;
const CONTAINERS = 10;
const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const build = (program) => JSON.parse(run(process.execPath, ["--expose-gc", at(program), HOSTS, CONTAINERS]));

export function measureBuild(figures) {
  const engine = build("engine.mjs");
  for (const [key, value] of Object.entries(engine)) figures.add(`build.${key}`, value);
  figures.add("build.prototypeMs", build("prototype.mjs").ms);
}

export function concludeBuild(figures) {
  figures.addRatio("build.timesPrototype", "build.ms", "build.prototypeMs");
}

export function printBuild(figures) {
  const figure = (name, digits) => figures.get(`build.${name}`).toFixed(digits);
  const kibibytes = (name) => (figures.get(`build.${name}`) / 1024).toFixed(1);
  console.log(
    `\n${HOSTS} hosts with ${HOSTS * CONTAINERS} namespaces: ${figure("ms", 0)} ms, ${figure("timesPrototype", 2)} times ` +
      `the prototype's ${figure("prototypeMs", 0)} ms; ${kibibytes("bytesPerNamespace")} KiB each ` +
      `(${kibibytes("residentBytesPerNamespace")} KiB of the process)`,
  );
}
