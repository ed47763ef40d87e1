// Request and reply through the routing mesh, on the full engine and on the real kernel, in turn.
import { fileURLToPath } from "node:url";
import { TurnTaker } from "../peers/turns.mjs";

const measure = fileURLToPath(new URL("measure.mjs", import.meta.url));
const PAYLOAD = 64;
/** Name, mode, connections in turn: one, as on the kernel's side, or as many as there are requests in a burst. */
const CASES = [
  ["mesh.old", "old", 1],
  ["mesh.old64", "old", 64],
  ["mesh.old1024", "old", 1024],
  ["mesh.new", "new", 0],
];

/** One round: each case in a new process, turn by turn with the mesh of the real kernel (or with none: null). */
export async function measureMesh(figures, kernel, quick) {
  const [turns, seconds] = quick ? [3, 0.2] : [7, 0.3];
  for (const [name, mode, connections] of CASES) {
    const ours = new TurnTaker(process.execPath, "--expose-gc", measure, mode, connections, PAYLOAD);
    const theirs = kernel?.open(mode, PAYLOAD);
    for (let i = 0; i < turns; i++) {
      if (theirs !== undefined) {
        const nanoseconds = await theirs.turn(seconds);
        figures.add(`kernelMesh.${mode}.nsPerRoundTrip`, nanoseconds);
        figures.add(`${name}.kernelNsPerRoundTrip`, nanoseconds);
      }
      figures.addAll(name, await ours.turn(seconds));
    }
    await theirs?.end();
    figures.addAll(name, await ours.end());
  }
}

export function concludeMesh(figures) {
  for (const [name] of CASES)
    figures.addRatio(`${name}.timesKernel`, `${name}.kernelNsPerRoundTrip`, `${name}.nsPerRoundTrip`);
}

export function printMesh(figures) {
  console.log("\nRequest and reply through the routing mesh:      ns CPU   bytes a packet   x kernel");
  const row = (title, name) => {
    const show = (key, digits, width) =>
      (figures.get(`${name}.${key}`)?.toFixed(digits) ?? "-").padStart(width);
    console.log(
      title.padEnd(46),
      show("nsPerRoundTrip", 0, 9),
      show("bytesPerPacket", 2, 15),
      show("timesKernel", 1, 10),
    );
  };
  row("an old connection", "mesh.old");
  row("64 old connections in turn", "mesh.old64");
  row("1,024 old connections in turn", "mesh.old1024");
  row("a new connection each time", "mesh.new");
  row("the real kernel, an old connection", "kernelMesh.old");
  row("the real kernel, a new connection each time", "kernelMesh.new");
}
