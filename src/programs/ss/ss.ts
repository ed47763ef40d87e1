import { own } from "../../base/own.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { mappedText } from "../../net/socket-family.ts";
import { ipv6Sockets, type ShownSocket, tcpSockets } from "../../net/tcp/socket-list.ts";
import { TcpState } from "../../net/tcp/state.ts";
import type { Program } from "../../sim/process.ts";
import { getopt } from "../getopt.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runAtOnce } from "../program-exit.ts";
import { serviceName } from "../service-names.ts";
import { COLUMNS, type Column, NETID, renderTable, STATE } from "./ss-columns.ts";
import { type Filter, parseFilter } from "./ss-filter.ts";
import { SS_HELP } from "./ss-help.ts";
import { infoText, memoryText, timerText } from "./ss-info.ts";
import { summary } from "./ss-summary.ts";

/** Names of states as ss prints them, and as its filters name them. */
const STATES: Readonly<Record<TcpState, readonly [string, string]>> = {
  [TcpState.ESTABLISHED]: ["ESTAB", "established"],
  [TcpState.SYN_SENT]: ["SYN-SENT", "syn-sent"],
  [TcpState.SYN_RECV]: ["SYN-RECV", "syn-recv"],
  [TcpState.FIN_WAIT1]: ["FIN-WAIT-1", "fin-wait-1"],
  [TcpState.FIN_WAIT2]: ["FIN-WAIT-2", "fin-wait-2"],
  [TcpState.TIME_WAIT]: ["TIME-WAIT", "time-wait"],
  [TcpState.CLOSE]: ["UNCONN", "closed"],
  [TcpState.CLOSE_WAIT]: ["CLOSE-WAIT", "close-wait"],
  [TcpState.LAST_ACK]: ["LAST-ACK", "last-ack"],
  [TcpState.LISTEN]: ["LISTEN", "listening"],
  [TcpState.CLOSING]: ["CLOSING", "closing"],
};
const ALL: readonly TcpState[] = Object.values(TcpState);
const CONNECTED: readonly TcpState[] = ALL.filter((s) => s !== TcpState.LISTEN && s !== TcpState.CLOSE);
const ORDINARY: readonly TcpState[] = CONNECTED.filter(
  (s) => s !== TcpState.TIME_WAIT && s !== TcpState.SYN_RECV,
);
const GROUPS: Readonly<Record<string, readonly TcpState[]>> = {
  all: ALL,
  connected: CONNECTED,
  synchronized: CONNECTED.filter((s) => s !== TcpState.SYN_SENT),
  bucket: [TcpState.SYN_RECV, TcpState.TIME_WAIT],
  big: ALL.filter((s) => s !== TcpState.SYN_RECV && s !== TcpState.TIME_WAIT),
};
/** Words for the options that have letters. */
const LONG: Readonly<Record<string, string>> = {
  numeric: "n",
  all: "a",
  listening: "l",
  options: "o",
  extended: "e",
  memory: "m",
  processes: "p",
  info: "i",
  ipv4: "4",
  ipv6: "6",
  tcp: "t",
  udp: "u",
  raw: "w",
  summary: "s",
  unix: "x",
  oneline: "O",
  "no-header": "H",
  version: "V",
  help: "h",
};

interface Question {
  readonly letters: ReadonlySet<string>;
  readonly states: readonly TcpState[];
  readonly filter: Filter;
}

/** `ss` of iproute2 6.1: sockets of TCP and UDP. */
export function ss(context: ProgramContext): Program {
  return runAtOnce(context, () => {
    const question = parse(context);
    if (question.letters.has("h")) context.out(SS_HELP);
    else if (question.letters.has("V")) context.out("ss utility, iproute2-6.1.0\n");
    else context.out(answer(context, question));
  });
}

function parse(context: ProgramContext): Question {
  const args = context.args.map((word) => {
    const letter = own(LONG, word.replace(/^--/, ""));
    return word.startsWith("--") && letter !== undefined ? `-${letter}` : word;
  });
  const { options, operands } = getopt(args, "nraleompiTsEbZzN:460tSudwxMf:KHOA:D:F:hVW");
  const letters = new Set<string>();
  for (const { name, value, message } of options) {
    if (name === "?") throw new ProgramExit(255, `ss: ${message}\n`);
    if (name === "A") for (const family of value.split(",")) letters.add(familyLetter(family));
    else if (name === "f") letters.add(addressFamily(value));
    else if ("EbZzN0SdMKDF".includes(name)) throw new ProgramExit(255, `ss: -${name} is not simulated\n`);
    else letters.add(name);
  }
  let states = letters.has("a") ? ALL : letters.has("l") ? [TcpState.LISTEN, TcpState.CLOSE] : ORDINARY;
  const rest = [...operands];
  let chosen: TcpState[] | null = null;
  while (rest[0] === "state" || rest[0] === "exclude") {
    const named = statesNamed(rest[1] ?? "");
    if (rest[0] === "state") chosen = [...(chosen ?? []), ...named];
    else chosen = (chosen ?? [...ALL]).filter((s) => !named.includes(s));
    rest.splice(0, 2);
  }
  if (chosen !== null) states = chosen;
  return { letters, states, filter: parseFilter(rest) };
}

/** The letter of an address family. */
function addressFamily(name: string): string {
  if (name === "inet") return "4";
  if (name === "inet6") return "6";
  if (name === "unix") return "x";
  throw new ProgramExit(255, `ss: family ${name} is not simulated\n`);
}

function familyLetter(family: string): string {
  if (family === "tcp" || family === "inet") return "t";
  if (family === "udp") return "u";
  if (family === "unix") return "x";
  throw new ProgramExit(255, `ss: ${family} is not simulated\n`);
}

function statesNamed(name: string): readonly TcpState[] {
  const group = own(GROUPS, name);
  if (group !== undefined) return group;
  const found = ALL.filter((state) => STATES[state][1] === name || STATES[state][0].toLowerCase() === name);
  if (found.length === 0) throw new ProgramExit(255, `ss: wrong state name: ${name}\n`);
  return found;
}

/** Whoever asks for the summary alone gets nothing else. */
function answer(context: ProgramContext, question: Question): string {
  if (!question.letters.has("s")) return show(context, question);
  const asksMore = [..."tuwx46al"].some((letter) => question.letters.has(letter));
  return summary(context.namespace) + (asksMore ? show(context, question) : "");
}

function show(context: ProgramContext, question: Question): string {
  const ns = context.namespace;
  const { letters } = question;
  const any = !["t", "u", "w", "x"].some((letter) => letters.has(letter));
  const wantsUdp = any || letters.has("u");
  const wantsTcp = any || letters.has("t");
  // Unless states are asked for, ss thinks of those of the protocols that are, and UDP has one.
  const states =
    question.states === ORDINARY && !wantsTcp && !letters.has("x") ? [TcpState.ESTABLISHED] : question.states;
  const sockets: (readonly [string, ShownSocket])[] = [];
  if (wantsUdp)
    for (const socket of [...udpSockets(ns), ...ipv6Sockets(ns, "udp")]) sockets.push(["udp", socket]);
  if (wantsTcp)
    for (const socket of [...tcpSockets(ns), ...ipv6Sockets(ns, "tcp")]) sockets.push(["tcp", socket]);
  const columns: Column[] = [];
  // Sockets of Unix, of which there are none here, are of three kinds.
  const severalKinds =
    letters.has("x") || [wantsUdp, wantsTcp, any || letters.has("w")].filter(Boolean).length > 1;
  if (severalKinds) columns.push(NETID);
  if (states.length !== 1) columns.push(STATE);
  columns.push(...COLUMNS);
  const rows = sockets
    .filter(([, socket]) => states.includes(socket.state) && isOfFamily(socket, letters))
    .filter(([, socket]) => question.filter(socket))
    .map(([kind, socket]) => {
      const cells = cellsOf(context, socket, letters, kind === "udp" ? "udp" : "tcp");
      return [
        ...(severalKinds ? [kind] : []),
        ...(states.length !== 1 ? [STATES[socket.state][0]] : []),
        ...cells,
      ];
    });
  return renderTable(columns, rows, !letters.has("H"));
}

/** `-4` and `-6` choose a family; neither or both choose all. */
function isOfFamily({ family }: ShownSocket, letters: ReadonlySet<string>): boolean {
  if (letters.has("4") === letters.has("6")) return true;
  return letters.has(family === "inet" ? "4" : "6");
}

/**
 * An address as ss writes it: where a socket takes both families one that is not set is an asterisk, where it is for IPv6
 * alone (IPV6_V6ONLY) two colons.
 */
function addressText({ family, ipv6 }: ShownSocket, address: number, ends: "local" | "remote"): string {
  if (ipv6 !== undefined) return `[${ends === "local" ? ipv6 : "::"}]`;
  return family === "inet6" && address === 0 ? "*" : mappedText(family, address);
}

function cellsOf(
  context: ProgramContext,
  socket: ShownSocket,
  letters: ReadonlySet<string>,
  kind: "tcp" | "udp",
): string[] {
  const port = (number: number): string => {
    if (number === 0) return "*";
    return letters.has("n") ? String(number) : (serviceName(number, kind) ?? String(number));
  };
  return [
    String(socket.receiveQueue).padEnd(6),
    String(socket.sendQueue).padEnd(6),
    `${addressText(socket, socket.localAddress, "local")}:`,
    port(socket.localPort),
    `${addressText(socket, socket.remoteAddress, "remote")}:`,
    port(socket.remotePort),
    usersText(context, socket, letters) + details(socket, letters, kind),
  ];
}

/** ` users:(("httpd",pid=7,fd=3))`, if the process is one that can be seen from here. */
function usersText(
  { machine }: ProgramContext,
  { opener, fd }: ShownSocket,
  letters: ReadonlySet<string>,
): string {
  const process = letters.has("p") && opener !== null ? machine.processOf(opener) : null;
  return process === null ? "" : ` users:(("${process.name}",pid=${process.pid},fd=${fd}))`;
}

function details(socket: ShownSocket, letters: ReadonlySet<string>, kind: "tcp" | "udp"): string {
  let text = letters.has("o") ? timerText(socket) : "";
  const wantsInfo = letters.has("i") && kind === "tcp";
  if (!letters.has("m") && !wantsInfo) return text;
  if (!letters.has("O")) text += "\n\t";
  if (letters.has("m")) text += memoryText(socket);
  if (wantsInfo) text += infoText(socket, letters.has("o"));
  return text;
}

function udpSockets(ns: NetworkNamespace): ShownSocket[] {
  return ns.sockets.listUdp().map((socket) => ({
    family: "inet",
    state: socket.remotePort !== 0 ? TcpState.ESTABLISHED : TcpState.CLOSE,
    localAddress: socket.localAddress,
    localPort: socket.localPort,
    remoteAddress: socket.remoteAddress,
    remotePort: socket.remotePort,
    receiveQueue: socket.waiting,
    sendQueue: 0,
    timer: { kind: 0, left: 0, retransmits: 0 },
    opener: socket.opener,
    fd: socket.fd,
    connection: null,
  }));
}
