import { type Connection, Status } from "../../netfilter/conntrack/connection.ts";
import { protocolName } from "../../netfilter/conntrack/connection-text.ts";
import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import { hasPorts } from "../../netfilter/conntrack/tuple.ts";
import { SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";

const ZONE_OPTIONS = { both: "-w", original: "--orig-zone", reply: "--reply-zone" } as const;

/** The commands that do what an event tells of. */
const COMMANDS = { new: "-A", update: "-U", destroy: "-D" } as const;

/** An entry as the options that make it again (`-o save`), or that repeat what happened to it. */
export function conntrackSaveLine(c: Connection, what: keyof typeof COMMANDS = "new"): string {
  const left = Math.max(0, Math.floor((c.deadline - c.conntrack.world.now) / SECOND));
  const status = [
    ...((c.status & Status.seenReply) !== 0 ? ["SEEN_REPLY"] : []),
    ...((c.status & Status.assured) !== 0 ? ["ASSURED"] : []),
    ...((c.status & Status.fixedTimeout) !== 0 ? ["FIXED_TIMEOUT"] : []),
  ];
  const name = protocolName(c.protocol);
  const words = [
    COMMANDS[what],
    // Of an entry that has come to its end there is no time to tell.
    ...(what === "destroy" && left === 0 ? [] : [`-t ${left}`]),
    `-u ${status.length === 0 ? "UNSET" : status.join(",")}`,
    ...(c.zone.id !== 0 ? [`${ZONE_OPTIONS[c.zone.direction]} ${c.zone.id}`] : []),
    `-s ${ip.format(c.src)}`,
    `-d ${ip.format(c.dst)}`,
    (c.status & Status.dstNat) !== 0 ? `-g ${ip.format(c.replySrc)}` : `-r ${ip.format(c.replySrc)}`,
    (c.status & Status.srcNat) !== 0 ? `-n ${ip.format(c.replyDst)}` : `-q ${ip.format(c.replyDst)}`,
    `-p ${name === "unknown" ? c.protocol : name}`,
  ];
  if (hasPorts(c.protocol))
    words.push(
      `--sport ${c.srcPort} --dport ${c.dstPort}`,
      `--reply-port-src ${c.replySrcPort} --reply-port-dst ${c.replyDstPort}`,
    );
  else if (name === "icmp")
    words.push(`--icmp-type ${c.dstPort >>> 8} --icmp-code ${c.dstPort & 255} --icmp-id ${c.srcPort}`);
  if (c.tcp !== null) words.push(`--state ${TCP_STATE_NAMES[c.tcp.state]}`);
  return words.join(" ");
}
