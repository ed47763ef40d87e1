import { KERN_WARNING } from "../net/kernel-log.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type XtInfo, type XtState, type XtTarget, type XtTargetType, XtVerdict } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { LogFlag, packetText } from "./packet-text.ts";
import { mayLog } from "./target-log.ts";

const traces: XtTarget = {
  apply(packet) {
    packet.flags |= PacketFlag.traced;
    return XtVerdict.goOn;
  },
};

/** `-j TRACE`: from here on each rule that the packet matches is written in the host's log. */
export const traceTarget: XtTargetType<XtInfo> = { name: "TRACE", tables: ["raw"], make: () => traces };

const ALL = LogFlag.tcpSequence | LogFlag.tcpOptions | LogFlag.ipOptions | LogFlag.uid;

/** `where` is `table:chain:comment:number`. */
export function writeTrace(ns: NetworkNamespace, packet: Packet, state: XtState, where: string): void {
  if (!mayLog(ns)) return;
  const text = packetText(`TRACE: ${where} `, packet, state.input, state.output, ALL);
  ns.host.log.write(ns.world.now, KERN_WARNING, text);
}
