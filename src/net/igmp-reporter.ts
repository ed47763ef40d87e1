import type { Prng } from "../base/prng.ts";
import { MILLISECOND, type Nanos } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";
import * as igmp from "../wire/igmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { directRoute } from "./direct-route.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import { Scope } from "./route-kind.ts";

/** Precedence "internetwork control". */
const TOS = 0xc0;
/** The kernel's timers begin two ticks (of 4 ms) from now at the earliest. */
const SOON: Nanos = 8 * MILLISECOND;
/** How long a router of version 2 is remembered after its question (RFC 3376, 8.12, with the default variables). */
const V2_ROUTER_TIME: Nanos = 260_000 * MILLISECOND;

/**
 * Tells the routers of a link which groups this host wants there: version 3 (RFC 3376) unless a router speaks
 * version 2. Each change is told igmp_qrv times, the first time at once, then at a random moment of the interval.
 * Linux: net/ipv4/igmp.c.
 */
export class IgmpReporter {
  readonly #device: NetDevice;
  readonly #prng: Prng;
  /** Changes still to be told (version 3): what happened to the group, and how many times more. */
  readonly #changes: Map<number, { readonly type: number; left: number }> = new Map();
  readonly #changeTimer: Timer;
  /** Answers to questions, by group; 0: all groups. With how many more reports of their own accord follow (version 2). */
  readonly #answers: Map<number, { readonly timer: Timer; again: number }> = new Map();
  #v2Until = 0;

  constructor(device: NetDevice) {
    this.#device = device;
    this.#prng = device.world.prng.fork(`igmp/${device.path}`);
    this.#changeTimer = device.world.timer(() => this.#tellChanges());
  }

  joined(group: number): void {
    if (!this.#reports(group)) return;
    if (this.#version === 2) this.#answerIn(group, SOON, this.#device.ns.ipv4.igmp_qrv - 1);
    else this.#changed(group, igmp.CHANGE_TO_EXCLUDE);
  }

  left(group: number): void {
    if (!this.#reports(group)) return;
    this.#answers.get(group)?.timer.cancel();
    this.#answers.delete(group);
    if (this.#version === 2) {
      if (this.#device.up) this.#sendV2(igmp.LEAVE_GROUP, group, igmp.ALL_ROUTERS);
    } else this.#changed(group, igmp.CHANGE_TO_INCLUDE);
  }

  /** A router asks about a group, or (0) about all. `maxResponse` is its code; version 3 questions are longer. */
  asked(group: number, maxResponse: number, version3: boolean): void {
    let wait = maxResponse;
    if (!version3) {
      this.#v2Until = this.#device.world.now + V2_ROUTER_TIME;
      this.#changes.clear();
    } else if (maxResponse >= 128) wait = ((maxResponse & 15) | 16) << (((maxResponse >>> 4) & 7) + 3);
    const delay = SOON + this.#prng.below(Math.max(1, wait * 100)) * MILLISECOND;
    const all = [...this.#device.ipv4.groups.keys()].filter((g) => this.#reports(g));
    if (version3 && group === 0) {
      if (all.length > 0) this.#answerIn(0, delay, 0);
    } else for (const g of all) if (group === 0 || g === group) this.#answerIn(g, delay, 0);
  }

  /** Another host of the group has spoken: one report is enough (version 2). */
  heard(group: number): void {
    if (this.#version !== 2) return;
    this.#answers.get(group)?.timer.cancel();
    this.#answers.delete(group);
  }

  /** The device goes down, or away. */
  stop(): void {
    this.#changeTimer.cancel();
    this.#changes.clear();
    for (const { timer } of this.#answers.values()) timer.cancel();
    this.#answers.clear();
  }

  /** The device comes up: all groups are told anew. */
  start(): void {
    for (const group of this.#device.ipv4.groups.keys()) this.joined(group);
  }

  get #version(): 2 | 3 {
    const forced =
      this.#device.ipv4.conf.force_igmp_version || this.#device.ns.ipv4.allConf.force_igmp_version;
    if (forced === 1 || forced === 2) return 2;
    return forced !== 3 && this.#device.world.now < this.#v2Until ? 2 : 3;
  }

  #reports(group: number): boolean {
    if (this.#device.loopback || group === ip.ALL_SYSTEMS) return false;
    return !ip.isLocalMulticast(group) || this.#device.ns.ipv4.igmp_link_local_mcast_reports !== 0;
  }

  #changed(group: number, type: number): void {
    if (!this.#device.up) return;
    this.#changes.delete(group);
    this.#changes.set(group, { type, left: this.#device.ns.ipv4.igmp_qrv });
    this.#changeTimer.arm(SOON);
  }

  #tellChanges(): void {
    const records: igmp.GroupRecord[] = [];
    for (const [group, change] of this.#changes) {
      records.push({ type: change.type, group, sources: [] });
      if (--change.left === 0) this.#changes.delete(group);
    }
    this.#sendV3(records);
    if (this.#changes.size === 0) return;
    const interval = this.#device.ipv4.conf.igmpv3_unsolicited_report_interval;
    this.#changeTimer.arm(SOON + this.#prng.below(Math.max(1, interval)) * MILLISECOND);
  }

  #answerIn(group: number, delay: Nanos, again: number): void {
    const there = this.#answers.get(group);
    if (there?.timer.armed === true) return;
    const answer = { timer: this.#device.world.timer(() => this.#answer(group)), again };
    this.#answers.set(group, answer);
    answer.timer.arm(delay);
  }

  #answer(group: number): void {
    const answer = this.#answers.get(group)!;
    if (group === 0 || this.#version === 3) {
      const groups = group === 0 ? [...this.#device.ipv4.groups.keys()] : [group];
      const told = groups.filter((g) => this.#reports(g));
      this.#sendV3(told.map((g) => ({ type: igmp.MODE_IS_EXCLUDE, group: g, sources: [] })));
    } else this.#sendV2(igmp.V2_REPORT, group, group);
    this.#answers.delete(group);
    if (answer.again === 0) return;
    const interval = this.#device.ipv4.conf.igmpv2_unsolicited_report_interval;
    this.#answerIn(group, SOON + this.#prng.below(Math.max(1, interval)) * MILLISECOND, answer.again - 1);
  }

  #sendV2(type: number, group: number, dst: number): void {
    this.#send({ kind: "v2", type, maxResponse: 0, group }, dst);
  }

  #sendV3(records: readonly igmp.GroupRecord[]): void {
    if (records.length > 0) this.#send({ kind: "v3-report", records }, igmp.V3_ROUTERS);
  }

  /** With the router alert option, TTL 1, and without identification. */
  #send(message: igmp.IgmpRepr, dst: number): void {
    const device = this.#device;
    const { world, ns } = device;
    if (!device.up) return;
    const header = ipv4.HEADER_LEN + 4;
    const payload = igmp.lengthOf(message);
    const packet = world.pool.allocate(header + payload, null);
    const { view, at } = packet;
    ipv4.emit(
      {
        tos: TOS,
        id: 0,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: 1,
        protocol: ipv4.PROTO_IGMP,
        src: device.ipv4.select(0, Scope.link),
        dst,
        options: [0x94, 4, 0, 0],
        payloadLength: payload,
      },
      view,
      at,
    );
    igmp.emit(message, view, at + header);
    packet.networkAt = at;
    packet.transportAt = at + header;
    ns.snmp.outRequested(ns.world.leg);
    ns.note(packet, Verdict.sent, 0);
    ipOutput.sendHeaded(ns, packet, directRoute(device, "multicast"), dst);
  }
}
