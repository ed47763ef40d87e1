import type { Prng } from "../../src/base/prng.ts";
import type { DeviceDriver } from "../../src/net/device-driver.ts";
import { DeviceSpec } from "../../src/net/device-spec.ts";
import { Host } from "../../src/net/host.ts";
import * as inetAddress from "../../src/net/inet-address.ts";
import { Kernel } from "../../src/net/kernel.ts";
import type { NetDevice } from "../../src/net/net-device.ts";
import type { NetworkNamespace } from "../../src/net/network-namespace.ts";
import { Scope } from "../../src/net/route-kind.ts";
import { finishChecksum } from "../../src/sim/finish-checksum.ts";
import type { Packet } from "../../src/sim/packet.ts";
import { MILLISECOND, type Nanos } from "../../src/sim/time.ts";
import { Verdict } from "../../src/sim/verdict.ts";
import { World } from "../../src/sim/world.ts";
import { Describer } from "../../src/wire/describe.ts";
import * as ethernet from "../../src/wire/ethernet.ts";
import * as ip from "../../src/wire/ipv4-address.ts";

/** What a wire does to frames, each in so many of 1000 cases, and how long they take. */
interface WireFaults {
  readonly loss: number;
  readonly duplicate: number;
  /** These take the time `late` more. */
  readonly reorder: number;
  readonly delay: Nanos;
  readonly late: Nanos;
}

const PERFECT: WireFaults = { loss: 0, duplicate: 0, reorder: 0, delay: 0, late: 0 };
export const A: number = ip.parse("10.0.0.1")!;
export const B: number = ip.parse("10.0.0.2")!;

/** Sees a frame that a device sends; false: it is lost. `line` is what tcpdump would print of it. */
type Watcher = (line: string, from: "a" | "b") => boolean;

/** Two hosts, `a` 10.0.0.1 and `b` 10.0.0.2, and a wire between them that can be bad. */
export class TcpWorld {
  readonly world: World;
  readonly a: NetworkNamespace;
  readonly b: NetworkNamespace;
  readonly deviceA: NetDevice;
  readonly deviceB: NetDevice;
  /** TCP segments as tcpdump prints them, in the order of sending, with the time in milliseconds in front. */
  readonly lines: string[] = [];
  faults: WireFaults = PERFECT;
  watch: Watcher | null = null;
  /** False: nothing is printed, which takes long. */
  records = true;
  readonly #prng: Prng;
  readonly #describer: Describer = new Describer();

  constructor(seed = 1, mtu = 1500) {
    this.world = new World(seed);
    this.#prng = this.world.prng.fork("wire");
    const kernel = new Kernel();
    this.a = new Host(this.world, kernel, "a").root;
    this.b = new Host(this.world, kernel, "b").root;
    this.deviceA = this.#device(this.a, "10.0.0.1/24", 1, mtu);
    this.deviceB = this.#device(this.b, "10.0.0.2/24", 2, mtu);
  }

  run(time: Nanos = 0): void {
    if (time === 0) this.world.settle();
    else this.world.advance(time);
  }

  /** Runs until nothing is left to happen, or the time is over. */
  finish(limit: Nanos): void {
    const end = this.world.now + limit;
    while (this.world.step(end));
  }

  #device(ns: NetworkNamespace, prefix: string, number: number, mtu: number): NetDevice {
    const driver: DeviceDriver = {
      kind: "test",
      transmit: (device, packet) => this.#send(device, packet),
      changed: () => {},
      link: () => null,
    };
    const device = ns.addDevice("eth0", driver, new DeviceSpec({ mac: { hi: 0x0242, lo: number }, mtu }));
    device.setUp(true);
    ns.loopback.setUp(true);
    const { address, length } = ip.parsePrefix(prefix)!;
    inetAddress.add(device, {
      address,
      prefixLength: length,
      peer: address,
      broadcast: ip.broadcast(address, length),
      scope: Scope.global,
      label: device.name,
      noprefixroute: false,
    });
    return device;
  }

  #send(device: NetDevice, packet: Packet): void {
    const from = device === this.deviceA ? "a" : "b";
    const peer = device === this.deviceA ? this.deviceB : this.deviceA;
    const isArp = ethernet.type(packet.view, packet.at) === ethernet.TYPE_ARP;
    if (!isArp) {
      if (this.records) finishChecksum(packet);
      const line = this.records ? this.#describer.describe(packet.view, packet.at, packet.length) : "";
      if (this.records) this.lines.push(`${(this.world.now / MILLISECOND).toFixed(3)} ${line}`);
      if (this.watch !== null && !this.watch(line, from)) {
        device.drop(packet, Verdict.NETEM_LOSS);
        return;
      }
    }
    const { loss, duplicate, reorder, delay, late } = this.faults;
    if (!isArp && this.#prng.chance(loss, 1000)) {
      device.drop(packet, Verdict.NETEM_LOSS);
      return;
    }
    if (!isArp && this.#prng.chance(duplicate, 1000)) this.#carry(peer, this.world.pool.copy(packet), delay);
    this.#carry(peer, packet, delay + (this.#prng.chance(reorder, 1000) ? late : 0));
  }

  #carry(peer: NetDevice, packet: Packet, delay: Nanos): void {
    if (delay === 0) peer.arrive(packet);
    else this.world.after(delay, () => peer.arrive(packet));
  }
}
