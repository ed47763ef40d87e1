import { Describer, hexAndAscii, hexOnly } from "../../wire/describe.ts";
import * as ethernet from "../../wire/ethernet.ts";
import * as sll2 from "../../wire/sll2.ts";
import type { TcpdumpOptions } from "./tcpdump-options.ts";

/** A frame to print, with its bytes from the Ethernet header on, or from the SLL2 header on when it comes from such a file. */
export interface CapturedFrame {
  /** Seconds since 1970 and nanoseconds within the second. */
  readonly seconds: number;
  readonly nanos: number;
  /** As much as was kept. */
  readonly bytes: Uint8Array;
  /** How long it was. */
  readonly length: number;
  /** For captures of `any`: where the frame was seen. */
  readonly cooked: {
    readonly device: string;
    readonly ifindex: number;
    readonly kind: sll2.PacketKind;
  } | null;
  readonly linkType: "ethernet" | "sll2";
}

/** Prints frames as tcpdump does: time, description, and the bytes if asked for. */
export class TcpdumpLines {
  readonly #options: TcpdumpOptions;
  readonly #describer: Describer;
  readonly #deviceName: (ifindex: number) => string | null;
  #number = 0;
  #first: CapturedFrame | null = null;
  #previous: CapturedFrame | null = null;

  constructor(options: TcpdumpOptions, deviceName: (ifindex: number) => string | null) {
    this.#options = options;
    this.#deviceName = deviceName;
    this.#describer = new Describer({
      linkHeader: options.linkHeader,
      verbose: options.verbose,
      quiet: options.quiet,
      absoluteSequences: options.absolute,
      suppressDump: options.dump !== "none",
    });
  }

  line(frame: CapturedFrame): string {
    this.#number++;
    const number = this.#options.numbered ? `${`${this.#number}`.padStart(5)}  ` : "";
    const text = `${number}${this.#time(frame)}${this.#describe(frame)}${this.#dump(frame)}\n`;
    this.#first ??= frame;
    this.#previous = frame;
    return text;
  }

  #describe(frame: CapturedFrame): string {
    const { bytes, length, cooked } = frame;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (frame.linkType === "sll2")
      return this.#describer.describeSll2(view, 0, bytes.length, this.#deviceName, length);
    if (cooked !== null) return this.#describer.describeCooked(view, 0, bytes.length, cooked, length);
    return this.#describer.describe(view, 0, bytes.length, length);
  }

  #time(frame: CapturedFrame): string {
    const { time } = this.#options;
    const { seconds, nanos } = frame;
    if (time === 1) return "";
    if (time === 2) return `${seconds}.${this.#fraction(nanos)} `;
    const date = new Date(seconds * 1000).toISOString();
    const clock = `${date.slice(11, 19)}.${this.#fraction(nanos)} `;
    if (time === 0) return clock;
    if (time === 4) return `${date.slice(0, 10)} ${clock}`;
    const since = (time === 3 ? this.#previous : this.#first) ?? frame;
    const passed = (seconds - since.seconds) * 1e9 + nanos - since.nanos;
    const whole = Math.floor(passed / 1e9);
    const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const text = parts.map((part) => `${part}`.padStart(2, "0")).join(":");
    return ` ${text}.${this.#fraction(passed % 1e9)} `;
  }

  #fraction(nanos: number): string {
    return this.#options.nanos
      ? `${Math.floor(nanos)}`.padStart(9, "0")
      : `${Math.floor(nanos / 1000)}`.padStart(6, "0");
  }

  #dump(frame: CapturedFrame): string {
    const { dump } = this.#options;
    if (dump === "none") return "";
    const { bytes, linkType, cooked } = frame;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const header = linkType === "sll2" ? sll2.HEADER_LEN : ethernet.HEADER_LEN;
    // A capture of `any` has no Ethernet header; its own is not kept here.
    const whole = dump.endsWith("-link") && cooked === null;
    const at = whole ? 0 : Math.min(header, bytes.length);
    const length = bytes.length - at;
    if (dump.startsWith("hex")) return hexOnly(view, at, length);
    if (dump.startsWith("text")) return hexAndAscii(view, at, length);
    return ascii(bytes.subarray(at));
  }
}

/** Bytes as `tcpdump -A` shows them: line ends and tabs stay, what cannot be printed is a dot. */
function ascii(bytes: Uint8Array): string {
  let text = "\n";
  for (const [i, byte] of bytes.entries()) {
    if (byte === 13) {
      if (bytes[i + 1] !== 10) text += ".";
    } else if (byte === 10 || byte === 9 || (byte >= 32 && byte < 127)) text += String.fromCharCode(byte);
    else text += ".";
  }
  return text;
}
