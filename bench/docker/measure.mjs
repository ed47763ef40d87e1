// Starts containers on one host, as `docker run -d alpine sleep 100000` does, and times them.
// usage: node measure.mjs      prints one line of JSON: milliseconds of the whole, of the processor and on the wall, in a
// process that has just begun and in one that is warm; and of the processor for one more at 10 and at 1,000 containers
import { OptionValues } from "../../dist/docker/cli/option-values.js";
import { createRequest } from "../../dist/docker/cli/run-config.js";
import { CONTAINER_OPTIONS } from "../../dist/docker/cli/specs/run-options.js";
import { Lab } from "../../dist/lab/lab.js";
import { parseFrontMatter } from "../../dist/scenario/front-matter.js";
import { LabWorld } from "../../dist/scenario/lab-world.js";
import { median } from "../figures.mjs";

const CONTAINERS = 200;
const text = "{ title: Containers, hosts: { host: { address: 172.10.0.15, docker: true } } }";
const { topology } = parseFrontMatter({ file: "bench", text, firstLine: 1 }).value;
/** What the client sends for `docker run alpine sleep 100000`, made once: only the engine is measured. */
const request = createRequest({}, new OptionValues(CONTAINER_OPTIONS, new Map()), [
  "alpine",
  "sleep",
  "100000",
]);

/** The processor's time so far, which other work on the machine takes none of. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A host with an engine, and what runs one container more on it. */
function startHost() {
  const world = new LabWorld(new Lab(topology), { record: false });
  const engine = world.docker("host");
  const runOne = (i) => {
    const { Id } = engine.containerCreate(request, `c${i}x`);
    engine.containerStart(Id).next();
    world.lab.world.settle();
  };
  const check = (count) => {
    const running = engine.containerList({ all: false });
    if (running.length !== count || running.some(({ Status }) => !Status.startsWith("Up")))
      throw new Error(`${running.length} of ${count} containers run`);
  };
  return { runOne, check };
}

/** Milliseconds that so many containers take together. */
function timeAll(count) {
  const { runOne, check } = startHost();
  const cpu = processorMs();
  const wall = performance.now();
  for (let i = 0; i < count; i++) runOne(i);
  const taken = { cpu: processorMs() - cpu, wall: performance.now() - wall };
  check(count);
  return taken;
}

/** Milliseconds of the processor that each of so many takes. */
function timeEach(count) {
  const { runOne, check } = startHost();
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = processorMs();
    runOne(i);
    times.push(processorMs() - before);
  }
  check(count);
  return times;
}

const cold = timeAll(CONTAINERS);
// Until about the twentieth round half of the time is that of V8's compiler.
for (let round = 0; round < 20; round++) timeAll(CONTAINERS);
const warm = [0, 1, 2].map(() => timeAll(CONTAINERS));
// One takes less than what else goes on in such a process now and then, so there are some of each.
const many = Array.from({ length: 5 }, () => timeEach(1010));
const between = (from, to) => median(many.flatMap((times) => times.slice(from, to)));
console.log(
  JSON.stringify({
    coldMs: cold.cpu,
    coldWallMs: cold.wall,
    ms: median(warm.map(({ cpu }) => cpu)),
    wallMs: median(warm.map(({ wall }) => wall)),
    oneAt10Ms: between(5, 25),
    oneAt1000Ms: between(990, 1010),
  }),
);
