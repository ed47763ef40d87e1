import { Lab } from "../lab/lab.ts";
import { LabWorld } from "../scenario/lab-world.ts";
import type { MakeWorld } from "./cli-world.ts";

/** Builds the world of a lesson. */
export const makeWorld: MakeWorld = ({ topology, seed, interactive }) =>
  Promise.resolve(new LabWorld(new Lab(topology, { seed }), { interactive }));
