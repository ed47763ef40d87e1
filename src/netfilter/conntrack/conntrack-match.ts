import { KernelError } from "../../net/kernel-error.ts";
import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType, type XtPlace } from "../../net/xtables.ts";
import type { PortPlace } from "../../sim/flow-class.ts";
import type { Packet } from "../../sim/packet.ts";
import { SECOND } from "../../sim/time.ts";
import { parseMasked } from "../masked-address.ts";
import { type Connection, ConnectionInfo, isReply, Status } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { useConntrack } from "./conntrack-hooks.ts";

/** Bits of `--ctstate` (XT_CONNTRACK_STATE_*). */
export const CtState = {
  INVALID: 1,
  ESTABLISHED: 2,
  RELATED: 4,
  NEW: 8,
  SNAT: 64,
  DNAT: 128,
  UNTRACKED: 256,
} as const;

/** Bits of `--ctstatus`; EXPECTED, SEEN_REPLY, ASSURED and CONFIRMED are those of the connection. */
export const CtStatus = { NONE: 0, EXPECTED: 1, SEEN_REPLY: 2, ASSURED: 4, CONFIRMED: 8 } as const;

/** What `-m conntrack` may say no to. */
export type ConntrackNegation =
  | "state"
  | "protocol"
  | "origSrc"
  | "origDst"
  | "replSrc"
  | "replDst"
  | "origSrcPort"
  | "origDstPort"
  | "replSrcPort"
  | "replDstPort"
  | "status"
  | "expire";

/** `-m conntrack`: addresses as in rules (`10.0.0.0/8`), ports and times from and to, states and statuses as bits. */
export interface ConntrackInfo extends XtInfo {
  readonly state?: number;
  readonly protocol?: number;
  readonly origSrc?: string;
  readonly origDst?: string;
  readonly replSrc?: string;
  readonly replDst?: string;
  readonly origSrcPort?: readonly [number, number];
  readonly origDstPort?: readonly [number, number];
  readonly replSrcPort?: readonly [number, number];
  readonly replDstPort?: readonly [number, number];
  readonly status?: number;
  /** Seconds. */
  readonly expire?: readonly [number, number];
  readonly direction?: "ORIGINAL" | "REPLY";
  readonly not?: readonly ConntrackNegation[];
}

/** `-m state`: bits of {@link CtState}. */
export interface StateInfo extends XtInfo {
  readonly state: number;
  readonly not?: true;
}

/** The state of a packet as a bit (XT_CONNTRACK_STATE_BIT); a connection's translations are bits of their own. */
function stateOf(packet: Packet): number {
  switch (packet.connectionInfo) {
    case ConnectionInfo.none:
      return CtState.INVALID;
    case ConnectionInfo.new:
      return CtState.NEW;
    case ConnectionInfo.established:
    case ConnectionInfo.establishedReply:
      return CtState.ESTABLISHED;
    case ConnectionInfo.related:
    case ConnectionInfo.relatedReply:
      return CtState.RELATED;
    default:
      return CtState.UNTRACKED;
  }
}

class StateMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #mask: number;
  readonly #not: boolean;

  constructor({ state, not }: StateInfo) {
    this.#mask = state;
    this.#not = not === true;
  }

  matches(packet: Packet): boolean {
    return ((stateOf(packet) & this.#mask) !== 0) !== this.#not;
  }
}

/** Asks a connection one question. */
type Question = (connection: Connection) => boolean;

/** xt_conntrack_mt: the state is asked first; all else needs a connection. */
class ConntrackMatch implements XtMatch {
  /** All but how much time is left stays while legs hold. */
  readonly steady?: true;
  readonly ports?: readonly PortPlace[];
  readonly #conntrack: Conntrack;
  readonly #state: number;
  readonly #notState: boolean;
  readonly #direction: string | undefined;
  readonly #questions: readonly Question[];

  constructor(conntrack: Conntrack, info: ConntrackInfo) {
    this.#conntrack = conntrack;
    this.#state = info.state ?? 0;
    this.#notState = info.not?.includes("state") ?? false;
    this.#direction = info.direction;
    this.#questions = questionsOf(info, () => this.#conntrack.world.now);
    if (info.expire === undefined) this.steady = true;
    const { origSrcPort, origDstPort, replSrcPort, replDstPort } = info;
    if (origSrcPort === undefined && origDstPort === undefined)
      if (replSrcPort === undefined && replDstPort === undefined) this.ports = NO_PORTS;
  }

  matches(packet: Packet): boolean {
    const connection = packet.connection as Connection | null;
    if (this.#state !== 0) {
      let bits = stateOf(packet);
      if (connection !== null) {
        if ((connection.status & Status.srcNat) !== 0) bits |= CtState.SNAT;
        if ((connection.status & Status.dstNat) !== 0) bits |= CtState.DNAT;
      }
      if (((bits & this.#state) !== 0) === this.#notState) return false;
    }
    // A packet without one has a state, and nothing else is asked about it.
    if (connection === null) return this.#state !== 0;
    if (this.#direction !== undefined && isReply(packet.connectionInfo) !== (this.#direction === "REPLY"))
      return false;
    const questions = this.#questions;
    for (let i = 0; i < questions.length; i++) if (!questions[i]!(connection)) return false;
    return true;
  }
}

function questionsOf(info: ConntrackInfo, now: () => number): Question[] {
  const questions: Question[] = [];
  const ask = (what: ConntrackNegation, question: Question): void => {
    const not = info.not?.includes(what) ?? false;
    questions.push((connection) => question(connection) !== not);
  };
  const { protocol, status, expire } = info;
  const addresses: readonly [ConntrackNegation, string | undefined, (c: Connection) => number][] = [
    ["origSrc", info.origSrc, (c) => c.src],
    ["origDst", info.origDst, (c) => c.dst],
    ["replSrc", info.replSrc, (c) => c.replySrc],
    ["replDst", info.replDst, (c) => c.replyDst],
  ];
  for (const [what, text, of] of addresses) {
    if (text === undefined) continue;
    const masked = parseMasked(text);
    if (masked === null) throw new KernelError("EINVAL");
    ask(what, (c) => ((of(c) ^ masked.address) & masked.mask) === 0);
  }
  if (protocol !== undefined) ask("protocol", (c) => c.protocol === protocol);
  const ports: readonly [
    ConntrackNegation,
    readonly [number, number] | undefined,
    (c: Connection) => number,
  ][] = [
    ["origSrcPort", info.origSrcPort, (c) => c.srcPort],
    ["origDstPort", info.origDstPort, (c) => c.dstPort],
    ["replSrcPort", info.replSrcPort, (c) => c.replySrcPort],
    ["replDstPort", info.replDstPort, (c) => c.replyDstPort],
  ];
  for (const [what, range, of] of ports)
    if (range !== undefined) ask(what, (c) => of(c) >= range[0] && of(c) <= range[1]);
  if (status !== undefined) ask("status", (c) => (c.status & status) !== 0);
  if (expire !== undefined)
    ask("expire", (c) => {
      const left = c.confirmed ? Math.max(0, Math.floor((c.deadline - now()) / SECOND)) : 0;
      return left >= expire[0] && left <= expire[1];
    });
  return questions;
}

/** Whoever asks for connections needs them tracked. */
function prepare(place: XtPlace): Conntrack {
  return useConntrack(place.ns);
}

export const conntrackMatch: XtMatchType<ConntrackInfo> = {
  name: "conntrack",
  make: (info, place) => new ConntrackMatch(prepare(place), info),
};

export const stateMatch: XtMatchType<StateInfo> = {
  name: "state",
  make(info, place) {
    prepare(place);
    return new StateMatch(info);
  },
};
