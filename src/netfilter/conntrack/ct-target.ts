import { KernelError } from "../../net/kernel-error.ts";
import { type XtInfo, type XtTarget, type XtTargetType, XtVerdict } from "../../net/xtables.ts";
import type { Packet } from "../../sim/packet.ts";
import { Connection, ConnectionChange, ConnectionInfo, Status } from "./connection.ts";
import { useConntrack } from "./conntrack-hooks.ts";
import type { Zone, ZoneDirection } from "./zone.ts";

/** `-j CT`: nothing at all (`notrack`), or what new connections are to be like. */
export interface CtInfo extends XtInfo {
  readonly notrack?: true;
  /** A number, or `mark`: the packet's mark. */
  readonly zone?: number | "mark";
  readonly zoneDirection?: ZoneDirection;
  /** Names of events, as `conntrack` has them: `new`, `related`, `destroy` ... Absent: all. */
  readonly events?: readonly string[];
  readonly expectEvents?: readonly string[];
  /** Helpers look into what is sent, and are not simulated. */
  readonly helper?: string;
  readonly timeout?: string;
  /** It was said as `-j NOTRACK`. */
  readonly alias?: true;
}

/** Names of `--ctevents`. */
export const eventBits: Readonly<Record<string, number>> = {
  new: ConnectionChange.new,
  related: ConnectionChange.related,
  destroy: ConnectionChange.destroy,
  reply: ConnectionChange.reply,
  assured: ConnectionChange.assured,
  protoinfo: ConnectionChange.protocol,
  helper: 1 << 6,
  mark: ConnectionChange.mark,
  natseqinfo: 1 << 8,
  secmark: 1 << 9,
};

/** Nobody is to track the packet (xt_notrack_tg). */
class Notrack implements XtTarget {
  apply(packet: Packet): XtVerdict {
    if (packet.connectionInfo === ConnectionInfo.none) packet.connectionInfo = ConnectionInfo.untracked;
    return XtVerdict.goOn;
  }
}

/** The packet gets a template: a connection that only says what the real one is to be like (xt_ct_target). */
class CtTarget implements XtTarget {
  readonly #make: (zone: Zone) => Connection;
  readonly #zone: Zone;
  readonly #byMark: boolean;
  readonly #templates: Map<number, Connection> = new Map();

  constructor(make: (zone: Zone) => Connection, zone: Zone, byMark: boolean) {
    this.#make = make;
    this.#zone = zone;
    this.#byMark = byMark;
  }

  apply(packet: Packet): XtVerdict {
    if (packet.connectionInfo !== ConnectionInfo.none) return XtVerdict.goOn;
    const id = this.#byMark ? packet.mark & 0xffff : this.#zone.id;
    let template = this.#templates.get(id);
    if (template === undefined) {
      template = this.#make({ id, direction: this.#zone.direction });
      this.#templates.set(id, template);
    }
    packet.connection = template;
    packet.connectionInfo = ConnectionInfo.new;
    return XtVerdict.goOn;
  }
}

/** The helpers that Linux brings, and the protocols that each is for. They are not simulated. */
const HELPERS: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(["ftp", "irc", "pptp", "sane", "H.245", "Q.931"].map((name) => [name, [6]])),
  ...Object.fromEntries(["amanda", "netbios-ns", "RAS", "snmp", "tftp"].map((name) => [name, [17]])),
  sip: [6, 17],
};

/** What it asks for is not simulated. */
class Undecided implements XtTarget {
  apply(): XtVerdict {
    return XtVerdict.undecided;
  }
}

export const ctTarget: XtTargetType<CtInfo> = {
  name: "CT",
  tables: ["raw"],
  make(info, place) {
    if (info.notrack === true) return new Notrack();
    const conntrack = useConntrack(place.ns);
    if (info.helper !== undefined) {
      if (HELPERS[info.helper]?.includes(place.protocol) !== true) throw new KernelError("ENOENT");
      return new Undecided();
    }
    // Nobody has made a policy of that name: that takes another tool.
    if (info.timeout !== undefined) throw new KernelError(place.protocol > 0 ? "ENOENT" : "EINVAL");
    const { zone = 0, zoneDirection: direction = "both", events } = info;
    const make = (of: Zone): Connection => {
      const template = new Connection(conntrack, 0, 0, of, 0, 0, 0, 0, 0, 0, 0);
      template.status = Status.template | Status.confirmed;
      if (events !== undefined)
        template.eventMask = events.reduce((bits, name) => bits | (eventBits[name] ?? 0), 0);
      return template;
    };
    return new CtTarget(make, { id: zone === "mark" ? 0 : zone, direction }, zone === "mark");
  },
};
