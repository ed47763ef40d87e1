// The event queue against the prototype of its wheel.
import { fileURLToPath } from "node:url";
import { run } from "../peers/peers.mjs";

const hold = fileURLToPath(new URL("hold.mjs", import.meta.url));
const PENDING = [1_000, 100_000];

export function measureEvents(figures) {
  for (const pending of PENDING)
    for (const which of ["engine", "prototype"])
      figures.add(`events${pending}.${which}Ns`, Number(run(process.execPath, [hold, which, pending])));
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
