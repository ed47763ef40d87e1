// Starts containers on one host, as `docker run -d alpine sleep 100000` does, and times them.
// usage: node measure.mjs      prints one line of JSON: milliseconds of the whole, and of one at 10 and at 1,000 containers
import { createRequest } from "../../dist/docker/api/create-defaults.js";
import { Lab } from "../../dist/lab/lab.js";
import { PLAIN_CPU, PLAIN_WIRE } from "../../dist/lab/topology.js";
import { LabWorld } from "../../dist/scenario/lab-world.js";

const CONTAINERS = 200;
const nic = {
  name: "eth0",
  mac: "52:54:00:0a:00:0f",
  address: { address: "172.10.0.15", prefixLength: 24 },
  mtu: 1500,
  switch: "u0",
  wire: PLAIN_WIRE,
};
const topology = {
  hosts: [{ name: "host", router: false, nics: [nic], gateway: null, cpu: PLAIN_CPU, docker: {} }],
  switches: [{ name: "u0", mtu: 1500 }],
  trunks: [],
};

/** The processor's time so far, which other work on the machine takes none of. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs so many containers; the milliseconds that each took, or, unless `each`, all of them together. */
function runContainers(count, each = false) {
  const world = new LabWorld(new Lab(topology), { record: false });
  const engine = world.docker("host");
  const times = [];
  const begin = processorMs();
  for (let i = 0; i < count; i++) {
    const before = each ? processorMs() : 0;
    const { Id } = engine.containerCreate(createRequest("alpine", ["sleep", "100000"]), `c${i}x`);
    engine.containerStart(Id).next();
    world.lab.world.settle();
    if (each) times.push(processorMs() - before);
  }
  const whole = processorMs() - begin;
  const running = engine.containerList({ all: false });
  if (running.length !== count || running.some(({ Status }) => !Status.startsWith("Up")))
    throw new Error(`${running.length} of ${count} containers run`);
  return each ? times : whole;
}

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];
const cold = runContainers(CONTAINERS);
for (let round = 0; round < 5; round++) runContainers(CONTAINERS);
const warm = median([0, 1, 2].map(() => runContainers(CONTAINERS)));
const many = runContainers(1010, true);
const at10 = median(many.slice(5, 25));
const at1000 = median(many.slice(990, 1010));
console.log(JSON.stringify({ coldMs: cold, ms: warm, oneAt10Ms: at10, oneAt1000Ms: at1000 }));
