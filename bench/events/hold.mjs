// The hold model: with so many events pending, the earliest is taken and scheduled anew at a random time, again and again.
// usage: node --expose-gc hold.mjs engine|prototype PENDING      answers turns: nanoseconds of the processor for one taking and one
// scheduling
import { EventQueue } from "../../dist/sim/event-queue.js";
import { measure } from "../measuring.mjs";
import { takeTurns } from "../peers/turns.mjs";
import { Wheel } from "./prototype.mjs";

const [which, pendingText] = process.argv.slice(2);
const pending = Number(pendingText);
const WARM_UP = 1 << 20;
const STEPS = 1 << 14;
/** Delays of up to two milliseconds, the same in both. */
const delays = new Int32Array(1 << 16);
for (let i = 0, state = 1; i < delays.length; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  delays[i] = 1 + ((state >>> 8) % 2_000_000);
}

function holdEngine() {
  const queue = new EventQueue();
  queue.limit = Number.POSITIVE_INFINITY;
  for (let i = 0; i < pending; i++) queue.schedule(delays[i & 0xffff], { fire() {} });
  return (steps) => {
    for (let i = 0; i < steps; i++) queue.schedule(delays[i & 0xffff], queue.pop());
  };
}

function holdPrototype() {
  const wheel = new Wheel(pending + 1);
  for (let i = 0; i < pending; i++) wheel.push(delays[i & 0xffff], i);
  return (steps) => {
    for (let i = 0; i < steps; i++) {
      const id = wheel.pop();
      wheel.push(wheel.time + delays[i & 0xffff], id);
    }
  };
}

const hold = which === "engine" ? holdEngine() : holdPrototype();
hold(WARM_UP);
await takeTurns((seconds) => measure(hold, STEPS, seconds).nanoseconds);
