import { PcapWriter } from "../../capture/pcap.ts";
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from "../../capture/pcapng.ts";
import { readCapture } from "../../capture/read-capture.ts";
import { matches } from "../../wire/filter.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { asEthernet } from "./cooked-frame.ts";
import { compileFilter } from "./tcpdump-filter.ts";
import { TcpdumpLines } from "./tcpdump-lines.ts";
import { fail, type TcpdumpOptions } from "./tcpdump-options.ts";

/** `tcpdump -r NAME`. @throws {ProgramExit} */
export function readFile(context: ProgramContext, options: TcpdumpOptions, name: string): number {
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
  const filter = compileFilter(context, options, null);
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

/** Writes a capture to a file, or to standard output (`-`). @throws {ProgramExit} */
export function save(context: ProgramContext, name: string, bytes: Uint8Array): void {
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
