import * as ipOutput from "../../net/ip-output.ts";
import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { NetDevice } from "../../net/net-device.ts";
import { type PacketFrame, PacketSocket } from "../../net/packet-socket.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import { type Program, SIGINT } from "../../sim/process.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import * as arp from "../../wire/arp.ts";
import * as ethernet from "../../wire/ethernet.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as mac from "../../wire/mac.ts";
import { isCapable } from "../credentials.ts";
import { getopt } from "../getopt.ts";
import { wholeNumber } from "../numbers.ts";
import { millis } from "../ping/ping-statistics.ts";
import { VERSION } from "../ping/ping-usage.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { lookupError, parseAddress, resolveName } from "../resolve-name.ts";
import { type ArpingDialect, IPUTILS_ARPING } from "./arping-dialects.ts";

const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).
`;

/** A port that nobody listens on; only the way to the destination matters. */
const PROBE_PORT = 1025;

/** `arping` of iputils 20221126. */
export function arping(context: ProgramContext): Program {
  return runArping(context, () => arpingOptions(context), IPUTILS_ARPING);
}

/** Asks as the options say, and speaks the dialect. */
export function runArping(
  context: ProgramContext,
  read: () => ArpingOptions,
  dialect: ArpingDialect,
): Program {
  return runSession(context, function* () {
    const options = read();
    const found = yield* resolveName(context, options.host, "ipv4");
    if (found.address === null)
      throw new ProgramExit(2, dialect.isUnknown(options.host, lookupError(found.failure)));
    return new Arping(context, options, found.address, dialect);
  });
}

function fail(message: string): never {
  throw new ProgramExit(2, `arping: ${message}\n`);
}

/** What a command line of arping asks for. */
export interface ArpingOptions {
  readonly host: string;
  device: string | null;
  source: string | null;
  count: number;
  timeout: Nanos;
  interval: Nanos;
  quitOnReply: boolean;
  quiet: boolean;
  broadcastOnly: boolean;
  detect: boolean;
  unsolicited: boolean;
  advert: boolean;
}

export const NO_ARPING_OPTIONS: ArpingOptions = {
  host: "",
  device: null,
  source: null,
  count: 0,
  timeout: 0,
  interval: SECOND,
  quitOnReply: false,
  quiet: false,
  broadcastOnly: false,
  detect: false,
  unsolicited: false,
  advert: false,
};

/** @throws {ProgramExit} */
function arpingOptions(context: ProgramContext): ArpingOptions {
  const { options, operands } = getopt(context.args, "h?bfDUAqc:w:i:s:I:V");
  const number = (text: string, least: number): number =>
    wholeNumber("arping", text, least, 2_147_483_647, `${least} <= value <= 2147483647`);
  const o: ArpingOptions = { ...NO_ARPING_OPTIONS, host: operands[0] ?? "" };
  for (const { name, value, message } of options) {
    if (name === "?") throw new ProgramExit(2, `arping: ${message}\n${USAGE}`);
    if (name === "h") throw new ProgramExit(2, USAGE);
    if (name === "V") {
      context.out(`arping from ${VERSION}`);
      throw new ProgramExit(0, "");
    }
    if (name === "b") o.broadcastOnly = true;
    if (name === "f" || name === "D") o.quitOnReply = true;
    if (name === "D") o.detect = true;
    if (name === "U" || name === "A") o.unsolicited = true;
    if (name === "A") o.advert = true;
    if (name === "q") o.quiet = true;
    if (name === "c") o.count = number(value, 1);
    if (name === "w") o.timeout = number(value, 0) * SECOND;
    if (name === "i") o.interval = number(value, 0) * SECOND;
    if (name === "I") o.device = value;
    if (name === "s") o.source = value;
  }
  if (operands.length !== 1) throw new ProgramExit(2, USAGE);
  return o;
}

class Arping {
  readonly #context: ProgramContext;
  readonly #socket: PacketSocket;
  readonly #device: NetDevice;
  readonly #interrupted: WaitQueue = new WaitQueue();
  readonly #began: Nanos;
  readonly #o: ArpingOptions;
  readonly #target: number;
  readonly #dialect: ArpingDialect;
  #source: number | null = null;
  #stopped = false;
  #sent = 0;
  #broadcasts = 0;
  #received = 0;
  #requests = 0;
  #receivedBroadcasts = 0;
  /** Whom to ask: everybody until the first answer. */
  #peer: mac.Mac | null = null;
  #lastSent: Nanos = 0;

  constructor(context: ProgramContext, options: ArpingOptions, target: number, dialect: ArpingDialect) {
    this.#context = context;
    this.#o = options;
    this.#target = target;
    this.#dialect = dialect;
    const { namespace } = context;
    if (!isCapable(context.credentials, "NET_RAW"))
      throw new ProgramExit(dialect.forbidden, `arping: socket: ${errorText.EPERM}\n`);
    this.#began = namespace.world.now;
    if (options.source !== null) {
      this.#source = parseAddress(options.source);
      if (this.#source === null) fail(`invalid source ${options.source}`);
    }
    this.#device = this.#findDevice();
    if (!this.#device.up) throw new ProgramExit(2, dialect.isDown(this.#device.name));
    if (this.#device.noarp || this.#device.loopback)
      throw new ProgramExit(2, dialect.isNotArpable(this.#device.name));
    this.#source = this.#findSource();
    this.#socket = new PacketSocket(namespace, this.#device, ethernet.TYPE_ARP);
    context.onSignal((signal) => {
      if (signal !== SIGINT) return false;
      this.#stopped = true;
      this.#interrupted.notify();
      return true;
    });
  }

  close(): void {
    this.#socket.close();
  }

  /** The device of -I, else the one that the way to the target leaves by. */
  #findDevice(): NetDevice {
    const { namespace } = this.#context;
    const name = this.#o.device ?? this.#dialect.device;
    if (name !== null) {
      const device = namespace.device(name);
      if (device === null) throw new ProgramExit(2, this.#dialect.isMissing(name));
      return device;
    }
    const way = ipOutput.route(namespace, this.#target, this.#source ?? 0, 0, 0, 0);
    const device = way?.type === "unicast" ? way.device : null;
    return device ?? fail("no suitable interface found");
  }

  #findSource(): number {
    const { namespace } = this.#context;
    const given = this.#source ?? (this.#o.unsolicited ? this.#target : null);
    const probe = new UdpSocket(namespace);
    try {
      if (given !== null) {
        if (given !== 0) probe.bind(given, 0);
        return given;
      }
      if (this.#o.detect) return 0;
      probe.boundTo = this.#device.ifindex;
      probe.connect(this.#target, PROBE_PORT);
      return probe.localAddress;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // The real one asks past the routes (SO_DONTROUTE): any address of the device will do.
      if (given === null) return this.#device.ipv4.addresses[0]?.address ?? 0;
      fail(`bind: ${errorText[error.errno]}`);
    } finally {
      probe.close();
    }
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    if (!this.#o.quiet)
      this.#context.out(
        `ARPING ${ip.format(this.#target)} from ${ip.format(this.#source!)} ${this.#device.name}\n`,
      );
    if (this.#source === 0 && !this.#o.detect) fail("no source address in not-DAD mode");
    const end = this.#o.timeout > 0 ? this.#began + this.#o.timeout : Number.POSITIVE_INFINITY;
    let due = this.#now;
    while (!this.#stopped) {
      if (this.#now >= due) {
        // After the last one an interval is left for the answer.
        if (this.#o.count > 0 && this.#sent >= this.#o.count) break;
        this.#send();
        due = this.#now + this.#o.interval;
      }
      if (this.#now >= end) break;
      yield { on: [this.#socket.readable, this.#interrupted], until: Math.min(due, end) };
      if (this.#takeAll()) break;
    }
    return this.#finish();
  }

  #send(): void {
    const frame = new Uint8Array(ethernet.HEADER_LEN + arp.LEN);
    const view = new DataView(frame.buffer);
    const device = this.#device;
    const own: mac.Mac = { hi: device.macHi, lo: device.macLo };
    const to = this.#peer ?? mac.BROADCAST;
    ethernet.emit({ dst: to, src: own, type: ethernet.TYPE_ARP }, view, 0);
    const packet: arp.ArpRepr = {
      operation: this.#o.advert ? arp.REPLY : arp.REQUEST,
      senderMac: own,
      senderIp: this.#source!,
      targetMac: this.#o.advert ? own : to,
      targetIp: this.#target,
    };
    arp.emit(packet, view, ethernet.HEADER_LEN);
    this.#lastSent = this.#now;
    this.#sent++;
    if (this.#peer === null) this.#broadcasts++;
    try {
      this.#socket.send(device, frame);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#context.err(`arping: sendto: ${errorText[error.errno]}\n`);
    }
  }

  /** Takes what has come; true when it was enough. */
  #takeAll(): boolean {
    for (let frame = this.#socket.receive(); frame !== null; frame = this.#socket.receive()) {
      if (!this.#take(frame)) continue;
      if (this.#o.quitOnReply) return true;
      if (this.#o.timeout > 0 && this.#o.count > 0 && this.#received === this.#o.count) return true;
    }
    return false;
  }

  /** True for an answer: ARP from the target's address, to this host unless duplicates are looked for. */
  #take({ bytes, at }: PacketFrame): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const packet = arp.parse(view, ethernet.HEADER_LEN, bytes.length - ethernet.HEADER_LEN);
    if (packet === null || (packet.operation !== arp.REQUEST && packet.operation !== arp.REPLY)) return false;
    const device = this.#device;
    const { senderMac, senderIp, targetMac, targetIp } = packet;
    const toHi = ethernet.dstHi(view, 0);
    const toMe = toHi === device.macHi && ethernet.dstLo(view, 0) === device.macLo;
    const toGroup = mac.isMulticast(toHi);
    if (!toMe && !toGroup) return false;
    if (senderIp !== this.#target) return false;
    const mine = targetMac.hi === device.macHi && targetMac.lo === device.macLo;
    if (this.#o.detect) {
      if (senderMac.hi === device.macHi && senderMac.lo === device.macLo) return false;
      if (this.#source !== 0 && targetIp !== this.#source) return false;
    } else if (targetIp !== this.#source || !mine) return false;
    const dialect = this.#dialect;
    if (!this.#o.quiet) {
      const how = `${toMe ? "Unicast" : "Broadcast"} ${packet.operation === arp.REPLY ? "reply" : "request"}`;
      const who = `${ip.format(senderIp)} [${dialect.mac(mac.format(senderMac.hi, senderMac.lo))}] `;
      const whom = targetIp !== this.#source ? `for ${ip.format(targetIp)} ` : "";
      const where = mine ? "" : `for [${dialect.mac(mac.format(targetMac.hi, targetMac.lo))}] `;
      const time = millis(Math.floor((at - this.#lastSent) / 1000));
      this.#context.out(`${how} from ${who}${whom}${where}${dialect.gap}${time}ms\n`);
    }
    this.#received++;
    if (packet.operation === arp.REQUEST) this.#requests++;
    if (!toMe) this.#receivedBroadcasts++;
    if (!this.#o.broadcastOnly) this.#peer = senderMac;
    return true;
  }

  #finish(): number {
    const received = this.#received;
    if (!this.#o.quiet) {
      const text = this.#dialect.summary({
        sent: this.#sent,
        broadcasts: this.#broadcasts,
        received,
        requests: this.#requests,
        receivedBroadcasts: this.#receivedBroadcasts,
        counted: this.#o.count > 0,
      });
      this.#context.out(text);
    }
    if (this.#o.detect) return received > 0 ? 1 : 0;
    if (this.#o.unsolicited) return 0;
    if (this.#o.timeout > 0 && this.#o.count === 0) return received > 0 ? 0 : 1;
    return this.#sent === received ? 0 : 1;
  }
}
