// 1,000 hosts with 10,000 network namespaces: how long the engine takes to build them, and what each one weighs.
import { fileURLToPath } from "node:url";
import { run } from "../peers/processes.mjs";

const HOSTS = 1000;
const CONTAINERS = 10;
const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const build = (program) => JSON.parse(run(process.execPath, ["--expose-gc", at(program), HOSTS, CONTAINERS]));

/** How many processes of each, in turn, make a round: the fastest of each counts, since other work only makes one slower. */
const PROCESSES = 3;

export function measureBuild(figures) {
  const engines = [];
  const prototypes = [];
  for (let i = 0; i < PROCESSES; i++) {
    engines.push(build("engine.mjs"));
    prototypes.push(build("prototype.mjs"));
  }
  const fastest = (runs) => runs.reduce((best, one) => (one.ms < best.ms ? one : best));
  for (const [key, value] of Object.entries(fastest(engines))) figures.add(`build.${key}`, value);
  figures.add("build.prototypeMs", fastest(prototypes).ms);
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
