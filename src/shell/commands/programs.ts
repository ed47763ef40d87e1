import type { Expected, ValueKind } from "../../operations/expected.ts";
import { arping } from "../../programs/arping/arping.ts";
import { busyboxArping } from "../../programs/busybox/arping.ts";
import { busyboxDnsdomainname, busyboxHostname } from "../../programs/busybox/hostname.ts";
import { busyboxNc } from "../../programs/busybox/nc.ts";
import { netstat as busyboxNetstat } from "../../programs/busybox/netstat.ts";
import { nslookup } from "../../programs/busybox/nslookup.ts";
import { busyboxPing } from "../../programs/busybox/ping.ts";
import { busyboxTraceroute } from "../../programs/busybox/traceroute.ts";
import { curl } from "../../programs/curl/curl.ts";
import { dig } from "../../programs/dig/dig.ts";
import { dnsmasq } from "../../programs/dnsmasq/dnsmasq.ts";
import { ethtool } from "../../programs/ethtool.ts";
import { getent } from "../../programs/getent.ts";
import { httpd } from "../../programs/httpd/httpd.ts";
import { whoami } from "../../programs/httpd/whoami.ts";
import { nc } from "../../programs/nc/nc.ts";
import { netstat } from "../../programs/netstat.ts";
import { nstat } from "../../programs/nstat.ts";
import { ping } from "../../programs/ping/ping.ts";
import { python } from "../../programs/python/python.ts";
import { ss } from "../../programs/ss/ss.ts";
import { tcpdump } from "../../programs/tcpdump/tcpdump.ts";
import { traceroute } from "../../programs/traceroute/traceroute.ts";
import { wget } from "../../programs/wget/wget.ts";
import type { CommandTable, Completer } from "../command.ts";

/** Installs the programs that send and see packets. */
export function registerPrograms(commands: CommandTable): void {
  commands.register("ping", ping, { complete: after("-I", "host") });
  commands.register("arping", arping, { complete: after("-I", "host") });
  commands.register("nc", nc, { complete: () => expecting("host") });
  commands.register("netcat", nc, { complete: () => expecting("host") });
  commands.register("curl", curl, { complete: () => expecting("host"), stdin: readsInput });
  commands.register("whoami", whoami);
  commands.register("python3", python);
  commands.register("wget", wget, { complete: () => expecting("host") });
  commands.register("ss", ss, { complete: () => expecting("host") });
  commands.register("nstat", nstat);
  commands.register("netstat", netstat, { complete: () => expecting("file") });
  commands.register("tcpdump", tcpdump, { complete: after("-i", "file") });
  commands.register("traceroute", traceroute, { complete: after("-i", "host") });
  commands.register("dig", dig, { complete: () => expecting("host") });
  commands.register("getent", getent, { complete: () => expecting("host") });
  commands.register("dnsmasq", dnsmasq, { complete: () => expecting("file") });
  commands.register("ethtool", ethtool, { complete: () => expecting("device") });
  commands.registerApplet("httpd", httpd);
  commands.registerApplet("wget", wget);
  commands.registerApplet("ping", busyboxPing);
  commands.registerApplet("nslookup", nslookup);
  commands.registerApplet("arping", busyboxArping);
  commands.registerApplet("hostname", busyboxHostname);
  commands.registerApplet("dnsdomainname", busyboxDnsdomainname);
  commands.registerApplet("nc", busyboxNc);
  commands.registerApplet("netstat", busyboxNetstat);
  commands.registerApplet("traceroute", busyboxTraceroute);
}

/** `-d @-` and its like take the standard input. */
function readsInput(args: readonly string[]): boolean {
  return args.some((word) => /(^|\w|=)@-$/.test(word));
}

function expecting(kind: ValueKind): Expected {
  return { words: [], values: [kind] };
}

/** A device after `option`, elsewhere something else. */
function after(option: string, elsewhere: ValueKind): Completer {
  return (args) => expecting(args.at(-2) === option ? "device" : elsewhere);
}
