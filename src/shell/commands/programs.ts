import { arping } from "../../programs/arping.ts";
import { busyboxPing } from "../../programs/busybox-ping.ts";
import { ethtool } from "../../programs/ethtool.ts";
import { nc } from "../../programs/nc.ts";
import { ping } from "../../programs/ping.ts";
import { tcpdump } from "../../programs/tcpdump.ts";
import { traceroute } from "../../programs/traceroute.ts";
import type { CommandTable } from "../command.ts";

/** Installs the programs that send and see packets. */
export function registerPrograms(commands: CommandTable): void {
  commands.register("ping", ping);
  commands.register("arping", arping);
  commands.register("nc", nc);
  commands.register("netcat", nc);
  commands.register("tcpdump", tcpdump);
  commands.register("traceroute", traceroute);
  commands.register("ethtool", ethtool);
  commands.registerApplet("ping", busyboxPing);
}
