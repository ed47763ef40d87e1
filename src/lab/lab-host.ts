import { UserError } from "../base/user-error.ts";
import { Host } from "../net/host.ts";
import * as inetAddress from "../net/inet-address.ts";
import { changedConf } from "../net/inet-conf.ts";
import { disabledIpv6 } from "../net/ipv6-settings.ts";
import type { Kernel } from "../net/kernel.ts";
import type { NetDevice } from "../net/net-device.ts";
import { RouteTable, Scope } from "../net/route-kind.ts";
import type { World } from "../sim/world.ts";
import { addNic, connect } from "../underlay/nic.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import type { Switch } from "./switch.ts";
import type { HostSpec, NicSpec } from "./topology.ts";

/** A Linux machine of a lab: a host, and how it looks when it has just started. */
export class LabHost {
  readonly host: Host;
  readonly #spec: HostSpec;
  readonly #switch: (name: string) => Switch;
  /** Switch ports of the cards, kept over a restart: the cable stays in its socket. */
  readonly #ports: NetDevice[] = [];

  constructor(world: World, kernel: Kernel, spec: HostSpec, findSwitch: (name: string) => Switch) {
    this.#spec = spec;
    this.#switch = findSwitch;
    this.host = new Host(world, kernel, spec.name, spec.cpu);
    for (const nic of spec.nics) this.#ports.push(this.#switch(nic.switch).addPort());
    this.#configure();
  }

  powerOff(): void {
    if (this.host.poweredOn) this.host.powerOff();
  }

  powerOn(): void {
    if (this.host.poweredOn) return;
    this.host.powerOn();
    this.#configure();
  }

  /** What the boot scripts of a machine do, on the word of the lab's description. */
  #configure(): void {
    const registry = this.host.world.registry;
    const before = registry.cause;
    registry.cause = { by: "description", text: this.host.name };
    this.#boot();
    registry.cause = before;
  }

  #boot(): void {
    const ns = this.host.root;
    const { nics, gateway, router, docker } = this.#spec;
    // IPv6 is not simulated, and hosts say so; namespaces made later have Linux's own default. A host of Docker is left as
    // it comes, since what people compare it with is.
    if (docker === undefined) ns.ipv6 = disabledIpv6;
    if (router) {
      const { allConf, defaultConf } = ns.ipv4;
      ns.ipv4 = ns.ipv4.with({
        allConf: changedConf(allConf, { forwarding: 1 }),
        defaultConf: changedConf(defaultConf, { forwarding: 1 }),
      });
      ns.loopback.ipv4.conf = changedConf(ns.loopback.ipv4.conf, { forwarding: 1 });
    }
    ns.loopback.setUp(true);
    nics.forEach((nic, i) => {
      const device = addNic(ns, nic.name, parseMac(nic), nic.mtu);
      connect(device, this.#ports[i]!, nic.wire);
      if (nic.address !== null) addAddress(device, nic.address.address, nic.address.prefixLength);
      device.setUp(true);
    });
    if (gateway !== null) this.#addDefaultRoute(parseAddress(gateway));
  }

  #addDefaultRoute(gateway: number): void {
    const ns = this.host.root;
    const device = ns.devices.find((d) =>
      d.ipv4.addresses.some((a) => ip.contains(a.address, a.prefixLength, gateway)),
    );
    if (device === undefined) {
      throw new UserError(
        "GATEWAY",
        `the gateway ${ip.format(gateway)} of ${this.host.name} is on none of its subnets`,
      );
    }
    ns.fib.add({
      dst: 0,
      prefixLength: 0,
      type: "unicast",
      table: RouteTable.main,
      scope: Scope.global,
      protocol: "boot",
      metric: 0,
      tos: 0,
      device,
      gateway,
      prefSource: 0,
      mtu: 0,
      onlink: false,
    });
  }
}

function parseMac(nic: NicSpec): mac.Mac {
  const parsed = mac.parse(nic.mac);
  if (parsed === null) throw new UserError("MAC", `${nic.mac} is not a MAC address`);
  return parsed;
}

function parseAddress(text: string): number {
  const parsed = ip.parse(text);
  if (parsed === null) throw new UserError("ADDRESS", `${text} is not an IPv4 address`);
  return parsed;
}

/** As `ip addr add ADDRESS/LENGTH dev DEVICE` does it: without a broadcast address. */
function addAddress(device: NetDevice, text: string, prefixLength: number): void {
  const address = parseAddress(text);
  inetAddress.add(device, {
    address,
    peer: address,
    prefixLength,
    broadcast: 0,
    scope: Scope.global,
    label: device.name,
    noprefixroute: false,
  });
}
