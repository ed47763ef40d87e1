import type { Mac } from "../wire/mac.ts";
import { KernelError } from "./kernel-error.ts";
import { byAdministrator, type Neighbour, type NeighbourState } from "./neighbour.ts";
import type { NetDevice } from "./net-device.ts";

/** What an administrator says of a neighbour (struct ndmsg). */
interface NeighbourRequest {
  readonly address: number;
  /** Absent: what is known stays. */
  readonly mac?: Mac;
  readonly state: NeighbourState;
  readonly router: boolean;
  readonly externLearn: boolean;
  /** The entry is asked for at once; its state is not set. */
  readonly use: boolean;
  /** Its routing protocol by name or number; `unspec`: what is noted stays. */
  readonly protocol: string;
  /** Whether an entry may be made, and whether one that is there may be changed (NLM_F_CREATE, NLM_F_EXCL). */
  readonly create: boolean;
  readonly exclusive: boolean;
}

/**
 * Adds or changes an entry of the ARP cache. Linux: net/core/neighbour.c, neigh_add, __neigh_update.
 * @throws {KernelError} EEXIST, ENOENT, ENOBUFS when the table is full, EINVAL without an address
 */
export function set(device: NetDevice, request: NeighbourRequest): void {
  const table = device.ns.neighbours;
  const cause = device.world.registry.cause;
  let neighbour = table.find(device, request.address);
  if (neighbour === null) {
    if (!request.create) throw new KernelError("ENOENT");
    const exempt = request.state === "PERMANENT" || request.externLearn;
    neighbour = table.resolve(device, request.address, cause, exempt);
    if (neighbour === null) throw new KernelError("ENOBUFS");
  } else if (request.exclusive) throw new KernelError("EEXIST");
  if (request.protocol !== "unspec") neighbour.protocol = request.protocol;
  neighbour.externLearn = request.externLearn;
  device.ns.host.neighbourLimits.sort(neighbour);
  if (request.use) {
    if (neighbour.state === "PERMANENT") neighbour.invalidate("NONE", cause);
    neighbour.solicit();
  } else change(neighbour, request);
}

function change(neighbour: Neighbour, { state, mac, router }: NeighbourRequest): void {
  const cause = neighbour.ns.world.registry.cause;
  if (state === "NONE" || state === "INCOMPLETE" || state === "FAILED") {
    neighbour.invalidate(state, cause);
    return;
  }
  if (mac === undefined && !neighbour.valid) throw new KernelError("EINVAL", "No link layer address given");
  const { macHi, macLo } = neighbour;
  neighbour.update(mac?.hi ?? macHi, mac?.lo ?? macLo, state, cause, byAdministrator);
  neighbour.router = router;
}

/** Takes an entry away: whoever waits for it gets an error (neigh_delete). @throws {KernelError} ENOENT */
export function remove(device: NetDevice, address: number): void {
  const table = device.ns.neighbours;
  const neighbour = table.find(device, address);
  if (neighbour === null) throw new KernelError("ENOENT");
  neighbour.invalidate("FAILED", device.world.registry.cause);
  table.remove(neighbour);
}
