import type { FrameId } from "../sim/packet.ts";
import type { EntryRecord, EntryRef } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";
import { Verdict, verdictName } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import * as arp from "../wire/arp.ts";
import { describe } from "../wire/describe.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { aspectOf, type EntryWords, entryWords } from "./entry-words.ts";
import type { Recorder, Step } from "./recorder.ts";

/** One step of a journey, in words. */
export interface JourneyStep {
  readonly at: Nanos;
  /** `host`, `host/namespace`, `host/device` or `host/namespace/device`. */
  readonly place: string;
  /** Name of a {@link Verdict}. */
  readonly verdict: string;
  /** What tcpdump prints of the frame as it is here. */
  readonly frame: string;
  /** Bytes: of the Ethernet frame at devices, of the packet where the stack handles it. */
  readonly length: number;
  /** How many times it is wrapped here: 0 outside of tunnels. */
  readonly wrapped: number;
  /** The table of the entry that decided (`route`, `fdb` ...), or null where none did. */
  readonly kind: EntryRecord["kind"] | null;
  /** The entry that decided, as its tool prints it, or null. */
  readonly entry: string | null;
  readonly entryRef: EntryRef;
  /** What made that entry: a command with its line, the packet that it was learned from, a timer; or null. */
  readonly cause: string | null;
  readonly frameId: FrameId;
  readonly parent: FrameId;
}

/** A packet from whoever made it to all its ends: copies, fragments and tunnels included; answers are journeys of their own. */
export interface Journey {
  /** The first frame, and the frame that it answers or that made it necessary (0: none). */
  readonly frameId: FrameId;
  readonly parent: FrameId;
  /** Network addresses of the packet, or MAC addresses where there are none. */
  readonly from: string;
  readonly to: string;
  /** `arp`, `icmp`, `igmp`, `udp`, `tcp`, `ip` or `ethernet`. */
  readonly protocol: string;
  /** The packet in one line, as tcpdump prints it. */
  readonly summary: string;
  readonly steps: readonly JourneyStep[];
}

/** Sorts the steps of a recorder into journeys as they come; words are made only for those that somebody asks for. */
export class JourneyLog {
  readonly #world: World;
  readonly #recorder: Recorder;
  readonly #rootOf: Map<FrameId, FrameId> = new Map();
  readonly #wrapped: Map<FrameId, number> = new Map();
  readonly #byRoot: Map<FrameId, Step[]> = new Map();
  /** Where the bytes of a frame were first written down. */
  readonly #seen: Map<FrameId, number> = new Map();
  #read = 0;

  constructor(world: World, recorder: Recorder) {
    this.#world = world;
    this.#recorder = recorder;
  }

  /** All journeys that began at or after `since`, in the order of their beginning. */
  since(since: Nanos = 0): Journey[] {
    return this.#which((first) => first.at >= since);
  }

  /** Those that began with the record's step of that number, or later. */
  from(index: number): Journey[] {
    return this.#which((first) => first.index >= index);
  }

  #which(fits: (first: Step) => boolean): Journey[] {
    this.#readOn();
    const found: Journey[] = [];
    for (const [root, steps] of this.#byRoot) {
      if (fits(steps[0]!)) found.push(this.#journey(root, steps));
    }
    return found;
  }

  /** What tcpdump would print of a frame, or null when it was not written down. */
  frameText(frame: FrameId): string | null {
    this.#readOn();
    const index = this.#seen.get(frame);
    return index === undefined ? null : describeFrame(this.#recorder.image(index)!);
  }

  /** An entry as it was at a step. */
  #entryAt(step: Step): EntryWords | null {
    const record = this.#world.registry.get(step.entry);
    return record === null
      ? null
      : entryWords(record, (frame) => this.frameText(frame), step.events, aspectOf(step.verdict));
  }

  #readOn(): void {
    const rootOf = this.#rootOf;
    const wrapped = this.#wrapped;
    for (const step of this.#recorder.steps(this.#read)) {
      // Whoever makes a packet says `sent`; a copy, a fragment, a wrapped frame belongs to the frame it comes from.
      if (step.verdict === Verdict.sent) rootOf.set(step.frame, step.frame);
      else if (!rootOf.has(step.frame)) rootOf.set(step.frame, rootOf.get(step.parent) ?? step.frame);
      if (!this.#seen.has(step.frame) && this.#recorder.image(step.index) !== null)
        this.#seen.set(step.frame, step.index);
      if (!wrapped.has(step.frame)) {
        wrapped.set(step.frame, (wrapped.get(step.parent) ?? 0) + wrapping(step.verdict));
      }
      const root = rootOf.get(step.frame)!;
      const steps = this.#byRoot.get(root);
      if (steps === undefined) this.#byRoot.set(root, [step]);
      else steps.push(step);
    }
    this.#read = this.#recorder.length;
  }

  #journey(root: FrameId, steps: readonly Step[]): Journey {
    const world = this.#world;
    const recorder = this.#recorder;
    const texts = new Map<FrameId, string>();
    let first: Uint8Array | null = null;
    for (const step of steps) {
      const bytes = recorder.image(step.index);
      if (bytes === null) continue;
      first ??= bytes;
      if (!texts.has(step.frame)) texts.set(step.frame, describeFrame(bytes));
    }
    return {
      frameId: root,
      parent: steps[0]!.parent,
      ...endpoints(first),
      summary: first === null ? "" : describeFrame(first),
      steps: steps.map((step) => {
        const bytes = recorder.image(step.index);
        const entry = this.#entryAt(step);
        // A step that wrote nothing down shows the frame as the step before left it.
        if (bytes !== null) texts.set(step.frame, describeFrame(bytes));
        return {
          at: step.at,
          place: world.placeName(step.place),
          verdict: verdictName(step.verdict),
          frame: texts.get(step.frame) ?? "",
          length: step.length,
          wrapped: this.#wrapped.get(step.frame)!,
          kind: entry?.kind ?? null,
          entry: entry?.entry ?? null,
          cause: entry?.cause ?? null,
          entryRef: step.entry,
          frameId: step.frame,
          parent: step.parent,
        };
      }),
    };
  }
}

function wrapping(verdict: Verdict): number {
  if (verdict === Verdict.encapsulated) return 1;
  return verdict === Verdict.decapsulated ? -1 : 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The bytes of an Ethernet frame in tcpdump's words. */
export function describeFrame(bytes: Uint8Array): string {
  return describe(viewOf(bytes), 0, bytes.length);
}

const protocols: Readonly<Record<number, string>> = { 1: "icmp", 2: "igmp", 6: "tcp", 17: "udp" };

function endpoints(frame: Uint8Array | null): Pick<Journey, "from" | "to" | "protocol"> {
  if (frame === null) return { from: "", to: "", protocol: "" };
  const view = viewOf(frame);
  const tagged = ethernet.isTagged(view, 0);
  const at = ethernet.HEADER_LEN + (tagged ? ethernet.TAG_LEN : 0);
  const type = tagged ? ethernet.innerType(view, 0) : ethernet.type(view, 0);
  if (type === ethernet.TYPE_IPV4 && ipv4.fits(view, at, frame.length - at)) {
    const protocol = protocols[ipv4.protocol(view, at)] ?? "ip";
    return { from: ip.format(ipv4.src(view, at)), to: ip.format(ipv4.dst(view, at)), protocol };
  }
  if (type === ethernet.TYPE_ARP && arp.fits(view, at, frame.length - at)) {
    return {
      from: ip.format(arp.senderIp(view, at)),
      to: ip.format(arp.targetIp(view, at)),
      protocol: "arp",
    };
  }
  const from = mac.format(ethernet.srcHi(view, 0), ethernet.srcLo(view, 0));
  return { from, to: mac.format(ethernet.dstHi(view, 0), ethernet.dstLo(view, 0)), protocol: "ethernet" };
}
