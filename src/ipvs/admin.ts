import { addressType } from "../net/address-type.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { destinationText, serviceText } from "./connection-text.ts";
import { type DestinationOptions, IpvsDestination } from "./destination.ts";
import { type Ipvs, ipvsOf } from "./ipvs.ts";
import type { DestinationChange, Scheduler } from "./scheduler.ts";
import { schedulers } from "./schedulers/index.ts";
import { IpvsService, type ServiceKey, type ServiceOptions } from "./service.ts";

/** `ipvsadm -A`. @throws {KernelError} EEXIST, ENOENT without such a scheduler */
export function addService(ns: NetworkNamespace, key: ServiceKey, options: ServiceOptions): IpvsService {
  const ipvs = ipvsOf(ns);
  if (ipvs.exact(key.protocol, key.address, key.port, key.fwmark) !== null) throw new KernelError("EEXIST");
  const service = new IpvsService(key, makeScheduler(options));
  setOptions(service, options);
  service.ref = ns.world.registry.made("ipvs-service", ns.path, serviceText(service));
  ipvs.services = [...ipvs.services, service];
  return service;
}

/** `ipvsadm -E`. @throws {KernelError} ESRCH, ENOENT */
export function editService(ns: NetworkNamespace, key: ServiceKey, options: ServiceOptions): void {
  const service = findService(ns, key);
  const isSame =
    service.scheduler.name === options.scheduler &&
    service.schedulerFlags.every((flag, i) => flag === options.schedulerFlags[i]);
  if (!isSame) {
    const scheduler = makeScheduler(options);
    const destination = service.destinations[0];
    if (destination !== undefined)
      scheduler.changed(service.destinations, { what: "added", destination, index: 0 });
    service.scheduler = scheduler;
  }
  setOptions(service, options);
  ns.world.registry.changed(service.ref, serviceText(service));
}

/** `ipvsadm -D`. Connections go on without it. @throws {KernelError} ESRCH */
export function deleteService(ns: NetworkNamespace, key: ServiceKey): void {
  removeService(ipvsOf(ns), findService(ns, key));
}

/** `ipvsadm -C` */
export function flushServices(ns: NetworkNamespace): void {
  const ipvs = ipvsOf(ns);
  for (const service of ipvs.services) removeService(ipvs, service);
}

/** The service of a key. @throws {KernelError} ESRCH */
function findService(ns: NetworkNamespace, key: ServiceKey): IpvsService {
  const service = ipvsOf(ns).exact(key.protocol, key.address, key.port, key.fwmark);
  if (service === null) throw new KernelError("ESRCH");
  return service;
}

function removeService(ipvs: Ipvs, service: IpvsService): void {
  while (service.destinations.length > 0) removeDestination(ipvs, service, service.destinations[0]!);
  ipvs.services = ipvs.services.filter((other) => other !== service);
  ipvs.ns.world.registry.gone(service.ref);
}

function makeScheduler(options: ServiceOptions): Scheduler {
  const kind = schedulers.get(options.scheduler);
  if (kind === undefined) throw new KernelError("ENOENT");
  return kind.make(options.schedulerFlags);
}

function setOptions(service: IpvsService, options: ServiceOptions): void {
  service.schedulerFlags = options.schedulerFlags;
  service.persistence = options.persistence;
  service.netmask = options.netmask;
  service.onePacket = options.onePacket;
}

/** `ipvsadm -a`. @throws {KernelError} ESRCH, EEXIST, ERANGE when the lower threshold is above the upper one */
export function addDestination(
  ns: NetworkNamespace,
  key: ServiceKey,
  address: number,
  port: number,
  options: DestinationOptions,
): void {
  const service = findService(ns, key);
  check(options);
  if (service.find(address, port) !== null) throw new KernelError("EEXIST");
  const type = addressType(ns, address);
  if (type !== "unicast" && type !== "local") throw new KernelError("EINVAL");
  const ipvs = ipvsOf(ns);
  const destination = fromTrash(ipvs, service, address, port) ?? new IpvsDestination(service, address, port);
  update(destination, options, true);
  destination.ref = ns.world.registry.made(
    "ipvs-destination",
    ns.path,
    destinationText(service, destination),
  );
  service.destinations = [destination, ...service.destinations];
  tell(service, { what: "added", destination, index: 0 });
  ns.world.generation++;
}

/** `ipvsadm -e`. @throws {KernelError} ESRCH, ENOENT, ERANGE */
export function editDestination(
  ns: NetworkNamespace,
  key: ServiceKey,
  address: number,
  port: number,
  options: DestinationOptions,
): void {
  const service = findService(ns, key);
  check(options);
  const destination = findDestination(service, address, port);
  update(destination, options, false);
  ns.world.registry.changed(destination.ref, destinationText(service, destination));
  tell(service, { what: "updated", destination, index: service.destinations.indexOf(destination) });
}

/** `ipvsadm -d`. Its connections stay, but lead nowhere. @throws {KernelError} ESRCH, ENOENT */
export function deleteDestination(
  ns: NetworkNamespace,
  key: ServiceKey,
  address: number,
  port: number,
): void {
  const service = findService(ns, key);
  removeDestination(ipvsOf(ns), service, findDestination(service, address, port));
}

function findDestination(service: IpvsService, address: number, port: number): IpvsDestination {
  const destination = service.find(address, port);
  if (destination === null) throw new KernelError("ENOENT");
  return destination;
}

function check(options: DestinationOptions): void {
  if (options.weight < 0 || options.lowerThreshold > options.upperThreshold) throw new KernelError("ERANGE");
}

function update(destination: IpvsDestination, options: DestinationOptions, isNew: boolean): void {
  if (isNew || options.weight !== 0) destination.lastWeight = options.weight;
  destination.weight = options.weight;
  destination.method = options.method;
  destination.available = true;
  if (options.upperThreshold === 0 || options.upperThreshold > destination.upperThreshold)
    destination.overloaded = false;
  destination.upperThreshold = options.upperThreshold;
  destination.lowerThreshold = options.lowerThreshold;
}

function removeDestination(ipvs: Ipvs, service: IpvsService, destination: IpvsDestination): void {
  const index = service.destinations.indexOf(destination);
  destination.available = false;
  service.destinations = service.destinations.filter((other) => other !== destination);
  tell(service, { what: "removed", destination, index });
  ipvs.trash = ipvs.trash.filter(isInUse);
  if (isInUse(destination)) ipvs.trash.push(destination);
  ipvs.ns.world.registry.gone(destination.ref);
  ipvs.ns.world.generation++;
}

function tell(service: IpvsService, change: DestinationChange): void {
  service.scheduler.changed(service.destinations, change);
}

function isInUse(destination: IpvsDestination): boolean {
  return destination.connections + destination.persistentConnections > 0;
}

/** A destination that was taken out while it had connections is the same one when it comes back, and they live on. */
function fromTrash(ipvs: Ipvs, service: IpvsService, address: number, port: number): IpvsDestination | null {
  const found = ipvs.trash.find(
    (d) => isInUse(d) && d.address === address && d.port === port && isSameKey(d.service, service),
  );
  if (found === undefined) return null;
  ipvs.trash = ipvs.trash.filter((other) => other !== found);
  if (found.service !== service) {
    found.statistics.zero();
    found.service = service;
  }
  return found;
}

function isSameKey(a: ServiceKey, b: ServiceKey): boolean {
  if (a.fwmark !== b.fwmark) return false;
  return a.fwmark !== 0 || (a.protocol === b.protocol && a.address === b.address && a.port === b.port);
}

/** `ipvsadm -Z`: of one service, or of all. @throws {KernelError} ESRCH */
export function zeroStatistics(ns: NetworkNamespace, key: ServiceKey | null): void {
  const ipvs = ipvsOf(ns);
  ipvs.estimate();
  const services = key === null ? ipvs.services : [findService(ns, key)];
  for (const service of services) {
    service.statistics.zero();
    for (const destination of service.destinations) destination.statistics.zero();
  }
  if (key === null) ipvs.statistics.zero();
}
