import type { Runner } from "./client-context.ts";
import { CONTAINER_RUNNERS } from "./container-commands.ts";
import { inspectObjects } from "./inspect-objects.ts";
import { NETWORK_RUNNERS } from "./network-commands.ts";

/** What each command does, by its path in the tree. */
export const RUNNERS: Readonly<Record<string, Runner>> = {
  ...CONTAINER_RUNNERS,
  ...NETWORK_RUNNERS,
  inspect: inspectObjects,
};
