import type { Runner } from "./client-context.ts";
import { CONTAINER_RUNNERS } from "./container-commands.ts";
import { CONTEXT_RUNNERS } from "./context-commands.ts";
import { IMAGE_RUNNERS } from "./image-commands.ts";
import { inspectObjects } from "./inspect-objects.ts";
import { NETWORK_RUNNERS } from "./network-commands.ts";
import { REGISTRY_RUNNERS } from "./registry-commands.ts";
import { SWARM_RUNNERS } from "./swarm-commands.ts";
import { SYSTEM_RUNNERS } from "./system-commands.ts";
import { VOLUME_RUNNERS } from "./volume-commands.ts";

/** What each command does, by its path in the tree. */
export const RUNNERS: Readonly<Record<string, Runner>> = {
  ...CONTAINER_RUNNERS,
  ...CONTEXT_RUNNERS,
  ...IMAGE_RUNNERS,
  ...NETWORK_RUNNERS,
  ...REGISTRY_RUNNERS,
  ...SWARM_RUNNERS,
  ...SYSTEM_RUNNERS,
  ...VOLUME_RUNNERS,
  inspect: inspectObjects,
};
