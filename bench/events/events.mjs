// The event queue against the prototype of its wheel.
import { fileURLToPath } from "node:url";
import { TurnTaker } from "../peers/turns.mjs";

const hold = fileURLToPath(new URL("hold.mjs", import.meta.url));
const PENDING = [1_000, 100_000];

export async function measureEvents(figures, quick) {
  const [turns, seconds] = quick ? [3, 0.2] : [7, 0.3];
  for (const pending of PENDING) {
    const sides = ["engine", "prototype"].map((which) => [
      `events${pending}.${which}Ns`,
      new TurnTaker(process.execPath, "--expose-gc", hold, which, pending),
    ]);
    for (let i = 0; i < turns; i++)
      for (const [name, program] of sides) figures.add(name, await program.turn(seconds));
    for (const [, program] of sides) await program.end();
  }
}

/** `timesPrototype`: how many times as fast as the prototype; `events.` is that of 100,000 pending events. */
export function concludeEvents(figures) {
  for (const pending of PENDING)
    figures.addRatio(
      `events${pending}.timesPrototype`,
      `events${pending}.prototypeNs`,
      `events${pending}.engineNs`,
    );
  figures.addRatio("events.timesPrototype", "events100000.prototypeNs", "events100000.engineNs");
}

export function printEvents(figures) {
  for (const pending of PENDING) {
    const figure = (name, digits) => figures.get(`events${pending}.${name}`).toFixed(digits);
    console.log(
      `${pending} pending events: ${figure("engineNs", 0)} ns to take and schedule one, ` +
        `${figure("timesPrototype", 2)} times as fast as the prototype`,
    );
  }
}
