// npm run bench [-- --quick] [--json FILE] [--only forwarding,mesh,rules,build,docker,start,events] [--rounds N]
// Every figure comes from fresh processes on one processor, round after round; ours and those of our peers take turns of a
// second or less, and a ratio is the median of the turns' ratios. The time is the processor's, since other work on the machine takes none of it;
// starting and containers are timed by the clock on the wall, because both sides wait there.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { concludeBuild, measureBuild, printBuild } from "./build/build.mjs";
import { concludeDocker, measureDocker, printDocker } from "./docker/docker.mjs";
import { concludeEvents, measureEvents, printEvents } from "./events/events.mjs";
import { Figures } from "./figures.mjs";
import {
  checkWireBytes,
  concludeForwarding,
  measureForwarding,
  printForwarding,
} from "./forwarding/forwarding.mjs";
import { concludeMesh, measureMesh, printMesh } from "./mesh/mesh.mjs";
import { openKernelMesh, openPeers } from "./peers/peers.mjs";
import { concludeRules, measureRules, printRules } from "./rules/rules.mjs";
import { concludeStart, measureStart, printStart } from "./start/start.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string" },
  },
});
const { quick } = options;
const figures = new Figures();

let opened = null;
/** The peers, made when first needed. */
function allPeers() {
  if (opened !== null) return opened;
  opened = openPeers();
  for (const reason of opened.missing) console.log(reason);
  return opened;
}

function measureForwardingAgainstPeers() {
  const peers = allPeers();
  if (peers.c !== null) checkWireBytes(peers.c);
  return () => measureForwarding(figures, peers, quick);
}

function measureMeshAgainstKernel() {
  const kernel = openKernelMesh();
  if (kernel === null)
    console.log("no figures of the real kernel's mesh: it takes what its overlay takes, and iptables");
  return () => measureMesh(figures, kernel, quick);
}

function measureRulesAgainstKernel() {
  const { kernel } = allPeers();
  return () => measureRules(figures, kernel, quick);
}

/** By name: how many rounds (quick, full), what prepares and returns a round, what makes ratios, what prints. */
const parts = {
  forwarding: [3, 7, measureForwardingAgainstPeers, concludeForwarding, printForwarding],
  mesh: [3, 7, measureMeshAgainstKernel, concludeMesh, printMesh],
  rules: [1, 3, measureRulesAgainstKernel, concludeRules, printRules],
  build: [3, 5, () => () => measureBuild(figures), concludeBuild, printBuild],
  docker: [1, 5, () => () => measureDocker(figures), concludeDocker, printDocker],
  start: [5, 15, () => () => measureStart(figures), concludeStart, printStart],
  events: [1, 5, () => () => measureEvents(figures, quick), concludeEvents, printEvents],
};
const wanted = options.only?.split(",") ?? Object.keys(parts);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0 || (options.rounds !== undefined && !(Number(options.rounds) >= 1))) {
  const problem =
    unknown.length > 0
      ? `there is no part "${unknown[0]}" (${Object.keys(parts).join(", ")})`
      : `--rounds ${options.rounds}: at least 1`;
  console.error(`bench: ${problem}`);
  process.exit(2);
}
for (const name of wanted) {
  const [few, many, prepare, conclude, print] = parts[name];
  const rounds = Number(options.rounds ?? (quick ? few : many));
  const round = prepare();
  for (let i = 0; i < rounds; i++) await round();
  conclude(figures);
  print(figures);
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
