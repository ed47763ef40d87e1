import type { FrameId } from "../sim/packet.ts";
import type { EntryEvent, EntryRecord } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";

/** An entry of a table as it was at some moment, in words. */
export interface EntryWords {
  readonly kind: EntryRecord["kind"];
  /** `host/namespace`, with the device where the table is a device's. */
  readonly where: string;
  /** As its tool prints it. */
  readonly entry: string;
  /** What made it so: a command with its line, the packet that it was learned from, a timer, the kernel. */
  readonly cause: string;
}

/** What tcpdump would print of a frame, or null where nobody wrote it down. */
type FrameText = (frame: FrameId) => string | null;

/** What of a device decided: events of it that speak of that. Null: that it is there. */
type DeviceAspect = RegExp | null;
const MTU: DeviceAspect = / mtu /;
const STATE: DeviceAspect = / (up|down|NO-CARRIER|LOWER_UP)$/;
const ADDRESS: DeviceAspect = / has .*, not /;
const MASTER: DeviceAspect = / (master .*|nomaster)$/;
const VLAN_FILTERING: DeviceAspect = / vlan_filtering \d$/;

/** What of a device it was that ended or cut a frame. */
export function aspectOf(verdict: Verdict): DeviceAspect {
  switch (verdict) {
    case Verdict.PKT_TOO_BIG:
    case Verdict.fragmented:
      return MTU;
    case Verdict.NO_CARRIER:
    case Verdict.DEV_READY:
    case Verdict.BRIDGE_PORT_STATE:
    case Verdict.BRIDGE_NO_PORT:
      return STATE;
    case Verdict.BRIDGE_VLAN:
      return VLAN_FILTERING;
    case Verdict.OTHERHOST:
      return ADDRESS;
    case Verdict.BRIDGE_SAME_PORT:
    case Verdict.BRIDGE_ISOLATED:
    case Verdict.LINK_LOCAL_GROUP:
      return MASTER;
    default:
      return null;
  }
}

/** The words for an entry before the event of that order (`Step.events`); without it, as it is now. */
export function entryWords(
  record: EntryRecord,
  frameText: FrameText,
  before: number = Number.POSITIVE_INFINITY,
  aspect: DeviceAspect = null,
): EntryWords {
  const alive = record.history.filter((event) => event.order < before && event.what !== "gone");
  const last = alive.at(-1) ?? record.history[0]!;
  const { kind, where } = record;
  if (kind === "device") {
    const decisive = aspect === null ? undefined : [...alive].reverse().find(({ text }) => aspect.test(text));
    if (decisive !== undefined)
      return { kind, where, entry: decisive.text, cause: causeWords(kind, decisive, frameText) };
    // Up, down or another master: the device is still the one that somebody made.
    const made = record.history[0]!;
    return { kind, where, entry: last.text.split(" ")[0]!, cause: causeWords(kind, made, frameText) };
  }
  const maker = kind === "neighbour" ? makerOf(alive, last) : last;
  return { kind, where, entry: last.text, cause: causeWords(kind, maker, frameText) };
}

/** A neighbour changes its state all the time; what made it is what gave its address, or an administrator's word since. */
function makerOf(alive: readonly EntryEvent[], last: EntryEvent): EntryEvent {
  const withoutState = (event: EntryEvent): string => event.text.replace(/ [A-Z]+$/, "");
  let maker = last;
  for (let n = alive.length - 1; n >= 0; n--) {
    const event = alive[n]!;
    if (withoutState(event) !== withoutState(last)) break;
    maker = event;
    if (event.cause.by === "operation") break;
  }
  return maker;
}

/** Why an event came about. */
export function causeWords(
  kind: EntryRecord["kind"],
  { cause, text }: EntryEvent,
  frameText: FrameText,
): string {
  switch (cause.by) {
    case "operation": {
      const whole = cause.for === undefined ? cause.text : `${cause.text}, for ${cause.for}`;
      return cause.line === "" ? whole : `${whole} (${cause.line})`;
    }
    case "frame": {
      const seen = frameText(cause.frame)?.replaceAll("\n", " / ");
      // A neighbour whose address nobody knows yet is there because a packet wants to go to it.
      const verb = kind === "neighbour" && !text.includes("lladdr") ? "needed by" : "learned from";
      return seen === undefined ? `${verb} frame ${cause.frame}` : `${verb} frame ${cause.frame}: ${seen}`;
    }
    case "timer":
      return `a timer: ${cause.text}`;
    case "nobody":
      return cause.text;
    case "kernel":
      return `the kernel, ${cause.text}`;
    case "description":
      return `the description of ${cause.text}`;
  }
}
