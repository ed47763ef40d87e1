import type { Program } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { type ArpingOptions, NO_ARPING_OPTIONS, runArping } from "../arping/arping.ts";
import { BUSYBOX_ARPING } from "../arping/arping-dialects.ts";
import { getopt } from "../getopt.ts";
import type { ProgramContext } from "../program-context.ts";
import { appletHelp, appletMistake, appletNumber } from "./usage.ts";

const USAGE = `Usage: arping [-fqbDUA] [-c CNT] [-w TIMEOUT] [-I IFACE] [-s SRC_IP] DST_IP

Send ARP requests/replies

	-f		Quit on first ARP reply
	-q		Quiet
	-b		Keep broadcasting, don't go unicast
	-D		Exit with 1 if DST_IP replies
	-U		Unsolicited ARP mode, update your neighbors
	-A		ARP answer mode, update your neighbors
	-c N		Stop after sending N ARP requests
	-w TIMEOUT	Seconds to wait for ARP reply
	-I IFACE	Interface to use (default eth0)
	-s SRC_IP	Sender IP address
	DST_IP		Target IP address
`;

/** `busybox arping` (1.35). */
export function busyboxArping(context: ProgramContext): Program {
  return runArping(context, () => arpingOptions(context.args), BUSYBOX_ARPING);
}

/** @throws {ProgramExit} */
function arpingOptions(args: readonly string[]): ArpingOptions {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const { options, operands } = getopt(args, "DUAqfbc:w:I:s:");
  const [host] = operands;
  const mistake = options.find(({ name }) => name === "?");
  if (mistake !== undefined || host === undefined)
    throw appletMistake("arping", mistake?.message ?? "", USAGE);
  const o: ArpingOptions = { ...NO_ARPING_OPTIONS, host };
  for (const { name, value } of options) {
    if (name === "b") o.broadcastOnly = true;
    if (name === "f" || name === "D") o.quitOnReply = true;
    if (name === "D") o.detect = true;
    if (name === "U" || name === "A") o.unsolicited = true;
    if (name === "A") o.advert = true;
    if (name === "q") o.quiet = true;
    if (name === "c") o.count = appletNumber("arping", value);
    if (name === "w") o.timeout = appletNumber("arping", value) * SECOND;
    if (name === "I") o.device = value;
    if (name === "s") o.source = value;
  }
  return o;
}
