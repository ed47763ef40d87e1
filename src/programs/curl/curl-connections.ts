import { errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { errnoNumbers } from "../errno-numbers.ts";
import { connected } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import type { CurlOptions } from "./curl-options.ts";
import type { CurlReport } from "./curl-report.ts";

/** A connection that curl holds, perhaps for a further request. */
export interface CurlConnection {
  readonly socket: TcpSocket;
  /** `#0` in what `-v` says. */
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly address: number;
}

/** What opening a connection needs to know. */
interface Opening {
  /** Where the name leads; the first address is tried first. */
  readonly addresses: readonly number[];
  readonly host: string;
  /** The port of the addresses, which `--connect-to` may have changed. */
  readonly port: number;
  readonly started: Nanos;
  readonly deadline: Nanos;
  readonly connectDeadline: Nanos;
  /** When the present attempt began. */
  readonly attempted: Nanos;
  /** Runs whenever the program wakes, to write the meter; when it wants to wake next. */
  readonly tick: () => Nanos;
}

/** Whole milliseconds, as curl's messages count. */
export function millis(time: Nanos): number {
  return Math.floor(time / MILLISECOND);
}

/** The connections of one run of curl. */
export class CurlConnections {
  readonly #context: ProgramContext;
  readonly #idle: CurlConnection[] = [];
  #next = 0;

  constructor(context: ProgramContext) {
    this.#context = context;
  }

  /** A number for a connection that is begun, even if it never comes about. */
  takeNumber(): number {
    return this.#next++;
  }

  /** An idle connection to that host that is still open. */
  takeIdle(host: string, port: number, report: CurlReport): CurlConnection | null {
    for (;;) {
      const at = this.#idle.findIndex((one) => one.host === host && one.port === port);
      if (at < 0) return null;
      const [connection] = this.#idle.splice(at, 1) as [CurlConnection];
      report.info("Found bundle for host: 0x55d0c3a4c2b0 [serially]");
      report.info("Can not multiplex, even if we wanted to");
      if (isAlive(connection.socket)) return connection;
      report.info(`Connection ${connection.number} seems to be dead`);
      report.info(`Closing connection ${connection.number}`);
      connection.socket.close();
    }
  }

  keep(connection: CurlConnection): void {
    this.#idle.push(connection);
  }

  /** The program ends. */
  close(): void {
    for (const { socket } of this.#idle) socket.close();
  }

  /** Opens a connection. @throws {CurlFailure} COULDNT_CONNECT, OPERATION_TIMEDOUT, INTERFACE_FAILED */
  *open(
    opening: Opening,
    number: number,
    o: CurlOptions,
    report: CurlReport,
  ): Generator<Wait, CurlConnection, void> {
    const { host, port } = opening;
    for (const address of opening.addresses) {
      const socket = new TcpSocket(this.#context.namespace);
      let open = false;
      try {
        if (yield* this.#try(socket, address, opening, o, report)) {
          open = true;
          return { socket, number, host, port, address };
        }
      } finally {
        if (!open) socket.close();
      }
    }
    // A host without IPv6 still finds the name, and cannot leave by it.
    if (host === "localhost") {
      report.info(`  Trying [::1]:${port}...`);
      report.info("Immediate connect fail for ::1: Cannot assign requested address");
    }
    const { world } = this.#context.namespace;
    const words = `Failed to connect to ${host} port ${port} after ${millis(world.now - opening.started)} ms: Couldn't connect to server`;
    report.info(words);
    throw new CurlFailure(Code.COULDNT_CONNECT, words);
  }

  *#try(
    socket: TcpSocket,
    address: number,
    opening: Opening,
    o: CurlOptions,
    report: CurlReport,
  ): Generator<Wait, boolean, void> {
    const { world } = this.#context.namespace;
    const { port, deadline, connectDeadline } = opening;
    const text = ip.format(address);
    report.info(`  Trying ${text}:${port}...`);
    socket.noDelay = true;
    if (!o.noKeepAlive) socket.keepAlive(true, o.keepAliveTime || 60, o.keepAliveTime || 60);
    try {
      this.#bind(socket, o, report);
    } catch (error) {
      if (error instanceof CurlFailure) {
        const spent = millis(world.now - opening.started);
        report.info(
          `Failed to connect to ${opening.host} port ${port} after ${spent} ms: Failed binding local connection end`,
        );
      }
      throw error;
    }
    try {
      socket.connect(address, port);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      report.info(`Immediate connect fail for ${text}: ${errorText[error.errno]}`);
      return false;
    }
    const limit = Math.min(deadline, connectDeadline);
    while (!(yield* connected(socket, Math.min(limit, opening.tick())))) {
      if (world.now < limit) continue;
      const spent = millis(world.now - opening.started);
      const words =
        limit === deadline
          ? `Connection timed out after ${spent} milliseconds`
          : `Failed to connect to ${opening.host} port ${port} after ${spent} ms: Timeout was reached`;
      if (limit !== deadline) {
        const patience = millis(connectDeadline - opening.attempted);
        report.info(`ipv4 connect timeout after ${patience}ms, move on!`);
      }
      report.info(words);
      throw new CurlFailure(Code.OPERATION_TIMEDOUT, words);
    }
    const error = socket.takeError();
    if (error === null) return true;
    report.info(`connect to ${text} port ${port} failed: ${errorText[error]}`);
    return false;
  }

  #bind(socket: TcpSocket, o: CurlOptions, report: CurlReport): void {
    const source = this.#source(socket, o, report);
    if (o.localPort === 0 && source === 0) return;
    for (let port = o.localPort, left = o.localPortRange; ; port++) {
      try {
        socket.bind(source, port);
        report.info(`Local port: ${port}`);
        return;
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        if (--left > 0) {
          report.info(`Bind to local port ${port} failed, trying next`);
          continue;
        }
        const words = `bind failed with errno ${errnoNumbers[error.errno] ?? 0}: ${errorText[error.errno]}`;
        report.info(words);
        throw new CurlFailure(Code.INTERFACE_FAILED, words);
      }
    }
  }

  /** `--interface`: an address of this host, or a device. */
  #source(socket: TcpSocket, o: CurlOptions, report: CurlReport): number {
    if (o.interfaceName === null) return 0;
    const name = o.interfaceName.replace(/^(if|host)!/, "");
    const device = this.#context.namespace.devices.find((one) => one.name === name);
    if (device !== undefined) {
      socket.boundTo = device.ifindex;
      return 0;
    }
    const address = ip.parse(name);
    if (address !== null) {
      report.info(`Name '${name}' family 2 resolved to '${name}' family 2`);
      return address;
    }
    report.info(`Could not resolve host: ${name}`);
    report.info(`Couldn't bind to '${name}'`);
    throw new CurlFailure(Code.INTERFACE_FAILED, `Couldn't bind to '${name}'`);
  }
}

function isAlive(socket: TcpSocket): boolean {
  try {
    return socket.receive(1) === null;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return false;
  }
}
