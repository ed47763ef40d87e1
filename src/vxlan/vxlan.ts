import type { DeviceChange, DeviceDriver, DeviceListener } from "../net/device-driver.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { SECOND } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import * as vxlanHeader from "../wire/vxlan.ts";
import { transmit } from "./encapsulate.ts";
import type { VxlanConfig } from "./vxlan-config.ts";
import { VxlanFdb, type VxlanFdbOwner } from "./vxlan-fdb.ts";
import {
  describe,
  LEARNED,
  type VxlanDestination,
  type VxlanFdbEntry,
  type VxlanFdbSpec,
  type VxlanRemote,
} from "./vxlan-fdb-entry.ts";
import { VxlanNet } from "./vxlan-socket.ts";

/** A frame that enters the same device more often than this on one way is dropped (XMIT_RECURSION_LIMIT). */
const RECURSION_LIMIT = 8;

/** What `bridge monitor` and a driver that fills tables on demand hear of. */
export type VxlanEvent =
  | { readonly what: "new" | "del"; readonly entry: VxlanFdbEntry; readonly remote: VxlanRemote }
  /** A frame's destination is not known. */
  | { readonly what: "l2miss"; readonly macHi: number; readonly macLo: number }
  /** Somebody asked by ARP for an address that is not known. */
  | { readonly what: "l3miss"; readonly address: number };

/**
 * A VXLAN tunnel endpoint (RFC 7348): wraps the frames that its device is given in UDP, and hands out those that come
 * in for its network.
 *
 * In: `transmit`, and datagrams from the {@link VxlanSocket}.   Out: IP output of {@link ns}, and the device's receiver.
 * Counts: rx and tx without Ethernet headers, as the kernel does.   Linux: drivers/net/vxlan/vxlan_core.c.
 */
export class Vxlan implements DeviceDriver, DeviceListener, VxlanFdbOwner {
  readonly kind = "vxlan";
  readonly notesLegs = true;
  /** The namespace of the outer packets: where the device was made, wherever it is now. */
  readonly ns: NetworkNamespace;
  config: VxlanConfig;
  readonly fdb: VxlanFdb;
  /** Called with each {@link VxlanEvent}. */
  readonly watchers: Set<(event: VxlanEvent) => void> = new Set();
  /** Set once, by {@link attach}. */
  device!: NetDevice;
  /** How many frames this device is sending inside each other: two tunnels may lead through one another. */
  #depth = 0;

  constructor(ns: NetworkNamespace, config: VxlanConfig) {
    this.ns = ns;
    this.config = config;
    this.fdb = new VxlanFdb(ns.world, this, config.ageing * SECOND, config.maxAddress);
  }

  get path(): string {
    return this.device.path;
  }

  /** Called once, when the device is made: the default destination becomes the entry for all unknown addresses. */
  attach(device: NetDevice): void {
    this.device = device;
    VxlanNet.of(this.ns).vteps.add(this);
    this.config.lower?.listen(this);
    if (this.config.remote !== 0) this.fdb.create(defaultEntry(this.config), this.ns.world.registry.cause);
  }

  /** Takes over another configuration; the default destination changes with it (vxlan_changelink). */
  reconfigure(after: VxlanConfig): void {
    const before = this.config;
    if (after.remote !== before.remote) {
      if (after.remote !== 0) this.fdb.update("append", defaultEntry(after));
      // Somebody may have taken the old one away already.
      if (before.remote !== 0 && this.fdb.find(0, 0, before.vni) !== null)
        this.fdb.remove(0, 0, before.vni, defaultEntry(before).destination);
    }
    if (after.ageing !== before.ageing) this.fdb.setAgeing(after.ageing * SECOND);
    if (after.lower !== before.lower) {
      this.#leaveLower();
      after.lower?.listen(this);
    }
    this.config = after;
    this.ns.world.generation++;
  }

  transmit(device: NetDevice, packet: Packet): void {
    if (this.#depth === RECURSION_LIMIT) {
      device.counters.txDropped++;
      device.drop(packet, Verdict.RECURSION_LIMIT);
      return;
    }
    this.#depth++;
    transmit(this, packet);
    this.#depth--;
  }

  open(): void {
    VxlanNet.of(this.ns).open(this);
    this.fdb.startAgeing();
  }

  checkMtu(_device: NetDevice, mtu: number): void {
    const lower = this.config.lower;
    if (lower !== null && mtu > lower.mtu - vxlanHeader.OVERHEAD) throw new KernelError("EINVAL");
  }

  changed(_device: NetDevice, change: DeviceChange): void {
    if (change === "down") this.#stop();
    else if (change === "removed") this.#remove();
  }

  /** That of the device below (vxlan_get_link_ksettings). */
  speed(): number | null {
    return this.config.lower?.driver.speed?.() ?? null;
  }

  /** A moved tunnel names itself, so that `ip link` prints `@ifN` and the namespace of its outer packets. */
  link(device: NetDevice): NetDevice | null {
    return device.ns === this.ns ? null : device;
  }

  /** The device below changed: a tunnel does not outlive it. */
  deviceChanged(_lower: NetDevice, change: DeviceChange): void {
    if (change === "removed" || change === "moved") this.device.ns.removeDevice(this.device);
  }

  /** Learns from a frame that came in; false when a static entry says otherwise (vxlan_snoop). */
  snoop(packet: Packet, hi: number, lo: number, address: number): boolean {
    const entry = this.fdb.find(hi, lo, this.config.vni);
    if (entry !== null) {
      entry.confirm();
      const remote = entry.remotes[0]!;
      if (remote.address === address && remote.ifindex === 0) return true;
      if (entry.state !== "reachable") return false;
    }
    this.ns.world.leg = null;
    const { vni, dstPort } = this.config;
    const ref = this.fdb.learn(hi, lo, vni, address, dstPort, packet.id);
    const tap = this.ns.world.tap;
    if (tap !== null && ref !== 0) tap.record(this.device.place, packet, Verdict.learned, ref);
    return true;
  }

  describe(entry: VxlanFdbEntry, remote: VxlanDestination): string {
    const { ifindex } = remote;
    const via = ifindex === 0 ? "" : (this.ns.deviceByIndex(ifindex)?.name ?? `if${ifindex}`);
    return describe(entry, remote, this.config, via);
  }

  fdbChanged(what: "new" | "del", entry: VxlanFdbEntry, remote: VxlanRemote): void {
    if (this.watchers.size > 0) this.tell({ what, entry, remote });
  }

  tell(event: VxlanEvent): void {
    for (const watcher of this.watchers) watcher(event);
  }

  #stop(): void {
    this.fdb.stopAgeing();
    this.fdb.flush((entry) => entry.state === "reachable");
    VxlanNet.of(this.ns).close(this);
  }

  #remove(): void {
    this.fdb.flush(() => true);
    VxlanNet.of(this.ns).vteps.delete(this);
    this.#leaveLower();
  }

  #leaveLower(): void {
    this.config.lower?.unlisten(this);
  }
}

/** The default destination as an entry for all addresses that are not known. */
function defaultEntry(config: VxlanConfig): VxlanFdbSpec {
  const { vni, dstPort, remote, lower } = config;
  const destination = { address: remote, port: dstPort, vni, ifindex: lower?.ifindex ?? 0 };
  return { macHi: 0, macLo: 0, srcVni: vni, destination, state: "permanent", ...LEARNED };
}
