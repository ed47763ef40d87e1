// Request and reply through the routing mesh, on the full engine and on the real kernel, in turn.
import { fileURLToPath } from "node:url";
import { run } from "../peers/peers.mjs";

const measure = fileURLToPath(new URL("measure.mjs", import.meta.url));
const PAYLOAD = 64;
/** Name, mode, connections in turn: one, as on the kernel's side, or as many as there are requests in a burst. */
const CASES = [
  ["mesh.old", "old", 1],
  ["mesh.old64", "old", 64],
  ["mesh.old1024", "old", 1024],
  ["mesh.new", "new", 0],
];

/** One round. `kernel`: the mesh of the real kernel, or null. */
export function measureMesh(figures, kernel, quick) {
  const seconds = quick ? 0.4 : 0.8;
  for (const mode of ["old", "new"]) {
    // The kernel's turn comes right before ours: the machine's speed changes from one moment to the next.
    if (kernel !== null)
      figures.add(`kernelMesh.${mode}.nsPerRoundTrip`, kernel.roundTrip(mode, PAYLOAD, seconds));
    for (const [name, , connections] of CASES.filter((one) => one[1] === mode)) {
      const args = ["--expose-gc", measure, mode, connections, PAYLOAD, seconds];
      const measured = JSON.parse(run(process.execPath, args));
      for (const [key, value] of Object.entries(measured)) figures.add(`${name}.${key}`, value);
    }
  }
}

export function concludeMesh(figures) {
  for (const [name, mode] of CASES)
    figures.addRatio(`${name}.timesKernel`, `kernelMesh.${mode}.nsPerRoundTrip`, `${name}.nsPerRoundTrip`);
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
