import { own } from "../base/own.ts";
import type { Program, Wait } from "../sim/process.ts";
import * as ip from "../wire/ipv4-address.ts";
import { askedFor, type SocketRow, socketRows } from "./busybox/netstat.ts";
import { routingTable } from "./busybox/routing-table.ts";
import { getopt } from "./getopt.ts";
import type { ProgramContext } from "./program-context.ts";
import { ProgramExit, runSession } from "./program-exit.ts";
import { nameOf } from "./resolve-name.ts";
import { serviceName } from "./service-names.ts";

/** Words for the options that have letters. */
const LONG: Readonly<Record<string, string>> = {
  all: "a",
  listening: "l",
  numeric: "n",
  programs: "p",
  route: "r",
  tcp: "t",
  udp: "u",
  raw: "w",
  unix: "x",
  wide: "W",
  version: "V",
  help: "h",
};
/** What net-tools' netstat knows besides, and what is not simulated. */
const OTHERS = "veNcCFisgMoZSUh";

const USAGE = `usage: netstat [-vWeenNcCF] [<Af>] -r         netstat {-V|--version|-h|--help}
       netstat [-vWnNcaeol] [<Socket> ...]
       netstat { [-vWeenNac] -i | [-cnNe] -M | -s [-6tuw] }

        -r, --route              display routing table
        -i, --interfaces         display interface table
        -g, --groups             display multicast group memberships
        -s, --statistics         display networking statistics (like SNMP)
        -M, --masquerade         display masqueraded connections

        -v, --verbose            be verbose
        -W, --wide               don't truncate IP addresses
        -n, --numeric            don't resolve names
        --numeric-hosts          don't resolve host names
        --numeric-ports          don't resolve port names
        --numeric-users          don't resolve user names
        -N, --symbolic           resolve hardware names
        -e, --extend             display other/more information
        -p, --programs           display PID/Program name for sockets
        -o, --timers             display timers
        -c, --continuous         continuous listing

        -l, --listening          display listening server sockets
        -a, --all                display all sockets (default: connected)
        -F, --fib                display Forwarding Information Base (default)
        -C, --cache              display routing cache instead of FIB
        -Z, --context            display SELinux security context for sockets

  <Socket>={-t|--tcp} {-u|--udp} {-U|--udplite} {-S|--sctp} {-w|--raw}
           {-x|--unix} --ax25 --ipx --netrom
  <AF>=Use '-6|-4' or '-A <af>' or '--<af>'; default: inet
  List of possible address families (which support routing):
`;
/** It goes to the standard output, the rest to where errors go. */
const FAMILIES = `    inet (DARPA Internet) inet6 (IPv6) ax25 (AMPR AX.25) 
    netrom (AMPR NET/ROM) rose (AMPR ROSE) ipx (Novell IPX) 
    ddp (Appletalk DDP) x25 (CCITT X.25) 
`;

/** `netstat` of net-tools 2.10, as hosts have it: sockets and routes. */
export function netstat(context: ProgramContext): Program {
  return runSession(context, () => ({ run: () => run(context), close: () => undefined }));
}

function lettersOf(context: ProgramContext): ReadonlySet<string> {
  const args = context.args.map((word) => {
    const letter = own(LONG, word.replace(/^--/, ""));
    return word.startsWith("--") && letter !== undefined ? `-${letter}` : word;
  });
  const letters = new Set<string>();
  for (const { name, message } of getopt(args, `alnprtuwxW46V${OTHERS}`).options) {
    if (name === "?" || name === "h") {
      context.out(FAMILIES);
      throw new ProgramExit(name === "h" ? 0 : 3, `${name === "h" ? "" : `netstat: ${message}\n`}${USAGE}`);
    }
    if (OTHERS.includes(name) && name !== "e")
      throw new ProgramExit(1, `netstat: -${name} is not simulated\n`);
    letters.add(name);
  }
  return letters;
}

function* run(context: ProgramContext): Program {
  const letters = lettersOf(context);
  if (letters.has("V")) {
    context.out("net-tools 2.10\n");
    return 0;
  }
  if (letters.has("r")) {
    yield* routingTable(context, { numeric: letters.has("n"), netstat: !letters.has("e") });
    return 0;
  }
  const { wants, which } = askedFor(letters);
  if (["t", "u", "w"].some(wants)) {
    const owner = letters.has("p") ? " PID/Program name    " : "";
    context.out(`Active Internet connections (${which})\n`);
    context.out(`Proto Recv-Q Send-Q Local Address           Foreign Address         State      ${owner}\n`);
    for (const row of socketRows(context.namespace, wants)) {
      const listens = row.remotePort === 0;
      if (!letters.has("a") && listens !== letters.has("l")) continue;
      if (letters.has("4") !== letters.has("6") && letters.has("6") !== (row.family === "inet6")) continue;
      context.out(yield* lineOf(context, row, letters));
    }
  }
  if (wants("x") && !letters.has("4") && !letters.has("6")) {
    const owner = letters.has("p") ? " PID/Program name    " : "";
    context.out(`Active UNIX domain sockets (${which})\n`);
    context.out(`Proto RefCnt Flags       Type       State         I-Node  ${owner} Path\n`);
  }
  return 0;
}

function* lineOf(
  context: ProgramContext,
  row: SocketRow,
  letters: ReadonlySet<string>,
): Generator<Wait, string, void> {
  const { family, protocol, receiveQueue, sendQueue, state } = row;
  const local = yield* place(context, row, row.localAddress, row.localPort, letters);
  const remote = yield* place(context, row, row.remoteAddress, row.remotePort, letters);
  const name = `${protocol}${family === "inet6" ? "6" : ""}`.padEnd(4);
  const queues = `${`${receiveQueue}`.padStart(7)} ${`${sendQueue}`.padStart(6)}`;
  const process = row.opener === null ? null : context.machine.processOf(row.opener);
  const owner = process === null ? "-" : `${process.pid}/${process.name}`.slice(0, 19);
  const ends = `${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)}`;
  return `${name} ${queues} ${ends}${letters.has("p") ? ` ${owner.padEnd(20)}` : ""}\n`;
}

/** `127.0.0.1:80` and `:::80`; with names `localhost:http` and `[::]:http`. */
function* place(
  context: ProgramContext,
  { family, protocol }: SocketRow,
  address: number,
  port: number,
  letters: ReadonlySet<string>,
): Generator<Wait, string, void> {
  const numeric = letters.has("n");
  const mapped = address === 0 ? "::" : `::ffff:${ip.format(address)}`;
  const bare = family === "inet" ? ip.format(address) : numeric ? mapped : `[${mapped}]`;
  const known = numeric || address === 0 ? null : yield* nameOf(context, address);
  const kind = protocol === "udp" ? "udp" : "tcp";
  const service = port === 0 ? "*" : numeric ? `${port}` : (serviceName(port, kind) ?? `${port}`);
  const host = known ?? bare;
  const room = 23 - 1 - service.length;
  return `${letters.has("W") ? host : host.slice(0, room)}:${service}`;
}
