// The cross-host path on the full engine against the same path in C, on the real kernel and in ns-3, in turn.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TurnTaker } from "../peers/turns.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Name, payload's bytes, flows in turn, what is special: wires that take time, or netfilter's tables, there and empty. */
const CASES = [
  ["overlay64", 64, 256, "plain"],
  ["overlay64known", 64, 1, "plain"],
  ["overlay1400", 1400, 256, "plain"],
  ["overlay1400known", 1400, 1, "plain"],
  ["overlay64wires", 64, 256, "timed"],
  ["overlay64hooks", 64, 256, "hooks"],
];

/** Throws unless the engine puts the same bytes on the underlay, and delivers the same, as the program in C. */
export function checkWireBytes(c) {
  for (const payload of [64, 1400]) {
    const ours = JSON.parse(
      execFileSync("node", [at("wire-bytes.mjs"), String(payload)], { encoding: "utf8" }),
    );
    const theirs = c.hashes(payload);
    if (ours.wire !== theirs.wire || ours.delivered !== theirs.delivered)
      throw new Error(`${payload} bytes: other bytes on the wire than the C reference's`);
    console.log(`${payload} bytes: the same bytes on the wire as the C reference's (FNV-1a ${ours.wire})`);
  }
}

/** One round: each case in a new process, and turn by turn with it what it is compared with. */
export async function measureForwarding(figures, peers, quick) {
  const [turns, seconds] = quick ? [3, 0.2] : [7, 0.3];
  for (const [name, payload, flows, kind] of CASES) {
    const ours = new TurnTaker(process.execPath, "--expose-gc", at("measure.mjs"), payload, flows, kind);
    const theirs = Object.entries({
      [`kernel${payload}`]: peers.kernel,
      [`c${payload}`]: peers.c,
      ns3: kind === "timed" ? peers.ns3 : null,
    }).flatMap(([peer, opens]) => (opens === null ? [] : [[peer, opens.open(payload)]]));
    for (let i = 0; i < turns; i++) {
      for (const [peer, program] of theirs) {
        const nanoseconds = await program.turn(seconds);
        figures.add(`${peer}.nsPerPacket`, nanoseconds);
        figures.add(`${name}.${peer}NsPerPacket`, nanoseconds);
      }
      figures.addAll(name, await ours.turn(seconds));
    }
    for (const [, program] of theirs) await program.end();
    figures.addAll(name, await ours.end());
  }
}

export function concludeForwarding(figures) {
  for (const [name, payload] of CASES) {
    figures.addRatio(`${name}.timesKernel`, `${name}.kernel${payload}NsPerPacket`, `${name}.nsPerPacket`);
    figures.addRatio(`${name}.timesC`, `${name}.nsPerPacket`, `${name}.c${payload}NsPerPacket`);
  }
  figures.addRatio("overlay64wires.timesNs3", "overlay64wires.ns3NsPerPacket", "overlay64wires.nsPerPacket");
}

export function printForwarding(figures) {
  const show = (value, digits, width) => (value === undefined ? "-" : value.toFixed(digits)).padStart(width);
  console.log(
    "\nOne packet from a container to another host's:   ns CPU   Mpackets/s   bytes   x kernel   / C   x ns-3",
  );
  const special = { plain: "", timed: ", wire of 10 us", hooks: ", empty tables" };
  for (const [name, payload, flows, kind] of CASES) {
    const figure = (key) => figures.get(`${name}.${key}`);
    const ns = figure("nsPerPacket");
    const title = `${payload} bytes, ${flows === 1 ? "1 known flow" : `${flows} flows`}${special[kind]}`;
    console.log(
      title.padEnd(46),
      show(ns, 0, 9),
      show(1e3 / ns, 2, 12),
      show(figure("bytesPerPacket"), 2, 7),
      show(figure("timesKernel"), 1, 10),
      show(figure("timesC"), 1, 5),
      show(figure("timesNs3"), 1, 8),
    );
  }
  for (const [name, title] of [
    ["kernel64", "the real kernel, 64 bytes"],
    ["kernel1400", "the real kernel, 1400 bytes"],
    ["c64", "the C reference, 64 bytes"],
    ["c1400", "the C reference, 1400 bytes"],
    ["ns3", "ns-3, 64 bytes, no tunnel"],
  ]) {
    const ns = figures.get(`${name}.nsPerPacket`);
    if (ns !== undefined) console.log(title.padEnd(46), show(ns, 0, 9), show(1e3 / ns, 2, 12));
  }
}
