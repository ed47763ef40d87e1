import { UserError } from "./base/user-error.ts";
import type { Balance } from "./capture/conservation.ts";
import type { Journey, JourneyStep } from "./capture/journey.ts";
import { Lab } from "./lab/lab.ts";
import type { Topology } from "./lab/topology.ts";
import type { Host } from "./net/host.ts";
import { KernelError } from "./net/kernel-error.ts";
import type { NetDevice } from "./net/net-device.ts";
import type { NetworkNamespace } from "./net/network-namespace.ts";
import type { Operation } from "./operations/operation.ts";
import { type FrontMatterText, parseFrontMatter } from "./scenario/front-matter.ts";
import { LabWorld } from "./scenario/lab-world.ts";
import { MICROSECOND, MILLISECOND, SECOND } from "./sim/time.ts";

/** What `lab` builds: the front matter of a lesson as a value; only `hosts` must be there. */
export type LabText = Omit<FrontMatterText, "title"> & { readonly title?: string };

export interface LabOptions {
  /** The same seed gives the same bytes; 1 unless given. */
  readonly seed?: number;
  /** Write down every step of every frame, for journeys; off unless asked for, and free while it is off. */
  readonly record?: boolean;
}

/**
 * A lab of simulated hosts: `lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } })`. Everything that a lesson's front
 * matter can say can be said here (docs/lessons.md).
 * @throws {UserError} for the first mistake in the description.
 */
export function lab(text: LabText, options: LabOptions = {}): LabWorld {
  // JSON is YAML, so that one parser tells of mistakes in one way.
  const source = { file: "lab", text: JSON.stringify({ title: "lab", ...text }, null, 2), firstLine: 1 };
  const parsed = parseFrontMatter(source);
  if (!parsed.ok) throw parsed.errors[0]!;
  const seed = options.seed ?? parsed.value.seed ?? 1;
  return new LabWorld(new Lab(parsed.value.topology, { seed }), { record: options.record ?? false });
}

export type { Balance, Host, Journey, JourneyStep, NetDevice, NetworkNamespace, Operation, Topology };
export { KernelError, Lab, LabWorld, MICROSECOND, MILLISECOND, SECOND, UserError };
