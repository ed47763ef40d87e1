import { errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as utf8 from "../../wire/utf8.ts";
import { getopt } from "../getopt.ts";
import { connected } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { resolveName } from "../resolve-name.ts";
import { servicePort } from "../service-names.ts";
import { Utf8Pieces } from "../utf8-pieces.ts";
import { appletHelp, appletMistake, appletNumber, UINT_MAX } from "./usage.ts";

const USAGE = `Usage: nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]

Open a pipe to IP:PORT or FILE

	-l	Listen mode, for inbound connects
		(use -ll with -e for persistent server)
	-p PORT	Local port
	-w SEC	Connect timeout
	-i SEC	Delay interval for lines sent
	-f FILE	Use file (ala /dev/ttyS0) instead of network
	-e PROG	Run PROG after connect
`;

const FOREVER: Nanos = Number.POSITIVE_INFINITY;
/** What one read of the network or the input holds at most. */
const CHUNK = 1024;
/** The port that is meant when none is named. */
const DISCARD = 0;

interface NcOptions {
  readonly listens: boolean;
  readonly port: number;
  readonly wait: Nanos;
  readonly interval: Nanos;
  readonly host: string | null;
  readonly remotePort: number;
}

/** `busybox nc` (1.35), which knows TCP alone. */
export function busyboxNc(context: ProgramContext): Program {
  return runSession(context, () => new BusyboxNc(context, ncOptions(context.args)));
}

function fail(words: string): never {
  throw new ProgramExit(1, `nc: ${words}\n`);
}

/** @throws {ProgramExit} */
function ncOptions(args: readonly string[]): NcOptions {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const { options, operands } = getopt(args, "lp:w:i:f:e:");
  const letters = new Map<string, string>();
  for (const { name, value, message } of options) {
    if (name === "?") throw appletMistake("nc", message, USAGE);
    letters.set(name, value);
  }
  for (const letter of ["f", "e"]) if (letters.has(letter)) fail(`-${letter} is not simulated`);
  const seconds = (text: string): Nanos => appletNumber("nc", text, 0, UINT_MAX) * SECOND;
  const listens = letters.has("l");
  const [host, port] = operands;
  if (!listens && host === undefined) throw appletMistake("nc", "", USAGE);
  return {
    listens,
    port: portOf(letters.get("p") ?? "0"),
    wait: letters.has("w") ? seconds(letters.get("w")!) : FOREVER,
    interval: seconds(letters.get("i") ?? "0"),
    host: host ?? null,
    remotePort: port === undefined ? DISCARD : portOf(port),
  };
}

function portOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  return servicePort(text, "tcp") ?? fail(`bad port '${text}'`);
}

class BusyboxNc {
  readonly #context: ProgramContext;
  readonly #o: NcOptions;
  readonly #text: Utf8Pieces = new Utf8Pieces();
  #socket: TcpSocket | null = null;
  #listener: TcpListener | null = null;

  constructor(context: ProgramContext, options: NcOptions) {
    this.#context = context;
    this.#o = options;
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  close(): void {
    this.#socket?.close();
    this.#listener?.close();
  }

  *run(): Program {
    const limit = this.#now + this.#o.wait;
    const socket = this.#o.listens ? yield* this.#accept(limit) : yield* this.#connect(limit);
    this.#socket = socket;
    yield* this.#talk(socket);
    return 0;
  }

  *#accept(limit: Nanos): Generator<Wait, TcpSocket, void> {
    const { host, port } = this.#o;
    const address = host === null ? 0 : (yield* resolveName(this.#context, host)).address;
    if (address === null) fail(`bad address '${host}'`);
    const listener = new TcpListener(this.#context.namespace);
    this.#listener = listener;
    if (address === 0) listener.family = "inet6"; // [::], where both families arrive
    listener.reuseAddress = true;
    try {
      listener.listen(address, port, 1);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      fail(`bind: ${errorText[error.errno]}`);
    }
    if (port === 0) this.#context.err(`${listener.localPort}\n`);
    for (;;) {
      const socket = listener.accept();
      if (socket !== null) {
        listener.close();
        return socket;
      }
      if (this.#now >= limit) fail("timed out");
      yield { on: [listener.readable], until: limit };
    }
  }

  *#connect(limit: Nanos): Generator<Wait, TcpSocket, void> {
    const { host, port, remotePort } = this.#o;
    const { address } = yield* resolveName(this.#context, host!);
    if (address === null) fail(`bad address '${host}'`);
    if (this.#now >= limit) fail("timed out");
    const socket = new TcpSocket(this.#context.namespace);
    this.#socket = socket;
    let why: string;
    try {
      if (port !== 0) socket.bind(0, port);
      socket.connect(address, remotePort);
      if (!(yield* connected(socket, limit))) fail("timed out");
      const error = socket.takeError();
      if (error === null) return socket;
      why = errorText[error];
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      why = errorText[error.errno];
    }
    return fail(`can't connect to remote host (${ip.format(address)}): ${why}`);
  }

  /** Copies both ways until the network ends; at the end of the input its half is closed. */
  *#talk(socket: TcpSocket): Generator<Wait, void, void> {
    const { input } = this.#context;
    let waiting: Uint8Array | null = null;
    let isShut = false;
    try {
      for (;;) {
        const some = socket.receive(CHUNK);
        if (some !== null) {
          if (some.length === 0) break;
          this.#context.out(this.#text.take(some));
          continue;
        }
        if (waiting !== null) {
          const sent: number = socket.send(waiting);
          waiting = sent === waiting.length ? null : waiting.subarray(sent);
          if (waiting === null && this.#o.interval > 0) yield { on: [], until: this.#now + this.#o.interval };
          if (sent > 0) continue;
        } else if (input.available !== "") {
          waiting = utf8.encode(input.take(Math.min(CHUNK, input.available.length)));
          continue;
        } else if (input.closed && !isShut) {
          isShut = true;
          socket.shutdown();
        }
        const on = [socket.readable];
        if (waiting !== null) on.push(socket.writable);
        else if (!isShut) on.push(input.arrived);
        yield { on, until: FOREVER };
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      fail(`read error: ${errorText[error.errno]}`);
    }
    this.#context.out(this.#text.end());
  }
}
