import { NOTHING } from "../base/short-list.ts";
import type { Absences } from "../sim/absences.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryKind, EntryRef } from "../sim/registry.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import type { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import type { ConntrackAccess } from "./conntrack-access.ts";
import type { DeviceChange, DeviceDriver } from "./device-driver.ts";
import { DeviceList } from "./device-list.ts";
import { DeviceSpec, LOOPBACK } from "./device-spec.ts";
import { Fib } from "./fib.ts";
import * as frameInput from "./frame-input.ts";
import { Hooks } from "./hooks.ts";
import type { Host } from "./host.ts";
import { IcmpLimits } from "./icmp-limits.ts";
import * as inetAddress from "./inet-address.ts";
import { InputRoute } from "./input-route.ts";
import { defaultIpv4Settings, type Ipv4Settings } from "./ipv4-settings.ts";
import { type Ipv6Settings, untouchedIpv6 } from "./ipv6-settings.ts";
import { KernelError } from "./kernel-error.ts";
import { updateLinkLocal } from "./link-local.ts";
import { Loopback } from "./loopback.ts";
import type { NamespaceWatcher } from "./namespace-watcher.ts";
import { NeighbourTable } from "./neighbour-table.ts";
import { NetDevice } from "./net-device.ts";
import { OwnAddresses } from "./own-addresses.ts";
import { Reassembly } from "./reassembly.ts";
import { RouteExceptions } from "./route-exceptions.ts";
import { SnmpCounters } from "./snmp.ts";
import { Sockets } from "./sockets.ts";
import { Tcp } from "./tcp/tcp.ts";

const loopbackDriver = new Loopback();
const LOOPBACK_SPEC = new DeviceSpec({ mtu: 65536 }, LOOPBACK);

/**
 * A network namespace: devices, and the IPv4 stack over them. Everything that one `ip netns` has and another one has
 * not lies here. Linux: net/core/net_namespace.c, struct net.
 */
export class NetworkNamespace {
  readonly host: Host;
  readonly world: World;
  /** Empty for the host's own. */
  readonly name: string;
  /** The file that it is bound to, where that is not one of /run/netns; null otherwise. */
  readonly file: string | null;
  /** `host` or `host/name`. */
  readonly path: string;
  readonly place: PlaceId;
  ipv4: Ipv4Settings = defaultIpv4Settings;
  ipv6: Ipv6Settings = untouchedIpv6;
  /** The addresses that its devices have. */
  readonly own: OwnAddresses = new OwnAddresses();
  readonly fib: Fib;
  /** The sysctls that somebody set, by their paths under /proc/sys; null before the first. */
  settings: Map<string, EntryRef> | null = null;
  /** What packets looked for and did not find, while somebody observed: see reasons.ts. */
  absences: Map<EntryKind, Absences> | null = null;
  readonly sockets: Sockets;
  readonly loopback: NetDevice;
  /** How many link-local addresses of IPv6 its devices ever had. */
  linkLocals = 0;
  /** Connection tracking, once something here asks for it; null: no packet is tracked. */
  conntrack: ConntrackAccess | null = null;
  #extensions: Map<unknown, unknown> | null = null;
  #watchers: readonly NamespaceWatcher[] = NOTHING;
  readonly #devices: DeviceList = new DeviceList();
  #taps: readonly Tap[] = NOTHING;
  #snmp: SnmpCounters | null = null;
  #input: InputRoute | null = null;
  #exceptions: RouteExceptions | null = null;
  #neighbours: NeighbourTable | null = null;
  #hooks: Hooks | null = null;
  #icmpLimits: IcmpLimits | null = null;
  #reassembly: Reassembly | null = null;
  #tcp: Tcp | null = null;
  #lastIfindex = 0;

  constructor(host: Host, name: string, file: string | null = null) {
    this.host = host;
    this.file = file;
    this.world = host.world;
    this.name = name;
    this.path = name === "" ? host.name : `${host.name}/${name}`;
    this.place = this.world.place(this.path);
    this.fib = new Fib(this);
    this.sockets = new Sockets(this);
    this.loopback = this.addDevice("lo", loopbackDriver, LOOPBACK_SPEC);
  }

  // Large worlds have many namespaces that nobody sends anything to: what only packets need is made for the first one.

  get snmp(): SnmpCounters {
    this.#snmp ??= new SnmpCounters(this.world);
    return this.#snmp;
  }

  get input(): InputRoute {
    this.#input ??= new InputRoute(this);
    return this.#input;
  }

  get exceptions(): RouteExceptions {
    this.#exceptions ??= new RouteExceptions(this);
    return this.#exceptions;
  }

  get neighbours(): NeighbourTable {
    this.#neighbours ??= new NeighbourTable(this);
    return this.#neighbours;
  }

  get hooks(): Hooks {
    this.#hooks ??= new Hooks(this.world);
    return this.#hooks;
  }

  /** Made for the first message that counts. */
  get icmpLimits(): IcmpLimits {
    this.#icmpLimits ??= new IcmpLimits(this);
    return this.#icmpLimits;
  }

  /** Made for the first fragment. */
  get reassembly(): Reassembly {
    this.#reassembly ??= new Reassembly(this);
    return this.#reassembly;
  }

  /** Made for the first segment or socket. */
  get tcp(): Tcp {
    this.#tcp ??= new Tcp(this);
    return this.#tcp;
  }

  /** State that rooms above keep for each namespace, by a key of their own (the kernel's net_generic). */
  get extensions(): Map<unknown, unknown> {
    this.#extensions ??= new Map();
    return this.#extensions;
  }

  get watchers(): readonly NamespaceWatcher[] {
    return this.#watchers;
  }

  watch(watcher: NamespaceWatcher): void {
    this.#watchers = [...this.#watchers, watcher];
  }

  /** All devices by index. */
  get devices(): readonly NetDevice[] {
    return this.#devices.all;
  }

  device(name: string): NetDevice | null {
    return this.#devices.named(name);
  }

  deviceByIndex(ifindex: number): NetDevice | null {
    return this.#devices.at(ifindex);
  }

  /** Makes a device here. @throws {KernelError} EEXIST when the name is taken. */
  addDevice(name: string, driver: DeviceDriver, spec: DeviceSpec): NetDevice {
    if (this.device(name) !== null) throw new KernelError("EEXIST");
    const { ifindex } = spec;
    if (ifindex !== 0 && this.deviceByIndex(ifindex) !== null) throw new KernelError("EBUSY");
    const index = ifindex === 0 ? this.#nextIfindex() : ifindex;
    const device = new NetDevice(this, name, index, driver, spec);
    this.#devices.add(device);
    this.world.generation++;
    for (const tap of this.#taps) device.addTap(tap);
    return device;
  }

  /** Takes a device away for good (unregister_netdevice); its driver and listeners hear `removed` last. */
  removeDevice(device: NetDevice): void {
    device.setUp(false);
    device.setQdisc(null);
    device.removed = true;
    device.announce("removed");
    this.#forget(device);
    this.world.registry.gone(device.ref);
  }

  /** Moves a device into another namespace; it arrives there down and without addresses. @throws {KernelError} EEXIST, EINVAL */
  moveDevice(device: NetDevice, to: NetworkNamespace, name: string = device.name): void {
    if (device.driver.netnsImmutable === true)
      throw new KernelError("EINVAL", "The interface netns is immutable");
    if (to.device(name) !== null)
      throw new KernelError("EEXIST", "An interface with the same name exists in the target netns");
    device.setUp(false);
    device.setQdisc(null);
    inetAddress.flush(device);
    device.ns.#forget(device);
    if (to.deviceByIndex(device.ifindex) !== null) device.ifindex = to.#nextIfindex();
    device.ns = to;
    device.name = name;
    to.#devices.add(device);
    for (const tap of to.#taps) device.addTap(tap);
    device.announce("moved");
  }

  /** @throws {KernelError} EEXIST */
  renameDevice(device: NetDevice, name: string): void {
    if (device.name === name) return;
    if (this.device(name) !== null) throw new KernelError("EEXIST");
    this.#devices.remove(device);
    device.name = name;
    this.#devices.add(device);
    device.announce("name");
  }

  /** The first of `PREFIX0`, `PREFIX1` ... that is free, as the kernel names devices for a `%d`. */
  freeName(prefix: string): string {
    for (let i = 0; ; i++) if (this.device(`${prefix}${i}`) === null) return `${prefix}${i}`;
  }

  /** The namespace goes away: its virtual devices are removed, last made first. */
  destroy(): void {
    for (const device of [...this.devices].reverse()) if (!device.removed) this.removeDevice(device);
    this.sockets.closeAll();
    this.#tcp?.destroy();
    this.#reassembly?.flush();
    for (const watcher of this.#watchers) watcher.ended?.();
  }

  /** The IP stack gets a frame that came in by `device`. */
  receive(device: NetDevice, packet: Packet): void {
    frameInput.receive(this, device, packet);
  }

  /** Ends a frame in this namespace; `entry` is what decided it, where something did. */
  drop(packet: Packet, verdict: Verdict, entry: EntryRef = 0): void {
    this.world.end(packet, verdict, this.place, entry);
  }

  /** Tells whoever observes of a step of a frame here and of the entry that decided it. */
  note(packet: Packet, verdict: Verdict, entry: EntryRef): void {
    const tap = this.world.tap;
    if (tap !== null) tap.record(this.place, packet, verdict, entry);
  }

  /** Called by devices of this namespace when they change. */
  deviceChanged(device: NetDevice, change: DeviceChange): void {
    const { ipv4 } = device;
    switch (change) {
      case "up":
        inetAddress.cameUp(device);
        updateLinkLocal(device);
        ipv4.startReports();
        break;
      case "carrier":
      case "mtu":
        updateLinkLocal(device);
        break;
      case "address":
        inetAddress.notify(device);
        break;
      case "down":
        inetAddress.wentDown(device);
        device.linkLocal = null;
        ipv4.stopReports();
        break;
      case "moved":
        ipv4.moved();
        device.linkLocal = null;
        break;
      case "removed":
        inetAddress.wentAway(device);
        device.linkLocal = null;
        ipv4.stopReports();
        // Memberships end with their device (ip_mc_destroy_dev).
        ipv4.forgetGroups();
        break;
      default:
      // Its name and its master are nothing to the stack.
    }
    this.#neighbours?.deviceChanged(device, change);
    const watchers = this.#watchers;
    for (let i = 0; i < watchers.length; i++) watchers[i]!.deviceChanged?.(device, change);
  }

  /** Lets somebody see every frame on every device, those that come later included (`tcpdump -i any`). */
  addTap(tap: Tap): void {
    this.#taps = [...this.#taps, tap];
    for (const device of this.devices) device.addTap(tap);
  }

  removeTap(tap: Tap): void {
    this.#taps = this.#taps.filter((other) => other !== tap);
    for (const device of this.devices) device.removeTap(tap);
  }

  #forget(device: NetDevice): void {
    for (const tap of this.#taps) device.removeTap(tap);
    this.#devices.remove(device);
    this.world.generation++;
  }

  #nextIfindex(): number {
    do this.#lastIfindex++;
    while (this.deviceByIndex(this.#lastIfindex) !== null);
    return this.#lastIfindex;
  }
}
