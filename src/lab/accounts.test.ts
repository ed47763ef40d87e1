import { expect, test } from "vitest";
import { addVeth } from "../link/veth.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import { Lab } from "./lab.ts";
import { PLAIN_CPU } from "./topology.ts";

/** A machine by itself, with a veth pair, all of whose steps are recorded. */
function machine() {
  const lab = new Lab({
    hosts: [{ name: "a", router: false, gateway: null, cpu: PLAIN_CPU, nics: [] }],
    switches: [],
    trunks: [],
  });
  lab.record();
  const { root } = lab.host("a");
  const v0 = addVeth(root, "v0", {}, root, "v1", {});
  const frame = (): Packet => lab.world.pool.allocate(60, null);
  return { lab, world: lab.world, root, v0, frame };
}

test("a world that adds up has no problems, and one where something is planted says what", () => {
  expect(machine().lab.accounts()).toEqual([]);

  const lost = machine();
  lost.frame();
  expect(lost.lab.accounts()).toEqual(["1 frames are out, but the named queues hold 0"]);

  const waiting = machine();
  waiting.world.holds({ name: "a queue", length: 1 });
  waiting.frame();
  expect(waiting.lab.accounts()).toEqual([]);
  waiting.frame();
  expect(waiting.lab.accounts()).toEqual(["2 frames are out, but the named queues hold 1"]);

  const silent = machine();
  silent.world.pool.release(silent.frame());
  expect(silent.lab.accounts()).toEqual(["1 frames were made, but 0 ended and 0 are out"]);

  const endless = machine();
  endless.world.end(endless.frame(), Verdict.received, endless.root.place);
  expect(endless.lab.accounts()).toEqual(["1 frames ended with received, which is not an end"]);

  const twice = machine();
  const packet = twice.frame();
  twice.world.tap!.record(twice.root.place, packet, Verdict.delivered, 0);
  twice.world.end(packet, Verdict.delivered, twice.root.place);
  expect(twice.lab.accounts()).toEqual(["frame 1 ended twice"]);

  const miscounted = machine();
  miscounted.v0.counters.transmitted(60, null);
  expect(miscounted.lab.accounts()).toEqual([
    "a/v0 sent 1 packets, but a/v1 received 0",
    "a/v0 sent 60 bytes, but a/v1 received 0",
  ]);
});
