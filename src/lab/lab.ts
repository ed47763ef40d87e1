import { UserError } from "../base/user-error.ts";
import { type Balance, balance } from "../capture/conservation.ts";
import { aspectOf, type EntryWords, entryWords } from "../capture/entry-words.ts";
import { type Journey, JourneyLog } from "../capture/journey.ts";
import { Recorder } from "../capture/recorder.ts";
import { registerIpvs } from "../ipvs/register-ipvs.ts";
import type { Host } from "../net/host.ts";
import { registerIpv4Sysctls } from "../net/ipv4-sysctls.ts";
import { Kernel } from "../net/kernel.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { registerNetfilter } from "../netfilter/register-netfilter.ts";
import type { FrameId } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import { World } from "../sim/world.ts";
import { accounts } from "./accounts.ts";
import { LabHost } from "./lab-host.ts";
import { layTrunk, Switch } from "./switch.ts";
import type { Topology } from "./topology.ts";

/** What a lab may be told besides its topology. */
interface LabOptions {
  /** The same seed gives the same bytes; 1 unless given. */
  readonly seed?: number;
}

/**
 * Hosts, switches and the wires between them, and the clock that runs them: the object that users hold. Everything is
 * synchronous; only typing at a shell, which lives above, is not.
 */
export class Lab {
  readonly world: World;
  readonly kernel: Kernel = new Kernel();
  readonly topology: Topology;
  readonly #hosts: Map<string, LabHost> = new Map();
  readonly #switches: Map<string, Switch> = new Map();
  #recorder: Recorder | null = null;
  #journeys: JourneyLog | null = null;

  constructor(topology: Topology, options: LabOptions = {}) {
    this.topology = topology;
    this.world = new World(options.seed ?? 1);
    registerIpv4Sysctls(this.kernel);
    registerNetfilter(this.kernel);
    registerIpvs(this.kernel);
    topology.switches.forEach((spec, i) => {
      this.#switches.set(spec.name, new Switch(this.world, this.kernel, spec, i));
    });
    for (const trunk of topology.trunks) layTrunk(this.#switch(trunk.from), this.#switch(trunk.to), trunk);
    for (const spec of topology.hosts) {
      const host = new LabHost(this.world, this.kernel, spec, (name) => this.#switch(name));
      this.#hosts.set(spec.name, host);
    }
    this.world.settle();
  }

  /** All hosts by name, in the order of the topology. Switches are hosts of their own and not among them. */
  get hosts(): readonly Host[] {
    return [...this.#hosts.values()].map((labHost) => labHost.host);
  }

  /** @throws {UserError} UNKNOWN_HOST */
  host(name: string): Host {
    return this.#labHost(name).host;
  }

  /** The namespace at `host` or `host/namespace`; a switch's name is its only namespace. @throws {UserError} */
  namespace(path: string): NetworkNamespace {
    const [hostName, name, more] = path.split("/");
    const host = this.#switches.get(hostName!)?.host ?? this.host(hostName!);
    const ns = name === undefined ? host.root : host.namespaceCalled(name);
    if (ns === null || more !== undefined) {
      const hint = thereIs(host.allNamespaces.map((other) => other.path));
      throw new UserError("UNKNOWN_NAMESPACE", `no namespace ${path}`, null, hint);
    }
    return ns;
  }

  /** The device at `host/device` or `host/namespace/device`. @throws {UserError} */
  device(path: string): NetDevice {
    const cut = path.lastIndexOf("/");
    const ns = this.namespace(cut < 0 ? path : path.slice(0, cut));
    const device = cut < 0 ? null : ns.device(path.slice(cut + 1));
    if (device !== null) return device;
    const there = ns.devices.map((d) => (cut < 0 ? `${ns.path}/${d.name}` : d.name)).join(", ");
    throw new UserError("UNKNOWN_DEVICE", `no device ${path}`, null, `${ns.path} has ${there}`);
  }

  /** Virtual nanoseconds since the lab began. */
  get now(): Nanos {
    return this.world.now;
  }

  /** Lets virtual time pass; everything that is due happens. */
  advance(duration: Nanos): void {
    this.world.advance(duration);
  }

  /** From now on every step of every frame is written down. */
  record(): Recorder {
    if (this.#recorder === null) {
      this.#recorder = new Recorder(this.world);
      this.#journeys = new JourneyLog(this.world, this.#recorder);
      this.world.tap = this.#recorder;
      this.world.generation++;
    }
    return this.#recorder;
  }

  /** True once {@link record} was called. */
  get recorded(): boolean {
    return this.#recorder !== null;
  }

  /** Journeys that began at or after `since`; none when {@link record} was not called. */
  journeys(since: Nanos = 0): readonly Journey[] {
    return this.#journeys === null ? [] : this.#journeys.since(since);
  }

  /** Journeys that began with the record's step of that number (`record().length` at some moment), or later. */
  journeysFrom(index: number): readonly Journey[] {
    return this.#journeys === null ? [] : this.#journeys.from(index);
  }

  /** What tcpdump would print of a frame, or null when nobody wrote it down. */
  frameText(frame: FrameId): string | null {
    return this.#journeys === null ? null : this.#journeys.frameText(frame);
  }

  /** An entry of any table as it is now, and what made it; of a device what led to that verdict. Null for 0. */
  entry(ref: EntryRef, verdict: Verdict = Verdict.sent): EntryWords | null {
    const record = this.world.registry.get(ref);
    if (record === null) return null;
    return entryWords(record, (frame) => this.frameText(frame), undefined, aspectOf(verdict));
  }

  /** How all frames ended so far, and where the others lie. */
  balance(): Balance {
    return balance(this.world);
  }

  /** What does not add up, in sentences; nothing when all is well. */
  accounts(): readonly string[] {
    const switches = [...this.#switches.values()].map((found) => found.host);
    return accounts(this.world, [...this.hosts, ...switches], this.#recorder);
  }

  /** Stops a machine: its namespaces and all that was configured are gone, its wires hang loose. @throws {UserError} */
  powerOff(name: string): void {
    this.#labHost(name).powerOff();
  }

  /** Starts a machine as the topology describes it. @throws {UserError} */
  powerOn(name: string): void {
    this.#labHost(name).powerOn();
  }

  #labHost(name: string): LabHost {
    const found = this.#hosts.get(name);
    if (found !== undefined) return found;
    throw new UserError("UNKNOWN_HOST", `no host ${name || '""'}`, null, thereIs([...this.#hosts.keys()]));
  }

  #switch(name: string): Switch {
    const found = this.#switches.get(name);
    if (found !== undefined) return found;
    throw new UserError("UNKNOWN_SWITCH", `no switch ${name}`, null, thereIs([...this.#switches.keys()]));
  }
}

function thereIs(names: readonly string[]): string {
  return `there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}`;
}
