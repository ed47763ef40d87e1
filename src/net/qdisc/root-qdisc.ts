import type { EntryRef } from "../../sim/registry.ts";
import type { Qdisc } from "../device-driver.ts";
import type { Host } from "../host.ts";
import { KernelError } from "../kernel-error.ts";
import type { NetDevice } from "../net-device.ts";
import { Fifo, type FifoSettings } from "./fifo.ts";
import { Netem, type NetemSettings } from "./netem.ts";
import { Noqueue, type NoqueueSettings } from "./noqueue.ts";
import { Tbf, type TbfSettings } from "./tbf.ts";

export type QdiscSettings = NetemSettings | FifoSettings | TbfSettings | NoqueueSettings;

/** What `tc qdisc add|change|replace|link dev DEVICE root` asks of the kernel. */
interface QdiscRequest {
  readonly verb: "add" | "change" | "replace" | "link";
  /** The upper 16 bits of a handle; 0 when none is given. */
  readonly handle: number;
  /** Null when no kind is given; `unknown` for one that there is not. */
  readonly settings: QdiscSettings | { readonly kind: "unknown" } | null;
}

/** What a host counts up: automatic handles (`8001:` is the first), and disciplines, to name their streams of chance. */
interface Counters {
  handle: number;
  made: number;
}
const counters: WeakMap<Host, Counters> = new WeakMap();

/** The discipline that `ip link` and `tc` name: `noop` before the device was ever up. */
export function rootKind(device: NetDevice): string {
  return device.qdisc?.kind ?? (device.activated ? "noqueue" : "noop");
}

/**
 * Puts a root discipline on a device or changes the one that is there (tc_modify_qdisc).
 * @throws {KernelError} EEXIST, EINVAL, ENOENT with the kernel's words
 */
export function modify(device: NetDevice, request: QdiscRequest): void {
  const { verb, handle, settings } = request;
  const there = device.qdisc;
  const creates = verb === "add" || verb === "replace";
  const otherKind = there !== null && settings !== null && settings.kind !== there.kind;
  if (there === null) {
    create(device, request, creates);
  } else if (handle !== 0 && handle !== there.handle) {
    if (verb !== "replace" && verb !== "link")
      throw new KernelError("EEXIST", "NLM_F_REPLACE needed to override");
    create(device, request, creates);
  } else if (handle === 0 && otherKind) {
    // A discipline of another kind takes the place of the one that is there, whatever the verb.
    create(device, request, true);
  } else {
    if (verb === "add") throw new KernelError("EEXIST", "Exclusivity flag on, cannot modify");
    if (otherKind) throw new KernelError("EINVAL", "Invalid qdisc name");
    if (settings !== null && settings.kind !== "unknown") change(there, settings);
    device.world.registry.changed(there.ref, describe(device, there.kind, there.handle));
  }
}

/** Changes the discipline that has this handle, wherever it is. @throws {KernelError} as {@link modify} does */
export function modifyByHandle(device: NetDevice, request: QdiscRequest): void {
  if (request.handle === 0) throw new KernelError("EINVAL", "Handle cannot be zero");
  if (device.qdisc?.handle !== request.handle) throw new KernelError("ENOENT", "Specified qdisc not found");
  modify(device, request);
}

/**
 * Takes the root discipline away: `handle` (0: any) and `kind` (null: any) must be its own.
 * @throws {KernelError} EINVAL, ENOENT with the kernel's words
 */
export function remove(device: NetDevice, handle: number, kind: string | null): void {
  const there = device.qdisc;
  if (handle !== 0 && handle !== (there?.handle ?? 0)) throw new KernelError("EINVAL", "Invalid handle");
  if (kind !== null && kind !== rootKind(device)) throw new KernelError("EINVAL", "Invalid qdisc name");
  if (there === null) throw new KernelError("ENOENT", "Cannot delete qdisc with handle of zero");
  device.setQdisc(null);
}

function create(device: NetDevice, request: QdiscRequest, allowed: boolean): void {
  if (!allowed) throw new KernelError("ENOENT", "Qdisc not found. To create specify NLM_F_CREATE flag");
  const { settings } = request;
  if (settings === null || settings.kind === "unknown")
    throw new KernelError("ENOENT", "Specified qdisc kind is unknown");
  const there = device.qdisc;
  if (settings.kind === "netem" && there instanceof Netem && there.duplicate + settings.duplicate > 0)
    throw new KernelError("EINVAL", "netem: cannot mix duplicating netems with other netems in tree");
  let counted = counters.get(device.ns.host);
  if (counted === undefined) counters.set(device.ns.host, (counted = { handle: 0x8000, made: 0 }));
  let handle = request.handle;
  if (handle === 0) {
    do counted.handle = counted.handle === 0xffff ? 0x8001 : counted.handle + 1;
    while (there?.handle === counted.handle);
    handle = counted.handle;
  }
  const where = device.path;
  const ref = device.world.registry.made("qdisc", where, describe(device, settings.kind, handle));
  const stream = `${device.ns.host.name} netem ${counted.made++}`;
  device.setQdisc(make(device, handle, ref, stream, settings));
}

function make(
  device: NetDevice,
  handle: number,
  ref: EntryRef,
  stream: string,
  settings: QdiscSettings,
): Qdisc {
  switch (settings.kind) {
    case "netem":
      return new Netem(device, handle, ref, stream, settings);
    case "tbf":
      return new Tbf(device, handle, ref, settings);
    case "noqueue":
      return new Noqueue(device, handle, ref);
    default:
      return new Fifo(device, handle, ref, settings);
  }
}

function change(there: Qdisc, settings: QdiscSettings): void {
  if (there instanceof Netem && settings.kind === "netem") there.change(settings);
  else if (there instanceof Tbf && settings.kind === "tbf") there.change(settings);
  else if (there instanceof Fifo && (settings.kind === "pfifo" || settings.kind === "bfifo"))
    there.change(settings);
}

/** The handle as `tc` writes it. */
export function formatHandle(handle: number): string {
  return `${handle.toString(16)}:`;
}

function describe(device: NetDevice, kind: string, handle: number): string {
  return `${kind} ${formatHandle(handle)} dev ${device.name} root`;
}
