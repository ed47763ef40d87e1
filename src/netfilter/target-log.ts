import { KERN_WARNING } from "../net/kernel-log.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type XtInfo, type XtState, type XtTarget, type XtTargetType, XtVerdict } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";
import { LogFlag, packetText } from "./packet-text.ts";

/** `-j LOG` */
export interface LogInfo extends XtInfo {
  /** Absent: 4, warning. */
  readonly level?: number;
  readonly prefix?: string;
  readonly tcpSequence?: true;
  readonly tcpOptions?: true;
  readonly ipOptions?: true;
  readonly uid?: true;
  readonly macDecode?: true;
}

/** Whether rules of a namespace may write in the host's log: others than the first only if the host lets them. */
export function mayLog(ns: NetworkNamespace): boolean {
  return ns.host.root === ns || logSettings(ns).allNamespaces;
}

/** net.netfilter.nf_log_all_netns, one for a host. */
export function logSettings(ns: NetworkNamespace): { allNamespaces: boolean } {
  const { extensions } = ns.host.root;
  let settings = extensions.get(KEY) as { allNamespaces: boolean } | undefined;
  if (settings === undefined) {
    settings = { allNamespaces: false };
    extensions.set(KEY, settings);
  }
  return settings;
}

const KEY: unique symbol = Symbol("nf_log");

class LogTarget implements XtTarget {
  readonly #ns: NetworkNamespace;
  readonly #level: number;
  readonly #prefix: string;
  readonly #flags: number;

  constructor(ns: NetworkNamespace, info: LogInfo) {
    this.#ns = ns;
    this.#level = info.level ?? KERN_WARNING;
    this.#prefix = info.prefix ?? "";
    this.#flags =
      (info.tcpSequence ? LogFlag.tcpSequence : 0) |
      (info.tcpOptions ? LogFlag.tcpOptions : 0) |
      (info.ipOptions ? LogFlag.ipOptions : 0) |
      (info.uid ? LogFlag.uid : 0) |
      (info.macDecode ? LogFlag.macDecode : 0);
  }

  apply(packet: Packet, { input, output }: XtState): XtVerdict {
    const ns = this.#ns;
    if (mayLog(ns)) {
      const text = packetText(this.#prefix, packet, input, output, this.#flags);
      ns.host.log.write(ns.world.now, this.#level, text);
    }
    return XtVerdict.goOn;
  }
}

export const logTarget: XtTargetType<LogInfo> = {
  name: "LOG",
  make: (info, { ns }) => new LogTarget(ns, info),
};
