import type { Program } from "../../sim/process.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { isCapable } from "../credentials.ts";
import { getopt } from "../getopt.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { knownName, resolveName } from "../resolve-name.ts";
import { appletHelp, appletMistake } from "./usage.ts";

const USAGE = `Usage: hostname [-sidf] [HOSTNAME | -F FILE]

Show or set hostname or DNS domain name

	-s	Short
	-i	Addresses for the hostname
	-d	DNS domain name
	-f	Fully qualified domain name
	-F FILE	Use FILE's content as hostname
`;

/** `busybox hostname` (1.35). */
export function busyboxHostname(context: ProgramContext): Program {
  return runSession(context, () => ({ run: () => run(context, context.args), close: () => undefined }));
}

/** `busybox dnsdomainname`: `hostname -d`, whatever stands behind it. */
export function busyboxDnsdomainname(context: ProgramContext): Program {
  return runSession(context, () => ({ run: () => run(context, ["-d"]), close: () => undefined }));
}

function* run(context: ProgramContext, args: readonly string[]): Program {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const { options, operands } = getopt(args, "dfisF:v");
  const letters = new Map<string, string>();
  for (const { name, value, message } of options) {
    if (name === "?") throw appletMistake("hostname", message, USAGE);
    letters.set(name, value);
  }
  const { hostname } = context.machine;
  const dot = hostname.indexOf(".");
  if (letters.has("s")) context.out(`${dot < 0 ? hostname : hostname.slice(0, dot)}\n`);
  else if (["d", "f", "i"].some((letter) => letters.has(letter))) {
    const found = yield* resolveName(context, hostname, "ipv4");
    if (found.address === null) {
      const why = found.failure === "try-again" ? "Host name lookup failure" : "Unknown host";
      throw new ProgramExit(1, `hostname: ${hostname}: ${why}\n`);
    }
    const whole = found.canonical.indexOf(".");
    if (letters.has("f")) context.out(`${found.canonical}\n`);
    else if (letters.has("i")) {
      // Without `multi on` in /etc/host.conf, gethostbyname(3) stops at the first line of /etc/hosts that fits.
      const isKnown = knownName(context, hostname) !== null;
      const addresses = isKnown ? [found.address] : found.addresses;
      context.out(`${addresses.map(ip.format).join(" ")}\n`);
    } else if (whole >= 0) context.out(`${found.canonical.slice(whole + 1)}\n`);
  } else if ((letters.has("F") || operands.length > 0) && !isCapable(context.credentials, "SYS_ADMIN"))
    throw new ProgramExit(1, "hostname: sethostname: Operation not permitted\n");
  else if (letters.has("F")) setFromFile(context, letters.get("F")!);
  else if (operands[0] !== undefined) context.machine.hostname = operands[0];
  else context.out(`${hostname}\n`);
  return 0;
}

function setFromFile(context: ProgramContext, name: string): void {
  let text: string;
  try {
    text = context.files.read(absolutePath(context, name));
  } catch (error) {
    throw new ProgramExit(1, `hostname: can't open '${name}': ${(error as Error).message}\n`);
  }
  const line = text.split("\n").find((each) => each.trim() !== "" && !each.startsWith("#"));
  if (line !== undefined) context.machine.hostname = line.trim();
}
