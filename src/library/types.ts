import type { Balance } from "../capture/conservation.ts";
import type { ImageSpec } from "../docker/images/image-spec.ts";
import type { IpamDriver } from "../docker/network/ipam/ipam-driver.ts";
import type { NetworkDriver } from "../docker/network/network-driver.ts";
import type {
  AddressEntry,
  Counters,
  FdbEntry,
  LinkEntry,
  NeighbourEntry,
  RouteEntry,
  RuleEntry,
} from "../lab/tables.ts";
import type { Operation } from "../operations/operation.ts";
import type { EntryHistory } from "../scenario/entry-history.ts";
import type { FrontMatterText } from "../scenario/front-matter.ts";
import type { FrameRequest, PacketRequest } from "../scenario/send-packet.ts";
import type { Nanos } from "../sim/time.ts";

/**
 * The hosts, switches and wires of a lab as a plain value: the front matter of a lesson (docs/lessons.md), of which only
 * `hosts` must be there: `{ hosts: { a: "172.10.0.15", b: "172.10.0.16" } }`.
 */
export type LabDescription = Omit<FrontMatterText, "title"> & {
  /** What reports call it; `lab` unless given. */
  readonly title?: string;
};

/** What `lab` may be told besides the description. */
export interface LabOptions {
  /** The same seed gives the same bytes; that of the description, or 1, unless given. 0 to 4294967295. */
  readonly seed?: number;
  /**
   * Write down every step of every frame from the beginning, for `journeys()` and `capture()`. Else recording begins with
   * the first `send`; while it is off it costs nothing.
   */
  readonly record?: boolean;
  /** Images of containers on all hosts, besides those that are there anyway; one of the same name takes its place. */
  readonly images?: readonly ImageSpec[];
  /** Network drivers of your own, for `docker network create --driver`: each is called once for each engine. */
  readonly drivers?: readonly (() => NetworkDriver)[];
  /** IPAM drivers of your own, for `docker network create --ipam-driver`: each is called once for each engine. */
  readonly ipamDrivers?: readonly (() => IpamDriver)[];
}

/** A decision on a packet's way, and the entry of a table that made it. */
export interface Decision {
  /** Where: `host/namespace`, or the device whose table it is. */
  readonly at: string;
  /** What was decided: `routed`, `forwarded`, `local`, `resolved`, `bridged`, `encapsulated` ..., or why it was dropped. */
  readonly verdict: string;
  /** The table: `route`, `rule`, `neighbour`, `fdb`, `vxlan-fdb`, `device`, `qdisc`, `exception` ... */
  readonly kind: string;
  /** The entry as its tool prints it: `10.9.0.0/24 via 172.10.0.16 dev eth0`. */
  readonly entry: string;
  /** What made the entry: a command with its line, the packet that it was learned from, a timer, the kernel. */
  readonly cause: string;
}

/** The end of a frame that nobody got. */
export interface Drop {
  /** The device or namespace where it ended. */
  readonly at: string;
  /** The kernel's name for the reason (include/net/dropreason-core.h), such as `NO_SOCKET`, or one of ours. */
  readonly reason: string;
  /** The entry that decided it, as its tool prints it, or null. */
  readonly entry: string | null;
  /** What made that entry, or null. */
  readonly cause: string | null;
}

/** One step of a packet. */
export interface Step {
  /** Virtual nanoseconds since the lab began. */
  readonly at: Nanos;
  /** `host`, `host/namespace`, `host/device` or `host/namespace/device`. */
  readonly place: string;
  /** What happened there: `sent`, `routed`, `transmitted`, `received`, `delivered` ..., or why it was dropped. */
  readonly verdict: string;
  /** The frame as it is here, as tcpdump prints it. */
  readonly frame: string;
  /** Bytes: of the Ethernet frame at devices, of the packet where the stack handles it. */
  readonly length: number;
  /** How many tunnels are around it here: 0 outside of tunnels. */
  readonly wrapped: number;
  /** The table of the entry that decided, or null where none did. */
  readonly kind: string | null;
  /** The entry that decided, as its tool prints it, or null. */
  readonly entry: string | null;
  /** What made that entry, or null. */
  readonly cause: string | null;
}

/** The way of a packet from who made it to all its ends, with its copies, fragments and tunnels. */
export interface Journey {
  /** The sender's address: IPv4, or a MAC address where there is no IPv4. */
  readonly from: string;
  /** The receiver's address. */
  readonly to: string;
  /** `arp`, `icmp`, `igmp`, `udp`, `tcp`, `ip` or `ethernet`. */
  readonly protocol: string;
  /** The packet as tcpdump prints it. */
  readonly summary: string;
  /** All that happened to it, in the order of time. */
  readonly steps: readonly Step[];
  /** The devices that it left or came in by, in order: `["a/eth0", "u0/p0", "u0/p1", "b/eth0"]`. */
  readonly devices: readonly string[];
  /** What the entries of tables decided, in order. */
  readonly decisions: readonly Decision[];
  /** The hosts and namespaces that got it; none when it was lost. */
  readonly delivered: readonly string[];
  /** Where copies of it ended otherwise, the harmless ends of copied and wrapped frames left out. */
  readonly dropped: readonly Drop[];
}

/** The journey of what `send` sent, with the packets that came of it. */
export interface SentJourney extends Journey {
  /** Packets that began because of it, in order: questions of ARP, answers, ICMP errors. */
  readonly answers: readonly Journey[];
}

/** What a typed text gave. */
export interface RunResult {
  /** What went to the standard output. */
  readonly stdout: string;
  /** What went to the standard error output. */
  readonly stderr: string;
  /** The exit status, 0 to 255. */
  readonly status: number;
}

/** What came of a lesson. */
export interface LessonOutcome {
  /** True when everything was as the lesson says. */
  readonly held: boolean;
  /** What was not, one line or more for each, beginning with `file:line: `. */
  readonly problems: readonly string[];
}

/** A simulated Linux machine. */
export interface Host {
  /** Its name in the lab. */
  readonly name: string;
  /** Its own namespace and those that were made on it: `["a", "a/c1"]`. */
  readonly namespaces: readonly string[];
  /** Whether it is switched on. */
  readonly poweredOn: boolean;
  /**
   * Types a text at its bash prompt and waits, in virtual time, until the prompt is back. One shell for all calls: its
   * variables and jobs stay. The only asynchronous call of the library. A host that is switched off gives status 255.
   */
  run(text: string): Promise<RunResult>;
  /** Pulls the plug: what was configured and all namespaces are gone. Nothing happens when it is off. */
  powerOff(): void;
  /** Starts it as the lab's description says. Nothing happens when it is on. */
  powerOn(): void;
}

/**
 * A lab of simulated hosts. All calls but `host(...).run` and `runLesson` are synchronous: everything is done when they
 * return. `where` is always a namespace: `a` (the host's own) or `a/c1`. Whatever cannot be done throws a `UserError`
 * whose `line()` is one line for a person.
 */
export interface Lab {
  /** Virtual nanoseconds since the lab began. */
  readonly now: Nanos;
  /** Hosts, then routers, in the order of the description. */
  readonly hosts: readonly Host[];
  /** The host of that name. @throws {UserError} UNKNOWN_HOST */
  host(name: string): Host;
  /**
   * Does what commands of `ip`, `bridge`, `tc` and `sysctl` say, without a shell, one a line: text, or operations as
   * values. It takes no virtual time.
   * @throws {UserError} REFUSED with the tool's own words; UNKNOWN_NAMESPACE; NO_TOOL for what only a shell can run
   */
  apply(where: string, ...commands: readonly (string | Operation)[]): void;
  /** What such a command prints: `ask("a", "ip -j route")`. @throws {UserError} as {@link apply} */
  ask(where: string, command: string): string;
  /**
   * Sends one packet or frame and lets virtual time pass until it and its answers have ended, 5 s at most. What the
   * sender's own kernel refuses to send ends at once, where it began.
   * @throws {UserError} TARGET for a request that makes no sense; SEND for a `source` that the sender has not got
   */
  send(request: PacketRequest | FrameRequest): SentJourney;
  /**
   * Lets virtual time pass: a whole number of nanoseconds, 0 or more.
   * @throws {UserError} TIME for anything else; STORM when frames go round in a loop
   */
  advance(duration: Nanos): void;
  /** The journeys of all recorded packets that began at or after `since`. @throws {UserError} NOT_RECORDED */
  journeys(since?: Nanos): readonly Journey[];
  /** All routing tables of a namespace, in the kernel's order. @throws {UserError} UNKNOWN_NAMESPACE */
  routes(where: string): readonly RouteEntry[];
  /** The policy rules of a namespace, by priority. @throws {UserError} UNKNOWN_NAMESPACE */
  rules(where: string): readonly RuleEntry[];
  /** The neighbours (ARP) of a namespace, oldest first, then proxy entries. @throws {UserError} UNKNOWN_NAMESPACE */
  neighbours(where: string): readonly NeighbourEntry[];
  /** The forwarding entries of all bridges and VXLAN devices of a namespace. @throws {UserError} UNKNOWN_NAMESPACE */
  fdb(where: string): readonly FdbEntry[];
  /** The IPv4 addresses of a namespace. @throws {UserError} UNKNOWN_NAMESPACE */
  addresses(where: string): readonly AddressEntry[];
  /** The devices of a namespace. @throws {UserError} UNKNOWN_NAMESPACE */
  links(where: string): readonly LinkEntry[];
  /** What a device (`a/eth0`, `a/c1/eth0`) has counted. @throws {UserError} UNKNOWN_DEVICE */
  counters(device: string): Counters;
  /**
   * The histories of all entries, those that are gone too, whose table, place and text contain every word of `entry`:
   * `why("route a 10.9.0.0/24")`. None when there was no such entry.
   */
  why(entry: string): readonly EntryHistory[];
  /** How all frames ended so far, and where the others lie. */
  balance(): Balance;
  /** What does not add up, in sentences: no frame may vanish, both ends of a pair count the same. Empty when all is well. */
  accounts(): readonly string[];
  /** All recorded frames of all devices as a pcapng file. @throws {UserError} NOT_RECORDED */
  capture(): Uint8Array;
  /**
   * Types the commands of the lesson that this lab was made from, and checks what it expects.
   * @throws {UserError} NO_LESSON when the lab was made from a value
   */
  runLesson(): Promise<LessonOutcome>;
}
