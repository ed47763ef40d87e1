// What the engine is measured against: the path in C, the real kernel and ns-3. Each is here only where it can be: `null`,
// and a line that says why, where it cannot.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PUBLISHED, TASK } from "../mesh/commands.mjs";
import { atEnd, sweep } from "./leftovers.mjs";
import { meshDown, meshUp } from "./mesh-kernel.mjs";
import { attempt, run } from "./processes.mjs";
import { TurnTaker } from "./turns.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "../../.tmp/peers");

/** The compiled program, built anew when its source is younger; null when it cannot be built. */
function compile(compiler, flags, source, libraries = []) {
  const from = join(here, source);
  const to = join(built, source.replace(/\..*/, ""));
  const sources = [from, join(here, "socket.h"), join(here, "turns.h")];
  const changed = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  if (existsSync(to) && statSync(to).mtimeMs > changed) return to;
  mkdirSync(built, { recursive: true });
  return attempt(compiler, [...flags, "-o", to, from, ...libraries]) === null ? null : to;
}

function openC() {
  const program = compile("gcc", ["-O2", "-march=native"], "overlay.c");
  if (program === null) return null;
  return {
    open: (payload) => new TurnTaker(program, payload, 256),
    /** Hashes of all bytes of 4096 packets on the wire, with all checksums, and of all that is delivered. */
    hashes(payload) {
      const [wire, delivered] = run(program, [payload, 256, "hashes"]).trim().split(" ");
      return { wire, delivered };
    },
  };
}

function openKernel() {
  const program = compile("gcc", ["-O2"], "kernel.c");
  if (program === null || process.getuid?.() !== 0) return null;
  const prefix = `om${process.pid}`;
  const down = () => attempt(join(here, "kernel-down.sh"), [prefix]);
  sweep();
  atEnd(down);
  if (attempt(join(here, "kernel-up.sh"), [prefix]) === null) return null;
  return {
    open: (payload) => new TurnTaker(program, `${prefix}-cA`, `${prefix}-cB`, "10.3.0.5", 9000, payload),
    /** Gives the receiving container's INPUT so many rules, none of which is for the packet. */
    setRules(count) {
      const rules = Array.from(
        { length: count },
        (_, i) => `-A INPUT -s 10.99.${i >> 8}.${i & 255}/32 -p udp -m udp --dport 53 -j DROP\n`,
      );
      execFileSync("ip", ["netns", "exec", `${prefix}-cB`, "iptables-restore"], {
        input: `*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n${rules.join("")}COMMIT\n`,
      });
    },
  };
}

/** The routing mesh on the real kernel, or null where it cannot be. */
export function openKernelMesh() {
  const program = compile("gcc", ["-O2"], "mesh.c");
  if (program === null || process.getuid?.() !== 0) return null;
  const prefix = `om${process.pid}m`;
  sweep();
  atEnd(() => meshDown(prefix));
  try {
    meshUp(prefix);
  } catch {
    return null;
  }
  const from = [`${prefix}-ex`, `${prefix}-task`, PUBLISHED.address, PUBLISHED.port, TASK.port];
  return {
    /** Answers with nanoseconds of the processor for a request and its reply; `mode`: `old` or `new` connections. */
    open: (mode, payload) => new TurnTaker(program, mode, ...from, payload),
  };
}

function openNs3() {
  const folder = ["/usr/lib", "/usr/local/lib"].flatMap((at) =>
    existsSync(at) ? [at, ...readdirSync(at).map((name) => join(at, name))] : [],
  );
  const libraries = folder
    .filter((at) => statSync(at, { throwIfNoEntry: false })?.isDirectory())
    .flatMap((at) => readdirSync(at).map((name) => join(at, name)))
    .filter((name) => /\/libns3[^/]*\.so$/.test(name) && !name.includes("test"));
  if (libraries.length === 0) return null;
  const program = compile("g++", ["-O2", "-std=c++17"], "ns3.cc", libraries);
  if (program === null) return null;
  return { open: (payload) => new TurnTaker(program, payload) };
}

/** The peers that are at hand, and why the others are not. */
export function openPeers() {
  const peers = { c: openC(), kernel: openKernel(), ns3: openNs3() };
  const reasons = {
    c: "no figures of the C reference: gcc is not here",
    kernel: "no figures of the real kernel: it takes gcc, root, iproute2 and network namespaces with VXLAN",
    ns3: "no figures of ns-3: g++ and the package libns3-dev are not here",
  };
  const missing = Object.keys(peers).filter((name) => peers[name] === null);
  return { ...peers, missing: missing.map((name) => reasons[name]) };
}
