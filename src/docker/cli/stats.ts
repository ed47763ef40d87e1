import type { Program } from "../../sim/process.ts";
import { ClientError, type Invocation } from "./client-context.ts";

export function showStats(_: Invocation): Program | number {
  throw new ClientError("docker stats: not yet");
}
