// One figure of the routing mesh in a process of its own. Everything is checked before the clock starts: every request comes
// to the task, every answer to its client, each over a connection that is tracked and translated as it has to be.
// usage: node --expose-gc measure.mjs old|new CONNECTIONS PAYLOAD      answers turns
import { conntrackOf } from "../../dist/netfilter/conntrack/conntrack-hooks.js";
import { heapBytes, measure } from "../measuring.mjs";
import { takeTurns } from "../peers/turns.mjs";
import { TASK } from "./commands.mjs";
import { BURST, buildMesh } from "./world.mjs";

const ROUND_TRIPS = 16 * BURST;
/** More than two seconds on old connections, which are then streams. */
const WARM_UP = { old: 100_000, new: 40_000 };

const [mode, connections, payload] = process.argv.slice(2);
const mesh = buildMesh(Number(payload));
const go = mode === "old" ? (count) => mesh.overOld(count, Number(connections)) : mesh.overNew;

function check() {
  const sandbox = conntrackOf(mesh.namespace("sb"));
  const { answers, wrong, requests } = mesh.counts;
  const before = sandbox.limits.lastId;
  go(ROUND_TRIPS);
  const now = mesh.counts;
  if (now.answers - answers !== ROUND_TRIPS || now.requests - requests !== ROUND_TRIPS || now.wrong !== wrong)
    throw new Error(`${ROUND_TRIPS} requests: ${JSON.stringify(now)}`);
  const made = sandbox.limits.lastId - before;
  if (mode === "old" ? made !== 0 : made < 2 * ROUND_TRIPS)
    throw new Error(`${made} connections were made by ${ROUND_TRIPS} requests, mode ${mode}`);
  const translated = sandbox.list().every((c) => c.dstPort !== 8080 || c.replySrcPort === TASK.port);
  if (!translated) throw new Error("a connection of the sandbox is not translated to the task");
}

go(ROUND_TRIPS);
check();
go(WARM_UP[mode]);
await takeTurns(
  (seconds) => ({ nsPerRoundTrip: measure(go, ROUND_TRIPS, seconds).nanoseconds }),
  () => {
    const bytesPerPacket = heapBytes(go, 16 * ROUND_TRIPS) / 2;
    check();
    return { bytesPerPacket };
  },
);
