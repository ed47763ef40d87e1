import { PcapWriter } from "../../capture/pcap.ts";
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from "../../capture/pcapng.ts";
import type { NetDevice } from "../../net/net-device.ts";
import { type PacketFrame, PacketSocket, PROTOCOL_ALL } from "../../net/packet-socket.ts";
import { type Program, SIGINT, SIGTERM } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import { type Filter, matches } from "../../wire/filter.ts";
import { isCapable } from "../credentials.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { asCooked, kindOf } from "./cooked-frame.ts";
import { save } from "./tcpdump-file.ts";
import { compileFilter } from "./tcpdump-filter.ts";
import { type CapturedFrame, TcpdumpLines } from "./tcpdump-lines.ts";
import { fail, type TcpdumpOptions } from "./tcpdump-options.ts";

const SIGHUP = 1;
/** What standard output takes before it lets go of it, unless it is a terminal or -l says line by line. */
const BUFFER = 4096;

/** A capture on a device, or on all, until the count is full or a signal comes. */
export class LiveCapture {
  readonly #context: ProgramContext;
  readonly #options: TcpdumpOptions;
  /** Null for `any`. */
  readonly #device: NetDevice | null;
  readonly #socket: PacketSocket;
  readonly #filter: Filter;
  readonly #lines: TcpdumpLines;
  readonly #writer: PcapWriter | null;
  readonly #changed: WaitQueue = new WaitQueue();
  /** What the wall clock said when virtual time began, in seconds. */
  readonly #epoch: number;
  readonly #listener: { deviceChanged(device: NetDevice, change: string): void };
  #stopped = false;
  #gone = false;
  #captured = 0;
  #seen = 0;
  #text = "";
  #written = 0;

  constructor(context: ProgramContext, options: TcpdumpOptions) {
    this.#context = context;
    this.#options = options;
    const { namespace } = context;
    this.#device = this.#find();
    if (!isCapable(context.credentials, "NET_RAW")) {
      const name = this.#device?.name ?? "any";
      throw new ProgramExit(
        1,
        `tcpdump: ${name}: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n`,
      );
    }
    const clock = context.machine.clock();
    this.#epoch = clock.seconds - Math.floor(namespace.world.now / SECOND);
    this.#filter = compileFilter(context, options, this.#device);
    this.#lines = new TcpdumpLines(options, (ifindex) => namespace.deviceByIndex(ifindex)?.name ?? null);
    const linkType = this.#device === null ? LINKTYPE_LINUX_SLL2 : LINKTYPE_ETHERNET;
    this.#writer =
      options.write === null
        ? null
        : new PcapWriter({
            epoch: this.#epoch,
            linkType,
            snapLength: options.snapLength,
            precision: options.nanos ? "nano" : "micro",
          });
    if (this.#writer !== null && options.write !== "-") save(context, options.write!, this.#writer.finish());
    this.#announce();
    this.#socket = new PacketSocket(namespace, this.#device, PROTOCOL_ALL);
    this.#listener = {
      deviceChanged: (_device, change) => {
        if (change !== "removed" && change !== "moved") return;
        this.#gone = true;
        this.#changed.notify();
      },
    };
    this.#hold(1);
    context.onSignal((signal) => {
      if (signal !== SIGINT && signal !== SIGTERM && signal !== SIGHUP) return false;
      this.#stopped = true;
      this.#changed.notify();
      return true;
    });
  }

  close(): void {
    this.#socket.close();
    if (!this.#gone) this.#hold(-1);
    this.#gone = true;
  }

  *run(): Program {
    const { count } = this.#options;
    while (!this.#takeAll() && !this.#stopped && !this.#gone) {
      this.#flush(false);
      yield { on: [this.#socket.readable, this.#changed], until: Number.POSITIVE_INFINITY };
    }
    const full = count > 0 && this.#captured >= count;
    // Someone typed Ctrl-C, perhaps in the middle of a line.
    if (!full && this.#stopped && this.#prints) this.#text += "\n";
    this.#flush(true);
    if (this.#gone) this.#context.err("tcpdump: pcap_loop: The interface disappeared\n");
    const packets = (n: number): string => `${n} packet${n === 1 ? "" : "s"}`;
    this.#context.err(
      `${packets(this.#captured)} captured\n${packets(this.#seen)} received by filter\n${packets(0)} dropped by kernel\n`,
    );
    return this.#gone ? 1 : 0;
  }

  /** A capture of one device hears of its changes, and makes it promiscuous unless it was told not to. */
  #hold(change: 1 | -1): void {
    const device = this.#device;
    if (device === null) return;
    if (this.#options.promiscuous) {
      device.promiscuity += change;
      device.world.generation++;
    }
    if (change > 0) device.listen(this.#listener);
    else device.unlisten(this.#listener);
  }

  get #prints(): boolean {
    return this.#writer === null || this.#options.print;
  }

  #find(): NetDevice | null {
    const { namespace } = this.#context;
    const name = this.#options.device;
    if (name === "any") return null;
    if (name === null) {
      return namespace.devices.find((device) => device.running && !device.loopback) ?? null;
    }
    const device = namespace.device(name) ?? (/^\d+$/.test(name) ? this.#byNumber(Number(name)) : null);
    if (device === null) fail(`${name}: No such device exists\n(No such device exists)`);
    if (!device.up) fail(`${name}: That device is not up`);
    return device;
  }

  /** The device of that number in the list of -D. */
  #byNumber(number: number): NetDevice | null {
    const running = this.#context.namespace.devices.filter((device) => device.running && !device.loopback);
    return running[number - 1] ?? null;
  }

  #announce(): void {
    const { verbose, snapLength } = this.#options;
    const cooked = this.#device === null;
    const type = cooked ? "LINUX_SLL2 (Linux cooked v2)" : "EN10MB (Ethernet)";
    const where = `listening on ${this.#device?.name ?? "any"}, link-type ${type}, snapshot length ${snapLength} bytes\n`;
    const brief = verbose === 0 && this.#prints;
    if (cooked) this.#context.err("tcpdump: data link type LINUX_SLL2\n");
    this.#context.err(
      brief
        ? `tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n${where}`
        : `tcpdump: ${where}`,
    );
  }

  /** Takes what has come; true when the wished-for number is reached. */
  #takeAll(): boolean {
    const { count } = this.#options;
    for (let frame = this.#socket.receive(); frame !== null; frame = this.#socket.receive()) {
      this.#take(frame);
      if (count > 0 && this.#captured >= count) return true;
    }
    return false;
  }

  #take(frame: PacketFrame): void {
    const { device, outgoing, bytes } = frame;
    const { direction, snapLength } = this.#options;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!matches(this.#filter, view, 0, bytes.length)) return;
    this.#seen++;
    // What leaves by `lo` is shown when it comes in.
    if (outgoing && device.loopback) return;
    if (direction === (outgoing ? "in" : "out")) return;
    this.#captured++;
    const seconds = this.#epoch + Math.floor(frame.at / SECOND);
    const cooked =
      this.#device === null
        ? { device: device.name, ifindex: device.ifindex, kind: kindOf(device, outgoing, view) }
        : null;
    const kept: CapturedFrame = {
      seconds,
      nanos: frame.at % SECOND,
      bytes: bytes.subarray(0, snapLength),
      length: bytes.length,
      cooked,
      linkType: "ethernet",
    };
    if (this.#writer !== null) {
      const stored = cooked === null ? bytes : asCooked(bytes, view, device, cooked.kind);
      this.#writer.addPacket(frame.at, stored, stored.length);
    }
    if (this.#prints && !this.#options.onlyCount) this.#text += this.#lines.line(kept);
  }

  /** Lets go of what was printed and written, all of it at the end. */
  #flush(all: boolean): void {
    const { lineBuffered, packetBuffered, write } = this.#options;
    const often = lineBuffered || packetBuffered || this.#context.terminal;
    if (this.#text !== "" && (all || often || this.#text.length >= BUFFER)) {
      this.#context.out(this.#text);
      this.#text = "";
    }
    if (this.#writer === null || !(all || (packetBuffered && this.#captured > this.#written))) return;
    this.#written = this.#captured;
    if (write !== "-" || all) save(this.#context, write!, this.#writer.finish());
  }
}
