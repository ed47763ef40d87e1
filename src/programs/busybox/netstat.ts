import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { SocketFamily } from "../../net/socket-family.ts";
import { ipv6Sockets, type ShownSocket, tcpSockets } from "../../net/tcp/socket-list.ts";
import { TcpState } from "../../net/tcp/state.ts";
import type { Process, Program, Wait } from "../../sim/process.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { getopt } from "../getopt.ts";
import type { ProgramContext } from "../program-context.ts";
import { runSession } from "../program-exit.ts";
import { nameOf } from "../resolve-name.ts";
import { serviceName } from "../service-names.ts";
import { routingTable } from "./routing-table.ts";
import { appletHelp, appletMistake } from "./usage.ts";

const USAGE = `Usage: netstat [-ral] [-tuwx] [-en]

Display networking information

	-r	Routing table
	-a	All sockets
	-l	Listening sockets
		Else: connected sockets
	-t	TCP sockets
	-u	UDP sockets
	-w	Raw sockets
	-x	Unix sockets
		Else: all socket types
	-e	Other/more information
	-n	Don't resolve names
`;

const STATES: Readonly<Record<TcpState, string>> = {
  [TcpState.ESTABLISHED]: "ESTABLISHED",
  [TcpState.SYN_SENT]: "SYN_SENT",
  [TcpState.SYN_RECV]: "SYN_RECV",
  [TcpState.FIN_WAIT1]: "FIN_WAIT1",
  [TcpState.FIN_WAIT2]: "FIN_WAIT2",
  [TcpState.TIME_WAIT]: "TIME_WAIT",
  [TcpState.CLOSE]: "CLOSE",
  [TcpState.CLOSE_WAIT]: "CLOSE_WAIT",
  [TcpState.LAST_ACK]: "LAST_ACK",
  [TcpState.LISTEN]: "LISTEN",
  [TcpState.CLOSING]: "CLOSING",
};

/** A line of the table. */
export interface SocketRow {
  readonly protocol: "tcp" | "udp" | "raw";
  readonly family: SocketFamily;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly state: string;
  /** The process that has it open, where that is known. */
  readonly opener: Process | null;
}

/** `busybox netstat` (1.35). */
export function netstat(context: ProgramContext): Program {
  return runSession(context, () => ({ run: () => run(context), close: () => undefined }));
}

function* run(context: ProgramContext): Program {
  if (context.args.includes("--help")) throw appletHelp(USAGE);
  const { options } = getopt(context.args, "laentuwxr");
  const letters = new Set<string>();
  for (const { name, message } of options) {
    if (name === "?") throw appletMistake("netstat", message, USAGE);
    letters.add(name);
  }
  if (letters.has("r")) {
    yield* routingTable(context, { numeric: letters.has("n"), netstat: !letters.has("e") });
    return 0;
  }
  const { wants, which } = askedFor(letters);
  if (wants("t") || wants("u") || wants("w")) {
    context.out(`Active Internet connections (${which})\n`);
    context.out("Proto Recv-Q Send-Q Local Address           Foreign Address         State       \n");
    for (const row of socketRows(context.namespace, wants)) {
      const listens = row.remotePort === 0;
      if (!letters.has("a") && listens !== letters.has("l")) continue;
      yield* show(context, row, letters.has("n"));
    }
  }
  if (wants("x")) {
    context.out(`Active UNIX domain sockets (${which})\n`);
    context.out("Proto RefCnt Flags       Type       State         I-Node Path\n");
  }
  return 0;
}

/** Which sockets the options are about, by their letters (`t`, `u`, `w`, `x`), and how the headings call them. */
export function askedFor(letters: ReadonlySet<string>): { wants(letter: string): boolean; which: string } {
  const every = !["t", "u", "w", "x"].some((letter) => letters.has(letter));
  const some = letters.has("l") ? "only servers" : "w/o servers";
  return {
    wants: (letter) => every || letters.has(letter),
    which: letters.has("a") ? "servers and established" : some,
  };
}

/** The sockets of a namespace, those of the protocols that are wanted: `t`, `u`, `w`. */
export function socketRows(ns: NetworkNamespace, wants: (letter: string) => boolean): readonly SocketRow[] {
  const rows: SocketRow[] = [];
  if (wants("t"))
    for (const socket of [...tcpSockets(ns), ...ipv6Sockets(ns, "tcp")]) rows.push(tcpRow(socket));
  if (wants("u"))
    for (const socket of ns.sockets.listUdp())
      rows.push({
        protocol: "udp",
        family: "inet",
        receiveQueue: socket.waiting,
        sendQueue: 0,
        localAddress: socket.localAddress,
        localPort: socket.localPort,
        remoteAddress: socket.remoteAddress,
        remotePort: socket.remotePort,
        state: socket.remotePort === 0 ? "" : "ESTABLISHED",
        opener: socket.opener,
      });
  if (wants("u"))
    for (const socket of ipv6Sockets(ns, "udp")) rows.push({ ...tcpRow(socket), protocol: "udp", state: "" });
  if (wants("w"))
    for (const { protocol } of ns.sockets.listRaw())
      rows.push({
        protocol: "raw",
        family: "inet",
        receiveQueue: 0,
        sendQueue: 0,
        localAddress: 0,
        localPort: protocol,
        remoteAddress: 0,
        remotePort: 0,
        state: "7",
        opener: null,
      });
  return rows;
}

function tcpRow(socket: ShownSocket): SocketRow {
  const listens = socket.state === TcpState.LISTEN;
  return {
    protocol: "tcp",
    family: socket.family,
    receiveQueue: socket.receiveQueue,
    // What a listener has room for is no queue of octets.
    sendQueue: listens ? 0 : socket.sendQueue,
    localAddress: socket.localAddress,
    localPort: socket.localPort,
    remoteAddress: socket.remoteAddress,
    remotePort: socket.remotePort,
    state: STATES[socket.state],
    opener: socket.opener,
  };
}

function* show(context: ProgramContext, row: SocketRow, numeric: boolean): Generator<Wait, void, void> {
  const local = yield* place(context, row, row.localAddress, row.localPort, numeric);
  const remote = yield* place(context, row, row.remoteAddress, row.remotePort, numeric);
  const queues = `${String(row.receiveQueue).padStart(6)} ${String(row.sendQueue).padStart(6)}`;
  context.out(
    `${row.protocol.padEnd(5)} ${queues} ${local.padEnd(23)} ${remote.padEnd(23)} ${row.state.padEnd(11)} \n`,
  );
}

/** `127.0.0.1:80`, or with names `localhost:http`; of a socket for both families `:::80` and `::ffff:127.0.0.1:80`. */
function* place(
  context: ProgramContext,
  { family, protocol }: SocketRow,
  address: number,
  port: number,
  numeric: boolean,
): Generator<Wait, string, void> {
  const known = numeric || address === 0 ? null : yield* nameOf(context, address);
  const plain =
    family === "inet" ? ip.format(address) : address === 0 ? "::" : `::ffff:${ip.format(address)}`;
  const kind = protocol === "udp" ? "udp" : "tcp";
  const service = port === 0 ? "*" : numeric ? `${port}` : (serviceName(port, kind) ?? `${port}`);
  return `${(known ?? plain).slice(0, 23)}:${service}`;
}
