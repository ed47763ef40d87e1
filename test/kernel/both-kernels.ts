import { Lab } from "../../src/lab/lab.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { MILLISECOND } from "../../src/sim/time.ts";
import { topology } from "./random-rules.ts";
import type { Frame } from "./raw-frames.ts";
import { RealKernel } from "./real-kernel.ts";

/** A line to type, or frames that a namespace puts on the wire of its e0, three milliseconds apart. */
export type Act = string | { readonly from: "c1" | "c2"; readonly frames: readonly Frame[] };

const GAP = 3;
const SENDER = `import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("e0", 0))
for line in sys.stdin:
    s.send(bytes.fromhex(line))
    time.sleep(${GAP / 1000})`;

/** What both kernels said to each line, in the form `$ LINE`, text, status. */
export async function onBoth(
  seed: number,
  acts: readonly Act[],
  mask: (text: string) => string,
): Promise<{ readonly real: readonly string[]; readonly simulated: readonly string[] }> {
  const kernel = await RealKernel.start(topology);
  const ours = new LabWorld(new Lab(topology, { seed }));
  const real: string[] = [];
  const simulated: string[] = [];
  try {
    for (const act of acts) {
      if (typeof act !== "string") {
        await kernel.type("a", sending(act.from, act.frames));
        send(ours, act.from, act.frames);
        continue;
      }
      const theirs = await kernel.type("a", act);
      const mine = await ours.type("a", act);
      real.push(`$ ${act}\n${mask(theirs.output)}[${theirs.status}]`);
      simulated.push(`$ ${act}\n${mask(mine.output)}[${mine.status}]`);
    }
    simulated.push(...ours.accounts());
  } finally {
    kernel.stop();
  }
  return { real, simulated };
}

function sending(from: string, frames: readonly Frame[]): string {
  const lines = frames.map((frame) => frame.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  return `ip netns exec ${from} python3 -c '${SENDER}' <<'END'\n${lines.join("\n")}\nEND`;
}

function send(ours: LabWorld, from: string, frames: readonly Frame[]): void {
  const { world } = ours.lab;
  const device = ours.lab.namespace(`a/${from}`).device("e0")!;
  for (const frame of frames) {
    const packet = world.pool.allocate(frame.length, null);
    packet.bytes.set(frame, packet.at);
    packet.trusted = false;
    device.transmit(packet);
    ours.advance(GAP * MILLISECOND);
  }
}
