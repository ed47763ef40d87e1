import { UserError } from "../base/user-error.ts";
import type { MakeWorld } from "./cli-world.ts";

/** Builds the world of a lesson. The engine's rooms are being built; until they stand nothing can be run. */
export const makeWorld: MakeWorld = () =>
  Promise.reject(new UserError("ENGINE", "there is no engine in this build yet: only check works"));
