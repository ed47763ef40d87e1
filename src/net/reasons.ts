import { Absences } from "../sim/absences.ts";
import type { Cause, EntryKind, EntryRef } from "../sim/registry.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/*
 * Why a packet ended where no entry of a table ended it: nobody listens, a sysctl that nobody touched, an address that
 * means something by itself. Each is an entry of its own, made while somebody observes; 0 while nobody does.
 */

/** A socket of either kind, as far as it tells who would have got a packet. */
interface BoundSocket {
  readonly localAddress: number;
  readonly localPort: number;
  readonly boundTo: number;
  readonly remoteAddress?: number;
  readonly remotePort?: number;
}

/** Nobody is bound where a packet goes; the cause says which sockets have its port all the same. */
export function noSocket(
  ns: NetworkNamespace,
  protocol: "udp" | "tcp",
  address: number,
  port: number,
): EntryRef {
  if (ns.world.tap === null) return 0;
  const text = `no ${protocol} socket for ${ip.format(address)}:${port}`;
  return missing(ns, "socket").because(text, () => {
    const all: readonly BoundSocket[] = protocol === "udp" ? ns.sockets.listUdp() : ns.tcp.ports.listeners;
    const others = all.filter((socket) => socket.localPort === port).map((socket) => bound(ns, socket));
    const why = others.length === 0 ? "nobody has that port" : `there is only ${others.join(", ")}`;
    return { by: "nobody", text: why };
  });
}

/** Somebody got or gave up a port: who is missing now is to be seen anew. */
export function socketsChanged(ns: NetworkNamespace): void {
  ns.absences?.get("socket")?.end();
}

/** A socket as `ss` writes it. */
function bound(ns: NetworkNamespace, socket: BoundSocket): string {
  const { localAddress, localPort, boundTo, remoteAddress = 0, remotePort = 0 } = socket;
  const device = boundTo === 0 ? "" : `%${ns.deviceByIndex(boundTo)?.name ?? `if${boundTo}`}`;
  const peer = remotePort === 0 ? "" : `, connected to ${ip.format(remoteAddress)}:${remotePort}`;
  return `${ip.format(localAddress)}${device}:${localPort}${peer}`;
}

/** The sysctl that decided, the first of `paths` under /proc/sys that somebody set; else one that says the default. */
export function setting(ns: NetworkNamespace, paths: readonly string[], byDefault: string): EntryRef {
  if (ns.world.tap === null) return 0;
  for (const path of paths) {
    const ref = ns.settings?.get(path);
    if (ref !== undefined) return ref;
  }
  return missing(ns, "sysctl").because(byDefault, () => ({ by: "kernel", text: "by default" }));
}

/** A setting of a device or of all, or under `alias`: `net.ipv4.conf.eth0.route_localnet = 0`. */
export function deviceSetting(device: NetDevice, name: string, alias: string = ""): EntryRef {
  if (device.world.tap === null) return 0;
  const paths = [`net/ipv4/conf/${device.name}/${name}`, alias, `net/ipv4/conf/all/${name}`];
  const byDefault = `net.ipv4.conf.${device.name.replaceAll(".", "/")}.${name} = 0`;
  return setting(device.ns, paths, byDefault);
}

/** A frame for another address than the device has; the cause is what gave it that one. */
export function otherAddress(device: NetDevice, hi: number, lo: number): EntryRef {
  const { ns } = device;
  if (ns.world.tap === null) return 0;
  const text = `${device.name} has ${mac.format(device.macHi, device.macLo)}, not ${mac.format(hi, lo)}`;
  return missing(ns, "device").because(text, () => {
    const { history } = ns.world.registry.get(device.ref)!;
    const changes = history.filter((event) => / address /.test(event.text));
    return (changes.at(-1) ?? history[0]!).cause;
  });
}

/** A frame of a VLAN that no device on top of this one is of. */
export function noVlan(device: NetDevice, vid: number): EntryRef {
  if (device.world.tap === null) return 0;
  const text = `no device of VLAN ${vid} on ${device.name}`;
  return missing(device.ns, "device").because(text, () => ({ by: "nobody", text: "nobody made one" }));
}

/** The address of this namespace that a packet from elsewhere claims to come from. */
export function ownAddress(ns: NetworkNamespace, address: number): EntryRef {
  if (ns.world.tap === null) return 0;
  for (const device of ns.devices)
    for (const own of device.ipv4.addresses) if (own.address === address) return own.ref;
  return 0;
}

/** Nobody on the device is a member of the group. */
export function noMember(device: NetDevice, group: number): EntryRef {
  if (device.world.tap === null) return 0;
  const text = `no member of ${ip.format(group)} on ${device.name}`;
  return missing(device.ns, "address").because(text, () => ({ by: "nobody", text: "nobody joined it" }));
}

/** An address that may not stand there, whatever the tables say. */
export function martian(ns: NetworkNamespace, where: "source" | "destination", address: number): EntryRef {
  if (ns.world.tap === null) return 0;
  const text = `${ip.format(address)} is no ${where}`;
  return missing(ns, "address").because(text, () => ({ by: "kernel", text: meaning(address) }));
}

function meaning(address: number): string {
  if (ip.isMulticast(address)) return "a group sends nothing (RFC 1122, 3.2.1.3)";
  if (address === ip.BROADCAST) return "all are no sender (RFC 1122, 3.2.1.3)";
  return "0.0.0.0 is this host itself (RFC 1122, 3.2.1.3)";
}

/** Nothing here handles a protocol. */
export function noProtocol(ns: NetworkNamespace, layer: "EtherType" | "IP protocol", code: number): EntryRef {
  if (ns.world.tap === null) return 0;
  const cause: Cause = { by: "kernel", text: "it knows no such protocol" };
  const number = layer === "EtherType" ? `0x${code.toString(16).padStart(4, "0")}` : `${code}`;
  return missing(ns, "socket").because(`no handler of ${layer} ${number}`, () => cause);
}

function missing(ns: NetworkNamespace, kind: EntryKind): Absences {
  ns.absences ??= new Map();
  let absences = ns.absences.get(kind);
  if (absences === undefined) {
    absences = new Absences(ns.world.registry, kind, () => ns.path);
    ns.absences.set(kind, absences);
  }
  return absences;
}
