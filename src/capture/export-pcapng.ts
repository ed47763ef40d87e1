import type { FrameId } from "../sim/packet.ts";
import { isEnd, Verdict, verdictName } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import { PcapngWriter } from "./pcapng.ts";
import type { Recorder } from "./recorder.ts";

/**
 * All recorded frames as one pcapng file: an interface a device, named `host/namespace/device`, and the frame's number
 * as its packet id, the same wherever it passes. Where a frame did not arrive, the comment on its last sight says why.
 */
export function exportPcapng(world: World, recorder: Recorder, epochSeconds: number): Uint8Array {
  const writer = new PcapngWriter("overmesh", epochSeconds);
  const interfaces = new Map<number, number>();
  const comments = commentsOf(world, recorder);
  for (const step of recorder.steps()) {
    const bytes = recorder.bytes(step.index);
    if (bytes === null) continue;
    let number = interfaces.get(step.place);
    if (number === undefined) {
      number = writer.addInterface({ name: world.placeName(step.place), description: "" });
      interfaces.set(step.place, number);
    }
    writer.addPacket({
      interface: number,
      time: step.at,
      bytes,
      packetId: step.frame,
      direction: step.verdict === Verdict.received ? "inbound" : "outbound",
      comments: comments.get(step.index) ?? [],
    });
  }
  return writer.finish();
}

/** By the step at which a frame was last seen on a device. */
function commentsOf(world: World, recorder: Recorder): Map<number, string[]> {
  const lastSeen = new Map<FrameId, number>();
  const comments = new Map<number, string[]>();
  const say = (index: number, text: string): void => {
    comments.set(index, [...(comments.get(index) ?? []), text]);
  };
  for (const step of recorder.steps()) {
    const { verdict, frame, index } = step;
    if (verdict === Verdict.received || verdict === Verdict.transmitted) {
      lastSeen.set(frame, index);
      if (step.corrupted) say(index, "damaged on purpose by netem");
    } else if (isEnd(verdict) && verdict !== Verdict.delivered) {
      const seen = lastSeen.get(frame);
      if (seen !== undefined) say(seen, `dropped at ${world.placeName(step.place)}: ${verdictName(verdict)}`);
    }
  }
  return comments;
}
