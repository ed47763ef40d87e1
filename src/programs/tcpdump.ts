import { PcapWriter } from "../capture/pcap.ts";
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from "../capture/pcapng.ts";
import { readCapture } from "../capture/read-capture.ts";
import type { NetDevice } from "../net/net-device.ts";
import { type PacketFrame, PacketSocket, PROTOCOL_ALL } from "../net/packet-socket.ts";
import { type Program, SIGINT, SIGTERM } from "../sim/process.ts";
import { Signal } from "../sim/signal.ts";
import * as ethernet from "../wire/ethernet.ts";
import { type Filter, matches } from "../wire/filter.ts";
import { parseFilter } from "../wire/filter-parser.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import * as sll2 from "../wire/sll2.ts";
import { absolutePath, type ProgramContext } from "./program-context.ts";
import { ProgramExit } from "./program-exit.ts";
import { resolveName } from "./resolve-name.ts";
import { type CapturedFrame, TcpdumpLines } from "./tcpdump-lines.ts";
import { parseTcpdumpOptions, type TcpdumpOptions } from "./tcpdump-options.ts";

const SIGHUP = 1;
/** What standard output takes before it lets go of it, unless it is a terminal or -l says line by line. */
const BUFFER = 4096;

/** `tcpdump` 4.99. */
export function* tcpdump(context: ProgramContext): Program {
  try {
    const options = parseTcpdumpOptions(context.args, (text) => context.out(text));
    if (options.list) return listDevices(context);
    if (options.read !== null) return readFile(context, options, options.read);
    const capture = new LiveCapture(context, options);
    try {
      return yield* capture.run();
    } finally {
      capture.close();
    }
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    context.err(error.message);
    return error.status;
  }
}

function fail(message: string): never {
  throw new ProgramExit(1, `tcpdump: ${message}\n`);
}

/** -D: devices that run, `any`, then the others. */
function listDevices(context: ProgramContext): number {
  const devices = context.namespace.devices;
  const line = (device: NetDevice): string => {
    const flags: string[] = [];
    if (device.up) flags.push("Up");
    if (device.running) flags.push("Running");
    if (device.loopback) flags.push("Loopback");
    if (!device.loopback) flags.push(device.running ? "Connected" : "Disconnected");
    return `${device.name} [${flags.join(", ")}]`;
  };
  const lines = [
    ...devices.filter((device) => device.running && !device.loopback).map(line),
    "any (Pseudo-device that captures on all interfaces) [Up, Running]",
    ...devices.filter((device) => device.loopback).map(line),
    ...devices.filter((device) => !device.running && !device.loopback).map(line),
  ];
  context.out(lines.map((text, i) => `${i + 1}.${text}\n`).join(""));
  return 0;
}

function compile(context: ProgramContext, options: TcpdumpOptions, device: NetDevice | null): Filter {
  let text = options.expression;
  if (options.filterFile !== null) {
    try {
      text = context.files.read(absolutePath(context, options.filterFile));
    } catch (error) {
      fail(`can't open ${options.filterFile}: ${(error as Error).message}`);
    }
  }
  const first = device?.ipv4.addresses[0];
  const result = parseFilter(text, {
    netmask: first === undefined ? 0 : ip.netmask(first.prefixLength),
    resolve: (name) => {
      const found = resolveName(context, name);
      return found === null ? [] : [found.address];
    },
  });
  return result.ok ? result.filter : fail(result.message);
}

/** An SLL2 frame as an Ethernet frame, for the filter. */
function asEthernet(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = sll2.parse(view, 0, bytes.length);
  if (header === null) return new Uint8Array(0);
  const frame = new Uint8Array(ethernet.HEADER_LEN + bytes.length - sll2.HEADER_LEN);
  frame.set(bytes.subarray(12, 18), 6);
  frame.set(bytes.subarray(0, 2), 12);
  frame.set(bytes.subarray(sll2.HEADER_LEN), ethernet.HEADER_LEN);
  return frame;
}

/** -r FILE */
function readFile(context: ProgramContext, options: TcpdumpOptions, name: string): number {
  let content: string | Uint8Array;
  try {
    content = context.files.readBytes(absolutePath(context, name));
  } catch (error) {
    return fail(`${name}: ${(error as Error).message}`);
  }
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  const opened = readCapture(bytes);
  if (!opened.ok) fail(opened.message);
  const file = opened.file;
  const { linkType, snapLength } = file.interfaces[0] ?? { linkType: LINKTYPE_ETHERNET, snapLength: 262_144 };
  const cooked = linkType === LINKTYPE_LINUX_SLL2;
  if (!cooked && linkType !== LINKTYPE_ETHERNET)
    fail(`packet printing is not supported for link type ${linkType}: use -w`);
  const type = cooked ? "LINUX_SLL2 (Linux cooked v2)" : "EN10MB (Ethernet)";
  context.err(`reading from file ${name}, link-type ${type}, snapshot length ${snapLength}\n`);
  if (cooked) context.err("Warning: interface names might be incorrect\n");
  const filter = compile(context, options, null);
  const lines = new TcpdumpLines(
    options,
    (ifindex) => context.namespace.deviceByIndex(ifindex)?.name ?? null,
  );
  const writer = options.write === null ? null : new PcapWriter({ linkType, snapLength });
  let count = 0;
  let text = "";
  for (const packet of file.packets) {
    const frame = cooked ? asEthernet(packet.bytes) : packet.bytes;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (!matches(filter, view, 0, frame.length, packet.length - packet.bytes.length + frame.length)) continue;
    count++;
    const { seconds, nanoseconds: nanos, length } = packet;
    writer?.addPacket(seconds * 1e9 + nanos, packet.bytes, length);
    if (!options.onlyCount && (writer === null || options.print)) {
      const linkType = cooked ? "sll2" : "ethernet";
      text += lines.line({ seconds, nanos, bytes: packet.bytes, length, cooked: null, linkType });
    }
    if (count === options.count) break;
  }
  if (options.onlyCount) text += `${count} packet${count === 1 ? "" : "s"}\n`;
  if (writer !== null) save(context, options.write!, writer.finish());
  context.out(text);
  if (file.error === null || (options.count > 0 && count === options.count)) return 0;
  context.err(`tcpdump: pcap_loop: ${file.error}\n`);
  return 1;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Writes a capture to a file, or to standard output (`-`). */
function save(context: ProgramContext, name: string, bytes: Uint8Array): void {
  if (name === "-") {
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    context.out(text);
    return;
  }
  try {
    context.files.write(absolutePath(context, name), bytes);
  } catch (error) {
    fail(`${name}: ${(error as Error).message}`);
  }
}

class LiveCapture {
  readonly #context: ProgramContext;
  readonly #options: TcpdumpOptions;
  /** Null for `any`. */
  readonly #device: NetDevice | null;
  readonly #socket: PacketSocket;
  readonly #filter: Filter;
  readonly #lines: TcpdumpLines;
  readonly #writer: PcapWriter | null;
  readonly #changed: Signal = new Signal();
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
    const clock = context.machine.clock();
    this.#epoch = clock.seconds - Math.floor(namespace.world.now / 1e9);
    this.#filter = compile(context, options, this.#device);
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
    this.#promise(1);
    context.onSignal((signal) => {
      if (signal !== SIGINT && signal !== SIGTERM && signal !== SIGHUP) return false;
      this.#stopped = true;
      this.#changed.notify();
      return true;
    });
  }

  close(): void {
    this.#socket.close();
    if (!this.#gone) this.#promise(-1);
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

  /** A capture of one device makes it promiscuous. */
  #promise(change: 1 | -1): void {
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
    const seconds = this.#epoch + Math.floor(frame.at / 1e9);
    const cooked =
      this.#device === null
        ? { device: device.name, ifindex: device.ifindex, kind: kindOf(device, outgoing, view) }
        : null;
    const kept: CapturedFrame = {
      seconds,
      nanos: frame.at % 1e9,
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

/** How a frame met its device, as a packet socket says it. */
function kindOf(device: NetDevice, outgoing: boolean, view: DataView): sll2.PacketKind {
  if (outgoing) return "Out";
  const hi = ethernet.dstHi(view, 0);
  const lo = ethernet.dstLo(view, 0);
  if (device.loopback) return "In";
  if (mac.isBroadcast(hi, lo)) return "B";
  if (mac.isMulticast(hi)) return "M";
  return hi === device.macHi && lo === device.macLo ? "In" : "P";
}

/** A frame with an SLL2 header in place of its Ethernet header. */
function asCooked(bytes: Uint8Array, view: DataView, device: NetDevice, kind: sll2.PacketKind): Uint8Array {
  const stored = new Uint8Array(sll2.HEADER_LEN + Math.max(0, bytes.length - ethernet.HEADER_LEN));
  const header: sll2.Sll2Repr = {
    protocol: ethernet.type(view, 0),
    ifindex: device.ifindex,
    hardware: device.loopback ? sll2.HARDWARE_LOOPBACK : sll2.HARDWARE_ETHERNET,
    kind,
    address: { hi: ethernet.srcHi(view, 0), lo: ethernet.srcLo(view, 0) },
  };
  sll2.emit(header, new DataView(stored.buffer), 0);
  stored.set(bytes.subarray(ethernet.HEADER_LEN), sll2.HEADER_LEN);
  return stored;
}
